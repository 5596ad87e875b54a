"""What is summed: the measures by the family of rows they count, the sets of dimensions, and the bins of durations."""

import math

#: A family of countable rows → what its up to four numbers are; the names are those of docs/reference/figures.md.
FAMILIES: dict[str, tuple[str, ...]] = {
    "filed": ("filed", "redispatched"),
    "closed": ("closed",),
    "overall": ("overall_due", "overall_late"),
    "acknowledge": ("acknowledge_due", "acknowledge_met"),
    "resolve": ("resolve_due", "resolve_met", "rework", "timed"),
    "returns": ("returns", "returns_upheld"),
    "said": ("reached", "satisfied", "solved"),
}
MEASURES = tuple(measure for measures in FAMILIES.values() for measure in measures)
#: What counts orders or callbacks, which belong to one department; the others count tickets, which may belong to several.
OF_A_DEPARTMENT = tuple(measure for family in ("acknowledge", "resolve", "returns", "said") for measure in FAMILIES[family])

#: The dimensions as bits: sums are kept for sets of them, never for the first three together, which are as many as the rows.
#: Two of the first three are kept with the urgency only, which makes them hardly more.
DIMENSIONS = {"department": 1, "region": 2, "category": 4, "urgency": 8}
TOO_FINE, PAIRS = 7, (3, 5, 6)
SETS = tuple(bits for bits in range(16) if bits & TOO_FINE != TOO_FINE and bits not in PAIRS)


#: Marks the sums that take back what an earlier round's clock counted: they matter to the figures of everything only, and are
#: read apart, as there are many of them.
APART = 16


def set_with(bits: int) -> int:
    """Return the set of dimensions that is kept and has those of `bits`."""
    return bits if bits in SETS else bits | DIMENSIONS["urgency"]


#: Durations fall into bins 2 % wide: the first holds what is below LEAST seconds, the last what is longer than half a year.
WIDTH, LEAST = 1.02, 10.0
#: So many coarse bins, each of so many bins: a percentile is first looked for among the coarse ones.
COARSE = 27
LAST = COARSE * COARSE - 1
COARSE_COLUMNS = tuple(f"coarse_{number}" for number in range(COARSE))
BIN_COLUMNS = tuple(f"bin_{number}" for number in range(COARSE))

#: SQL: the bin of the interval `{used}`.
BIN = (
    f"least({LAST}, CASE WHEN extract(epoch FROM {{used}}) < {LEAST:.0f} THEN 0 ELSE "
    f"1 + floor(ln(extract(epoch FROM {{used}})::float8 / {LEAST}) / ln({WIDTH}::float8))::int END)"
)


def edges(number: int) -> tuple[float, float]:
    """Return the seconds at which a bin begins and ends."""
    upper = LEAST * math.pow(WIDTH, number)
    return (upper / WIDTH if number else 0.0), upper
