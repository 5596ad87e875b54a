"""Bringing a year's holidays in."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from foundation.errors import NotAllowed
from journal.record import record
from organization.enums import Role
from organization.models import Calendar, CalendarDay, HolidayNotice, Staff
from organization.notices import Notice


def difference(notice: Notice) -> list[str]:
    """Return what importing `notice` would change, a line a date; empty when it is in already."""
    present = {day.date: day.is_workday for day in CalendarDay.objects.filter(notice__year=notice.year)}
    coming = {day.date: day.is_workday for day in notice.days}
    words = {True: _("workday"), False: _("day off"), None: _("as its weekday")}
    return [
        f"{date}: {words[present.get(date)]} → {words[coming.get(date)]}"
        for date in sorted(present.keys() | coming.keys()) if present.get(date) != coming.get(date)
    ]


@transaction.atomic
def import_notice(*, notice: Notice, by: Staff, now: dt.datetime) -> HolidayNotice:
    """Replace the days of the notice's year, and let every calendar be built anew.

    Clocks that run keep the instants they were promised; raises NotAllowed unless `by` is an administrator.
    """
    if not by.has_role(Role.ADMIN, Role.SYSTEM):
        raise NotAllowed
    changed = difference(notice)
    row, _made = HolidayNotice.objects.update_or_create(year=notice.year, defaults={"source": notice.source})
    CalendarDay.objects.filter(notice=row).delete()
    CalendarDay.objects.bulk_create(
        (CalendarDay(date=day.date, is_workday=day.is_workday, name=day.name, notice=row) for day in notice.days),
        update_conflicts=True, unique_fields=["date"], update_fields=["is_workday", "name", "notice"],
    )
    Calendar.objects.update(revision=F("revision") + 1)
    record(f"notice:{notice.year}", "notice.import", by=by, at=now, data={"changed": len(changed), "source": notice.source})
    return row
