"""The indicators of bulletins as parts of wholes (domain.md, section 6), and how they are ranked (7.4). Pure.

Rates keep full precision as fractions; what is shown has two decimals, halves rounded up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENTS = Decimal("0.01")
#: The name under which users stand among the counts: their mean over the period, which may be half a user.
USERS = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One rate: so many of `part` in `scale` of `whole`, and whether more of it is better."""

    name: str
    part: str
    whole: str
    scale: int = 100
    higher_is_better: bool

    def value(self, counts: Mapping[str, Fraction | int]) -> Fraction | None:
        """Return the rate in its own unit; None where there is nothing that it is of."""
        whole = counts.get(self.whole, 0)
        return Fraction(counts.get(self.part, 0)) * self.scale / Fraction(whole) if whole else None


def _good(name: str, part: str, whole: str) -> Indicator:
    return Indicator(name=name, part=part, whole=whole, higher_is_better=True)


def _bad(name: str, part: str, whole: str, scale: int = 100) -> Indicator:
    return Indicator(name=name, part=part, whole=whole, scale=scale, higher_is_better=False)


INDICATORS = {
    each.name: each
    for each in (
        _bad("per_10k", "filed", USERS, 10_000),
        _good("on_time", "overall_met", "overall_due"),
        _good("solved_once", "solved_once", "answered"),
        _good("first_point", "first_point", "filed"),
        _bad("repeat", "repeated", "counted"),
        _bad("repeat_keys", "repeated_keys", "customers"),
        _bad("overhead", "overhead", "filed"),
        _bad("appeals", "regulator", USERS, 1_000_000),
        _good("solved", "solved", "reached"),
        _good("satisfied", "satisfied", "reached"),
        _good("reachable", "reached", "called"),
        _good("quality", "passed", "reviewed"),
        _good("leg_on_time", "resolve_met", "resolve_due"),
        _good("leg_accepted", "acknowledge_met", "acknowledge_due"),
    )
}
#: What branches and departments are compared by (domain.md 7.5); the first breaks ties.
RANKED = {
    "region": ("on_time", "solved", "satisfied", "repeat", "overhead", "per_10k", "quality"),
    "department": ("leg_on_time", "leg_accepted", "quality", "solved", "satisfied"),
}
#: The rank over all of them.
OVERALL = "overall"

type Ranks = dict[str, int]


def shown(value: Fraction) -> str:
    """Return a rate as people read it: two decimals, halves rounded up."""
    return str((Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENTS, ROUND_HALF_UP))


def standing[K](values: Mapping[K, Fraction | None], *, higher_is_better: bool) -> dict[K, int]:
    """Return the rank of each that has a value; equal ones share it: 1, 2, 2, 4."""
    found = {key: value for key, value in values.items() if value is not None}
    sign = -1 if higher_is_better else 1
    ordered = sorted(sign * value for value in found.values())
    return {key: ordered.index(sign * value) + 1 for key, value in found.items()}


def ranks[K](group: str, counts: Mapping[K, Mapping[str, Fraction | int]]) -> dict[K, Ranks]:
    """Return each one's rank by every indicator of its group and over all.

    Over all counts the mean of the ranks it has; equal means are told apart by the first indicator, or share the rank. Who
    has no value for that one is not ranked over all.
    """
    names = RANKED[group]
    values = {name: {key: INDICATORS[name].value(own) for key, own in counts.items()} for name in names}
    found: dict[K, Ranks] = {key: {} for key in counts}
    for name in names:
        for key, rank in standing(values[name], higher_is_better=INDICATORS[name].higher_is_better).items():
            found[key][name] = rank
    # A millionth of the first rank breaks ties of the means, which differ by far more than that.
    means = {
        key: Fraction(sum(own.values()), len(own)) + Fraction(own[names[0]], 1_000_000) if names[0] in own else None
        for key, own in found.items()
    }
    for key, rank in standing(means, higher_is_better=False).items():
        found[key][OVERALL] = rank
    return found


def beyond_chance(number: int, expected: Fraction) -> bool:
    """Tell whether a count is above what is expected by more than two standard deviations of chance, and not of a handful."""
    excess = number - expected
    return number >= LEAST and excess > 0 and excess * excess > 4 * max(expected, Fraction(1))


#: Fewer complaints of one kind are nothing hot.
LEAST = 5


def growth(number: int, expected: Fraction) -> Fraction | None:
    """Return by what share a count exceeds what is expected, in percent."""
    return (number - expected) * 100 / expected if expected else None
