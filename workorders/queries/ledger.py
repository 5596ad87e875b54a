"""Feeding the ledger (`workorders.ledger`) from the journal: one ticket's from events at hand, many tickets' in batches."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from journal.models import Event
from organization.models import Department, Staff
from organization.queries.calendars import working_calendar
from workorders import watch
from workorders.accounts import Counts, Line, PersonLine, lines, person_lines
from workorders.events import CLIMBS
from workorders.ledger import Ledger, Span, Step, drawn_up
from workorders.models import Ticket

BATCH = 500

#: What changes neither a state nor a holder: not fetched for many tickets. Events that tell no state are never read.
UNMOVED = (
    *CLIMBS,
    *(f"order.{deed}" for deed in watch.DEEDS),
    "order.supervise",
    "order.notify_head",
    "ticket.note",
    "ticket.attach",
    "ticket.urge",
    "ticket.reveal",
    "ticket.callback",
    "ticket.absorb",
    "ticket.escalate",
    "ticket.extend",
    "ticket.recategorize",
    "ticket.retarget",
    "order.urge",
    "order.tighten",
    "order.retarget",
    "order.request_extension",
    "order.grant_extension",
    "order.refuse_extension",
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


@dataclass(frozen=True, kw_only=True)
class Told:
    """One ticket's ledger added up, as the API gives it."""

    start: dt.datetime
    end: dt.datetime
    is_open: bool
    length: dt.timedelta
    hand_offs: int
    ping_pong: list[tuple[str, str]]
    lines: list[Line]
    persons: list[PersonLine]
    spans: tuple[Span, ...]
    #: Employee numbers by id.
    usernames: dict[int, str]


def told_ledger(ticket: Ticket, until: dt.datetime) -> Told:
    """Return all that is to be told of one ticket's ledger as of `until`."""
    ledger = ledger_of(Event.objects.filter(stream=ticket.stream).order_by("seq"), until)
    calendars = calendars_of(Department.objects.filter(code__in=ledger.departments).select_related("calendar"))
    return Told(
        start=ledger.start,
        end=ledger.end,
        is_open=ledger.is_open,
        length=ledger.length,
        hand_offs=ledger.hand_offs,
        ping_pong=ledger.ping_pong,
        lines=lines(ledger, calendars),
        persons=person_lines(ledger, calendars),
        spans=ledger.spans,
        usernames=dict(Staff.objects.filter(pk__in=ledger.persons).values_list("pk", "username")),
    )


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
