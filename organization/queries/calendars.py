"""Working calendars built from the tables, kept while their data stays the same."""

import datetime as dt
from functools import lru_cache

from organization.calendars import NaturalCalendar, WorkingCalendar
from organization.models import Calendar, CalendarDay, HolidayNotice

NATURAL = WorkingCalendar.natural()


def working_calendar(calendar: Calendar | None) -> WorkingCalendar | NaturalCalendar:
    """Return the calendar to count on; None and round-the-clock calendars count natural hours.

    Built once per process and revision: whatever changes a calendar or a holiday notice raises `Calendar.revision`.
    """
    if calendar is None or calendar.round_the_clock:
        return NATURAL
    return _built(calendar.pk, calendar.revision)


@lru_cache(maxsize=64)
def _built(pk: int, revision: int) -> WorkingCalendar:
    calendar = Calendar.objects.get(pk=pk)
    windows: dict[int, list[tuple[dt.time, dt.time]]] = {}
    for window in calendar.windows.order_by("weekday", "starts"):
        windows.setdefault(window.weekday, []).append((window.starts, window.ends))
    days = dict(CalendarDay.objects.values_list("date", "is_workday")) if calendar.follows_holidays else {}
    years = list(HolidayNotice.objects.order_by("year").values_list("year", flat=True))
    return WorkingCalendar(windows=windows, exceptions=days, known_years=years)
