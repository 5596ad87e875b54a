"""Working time: pure arithmetic on instants, without Django and without reading the time.

`add` and `between` are exact, work on half-open windows [start, end), and undo each other:
``calendar.between(t, calendar.add(t, m)) == m`` for every m >= 0. See docs/algorithms/working-time.md.
"""

import datetime as dt
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo

type Windows = Sequence[tuple[dt.time, dt.time]]

SHANGHAI = "Asia/Shanghai"
ZERO = dt.timedelta()
ONE_DAY = dt.timedelta(days=1)
MICROSECOND = dt.timedelta(microseconds=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: Working time is laid out for these many years beyond the years with a notice, and further only when asked for.
MARGIN_YEARS = 1
#: No limit reaches this far; a calendar without any working time is refused rather than searched for ever.
MAX_YEARS = 200


def _ticks(instant: dt.datetime) -> int:
    """Return microseconds since 1970 in UTC; ValueError for a naive datetime."""
    if instant.tzinfo is None:
        message = f"an aware datetime is needed, not {instant!r}"
        raise ValueError(message)
    return (instant - EPOCH) // MICROSECOND


def _instant(ticks: int) -> dt.datetime:
    return EPOCH + ticks * MICROSECOND


def _timedelta(minutes: int | dt.timedelta) -> dt.timedelta:
    return minutes if isinstance(minutes, dt.timedelta) else dt.timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Windows of a span of years as UTC ticks, with the working time before each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int
    first_year: int
    last_year: int


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """A working calendar built from plain data; safe to share between threads.

    `windows` maps weekdays (0 is Monday) to their windows in local time; `exceptions` maps dates to whether they are
    workdays: a holiday has no windows, a make-up workday those of the first weekday that has any. A date without an
    exception follows its weekday, so a year outside `known_years` is provisional.
    """

    windows: Mapping[int, Windows]
    exceptions: Mapping[dt.date, bool] = field(default_factory=dict)
    known_years: Sequence[int] = ()
    tz: str = SHANGHAI
    _cache: dict[str, _Layout] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        for weekday, windows in self.windows.items():
            if any(start >= end for start, end in windows) or any(a[1] > b[0] for a, b in pairwise(windows)):
                message = f"windows of weekday {weekday} must be in order and must not overlap"
                raise ValueError(message)
        if not any(self.windows.values()):
            message = "a working calendar needs at least one window"
            raise ValueError(message)

    @staticmethod
    def natural() -> "NaturalCalendar":
        """Return the calendar of natural hours, 7 × 24."""
        return NaturalCalendar()

    def windows_on(self, day: dt.date) -> Windows:
        """Return the windows of one local date."""
        is_workday = self.exceptions.get(day)
        if is_workday is None:
            return self.windows.get(day.weekday(), ())
        if not is_workday:
            return ()
        return self.windows.get(day.weekday()) or next(
            self.windows[weekday] for weekday in sorted(self.windows) if self.windows[weekday]
        )

    def is_provisional(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell whether [start, end] touches a year for which no notice is known."""
        zone = ZoneInfo(self.tz)
        years = range(start.astimezone(zone).year, end.astimezone(zone).year + 1)
        return any(year not in self.known_years for year in years)

    def add(self, start: dt.datetime, minutes: int | dt.timedelta) -> dt.datetime:
        """Return, in UTC, the earliest instant by which `minutes` of working time have passed since `start`.

        Zero returns `start` itself. Negative minutes go backwards, to the latest instant from which that much working
        time leads to `start`. Raises ValueError for a naive `start`.
        """
        amount = _timedelta(minutes) // MICROSECOND
        ticks = _ticks(start)
        if amount == 0:
            return _instant(ticks)
        layout = self._layout(_instant(ticks).year)
        target = self._worked(layout, ticks) + amount
        while not 0 <= target <= layout.total:
            shift = layout.total
            earlier = target < 0
            wider = self._layout(layout.first_year - 1 if earlier else layout.last_year + 1)
            target = self._worked(wider, ticks) + amount
            layout = wider
            if layout.last_year - layout.first_year > MAX_YEARS and layout.total == shift:
                message = "this calendar has no working time"
                raise ValueError(message)
        index = bisect_left(layout.before, target) - 1 if amount > 0 else bisect_right(layout.before, target) - 1
        return _instant(layout.starts[max(index, 0)] + target - layout.before[max(index, 0)])

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time in [start, end); negative when `end` is before `start`. ValueError for naive input."""
        first, last = _ticks(start), _ticks(end)
        self._layout(start.astimezone(dt.UTC).year)
        layout = self._layout(end.astimezone(dt.UTC).year)
        return (self._worked(layout, last) - self._worked(layout, first)) * MICROSECOND

    def _worked(self, layout: _Layout, ticks: int) -> int:
        """Return the working ticks between the layout's beginning and `ticks`."""
        index = bisect_right(layout.starts, ticks) - 1
        if index < 0:
            return 0
        return layout.before[index] + min(ticks, layout.ends[index]) - layout.starts[index]

    def _layout(self, year: int) -> _Layout:
        """Return a layout that has the whole local year and its neighbours, widening the present one if it must."""
        layout = self._cache.get("layout")
        if layout and layout.first_year < year < layout.last_year:
            return layout
        with self._lock:
            layout = self._cache.get("layout")
            known = [*self.known_years, year, *([layout.first_year + 1, layout.last_year - 1] if layout else [])]
            first, last = min(known) - MARGIN_YEARS, max(known) + MARGIN_YEARS
            self._cache["layout"] = self._laid_out(first, last)
            return self._cache["layout"]

    def _laid_out(self, first_year: int, last_year: int) -> _Layout:
        zone = ZoneInfo(self.tz)
        starts, ends, before, total = [], [], [], 0
        day, end = dt.date(first_year, 1, 1), dt.date(last_year, 12, 31)
        while day <= end:
            for opens, closes in self.windows_on(day):
                start_ticks = _ticks(dt.datetime.combine(day, opens, zone))
                end_ticks = _ticks(dt.datetime.combine(day, closes, zone))
                if end_ticks > start_ticks:
                    starts.append(start_ticks)
                    ends.append(end_ticks)
                    before.append(total)
                    total += end_ticks - start_ticks
            day += ONE_DAY
        return _Layout(starts, ends, before, total, first_year, last_year)


@dataclass(frozen=True)
class NaturalCalendar:
    """Natural hours: every instant is working time."""

    def is_provisional(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Tell that natural hours never wait for a notice."""
        return False

    def add(self, start: dt.datetime, minutes: int | dt.timedelta) -> dt.datetime:
        """Return, in UTC, the instant `minutes` after `start`; ValueError for a naive `start`."""
        _ticks(start)
        return start.astimezone(dt.UTC) + _timedelta(minutes)

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return end - start; ValueError for naive input."""
        return (_ticks(end) - _ticks(start)) * MICROSECOND


def statutory_deadline(accepted_at: dt.datetime, days: int = 15, tz: str = SHANGHAI) -> dt.datetime:
    """Return 23:59:59 local time on the `days`-th day after acceptance: the first day is not counted (domain, section 4)."""
    _ticks(accepted_at)
    zone = ZoneInfo(tz)
    date = accepted_at.astimezone(zone).date() + dt.timedelta(days=days)
    return dt.datetime.combine(date, dt.time(23, 59, 59), zone).astimezone(dt.UTC)


def working_days(calendar: WorkingCalendar, days: Iterable[dt.date]) -> list[dt.date]:
    """Return those of `days` on which the calendar has any working time."""
    return [day for day in days if calendar.windows_on(day)]
