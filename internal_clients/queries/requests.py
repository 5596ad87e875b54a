"""What internal requests are filed under, until when they are due, and which wait for their requester."""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from internal_clients.models import InternalRequest
from organization.models import Department, Staff
from organization.queries.calendars import working_calendar
from workorders import policies as ticket_policies
from workorders.enums import TicketState

FILE = Path(__file__).resolve().parent.parent / "data" / "requests.toml"


@cache
def rules() -> dict[str, Any]:
    """Return the shipped hours and categories."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def due_at(kind: str, department: Department, now: dt.datetime, *, is_again: bool = False) -> dt.datetime:
    """Return until when the department has to answer, on its own working calendar (domain.md, section 4, last column).

    Work that is done again (`is_again`) has half the hours (rule 20).
    """
    hours = rules()["hours"]
    allowed = rules()["hours_by_kind"].get(kind) or hours.get(department.code, hours["*"])
    return working_calendar(department.calendar).add(now, allowed * 60 // 2 if is_again else allowed * 60)


def visible_to(user: Staff) -> QuerySet[InternalRequest]:
    """Return the requests whose tickets this person may read, the newest first."""
    found = InternalRequest.objects.filter(ticket__in=ticket_policies.visible_to(user))
    return found.select_related("ticket", "department", "system").order_by("-ticket_id", "-pk")


def unconfirmed(now: dt.datetime, within: dt.timedelta) -> QuerySet[InternalRequest]:
    """Return the requests that were answered longer ago and neither confirmed nor doubted, the oldest first."""
    waiting = InternalRequest.objects.filter(ticket__state=TicketState.AWAITING_CALLBACK, ticket__replied_at__lt=now - within)
    return waiting.select_related("ticket").order_by("ticket__replied_at")
