"""The morning summary: each department's head learns by e-mail how the board stands when the day begins."""

import datetime as dt
from dataclasses import asdict

from django.utils import timezone

from foundation import transaction
from foundation.durations import local_text
from journal.notify import Occasion, notify_many
from journal.types import Data
from organization.calendars import NaturalCalendar
from organization.enums import DepartmentKind, Role
from organization.models import Department
from organization.queries.calendars import working_calendar
from organization.queries.duty import Directory
from workorders.queries.board import Board, board

#: Local times between which a morning's summary goes out; after that it would be yesterday's news.
FROM, UNTIL = dt.time(8), dt.time(10)
#: So many of the most pressing orders are named.
NAMED = 10
STREAM = "department:"


@transaction.atomic
def send_summaries(*, now: dt.datetime) -> int:
    """Tell the heads on duty how their boards stand, once a working day; return for how many departments it was morning.

    Run any number of times in a morning: the notice's key is the department's and the day's.
    """
    local = timezone.localtime(now)
    if not FROM <= local.time() < UNTIL:
        return 0
    departments = [each for each in _departments() if _works_on(each, local.date())]
    directory = Directory.loaded(now)
    occasions = [
        Occasion(
            key=f"summary:{department.code}:{local.date()}",
            to=tuple(person.pk for person in directory.acting(department.pk, Role.HEAD)),
            stream=f"{STREAM}{department.code}",
            data={"department": str(department), "taken_at": now.isoformat(), **_told(board(department, now), now)},
        )
        for department in departments
    ]
    notify_many("department.summary", occasions, at=now)
    return len(departments)


def _departments() -> list[Department]:
    own = Department.objects.filter(is_active=True, kind=DepartmentKind.SUPPORT)
    return list(own.select_related("calendar").order_by("code"))


def _works_on(department: Department, day: dt.date) -> bool:
    calendar = working_calendar(department.calendar)
    return isinstance(calendar, NaturalCalendar) or bool(calendar.windows_on(day))


def _told(shown: Board, now: dt.datetime) -> Data:
    """Return the board's own numbers as texts may mention them, and its most pressing orders, a line each."""
    counts = {name: str(number) for name, number in asdict(shown.counts).items()}
    lines = [
        f"{order} {order.ticket.subject} {local_text(order.due_at, now) if order.due_at else ''}"
        for order in shown.pressing[:NAMED]
    ]
    return {**counts, "free": str(shown.free), "lines": "\n".join(lines)}
