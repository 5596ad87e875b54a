"""The operators' classic rules: so many of a kind within a set time, and the control chart (domain, section 8)."""

import datetime as dt
import json
import math
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

from complaints.surge.alarm import Alarm, Level, instant
from complaints.surge.rhythm import DAY, HOUR, STEP, is_weekend

#: Levels by customers in the window ÷ threshold.
RATIOS = (1.0, 1.5, 2.0, 3.0)
#: One level more for each two hours that it lasts, at most three.
BONUS_EVERY, BONUS_MOST = 120 * 60, 3
#: Cleared after an hour on end below this share of the threshold; a crossing within two hours of that is the same surge.
CALM_SHARE, CALM_FOR, SAME = 0.7, 60 * 60, 2 * HOUR
#: The baseline is the mean of this many days; before that many there is none.
BASELINE, ENOUGH = 28 * DAY, 14 * DAY


@dataclass(slots=True)
class Course:
    """How an alarm goes, by the count in the window and its threshold, judged at each complaint and every five minutes."""

    is_open: bool = False
    top: int = 0
    opened: float = 0.0
    below_since: float = 0.0
    closed: float = -math.inf
    is_hushed: bool = False

    def judge(self, at: float, count: int, threshold: int) -> Level | None:
        """Return the level that is to be told now, if any."""
        if not self.is_open:
            return self._open(at, count, threshold) if count >= threshold else None
        if count < CALM_SHARE * threshold:
            return self._calmer(at)
        self.below_since = 0.0
        level = self._level(at, count, threshold)
        if level <= self.top:
            return None
        self.top = level
        return Level(level)

    def _open(self, at: float, count: int, threshold: int) -> Level:
        if at - self.closed > SAME:
            self.opened, self.top, self.is_hushed = at, 0, False
        self.is_open, self.below_since = True, 0.0
        self.top = max(self.top, self._level(at, count, threshold))
        return Level(self.top)

    def _calmer(self, at: float) -> Level | None:
        self.below_since = self.below_since or at
        if at - self.below_since < CALM_FOR:
            return None
        self.is_open, self.closed = False, at
        return Level.CLEARED

    def _level(self, at: float, count: int, threshold: int) -> int:
        base = sum(count >= ratio * threshold for ratio in RATIOS)
        lasting = 0 if self.is_hushed else min(BONUS_MOST, int((at - self.opened) // BONUS_EVERY))
        return min(Level.RED, base + lasting) if base else 0


class FixedRule:
    """So many customers of a kind within a set time in a region (N within M minutes)."""

    def __init__(self, *, count: int, minutes: int) -> None:
        self._count, self._minutes = count, minutes
        self._course = Course()
        #: Instant and customer, the oldest first.
        self._window: deque[tuple[float, int]] = deque()
        self._checked = 0.0
        self._since, self._since_count, self._fed = 0.0, 0, 0

    @property
    def is_open(self) -> bool:
        """Tell whether an alarm is open."""
        return self._course.is_open

    def feed(self, at: dt.datetime, who: int = 0) -> Alarm | None:
        """Take in a complaint; return what there is to tell."""
        now = at.timestamp()
        told = self._pass(now)
        self._put(now, who)
        return told or self._judge(max(now, self._checked))

    def forget(self, at: dt.datetime, who: int = 0) -> None:
        """Take a complaint out again, which turned out to be another series'."""
        entry = (at.timestamp(), who)
        if entry in self._window:
            self._window.remove(entry)

    def tick(self, at: dt.datetime) -> Alarm | None:
        """Judge at each five minutes until `at`."""
        return self._pass(at.timestamp())

    def hush(self) -> None:
        """Somebody has it in hand: from here the alarm rises by size only, until it is over."""
        self._course.is_hushed = True

    def normal_hour(self, at: dt.datetime) -> float | None:
        """Return what is normal for the hour of `at`; the fixed rule does not know."""
        return None

    def learn_nothing_there(self) -> None:
        """Change nothing: the number is somebody's decision."""

    def threshold(self, now: float) -> int:
        """Return the count at which the alarm opens."""
        return self._count

    def count(self, now: float) -> int:
        """Return the customers of the window; complaints of customers unknown count each."""
        known = {who for _at, who in self._window if who}
        return len(known) + sum(not who for _at, who in self._window)

    def _pass(self, now: float) -> Alarm | None:
        """Judge what the passing of time has changed; only an open alarm can change by it."""
        told = None
        at = (self._checked // STEP + 1) * STEP
        while self._course.is_open and at <= now:
            told = self._judge(at) or told
            at += STEP
        self._checked = max(self._checked, now)
        return told

    def _put(self, now: float, who: int) -> None:
        entry = (now, who)
        self._fed += 1
        if not self._window or self._window[-1][0] <= now:
            self._window.append(entry)
        else:
            self._window = deque(sorted([*self._window, entry]))

    def _judge(self, now: float) -> Alarm | None:
        while self._window and self._window[0][0] <= now - self._minutes * 60:
            self._window.popleft()
        count, threshold, was_open = self.count(now), self.threshold(now), self._course.is_open
        level = self._course.judge(now, count, threshold)
        if level is None:
            return None
        if level and not was_open and self._course.opened == now:
            self._since, self._since_count = self._window[0][0], self._fed - len(self._window)
        return Alarm(
            at=instant(now),
            level=level,
            seen=count,
            expected=self.normal(now),
            minutes=self._minutes,
            since=instant(self._since),
            excess=max(0.0, self._fed - self._since_count - self.normal(now) * (now - self._since) / (self._minutes * 60)),
        )

    def normal(self, now: float) -> float:
        """Return what is normal for the window; the fixed rule knows nothing of it."""
        return 0.0

    def saved(self) -> bytes:
        """Return everything a restart needs."""
        return json.dumps(self._state()).encode()

    def load(self, saved: bytes) -> None:
        """Take up what `saved` returned."""
        self._take_up(json.loads(saved))

    def _state(self) -> dict[str, object]:
        mine = {"window": list(self._window), "checked": self._checked, "fed": self._fed}
        return {"course": asdict(self._course), "since": [self._since, self._since_count], **mine}

    def _take_up(self, state: dict) -> None:
        self._course = Course(**state["course"])
        self._window = deque((at, who) for at, who in state["window"])
        self._checked, self._fed = state["checked"], state["fed"]
        self._since, self._since_count = state["since"]


def chart_threshold(normal: float, least: int) -> int:
    """Return the upper limit of a c-chart, at least `least`: max(least, ⌈λ + 3·√λ⌉) (domain, section 8)."""
    return max(least, math.ceil(normal + 3 * math.sqrt(normal)))


class ControlChart(FixedRule):
    """More customers in an hour than the same hour of such days brought in four weeks, by three standard deviations.

    `least` is the lowest threshold, `early` the one of a series younger than 14 days.
    """

    def __init__(
        self,
        *,
        least: int,
        early: int | None = None,
        zone: dt.tzinfo = dt.UTC,
        is_rest: Callable[[dt.date], bool] = is_weekend,
    ) -> None:
        super().__init__(count=least, minutes=60)
        self._least, self._early = least, early or least
        self._zone, self._is_rest = zone, is_rest
        #: The hours of the last four weeks that had complaints or lay in an alert: hour → complaints, and −1 for an alert.
        self._hours: dict[int, int] = {}
        self._first = math.inf

    def normal(self, now: float) -> float:
        """Return the mean of the same clock hour and kind of day over 28 days, hours inside an alert left out."""
        hour = int(now // HOUR)
        counts = [self._hours.get(each, 0) for each in self._alike(hour)]
        counts = [count for count in counts if count >= 0]
        return sum(counts) / len(counts) if counts else 0.0

    def normal_hour(self, at: dt.datetime) -> float | None:
        """Return the baseline of the hour of `at`."""
        return self.normal(at.timestamp())

    def threshold(self, now: float) -> int:
        """Return the chart's upper limit, or the fixed one while there is too little history."""
        if now - self._first < ENOUGH:
            return self._early
        return chart_threshold(self.normal(now), self._least)

    def _alike(self, hour: int) -> list[int]:
        """Return the same hours of days of the same kind among the 28 days before, since there is history."""
        kind = self._kind(hour)
        first = int(self._first // HOUR)
        every = range(hour - 24, hour - 24 * 29, -24)
        return [each for each in every if each > first and self._kind(each) == kind]

    def _kind(self, hour: int) -> bool:
        return self._is_rest(dt.datetime.fromtimestamp(hour * HOUR, self._zone).date())

    def _put(self, now: float, who: int) -> None:
        super()._put(now, who)
        hour = int(now // HOUR)
        self._first = min(self._first, now)
        if self._course.is_open:
            self._hours[hour] = -1
        elif self._hours.get(hour, 0) >= 0:
            self._hours[hour] = self._hours.get(hour, 0) + 1
        self._drop(hour)

    def _drop(self, hour: int) -> None:
        oldest = hour - BASELINE // HOUR - 24
        for each in [each for each in self._hours if each < oldest]:
            del self._hours[each]

    def _judge(self, now: float) -> Alarm | None:
        told = super()._judge(now)
        if self._course.is_open:
            self._hours[int(now // HOUR)] = -1
        return told

    def forget(self, at: dt.datetime, who: int = 0) -> None:
        """Take a complaint out again, which turned out to be another series'."""
        super().forget(at, who)
        hour = int(at.timestamp() // HOUR)
        if self._hours.get(hour, 0) > 0:
            self._hours[hour] -= 1

    def _state(self) -> dict[str, object]:
        first = self._first if self._hours else None
        return {**super()._state(), "hours": list(self._hours.items()), "first": first}

    def _take_up(self, state: dict) -> None:
        super()._take_up(state)
        self._hours = dict(state["hours"])
        self._first = math.inf if state["first"] is None else state["first"]
