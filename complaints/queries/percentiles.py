"""Percentiles out of bins: exact within the width of a bin (`complaints.rollups.measures`)."""

import datetime as dt
from collections import Counter
from fractions import Fraction

from complaints.rollups.measures import COARSE, edges

#: The median and the 90th percentile, as parts of a whole.
PARTS = (Fraction(1, 2), Fraction(9, 10))


def neighbours(part: Fraction, number: int) -> tuple[int, int]:
    """Return the places, from 0, between which a percentile of so many lies, as PostgreSQL's `percentile_cont` has it."""
    place = part * (number - 1)
    return int(place), min(int(place) + 1, number - 1)


def coarse_wanted(coarse: Counter[int]) -> set[int]:
    """Return the coarse bins in which the percentiles lie."""
    number = coarse.total()
    return {_bin_of(coarse, place)[0] for part in PARTS for place in neighbours(part, number)} if number > 0 else set()


def percentiles(coarse: Counter[int], bins: Counter[int]) -> tuple[dt.timedelta | None, dt.timedelta | None]:
    """Return the median and the 90th percentile; of `bins`, those in the coarse bins that are wanted are enough."""
    number = coarse.total()
    if number <= 0:
        return None, None
    median, most = (_interpolated(coarse, bins, part) for part in PARTS)
    return median, most


def _interpolated(coarse: Counter[int], bins: Counter[int], part: Fraction) -> dt.timedelta:
    number = coarse.total()
    low, high = (_value(coarse, bins, place) for place in neighbours(part, number))
    rest = float(part * (number - 1) % 1)
    return dt.timedelta(seconds=round(low + (high - low) * rest))


def _value(coarse: Counter[int], bins: Counter[int], place: int) -> float:
    """Return the duration at a place, in seconds: those of one bin are taken to lie evenly in it."""
    outer, inner = _bin_of(coarse, place)
    own = Counter({number: count for number, count in bins.items() if number // COARSE == outer})
    number, rest = _bin_of(own, inner)
    lower, upper = edges(number)
    return lower + (upper - lower) * (rest + 0.5) / max(own[number], rest + 1)


def _bin_of(counts: Counter[int], place: int) -> tuple[int, int]:
    """Return the bin that has a place, and the place within it."""
    last = 0
    for number in sorted(counts):
        last = number
        if place < counts[number]:
            break
        place -= counts[number]
    return last, place
