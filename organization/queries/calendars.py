"""Working calendars built from the tables, kept while their data stays the same."""

import datetime as dt
import json
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import F

from organization.calendars import NaturalCalendar, WorkingCalendar
from organization.models import Calendar, CalendarDay, CalendarVersion, HolidayNotice

NATURAL = WorkingCalendar.natural()


def working_calendar(calendar: Calendar | None, revision: int | None = None) -> WorkingCalendar | NaturalCalendar:
    """Return the calendar to count on, as it is or as it was at `revision`; None counts natural hours.

    Built once per process and revision: whatever changes a calendar or a holiday notice raises `Calendar.revision`.
    """
    if calendar is None:
        return NATURAL
    if revision is not None:
        return _kept(calendar.pk, revision)
    return NATURAL if calendar.round_the_clock else _built(calendar.pk, calendar.revision)


def keep_version(calendar: Calendar) -> int:
    """Return the calendar's present revision, kept for the clocks that are promised on it.

    Whatever changes a calendar keeps the new version itself, so that only the first one is put together here.
    """
    kept = CalendarVersion.objects.filter(calendar=calendar, revision=F("calendar__revision")).values_list("revision", flat=True)
    return kept.order_by().first() or _kept_first(Calendar.objects.get(pk=calendar.pk))


def _kept_first(fresh: Calendar) -> int:
    CalendarVersion.objects.get_or_create(calendar=fresh, revision=fresh.revision, defaults={"content": _content(fresh)})
    return fresh.revision


def is_same_but_holidays(calendar: Calendar, revision: int | None) -> bool:
    """Tell whether the calendar's weekly hours are what they were at `revision`: only holidays have come in since."""
    present = keep_version(calendar)
    return revision is not None and _weekly(calendar.pk, revision) == _weekly(calendar.pk, present)


@lru_cache(maxsize=64)
def _weekly(pk: int, revision: int) -> str:
    content = CalendarVersion.objects.get(calendar=pk, revision=revision).content
    return json.dumps([content["always"], content["follows"], content["windows"]])


def _content(calendar: Calendar) -> dict[str, object]:
    return {
        "always": calendar.round_the_clock,
        "follows": calendar.follows_holidays,
        "windows": [
            [window.weekday, window.starts.isoformat(), window.ends.isoformat()]
            for window in calendar.windows.order_by("weekday", "starts")
        ],
        "days": [[str(day), is_workday] for day, is_workday in _days(calendar)],
        "years": list(HolidayNotice.objects.order_by("year").values_list("year", flat=True)),
    }


def _days(calendar: Calendar) -> Iterable[tuple[dt.date, bool]]:
    days = CalendarDay.objects.order_by("date").values_list("date", "is_workday")
    return days if calendar.follows_holidays else []


@lru_cache(maxsize=64)
def _built(pk: int, revision: int) -> WorkingCalendar:
    calendar = Calendar.objects.get(pk=pk)
    windows: dict[int, list[tuple[dt.time, dt.time]]] = {}
    for window in calendar.windows.order_by("weekday", "starts"):
        windows.setdefault(window.weekday, []).append((window.starts, window.ends))
    years = list(HolidayNotice.objects.order_by("year").values_list("year", flat=True))
    return WorkingCalendar(windows=windows, exceptions=dict(_days(calendar)), known_years=years)


@lru_cache(maxsize=64)
def _kept(pk: int, revision: int) -> WorkingCalendar | NaturalCalendar:
    content = CalendarVersion.objects.get(calendar=pk, revision=revision).content
    if content["always"]:
        return NATURAL
    windows: dict[int, list[tuple[dt.time, dt.time]]] = {}
    for weekday, starts, ends in content["windows"]:
        windows.setdefault(weekday, []).append((dt.time.fromisoformat(starts), dt.time.fromisoformat(ends)))
    days = {dt.date.fromisoformat(day): is_workday for day, is_workday in content["days"]}
    return WorkingCalendar(windows=windows, exceptions=days, known_years=content["years"])
