"""Feeding the ledger (`workorders.ledger`) from the journal: one ticket's from events at hand, many tickets' in batches."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from journal.models import Event
from organization.models import Department
from organization.queries.calendars import working_calendar
from workorders.accounts import Counts
from workorders.ledger import Ledger, Step, drawn_up
from workorders.models import Ticket

BATCH = 500

#: What changes neither a state nor a holder: not fetched for many tickets. Events that tell no state are never read.
UNMOVED = (
    "ticket.note",
    "ticket.attach",
    "ticket.urge",
    "ticket.reveal",
    "ticket.callback",
    "ticket.absorb",
    "ticket.escalate",
    "order.urge",
    "order.tighten",
    "order.request_hold",
    "order.refuse_hold",
)


class Drawn(NamedTuple):
    """A ticket's ledger."""

    ticket: int
    ledger: Ledger


def step_of(kind: str, at: dt.datetime, data: Mapping[str, Any]) -> Step:
    """Return an event as the ledger reads it."""
    return Step(
        kind=kind,
        at=at,
        state=data["state"],
        leg=data.get("seq"),
        department=data.get("department") or "",
        role=data.get("role") or "",
        person=data.get("assignee"),
        reason=data.get("reason") or "",
    )


def ledger_of(events: Iterable[Event], until: dt.datetime) -> Ledger:
    """Return the ledger of one ticket from all its events, in order of their numbers, as of `until`."""
    return drawn_up((step_of(event.kind, event.at, event.data) for event in events if event.data.get("state")), until)


def calendars_of(departments: Iterable[Department]) -> dict[str, Counts]:
    """Return the departments' working calendars by code; their `calendar` must be at hand."""
    return {department.code: working_calendar(department.calendar) for department in departments}


def all_calendars() -> dict[str, Counts]:
    """Return every department's working calendar by code."""
    return calendars_of(Department.objects.select_related("calendar"))


def ledgers(tickets: QuerySet[Ticket], until: dt.datetime, batch: int = BATCH) -> Iterator[Drawn]:
    """Yield the ledgers of many tickets as of `until`, in order of their ids: one query a batch, however many there are.

    Only what the ledger reads of an event is fetched, not its texts.
    """
    pks = tickets.order_by("pk").values_list("pk", flat=True)
    for some in batched(pks.iterator(chunk_size=batch), batch, strict=False):
        steps = _steps(some)
        yield from (Drawn(pk, drawn_up(steps[pk], until)) for pk in some)


def _steps(pks: tuple[int, ...]) -> dict[int, list[Step]]:
    streams = {f"ticket:{pk}": pk for pk in pks}
    steps: dict[int, list[Step]] = {pk: [] for pk in pks}
    moves = Event.objects.filter(stream__in=streams, data__has_key="state").exclude(kind__in=UNMOVED)
    events = moves.order_by("stream", "seq")
    keys = ("state", "department", "role", "reason")
    read = events.values_list("stream", "kind", "at", "data__seq", "data__assignee", *(KT(f"data__{key}") for key in keys))
    for stream, kind, at, leg, person, *texts in read:
        data = dict(zip(keys, texts, strict=True))
        steps[streams[stream]].append(step_of(kind, at, {**data, "seq": leg, "assignee": person}))
    return steps
