"""A person's monthly KPI score and the rules of the tree it hangs in: pure decimal arithmetic, without Django.

Source: domain.md, section 10 (KPI分解) and the worked example E8 (c). Rounded to 0.01, halves up, are each item's score and the
total; a value is divided once. See docs/algorithms/kpi.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from internal_clients.scoring import EXACT, HUNDRED, ONE, ZERO, rounded

#: More than this share of the target, in per cent, earns nothing more (domain.md 10).
MOST = Decimal(120)


class Spread(StrEnum):
    """How a target is handed down (domain.md 10)."""

    #: A rate: the child's target is at least as good as the parent's.
    SAME = "same"
    #: A count: the children's targets together reach the parent's.
    SPLIT = "split"
    #: What cannot be counted: so many points of a checklist passed, judged by the head.
    PROCESS = "process"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One measure of a person or a unit in a month, with what it is to reach.

    `target` is a count (SPLIT), a percentage (SAME) or the number of points on the checklist (PROCESS); `limit` the percentage
    at which a rate scores nothing, below the target where more is better, above it where less is.
    """

    spread: Spread
    weight: Decimal
    target: Decimal
    limit: Decimal = ZERO
    over: Decimal = ZERO
    under: Decimal = ZERO
    #: Whether anything is known: a checklist that nobody has judged is not.
    known: bool = True


def piece(actual: Decimal, target: Decimal) -> Decimal:
    """计件: min(120, actual / target x 100); domain.md 10."""
    return min(MOST, EXACT.divide(EXACT.multiply(HUNDRED, actual), target))


def rate(over: Decimal, under: Decimal, target: Decimal, limit: Decimal) -> Decimal:
    """率: 0 at the limit, 100 from the target on, straight between; domain.md 7.1.1 (HI and LO) and E8 (c)."""
    value = EXACT.subtract(EXACT.multiply(HUNDRED, over), EXACT.multiply(limit, under))
    share = EXACT.divide(value, EXACT.multiply(EXACT.subtract(target, limit), under))
    return EXACT.multiply(HUNDRED, min(max(share, ZERO), ONE))


def checklist(passed: Decimal, points: Decimal) -> Decimal:
    """过程: passed / points x 100; domain.md 10."""
    return EXACT.divide(EXACT.multiply(HUNDRED, passed), points)


def score(item: Item) -> Decimal | None:
    """Return an item's score, 0 to 100 (a count: to 120), rounded to 0.01; None where there is nothing to judge."""
    if not item.known:
        return None
    match item.spread:
        case Spread.SPLIT:
            return rounded(piece(item.over, item.target))
        case Spread.PROCESS:
            return rounded(checklist(item.over, item.target))
        case Spread.SAME:
            return rounded(rate(item.over, item.under, item.target, item.limit)) if item.under else None


def total(items: Iterable[Item]) -> Decimal | None:
    """Return the weighted mean of the items that can be judged, rounded to 0.01; None when none can."""
    judged = [(item.weight, found) for item in items if (found := score(item)) is not None]
    weight = sum((each for each, _score in judged), ZERO)
    if not weight:
        return None
    earned = sum((EXACT.multiply(each, found) for each, found in judged), ZERO)
    return rounded(EXACT.divide(earned, weight))


def missing_weight(weights: Sequence[Decimal]) -> Decimal:
    """Return what the weights lack to 100; negative where they are too many."""
    return EXACT.subtract(HUNDRED, sum(weights, ZERO))


def is_as_good(child: Decimal, parent: Decimal, *, limit: Decimal) -> bool:
    """Tell whether a child's rate asks at least what the parent's does; `limit` is the child's, and tells which way is better."""
    return child >= parent if child > limit else child <= parent


def missing_pieces(parent: Decimal, children: Sequence[Decimal]) -> Decimal:
    """Return how many pieces the children's targets lack to the parent's; 0 where they reach it."""
    return max(ZERO, EXACT.subtract(parent, sum(children, ZERO)))
