"""The adaptive detector: more complaints in the last quarter of an hour, hour, four or eight hours than chance would bring."""

import datetime as dt
import math
from array import array
from collections.abc import Callable
from itertools import batched, islice

from complaints.surge.alarm import Alarm, Level, instant
from complaints.surge.chance import climbs
from complaints.surge.rhythm import BINS_AN_HOUR, CLIP, CLIP_FEW, DAY, HOUR, STEP, WEEK, Rhythm, is_weekend

#: The windows' lengths in marks of five minutes.
WINDOWS = (3, 12, 48, 96)
MARKS = WINDOWS[-1] + 2
YEAR = 365.25 * DAY
#: An alarm needs at least this many complaints and this multiple of the normal; nearer than so many standard deviations to
#: the normal nothing is computed.
YEARLY, LEAST, MULTIPLE, NEAR = 0.4, 5, 1.5, 3.0
#: In its first week a series is silent; in the second it has this share of the chance to be wrong.
SILENT, TIMID, TIMID_SHARE = WEEK, 2 * WEEK, 0.01
#: Variance ÷ mean: where it starts, with how many windows' weight, and what it is remembered for.
SPREAD, SPREAD_WEIGHT, SPREAD_HALF = 1.5, 8.0, 4 * WEEK
#: Levels by complaints above normal: multiples of those at the first alarm, and at least so many.
BY_SIZE = ((2, 15), (4, 40), (8, 100))
#: Levels by how long complaints have kept coming, in seconds.
BY_TIME = (30 * 60, 120 * 60, 240 * 60)
#: Back to normal is within two standard deviations for half an hour, or for the window's length.
CALM, CALM_LEAST, CALM_MOST = 2.0, 30 * 60, 60 * 60
#: A surge within this of the last one's end is the same.
SAME = HOUR
#: What has lasted this long is how it is now.
ACCEPTED_AFTER = DAY

#: State, in the order in which it is saved.
NUMBERS = (
    "_bin", "_seen", "_exp", "_rate", "_now", "_first",
    "_rate_before", "_rate_here", "_rate_after", "_base_here", "_hour_seen",
    "_restart", "_open", "_window", "_since", "_since_seen", "_since_exp",
    "_size", "_size_exp", "_opened", "_calm", "_top", "_closed", "_quiet",
)  # fmt: skip


class Detector:
    """Watches one series; amortised constant time a complaint.

    `zone` and `is_rest` say in whose week the complaints come; `yearly` is how many alarms by chance a year and window are
    put up with.
    """

    #: The mark that has begun, what was seen and expected by then, and the rate since; when the last complaint came.
    _bin: float
    _seen: float
    _exp: float
    _rate: float
    _now: float
    _first: float
    _rate_before: float
    _rate_here: float
    _rate_after: float
    _base_here: float
    _hour_seen: float
    #: Where windows begin at the earliest; the alarm, the window that fired, and where the surge began.
    _restart: float
    _open: float
    _window: float
    _since: float
    _since_seen: float
    _since_exp: float
    _size: float
    _size_exp: float
    _opened: float
    _calm: float
    _top: float
    _closed: float
    _quiet: float

    def __init__(
        self, *, zone: dt.tzinfo = dt.UTC, is_rest: Callable[[dt.date], bool] = is_weekend, yearly: float = YEARLY
    ) -> None:
        self._rhythm, self._yearly = Rhythm(zone, is_rest), yearly
        for name in NUMBERS:
            setattr(self, name, 0.0)
        self._bin = -1
        self._ends = -math.inf
        self._marks_seen, self._marks_exp = [0.0] * MARKS, [0.0] * MARKS
        self._errors, self._error_weights = [SPREAD * SPREAD_WEIGHT] * len(WINDOWS), [SPREAD_WEIGHT] * len(WINDOWS)
        self._spreads = [SPREAD] * len(WINDOWS)
        self._trigger = math.inf
        #: When each customer of the longest window was counted.
        self._customers: dict[int, float] = {}

    def feed(self, at: dt.datetime, who: int = 0) -> Alarm | None:
        """Take in a complaint created at `at`; return what there is to tell, at most one thing.

        A customer `who` is known (not 0) counts once in the longest window, however often they complain.
        """
        now = at.timestamp()
        told = self._advance(now) if now >= self._ends else None
        if who and self._counted_already(now, who):
            return told
        if now < self._ends - STEP:
            self._shift(now, 1)
        self._seen += 1
        self._now = max(self._now, now)
        if told:
            return told
        if self._open:
            return self._raised()
        return self._opened_now() if self._seen >= self._trigger else None

    def forget(self, at: dt.datetime, who: int = 0) -> None:
        """Take a complaint of `at` out again, which turned out to be another series'."""
        if self._bin < 0 or (who and self._customers.pop(who, None) != at.timestamp()):
            return
        at_seconds = at.timestamp()
        if at_seconds < self._ends - STEP:
            self._shift(at_seconds, -1)
        self._seen -= 1
        self._set_trigger()

    def tick(self, at: dt.datetime) -> Alarm | None:
        """Let time pass without a complaint; return the clearing of an alarm if that was due."""
        now = at.timestamp()
        if self._bin < 0 or now < self._ends:
            return None
        return self._advance(now)

    def hush(self) -> None:
        """Somebody has it in hand: from here the alarm rises by size only, until it is over."""
        self._quiet = 1.0

    def learn_nothing_there(self) -> None:
        """Somebody looked and found nothing: such a deviation is the series' own way, and its spread grows by it."""
        index = int(self._window)
        self._errors[index] += self._size * self._size / (self._size_exp + 1)
        self._error_weights[index] += self._size_exp / (self._size_exp + 1)
        self._set_spread(index)
        self._set_trigger()

    def normal_hour(self, at: dt.datetime) -> float | None:
        """Return what is normal now for the hour of `at`."""
        spread = self._spreads[1]
        return self._rhythm.base(int(at.timestamp() // HOUR), spread) * self._rhythm.level(spread)

    @property
    def is_open(self) -> bool:
        """Tell whether an alarm is open."""
        return bool(self._open)

    def _counted_already(self, now: float, who: int) -> bool:
        longest = WINDOWS[-1] * STEP
        if abs(now - self._customers.get(who, -math.inf)) < longest:
            return True
        self._customers[who] = now
        return False

    # — time —

    def _advance(self, now: float) -> Alarm | None:
        """Go on to the mark before `now`; return the clearing of an alarm on the way."""
        target = int(now // STEP)
        if self._bin < 0:
            self._begin(target)
            return None
        told = None
        for _each in range(target - int(self._bin)):
            told = self._next_mark() or told
        self._set_trigger()
        return told

    def _begin(self, target: int) -> None:
        self._bin, self._first, self._restart = target, target * STEP, target
        self._ends = (target + 1) * STEP
        self._enter(target // BINS_AN_HOUR)
        self._marks_seen, self._marks_exp = [0.0] * MARKS, [0.0] * MARKS
        self._set_trigger()

    def _enter(self, hour: int) -> None:
        """Look the normal rates up around an hour."""
        spread = self._spreads[1]
        level = self._rhythm.level(spread)
        self._base_here = self._rhythm.base(hour, spread)
        self._rate_before, self._rate_here, self._rate_after = (
            self._rhythm.base(hour - 1, spread) * level / HOUR,
            self._base_here * level / HOUR,
            self._rhythm.base(hour + 1, spread) * level / HOUR,
        )
        self._hour_seen = self._seen
        self._set_rate(0)

    def _set_rate(self, part: int) -> None:
        """Set the rate of a mark of the hour: on the line between the middles of the hours."""
        along = (part + 0.5) / BINS_AN_HOUR - 0.5
        other = self._rate_after if along > 0 else self._rate_before
        self._rate = self._rate_here + abs(along) * (other - self._rate_here)

    def _next_mark(self) -> Alarm | None:
        self._exp += self._rate * STEP
        self._bin += 1
        mark = int(self._bin)
        self._ends += STEP
        part = mark % BINS_AN_HOUR
        if part:
            self._set_rate(part)
        else:
            self._learn_hour(mark // BINS_AN_HOUR - 1)
            self._enter(mark // BINS_AN_HOUR)
            gone = mark * STEP - WINDOWS[-1] * STEP
            self._customers = {who: at for who, at in self._customers.items() if at > gone}
        self._learn_spreads(mark)
        place = mark % MARKS
        self._marks_seen[place], self._marks_exp[place] = self._seen, self._exp
        return self._cleared(mark) if self._open else None

    # — learning —

    @property
    def _age(self) -> float:
        return self._bin * STEP - self._first

    def _learn_hour(self, hour: int) -> None:
        seen, level = self._seen - self._hour_seen, self._rhythm.level(self._spreads[1])
        expected = self._base_here * level
        if self._open:
            seen = min(seen, expected)
        elif self._age > SILENT:
            seen = min(seen, expected + CLIP * math.sqrt(self._spreads[1] * expected) + CLIP_FEW)
        base = self._base_here if self._age > SILENT else seen
        self._rhythm.learn(hour, seen, base)

    def _learn_spreads(self, mark: int) -> None:
        if self._open or self._age <= SILENT:
            return
        for index, length in enumerate(WINDOWS):
            if mark % length or mark - self._restart < length:
                continue
            place = (mark - length) % MARKS
            seen, expected = self._seen - self._marks_seen[place], self._exp - self._marks_exp[place]
            most = CLIP * math.sqrt(self._spreads[index] * expected) + CLIP_FEW
            error = min(most, max(-most, seen - expected))
            keep = 0.5 ** (length * STEP / SPREAD_HALF)
            self._errors[index] = self._errors[index] * keep + error * error / (expected + 1)
            self._error_weights[index] = self._error_weights[index] * keep + expected / (expected + 1)
            self._set_spread(index)

    def _set_spread(self, index: int) -> None:
        """Work the spread out, with the weight of a few windows for what is usual."""
        errors, weight = self._errors[index] + SPREAD * SPREAD_WEIGHT, self._error_weights[index] + SPREAD_WEIGHT
        self._spreads[index] = max(1.0, errors / weight)

    # — the windows —

    def _start(self, length: int) -> int:
        return int(max(self._bin - length, self._restart, 0))

    def _expected_now(self) -> float:
        return self._exp + self._rate * max(0.0, self._now - (self._ends - STEP))

    def _expected_since(self, place: int) -> float:
        return self._expected_now() - self._marks_exp[place]

    def _set_trigger(self) -> None:
        """Work out once a mark which count is worth a closer look."""
        least = math.inf
        if not self._open and self._age >= SILENT:
            for index, length in enumerate(WINDOWS):
                place = self._start(length) % MARKS
                expected = self._exp - self._marks_exp[place]
                near = max(LEAST, MULTIPLE * expected, expected + NEAR * math.sqrt(self._spreads[index] * expected))
                least = min(least, self._marks_seen[place] + near)
        self._trigger = least

    def _opened_now(self) -> Alarm | None:
        """Look closer: does a window hold more than chance brings?"""
        yearly = self._yearly * (TIMID_SHARE if self._age < TIMID else 1.0)
        for index, length in enumerate(WINDOWS):
            place = self._start(length) % MARKS
            seen, expected = self._seen - self._marks_seen[place], self._expected_since(place)
            spread = self._spreads[index]
            if seen < max(LEAST, MULTIPLE * expected) or seen <= expected + NEAR * math.sqrt(spread * expected):
                continue
            if climbs(int(seen), expected, spread) * YEAR / (length * STEP) < yearly:
                return self._open_with(index, seen, expected)
        return None

    # — the alarm —

    def _open_with(self, index: int, seen: float, expected: float) -> Alarm:
        again = self._now - self._closed <= SAME
        self._open, self._window, self._calm = 1.0, index, 0.0
        if not again:
            start = self._start(WINDOWS[index])
            self._since, self._opened, self._top, self._quiet = start * STEP, self._now, Level.BLUE, 0.0
            self._since_seen, self._since_exp = self._marks_seen[start % MARKS], self._marks_exp[start % MARKS]
            self._size, self._size_exp = seen - expected, expected
        self._top = max(self._top, self._by_size())
        return self._told(Level(int(self._top)), seen, expected)

    def _excess(self) -> float:
        return self._seen - self._since_seen - (self._expected_now() - self._since_exp)

    def _by_size(self) -> Level:
        excess = self._excess()
        return Level(1 + sum(excess >= max(times * self._size, floor) for times, floor in BY_SIZE))

    def _by_time(self, seen: float, expected: float) -> Level:
        """While complaints keep coming, window and last quarter of an hour above normal, the surge lasts until now."""
        goes_on = self._is_high(0, *self._in_window(0)) and self._is_high(int(self._window), seen, expected)
        if self._quiet or not goes_on:
            return Level.BLUE
        return Level(1 + sum(self._now - self._opened >= lasting for lasting in BY_TIME))

    def _is_high(self, index: int, seen: float, expected: float) -> bool:
        return seen > expected + CALM * math.sqrt(self._spreads[index] * expected)

    def _in_window(self, index: int) -> tuple[float, float]:
        place = self._start(WINDOWS[index]) % MARKS
        return self._seen - self._marks_seen[place], self._expected_since(place)

    def _raised(self) -> Alarm | None:
        seen, expected = self._in_window(int(self._window))
        level = max(self._by_size(), self._by_time(seen, expected))
        if level <= self._top:
            return None
        self._top = level
        return self._told(level, seen, expected)

    def _cleared(self, mark: int) -> Alarm | None:
        """Tell at a mark that it is over: the window has been near normal for long enough, or this is how it is now."""
        at = mark * STEP
        self._now = max(self._now, at)
        seen, expected = self._in_window(int(self._window))
        length = WINDOWS[int(self._window)]
        if not self._is_high(int(self._window), seen, expected):
            self._calm = self._calm or at
            if at - self._calm < min(CALM_MOST, max(CALM_LEAST, length * STEP)):
                return None
        elif at - self._opened >= ACCEPTED_AFTER:
            self._accept()
        else:
            self._calm = 0.0
            return None
        self._open, self._closed, self._restart = 0.0, at, mark
        return self._told(Level.CLEARED, seen, expected)

    def _accept(self) -> None:
        normal = self._exp - self._since_exp
        if normal > 0:
            level = self._rhythm.level(self._spreads[1])
            self._rhythm.accept(level * (self._seen - self._since_seen) / normal)

    def _told(self, level: Level, seen: float, expected: float) -> Alarm:
        return Alarm(
            at=instant(self._now),
            level=level,
            seen=int(seen),
            expected=expected,
            minutes=WINDOWS[int(self._window)] * STEP // 60,
            since=instant(self._since),
            excess=self._excess(),
        )

    # — what became known late —

    def _shift(self, at: float, by: int) -> None:
        """Count a complaint of an earlier mark where it belongs: in the windows that reach back to it, and in what was learnt."""
        mark = int(at // STEP)
        for later in range(max(mark + 1, int(self._bin) - MARKS + 1), int(self._bin) + 1):
            self._marks_seen[later % MARKS] += by
        hour = mark // BINS_AN_HOUR
        if hour < int(self._bin) // BINS_AN_HOUR:
            self._hour_seen += by
            if not self._open:
                self._rhythm.correct(hour, by)
        if self._open and at < self._since:
            self._since_seen += by
        self._set_trigger()

    # — saving —

    def saved(self) -> bytes:
        """Return everything a restart needs."""
        numbers = [float(getattr(self, name)) for name in NUMBERS]
        held = [*self._marks_seen, *self._marks_exp, *self._errors, *self._error_weights, *self._spreads]
        customers = [float(value) for pair in self._customers.items() for value in pair]
        return array("d", [*numbers, *held, *self._rhythm.saved(), *customers]).tobytes()

    def load(self, saved: bytes) -> None:
        """Take up what `saved` returned."""
        values = iter(array("d", saved).tolist())
        for name in NUMBERS:
            setattr(self, name, next(values))
        sizes = (MARKS, MARKS, len(WINDOWS), len(WINDOWS), len(WINDOWS))
        parts = [list(islice(values, size)) for size in sizes]
        self._marks_seen, self._marks_exp, self._errors, self._error_weights, self._spreads = parts
        self._rhythm.load(list(islice(values, Rhythm.SIZE)))
        self._customers = {int(who): at for who, at in batched(values, 2, strict=True)}
        self._ends = (self._bin + 1) * STEP if self._bin >= 0 else -math.inf
        self._set_trigger()
