"""Working days from the holiday notices in the tables."""

import datetime as dt

from django.utils import timezone

from organization.days import shifted
from organization.models import CalendarDay

#: No limit in days and no holiday reaches further than this.
REACH = dt.timedelta(days=120)


def working_day(day: dt.date, count: int) -> dt.date:
    """Return the `count`-th working day after `day` (before it when negative)."""
    near = CalendarDay.objects.filter(date__range=(day - REACH, day + REACH))
    return shifted(day, count, dict(near.values_list("date", "is_workday")))


def local_day(instant: dt.datetime) -> dt.date:
    """Return the date on which an instant falls here."""
    return timezone.localtime(instant).date()
