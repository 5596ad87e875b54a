"""The arithmetic of KPI scores, to the last decimal (domain.md 10 and E8 c)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from internal_clients import kpi
from internal_clients.kpi import Item, Spread

D = Decimal
PIECES = Item(spread=Spread.SPLIT, weight=D(40), target=D(120), over=D(132))
RATE = Item(spread=Spread.SAME, weight=D(30), target=D(98), limit=D(90), over=D(97), under=D(100))
CHECKLIST = Item(spread=Spread.PROCESS, weight=D(30), target=D(20), over=D(18))

numbers = st.integers(0, 500).map(D)
items = st.one_of(
    st.builds(
        lambda w, t, o: Item(spread=Spread.SPLIT, weight=w, target=t, over=o),
        st.integers(1, 100).map(D),
        st.integers(1, 300).map(D),
        numbers,
    ),
    st.builds(
        lambda w, t, g, o, u: Item(spread=Spread.SAME, weight=w, target=t, limit=t + g, over=min(o, u), under=u),
        st.integers(1, 100).map(D),
        st.integers(40, 60).map(D),
        st.integers(-30, 30).filter(bool).map(D),
        numbers,
        numbers,
    ),
    st.builds(
        lambda w, t, o, known: Item(spread=Spread.PROCESS, weight=w, target=t, over=min(o, t), known=known),
        st.integers(1, 100).map(D),
        st.integers(1, 50).map(D),
        numbers,
        st.booleans(),
    ),
)


def test_e8c_an_employees_month() -> None:
    assert [kpi.score(item) for item in (PIECES, RATE, CHECKLIST)] == [D("110.00"), D("87.50"), D("90.00")]
    assert kpi.total([PIECES, RATE, CHECKLIST]) == D("97.25")


@pytest.mark.parametrize(
    ("over", "under", "target", "limit", "score"),
    [
        (98, 100, 98, 90, "100.00"),
        (90, 100, 98, 90, "0.00"),
        (2, 3, 98, 90, "0.00"),
        (3, 100, 3, 15, "100.00"),
        (9, 100, 3, 15, "50.00"),
        (1, 30, 3, 15, "97.22"),
        (20, 100, 3, 15, "0.00"),
    ],
)
def test_a_rate_runs_straight_from_its_limit_to_its_target(over: int, under: int, target: int, limit: int, score: str) -> None:
    item = Item(spread=Spread.SAME, weight=D(1), target=D(target), limit=D(limit), over=D(over), under=D(under))

    assert kpi.score(item) == D(score)


def test_what_cannot_be_judged_takes_no_part() -> None:
    nothing = Item(spread=Spread.SAME, weight=D(30), target=D(98), limit=D(90))
    unjudged = Item(spread=Spread.PROCESS, weight=D(30), target=D(20), known=False)

    assert kpi.total([PIECES, nothing, unjudged]) == D("110.00")
    assert kpi.total([nothing, unjudged]) is None


@given(st.lists(items, max_size=6))
def test_a_score_stays_within_its_bounds(given_items: list[Item]) -> None:
    found = kpi.total(given_items)

    assert found is None or 0 <= found <= kpi.MOST
    if not any(item.spread == Spread.SPLIT for item in given_items):
        assert found is None or found <= 100


@given(st.lists(items, max_size=6), st.randoms())
def test_the_order_of_the_targets_does_not_matter(given_items: list[Item], order: object) -> None:
    shuffled = list(given_items)
    order.shuffle(shuffled)  # type: ignore[attr-defined]

    assert kpi.total(shuffled) == kpi.total(given_items)


@given(numbers, numbers, st.integers(1, 300).map(D))
def test_more_pieces_are_never_worth_less(few: Decimal, more: Decimal, target: Decimal) -> None:
    assert kpi.piece(min(few, more), target) <= kpi.piece(max(few, more), target)


def test_the_rules_of_the_tree() -> None:
    assert kpi.missing_weight([D(40), D(30), D(20)]) == 10
    assert kpi.missing_pieces(D(300), [D(120), D(100)]) == 80
    assert kpi.missing_pieces(D(300), [D(200), D(150)]) == 0
    assert (kpi.is_as_good(D(97), D(97), limit=D(90)), kpi.is_as_good(D(96), D(97), limit=D(90))) == (True, False)
    assert (kpi.is_as_good(D(3), D(5), limit=D(15)), kpi.is_as_good(D(6), D(5), limit=D(15))) == (True, False)
