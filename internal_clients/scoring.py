"""The score of a supporting department: pure decimal arithmetic, without Django and without reading the time.

Source: domain.md, section 7 (内部客户制). The one rounding rule: nothing is rounded but each indicator's points, each part's
score and the base of the total, to 0.01, halves up. A value is kept as a quotient and divided once, at the end, so that
99.87455 % is scored as it is and not as 99.87 %. See docs/algorithms/scoring.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
CENT = Decimal("0.01")
#: Wide enough that products of counts, weights and limits are exact, and a quotient has no half that is not one.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
#: A department too small for a month is judged over this many months at the most (domain.md 7.1.2).
MOST_MONTHS = 3
#: Penalties take at most so many points off, bonuses add at most so many (7.1.3).
MOST_PENALTY, MOST_BONUS = Decimal(20), Decimal(3)
#: Grades by the least total (7.1.3).
GRADES = ((Decimal(90), "excellent"), (Decimal(80), "good"), (Decimal(70), "fair"), (ZERO, "failed"))


class Direction(StrEnum):
    """Which way is better, and what `Measure.limit` means."""

    #: The more the better: full points from the target up, none at the floor.
    HIGH = "high"
    #: The less the better: full points up to the target, none at the ceiling.
    LOW = "low"
    #: Every occurrence beyond the target takes the limit off the points.
    DEDUCT = "deduct"


def mean_of(total: Decimal, number: int) -> Decimal:
    """Return the mean of so many numbers that add up to `total`, to 0.01, halves up."""
    return rounded(EXACT.divide(total, Decimal(number)))


def rounded(number: Decimal) -> Decimal:
    """Return `number` to 0.01, halves up (7.1.1): the only rounding there is."""
    return number.quantize(CENT, ROUND_HALF_UP, EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted of one department: `numerator` of `denominator`, in a sample of so many orders, raters or faults."""

    numerator: Decimal = ZERO
    denominator: Decimal = ZERO
    sample: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return both counted together."""
        return Counts(
            numerator=EXACT.add(self.numerator, other.numerator),
            denominator=EXACT.add(self.denominator, other.denominator),
            sample=self.sample + other.sample,
        )


@dataclass(frozen=True, slots=True)
class Value:
    """A quotient, not yet divided."""

    over: Decimal
    under: Decimal

    @property
    def decimal(self) -> Decimal:
        """Return it divided, in the indicator's unit, unrounded."""
        return EXACT.divide(self.over, self.under)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How a value becomes points: one row of the scheme (7.2)."""

    code: str
    direction: Direction
    target: Decimal
    #: Floor, ceiling, or points taken off per occurrence, as `direction` says.
    limit: Decimal
    #: The points there are: the indicator's weight in its part.
    full: Decimal
    #: The most that counts, as a share of `full`; 1 unless a scheme rewards more than the target.
    cap: Decimal = ONE
    #: A smaller sample is not judged (7.1.2).
    minimum: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One indicator as scored; `points` None is not applicable (N/A) and takes no part in the sum."""

    code: str
    full: Decimal
    counts: Counts
    #: How many months were counted together, 1 to 3.
    months: int = 1
    value: Decimal | None = None
    points: Decimal | None = None


def _clamped(share: Decimal, cap: Decimal) -> Decimal:
    return min(share, cap) if share > ZERO else ZERO


def points(measure: Measure, value: Value) -> Decimal:
    """Return the points for a value: by the three rules of domain.md 7.1.1, rounded to 0.01."""
    target = EXACT.multiply(measure.target, value.under)
    if measure.direction == Direction.DEDUCT:
        beyond = EXACT.divide(EXACT.subtract(value.over, target), value.under)
        return rounded(max(ZERO, measure.full - EXACT.multiply(measure.limit, max(ZERO, beyond))))
    limit = EXACT.multiply(measure.limit, value.under)
    share = EXACT.divide(EXACT.subtract(value.over, limit), EXACT.subtract(target, limit))
    return rounded(EXACT.multiply(measure.full, _clamped(share, measure.cap)))


def sufficient(windows: Sequence[Counts], minimum: int) -> tuple[Counts, int] | None:
    """Return the first window whose sample is large enough, and how many months it has; None when none is (7.1.2).

    `windows` are this month, this and the previous one, this and the two previous ones.
    """
    for months, counts in enumerate(windows[:MOST_MONTHS], start=1):
        if counts.denominator and counts.sample >= minimum:
            return counts, months
    return None


def part_score(lines: Iterable[Line]) -> Decimal | None:
    """Return a part's score, 0 to 100: the rounded points over the points that apply; None when none do (7.1.1, 7.1.2)."""
    judged = [line for line in lines if line.points is not None]
    full = sum((line.full for line in judged), ZERO)
    if not full:
        return None
    earned = sum((line.points or ZERO for line in judged), ZERO)
    return rounded(min(HUNDRED, EXACT.divide(EXACT.multiply(earned, HUNDRED), full)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part as scored, with the weight that it has for the department (7.3)."""

    code: str
    weight: Decimal
    score: Decimal | None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """一票否决 (7.5): caps the total, or sets one part to nothing."""

    code: str
    cap: Decimal | None = None
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A department's score: every step from the parts to the total."""

    parts: tuple[Part, ...]
    base: Decimal | None
    penalty: Decimal
    bonus: Decimal
    vetoes: tuple[Veto, ...]
    total: Decimal | None

    @property
    def grade(self) -> str:
        """Return 优秀, 良好, 合格 or 不合格 by its key; nothing for a department that was not judged."""
        return "" if self.total is None else grade(self.total)

    def part(self, code: str) -> Decimal | None:
        """Return one part's score."""
        return next((part.score for part in self.parts if part.code == code), None)


def grade(total: Decimal) -> str:
    """Return the grade of a total (7.1.3)."""
    return next(name for least, name in GRADES if total >= least)


def base_score(parts: Iterable[Part]) -> Decimal | None:
    """Return the weighted mean of the parts that apply, rounded; None when none does (7.1.3)."""
    judged = [part for part in parts if part.score is not None and part.weight]
    weights = sum((part.weight for part in judged), ZERO)
    if not weights:
        return None
    weighted = sum((EXACT.multiply(part.weight, part.score or ZERO) for part in judged), ZERO)
    return rounded(EXACT.divide(weighted, weights))


def card(
    parts: Iterable[Part],
    *,
    penalties: Iterable[Decimal] = (),
    bonuses: Iterable[Decimal] = (),
    vetoes: Iterable[Veto] = (),
) -> Card:
    """Return the whole reckoning: base, less penalties (at most 20), plus bonuses (at most 3), then vetoes (7.1.3, 7.5)."""
    struck = tuple(vetoes)
    judged = tuple(_struck(part, struck) for part in parts)
    base = base_score(judged)
    penalty, bonus = min(sum(penalties, ZERO), MOST_PENALTY), min(sum(bonuses, ZERO), MOST_BONUS)
    total = None
    if base is not None:
        caps = [veto.cap for veto in struck if veto.cap is not None]
        total = min([_clamped(base - penalty + bonus, HUNDRED), *caps])
    return Card(parts=judged, base=base, penalty=penalty, bonus=bonus, vetoes=struck, total=total)


def _struck(part: Part, vetoes: Sequence[Veto]) -> Part:
    """Return the part at nothing where a veto says so, also where it did not apply."""
    if any(veto.part == part.code for veto in vetoes) and part.weight:
        return Part(code=part.code, weight=part.weight, score=ZERO, lines=part.lines)
    return part


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """By how much the base would rise if one indicator had all its points."""

    code: str
    missing: Decimal
    lift: Decimal


def gains(parts: Sequence[Part]) -> list[Gain]:
    """Return what would have lifted the department most, the largest first; vetoes and penalties left aside."""
    weights = sum((part.weight for part in parts if part.score is not None), ZERO)
    found = []
    for part in parts:
        full = sum((line.full for line in part.lines if line.points is not None), ZERO)
        for line in part.lines:
            if line.points is not None and line.points < line.full and weights:
                missing = line.full - line.points
                share = EXACT.divide(EXACT.multiply(missing * HUNDRED, part.weight), EXACT.multiply(full, weights))
                found.append(Gain(code=line.code, missing=missing, lift=rounded(share)))
    return sorted(found, key=lambda gain: (-gain.lift, gain.code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the ranking looks at: total, then part A, then part C, then fewer penalty points (7.4)."""

    total: Decimal | None
    part_a: Decimal | None = field(default=None)
    part_c: Decimal | None = field(default=None)
    penalty: Decimal = ZERO


def standing(scored: Card) -> Standing:
    """Return what the ranking looks at."""
    return Standing(total=scored.total, part_a=scored.part("A"), part_c=scored.part("C"), penalty=scored.penalty)


def ranks[K](standings: Mapping[K, Standing]) -> dict[K, int | None]:
    """Return everybody's rank: equals share it and the next is left out (1, 2, 2, 4); without a total there is none (7.4)."""
    keys = {key: _rank_key(each) for key, each in standings.items() if each.total is not None}
    return {key: 1 + sum(other < keys[key] for other in keys.values()) if key in keys else None for key in standings}


def _rank_key(each: Standing) -> tuple[Decimal, ...]:
    """Return what sorts the best first; a part that does not apply comes after every score."""
    missing = Decimal(-1)
    part_a = missing if each.part_a is None else each.part_a
    part_c = missing if each.part_c is None else each.part_c
    return (-(each.total or ZERO), -part_a, -part_c, each.penalty)
