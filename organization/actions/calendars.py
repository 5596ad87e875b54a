"""When people work: a year's holidays brought in, and the weekly hours of a calendar changed.

Both raise `Calendar.revision`, which is what makes calendars built earlier stale, and both are in the journal.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from foundation.errors import NotAllowed
from journal.record import record
from journal.types import Json
from organization.enums import Role
from organization.models import Calendar, CalendarDay, HolidayNotice, Staff
from organization.notices import Notice
from organization.queries.calendars import keep_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One date that an import would change: whether it is a workday before and after; None is as its weekday."""

    date: dt.date
    name: str
    before: bool | None
    after: bool | None

    def __str__(self) -> str:
        return f"{self.date}: {words(self.before)} → {words(self.after)}"

    @property
    def before_text(self) -> str:
        """Return what the date is now, in words."""
        return words(self.before)

    @property
    def after_text(self) -> str:
        """Return what the date would be, in words."""
        return words(self.after)


def words(is_workday: bool | None) -> str:  # noqa: FBT001 -- the value of a date, not a switch
    """Return a date's kind in words."""
    return {True: _("workday"), False: _("day off"), None: _("as its weekday")}[is_workday]


def difference(notice: Notice) -> list[Change]:
    """Return what importing `notice` would change, by date; empty when it is in already."""
    dates = [day.date for day in notice.days]
    kept = CalendarDay.objects.filter(notice__year=notice.year) | CalendarDay.objects.filter(date__in=dates)
    present, coming = {day.date: day for day in kept}, {day.date: day for day in notice.days}
    changes = (
        Change(
            date=date,
            name=(coming.get(date) or present[date]).name,
            before=present[date].is_workday if date in present else None,
            after=coming[date].is_workday if date in coming else None,
        )
        for date in sorted(present.keys() | coming.keys())
    )
    return [change for change in changes if change.before != change.after]


def is_loaded(notice: Notice) -> bool:
    """Tell whether importing `notice` would change nothing."""
    return HolidayNotice.objects.filter(year=notice.year).exists() and not difference(notice)


@transaction.atomic
def import_notice(*, notice: Notice, by: Staff, now: dt.datetime) -> HolidayNotice:
    """Replace the days of the notice's year, and let every calendar be built anew.

    Clocks that run keep the version they were promised on until somebody recalculates them.
    Raises NotAllowed unless `by` is an administrator.
    """
    _require_admin(by)
    changed = difference(notice)
    row, _made = HolidayNotice.objects.update_or_create(year=notice.year, defaults={"source": notice.source})
    CalendarDay.objects.filter(notice=row).delete()
    CalendarDay.objects.bulk_create(
        (CalendarDay(date=day.date, is_workday=day.is_workday, name=day.name, notice=row) for day in notice.days),
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["is_workday", "name", "notice"],
    )
    Calendar.objects.update(revision=F("revision") + 1)
    for calendar in Calendar.objects.order_by("pk"):
        keep_version(calendar)
    dates: list[Json] = [str(change.date) for change in changed]
    record(f"notice:{notice.year}", "notice.import", by=by, at=now, data={"changed": dates, "source": notice.source})
    return row


@transaction.atomic
def calendar_changed(*, calendar: Calendar, by: Staff, now: dt.datetime) -> Calendar:
    """Raise the revision after a calendar's hours were edited, and keep the hours as they now are in the journal.

    Raises NotAllowed unless `by` is an administrator.
    """
    _require_admin(by)
    Calendar.objects.filter(pk=calendar.pk).update(revision=F("revision") + 1)
    calendar.refresh_from_db()
    keep_version(calendar)
    hours: list[Json] = [
        [window.weekday, f"{window.starts:%H:%M}", f"{window.ends:%H:%M}"]
        for window in calendar.windows.order_by("weekday", "starts")
    ]
    record(
        f"calendar:{calendar.pk}",
        "calendar.hours",
        by=by,
        at=now,
        data={
            "code": calendar.code,
            "revision": calendar.revision,
            "round_the_clock": calendar.round_the_clock,
            "follows_holidays": calendar.follows_holidays,
            "hours": hours,
        },
    )
    return calendar


def _require_admin(by: Staff) -> None:
    if not by.has_role(Role.ADMIN, Role.SYSTEM):
        raise NotAllowed
