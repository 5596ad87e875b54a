"""What holds of every score, whatever was counted."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from internal_clients.formulas import FORMULAS, line
from internal_clients.scoring import Card, Counts, Direction, Line, Measure, Part, Veto, card, part_score

KEYS = sorted(FORMULAS)
#: Better is more of it; of the others, less.
MORE_IS_BETTER = {key for key in KEYS if key not in {"A4", "A5", "B1", "B5", "C4", "D3", "E2", "Z2"}}
RISING = {"B1", "E2", "Z2"}

type Orders = dict[str, list[bool]]


def measure(key: str, target: int, gap: int, full: int, minimum: int) -> Measure:
    if key == "B5":
        return Measure(code=key, direction=Direction.DEDUCT, target=Decimal(0), limit=Decimal(gap), full=Decimal(full))
    high = key in MORE_IS_BETTER | RISING
    limit = max(0, target - gap) if high else target + gap
    target = target if target != limit else target + 1
    direction = Direction.HIGH if high else Direction.LOW
    return Measure(code=key, direction=direction, target=Decimal(target), limit=Decimal(limit), full=Decimal(full), minimum=minimum)


measures = st.fixed_dictionaries(
    {
        key: st.builds(measure, st.just(key), st.integers(0, 100), st.integers(1, 40), st.integers(1, 50), st.integers(1, 6))
        for key in KEYS
    }
)
orders = st.fixed_dictionaries({key: st.lists(st.booleans(), max_size=12) for key in KEYS})
adjustments = st.lists(st.decimals(0, 9, places=2), max_size=4)
vetoes = st.lists(
    st.builds(
        Veto,
        code=st.just("V"),
        cap=st.none() | st.sampled_from([Decimal("69.99"), Decimal("79.99")]),
        part=st.sampled_from(["", "D"]),
    ),
    max_size=2,
)


def counted(rows: list[bool]) -> Counts:
    return sum((Counts(numerator=Decimal(int(row)), denominator=Decimal(1), sample=1) for row in rows), Counts())


def scored(all_orders: Orders, how: dict[str, Measure]) -> dict[str, Line]:
    return {key: line(how[key], key, [counted(rows)] * 3) for key, rows in all_orders.items()}


def whole(all_orders: Orders, how: dict[str, Measure], off: list[Decimal], on: list[Decimal], struck: list[Veto]) -> Card:
    lines = scored(all_orders, how)
    parts = []
    for code in "ABCDEZ":
        own = tuple(each for key, each in sorted(lines.items()) if key[0] == code)
        parts.append(Part(code=code, weight=Decimal(20), score=part_score(own), lines=own))
    return card(parts, penalties=off, bonuses=on, vetoes=struck)


@given(orders, measures, adjustments, adjustments, vetoes)
def test_no_score_leaves_its_bounds(
    all_orders: Orders, how: dict, off: list[Decimal], on: list[Decimal], struck: list[Veto]
) -> None:
    found = whole(all_orders, how, off, on, struck)

    for part in found.parts:
        assert part.score is None or 0 <= part.score <= 100
        for each in part.lines:
            assert each.points is None or 0 <= each.points <= each.full
    assert found.total is None or 0 <= found.total <= 100


@given(orders, measures, adjustments, vetoes, st.data())
def test_improving_one_order_never_lowers_a_score(
    all_orders: Orders, how: dict, off: list[Decimal], struck: list[Veto], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(KEYS))
    good = key in MORE_IS_BETTER
    worse = [place for place, row in enumerate(all_orders[key]) if row is not good]
    before = whole(all_orders, how, off, [], struck)
    if not worse:
        return
    better = list(all_orders[key])
    better[data.draw(st.sampled_from(worse))] = good

    after = whole({**all_orders, key: better}, how, off, [], struck)

    assert before.total is None or after.total >= before.total
    for old, new in zip(before.parts, after.parts, strict=True):
        assert old.score is None or new.score >= old.score


@given(orders, measures, st.randoms(use_true_random=False))
def test_the_order_of_orders_does_not_matter(all_orders: Orders, how: dict, shuffler: object) -> None:
    shuffled = {key: shuffler.sample(rows, len(rows)) for key, rows in all_orders.items()}

    assert scored(shuffled, how) == scored(all_orders, how)


@given(orders, measures, adjustments)
def test_scoring_twice_changes_nothing(all_orders: Orders, how: dict, off: list[Decimal]) -> None:
    first = whole(all_orders, how, off, [], [])

    again = card(first.parts, penalties=off)

    assert again == first


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_splitting_a_month_over_two_departments_conserves_the_counts(rows: list[tuple[bool, bool]]) -> None:
    ours, theirs = [row for row, own in rows if own], [row for row, own in rows if not own]

    assert counted(ours) + counted(theirs) == counted([row for row, _own in rows])
