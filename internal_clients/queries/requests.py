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
from workorders.models import Category

FILE = Path(__file__).resolve().parent.parent / "data" / "requests.toml"


@cache
def rules() -> dict[str, Any]:
    """Return the shipped hours and categories."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def category_for(kind: str) -> Category:
    """Return what a request of this kind is filed under; made where this operator never had one."""
    path = rules()["filed_under"][kind]
    found = Category.objects.filter(path=path).first()
    return found or _made(path)


def _made(path: str) -> Category:
    parent, made = None, None
    parts = path.strip("/").split("/")
    for depth in range(1, len(parts) + 1):
        own = "/".join(parts[:depth])
        name, name_en = rules()["categories"][own]
        values = {"code": own.replace("/", "-"), "name": name, "name_en": name_en, "parent": parent, "is_active": False}
        made, _new = Category.objects.get_or_create(path=f"{own}/", defaults=values)
        parent = made
    if made is None:
        raise ValueError(path)
    return made


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
