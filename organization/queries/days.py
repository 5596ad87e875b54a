"""Working days from the holiday notices in the tables."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from organization.days import number_between, shifted
from organization.models import CalendarDay

#: No limit in days and no holiday reaches further than this.
REACH = dt.timedelta(days=120)


def working_day(day: dt.date, count: int) -> dt.date:
    """Return the `count`-th working day after `day` (before it when negative)."""
    return working_days([day], count)[day]


def working_days(days: Iterable[dt.date], count: int) -> dict[dt.date, dt.date]:
    """Return the `count`-th working day after each of the days, all from one reading of the notices."""
    wanted = set(days)
    if not wanted:
        return {}
    exceptions = _exceptions(min(wanted) - REACH, max(wanted) + REACH)
    return {day: shifted(day, count, exceptions) for day in wanted}


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Return how many working days after `start` lie up to `end`."""
    return number_between(start, end, _exceptions(start, end))


def _exceptions(start: dt.date, end: dt.date) -> dict[dt.date, bool]:
    return dict(CalendarDay.objects.filter(date__range=(start, end)).values_list("date", "is_workday"))


def local_day(instant: dt.datetime) -> dt.date:
    """Return the date on which an instant falls here."""
    return timezone.localtime(instant).date()
