"""What is normal: the hours of the week of one series, its level of late, and how far it strays."""

import datetime as dt
import math
from array import array
from collections.abc import Callable

STEP = 300
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
BINS_AN_HOUR = HOUR // STEP
SLOTS = 168

#: Visits after which what a slot has learnt counts half.
HALF_VISITS = 4
#: How much alike the hours of a day are from weekday to weekday, and the hours of a day among themselves: 1 ÷ (relative
#: spread)². The larger, the more a slot with few complaints is drawn to what it is compared with.
LIKE_OTHER_DAYS, LIKE_OTHER_HOURS = 60.0, 2.0
#: Seconds over which the level of late is judged, the complaints' worth of evidence for "as usual", and its bounds.
LEVEL_SPAN, LEVEL_PRIOR, LEVEL_BOUNDS = 3 * DAY, 24.0, (0.3, 3.0)
#: An hour counts at most so many standard deviations (and so many complaints) above the expected when it is learnt.
CLIP, CLIP_FEW = 3.0, 1.0

SATURDAY, SUNDAY, FRIDAY = 5, 6, 4


def is_weekend(day: dt.date) -> bool:
    """Tell whether a date is a day of rest where no calendar says more."""
    return day.weekday() >= SATURDAY


class Rhythm:
    """The expected complaints an hour, learnt as they come."""

    #: How many numbers `saved` returns.
    SIZE = 2 * SLOTS + 2

    def __init__(self, zone: dt.tzinfo, is_rest: Callable[[dt.date], bool]) -> None:
        self._zone, self._is_rest = zone, is_rest
        self._sums, self._weights = array("d", bytes(8 * SLOTS)), array("d", bytes(8 * SLOTS))
        self._recent_seen, self._recent_base = 0.0, 0.0
        self._keep = 0.5 ** (1 / HALF_VISITS)
        self._fade = math.exp(-HOUR / LEVEL_SPAN)

    def slot(self, hour: int) -> int:
        """Return the slot of an hour since the epoch; a holiday is a Sunday, a Saturday worked is a Friday."""
        local = dt.datetime.fromtimestamp(hour * HOUR, self._zone)
        weekday, rest = local.weekday(), self._is_rest(local.date())
        if rest and weekday < SATURDAY:
            weekday = SUNDAY
        elif not rest and weekday >= SATURDAY:
            weekday = FRIDAY
        return weekday * 24 + local.hour

    def base(self, hour: int, spread: float) -> float:
        """Return what is normal for an hour, before the level of late; `spread` is variance ÷ mean."""
        slot = self.slot(hour)
        sums, weights = self._sums, self._weights
        overall = (sum(sums) + 0.02) / (sum(weights) + 1)
        days = range(slot % 24, 5 * 24, 24) if slot < 5 * 24 else range(5 * 24 + slot % 24, SLOTS, 24)
        pull = LIKE_OTHER_HOURS * spread / overall
        alike = (sum(sums[day] for day in days) + pull * overall) / (sum(weights[day] for day in days) + pull)
        pull = LIKE_OTHER_DAYS * spread / alike
        return (sums[slot] + pull * alike) / (weights[slot] + pull)

    def level(self, spread: float) -> float:
        """Return how the last three days compare with what was normal for them."""
        prior, (least, most) = LEVEL_PRIOR * spread, LEVEL_BOUNDS
        return min(most, max(least, (self._recent_seen + prior) / (self._recent_base + prior)))

    def learn(self, hour: int, seen: float, base: float) -> None:
        """Take an hour in that had `seen` complaints where `base` were normal."""
        slot = self.slot(hour)
        self._sums[slot] = self._sums[slot] * self._keep + seen
        self._weights[slot] = self._weights[slot] * self._keep + 1
        self._recent_seen = self._recent_seen * self._fade + seen
        self._recent_base = self._recent_base * self._fade + base

    def correct(self, hour: int, by: float) -> None:
        """Add complaints that became known late, or take wrong ones away, in an hour already learnt."""
        slot = self.slot(hour)
        self._sums[slot] = max(0.0, self._sums[slot] + by)

    def accept(self, ratio: float) -> None:
        """Take a level, seen ÷ normal, for the new normal at once."""
        self._recent_seen = ratio * self._recent_base

    def saved(self) -> list[float]:
        """Return everything that was learnt."""
        return [*self._sums, *self._weights, self._recent_seen, self._recent_base]

    def load(self, values: list[float]) -> None:
        """Take up what `saved` returned."""
        self._sums, self._weights = array("d", values[:SLOTS]), array("d", values[SLOTS : 2 * SLOTS])
        self._recent_seen, self._recent_base = values[2 * SLOTS :]
