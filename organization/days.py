"""Working days by the holiday notices: pure, for limits that are counted in days (domain.md 7.2, D1, D4, E1)."""

import datetime as dt
from collections.abc import Mapping

ONE = dt.timedelta(days=1)
WEEKEND = (5, 6)


def is_working_day(day: dt.date, exceptions: Mapping[dt.date, bool]) -> bool:
    """Tell whether people work on `day`: as its weekday says, unless a notice says otherwise (True: a make-up workday)."""
    return exceptions.get(day, day.weekday() not in WEEKEND)


def number_between(start: dt.date, end: dt.date, exceptions: Mapping[dt.date, bool]) -> int:
    """Return how many working days lie after `start` up to `end`; 0 where `end` is not later."""
    return sum(is_working_day(start + count * ONE, exceptions) for count in range(1, (end - start).days + 1))


def shifted(day: dt.date, count: int, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """Return the `count`-th working day after `day`, which is not counted itself; before it for a negative count."""
    step = ONE if count > 0 else -ONE
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, exceptions)
    return day
