"""What marks come to, how samples are drawn and shared out, and how agreement is measured: pure."""

import hashlib
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.inspecting import Answer, Marked, Verdict, agreement, drawn, share_of, shared_out, verdict

ANSWERS = st.sampled_from([each.value for each in Answer])
TABLES = st.dictionaries(st.tuples(ANSWERS, ANSWERS), st.integers(1, 60), min_size=1)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([(3, False, "met"), (1, False, "missed"), (5, False, "na")], Verdict(Decimal("75.00"), False, False)),
        ([(2, False, "met"), (1, False, "missed")], Verdict(Decimal("66.67"), False, False)),
        ([(4, False, "met"), (1, False, "missed")], Verdict(Decimal("80.00"), False, True)),
        ([(9, False, "met"), (1, True, "missed")], Verdict(Decimal("0.00"), True, False)),
        ([(1, True, "na")], None),
    ],
)
def test_verdict_is_points_met_of_points_applicable(marks: list, expected: Verdict | None) -> None:
    assert verdict([Marked(points, fatal, Answer(answer)) for points, fatal, answer in marks], 80) == expected


def test_kappa_of_the_worked_example() -> None:
    found = agreement({("met", "met"): 20, ("met", "missed"): 5, ("missed", "met"): 10, ("missed", "missed"): 15})

    assert found is not None
    assert (found.pairs, found.percent, found.kappa) == (50, Decimal("70.00"), Decimal("0.40"))


@given(TABLES)
def test_kappa_does_not_ask_who_was_first_and_never_exceeds_agreement(table: dict[tuple[str, str], int]) -> None:
    found = agreement(table)

    assert found == agreement({(other, one): count for (one, other), count in table.items()})
    assert found is not None
    if found.kappa is None:
        assert found.percent == 100
    else:
        # Both are rounded: a hundredth is nothing between them.
        assert -1 <= found.kappa <= found.percent / 100 + Decimal("0.01")
        assert found.percent <= 100


@given(st.sets(st.text(max_size=4)), st.integers(0, 30), st.text(max_size=4))
def test_a_draw_can_be_repeated_in_any_order_and_grows_without_change(keys: set[str], number: int, seed: str) -> None:
    found = drawn(seed, keys, number)

    assert found == drawn(seed, sorted(keys, reverse=True), number)
    assert len(found) == min(number, len(keys))
    assert found == drawn(seed, keys, number + 1)[:number]


def test_a_draw_can_be_repeated_by_hand() -> None:
    keys = [str(number) for number in range(20)]
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"autumn:{key}".encode()).hexdigest()[:16])[:5]

    assert drawn("autumn", keys, 5) == by_hand
    assert drawn("winter", keys, 5) != by_hand


@given(st.integers(0, 60), st.lists(st.integers(0, 9), min_size=1, max_size=5, unique=True), st.text(max_size=3))
def test_work_is_shared_out_evenly_among_those_who_may_take_all(count: int, people: list[int], seed: str) -> None:
    found = shared_out(seed, {str(key): people for key in range(count)}, {})
    had = Counter(dict.fromkeys(people, 0)) + Counter(found.values())

    assert len(found) == count
    assert max(had.values(), default=0) - min((had[person] for person in people), default=0) <= 1


def test_work_goes_to_whoever_may_and_has_least() -> None:
    assert shared_out("s", {"a": [1, 2], "b": [], "c": [1]}, {1: 3}) == {"a": 2, "c": 1}


@given(st.integers(1, 1000), st.integers(1, 100))
def test_a_share_is_rounded_up(total: int, percent: int) -> None:
    assert total * percent / 100 <= share_of(total, percent) < total * percent / 100 + 1
