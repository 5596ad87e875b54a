"""Rebuilding tickets, orders and clocks from the journal alone, and comparing that with the tables (`manage.py verify`)."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Self

from journal.chain import broken_links
from journal.models import Event
from organization.models import Calendar
from organization.queries.calendars import working_calendar
from workorders import effects, watch
from workorders.clocks import ClockState, Counts
from workorders.effects import Effect, Step
from workorders.enums import OrderState, TicketState
from workorders.events import CLIMBS
from workorders.histories import ClockKey
from workorders.ladder import Version, next_step
from workorders.models import Clock, StepFired, Supervision, Ticket, WorkOrder
from workorders.models.order import ORDER_MOVES
from workorders.models.ticket import TICKET_MOVES
from workorders.queries.ladders import steps_of, versions
from workorders.watch import Watch

BATCH = 500


@dataclass
class Image:
    """A ticket as its events tell it."""

    state: str = TicketState.DRAFT
    round: int = 0
    orders: dict[int, str] = field(default_factory=dict)
    order_rounds: dict[int, int] = field(default_factory=dict)
    clocks: dict[ClockKey, ClockState] = field(default_factory=dict)
    steps: dict[ClockKey, list[Step]] = field(default_factory=dict)
    #: Calendar and its revision.
    calendars: dict[ClockKey, tuple[int | None, int | None]] = field(default_factory=dict)
    #: Levels of the ladder taken, with the instants at which they fell due.
    fired: dict[ClockKey, dict[int, dt.datetime]] = field(default_factory=dict)
    watches: dict[int, list[Watch]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def rebuilt(events: list[Event], calendars: dict[int, Calendar]) -> Image:
    """Fold a ticket's events, in order, into what the ticket, its orders and its clocks must be."""
    image = Image()
    for event in events:
        order = event.data.get("order")
        if event.kind == "ticket.redispatch":
            image.round += 1
        _move(image, event, order)
        _move_clocks(image, event, order, calendars)
        _watch(image, event, order)
        if event.kind in CLIMBS:
            key = (order, event.data["clock"], image.round if order is None else image.order_rounds[order])
            levels = image.fired.setdefault(key, {})
            if event.data["level"] in levels:
                image.faults.append(f"{event}: step {event.data['level']} of {key} was taken before")
            levels[event.data["level"]] = event.at
    return image


def _move(image: Image, event: Event, order: int | None) -> None:
    state = event.data.get("state")
    if order is None:
        if state != image.state and (image.state, state) not in TICKET_MOVES:
            image.faults.append(f"{event}: no such move {image.state} → {state}")
        image.state = state
        return
    before = image.orders.get(order, OrderState.DISPATCHED)
    if state != before and (before, state) not in ORDER_MOVES:
        image.faults.append(f"{event}: no such move {before} → {state}")
    image.orders[order] = state
    image.order_rounds.setdefault(order, image.round)
    watches = image.watches.get(order)
    if watches and state != before and watches[-1].ended_at is None:
        is_working, is_final = state in OrderState.WORKING, state in OrderState.FINAL
        watches[-1] = watch.followed(watches[-1], is_working=is_working, is_final=is_final, at=event.at)


def _watch(image: Image, event: Event, order: int | None) -> None:
    deed = event.kind.removeprefix("order.")
    if order is None:
        return
    if deed == "supervise":
        image.watches.setdefault(order, []).append(watch.opened(event.data["every"], event.at))
    elif deed in watch.DEEDS:
        image.watches[order][-1] = watch.applied(image.watches[order][-1], deed, event.at)


def _move_clocks(image: Image, event: Event, order: int | None, calendars: dict[int, Calendar]) -> None:
    round_number = image.round if order is None else image.order_rounds[order]
    for kind, effect in event.data.get("clocks", {}).items():
        key = (order, kind, round_number)
        if effect["do"] in {"start", "retarget"}:
            image.calendars[key] = (effect["calendar"], effect.get("revision"))
        elif key not in image.clocks:
            # An imported ticket may have been promised nothing; should the start be missing, the clock's row will differ.
            continue
        calendar_id, revision = image.calendars[key]
        calendar = working_calendar(calendars[calendar_id] if calendar_id else None, revision)
        image.clocks[key] = _moved(image, key, effect, calendar, event.at)
        image.steps.setdefault(key, []).append(Step(effect=effect, at=event.at))


def _moved(image: Image, key: ClockKey, effect: Effect, calendar: Counts, at: dt.datetime) -> ClockState:
    if effect["do"] == "start":
        return effects.started(effect, calendar, at)
    if effect["do"] == "retarget":
        return effects.retargeted(image.steps[key], image.clocks[key], effect, calendar, at)
    return effects.applied(effect, image.clocks[key], calendar, at)


@dataclass(frozen=True)
class Reference:
    """What the rebuild needs besides the events: read once."""

    calendars: dict[int, Calendar]
    ladders: list[Version]

    @classmethod
    def read(cls) -> Self:
        """Read it from the tables."""
        return cls({calendar.pk: calendar for calendar in Calendar.objects.all()}, versions())


@dataclass(frozen=True)
class Rows:
    """Everything that the tables hold of one ticket."""

    ticket: Ticket
    orders: list[WorkOrder]
    clocks: list[Clock]
    fired: dict[int, dict[int, dt.datetime]]
    watches: dict[int, list[Watch]]


type Check = Callable[[], Iterator[str]]
_checks: list[Check] = []


def checked_too(check: Check) -> Check:
    """Have `differences` yield what another app finds wrong with what it derives from tickets."""
    _checks.append(check)
    return check


def differences(batch: int = BATCH) -> Iterator[str]:
    """Yield one sentence for everything in which the tables differ from the journal, or the journal from its hashes.

    What other apps check (`checked_too`) comes last.
    """
    reference = Reference.read()
    yield from _other_streams()
    tickets = Ticket.objects.order_by("pk").values_list("pk", flat=True)
    for pks in batched(tickets.iterator(chunk_size=batch), batch, strict=False):
        yield from _batch_differences(pks, reference)
    for check in _checks:
        yield from check()


def _other_streams() -> Iterator[str]:
    others = Event.objects.exclude(stream__startswith="ticket:").order_by("stream", "seq")
    yield from broken_links(others.iterator())


def _batch_differences(pks: tuple[int, ...], reference: Reference) -> Iterator[str]:
    events: dict[str, list[Event]] = {f"ticket:{pk}": [] for pk in pks}
    for event in Event.objects.filter(stream__in=events).order_by("stream", "seq"):
        events[event.stream].append(event)
    for stream in events.values():
        yield from broken_links(stream)
    tickets = Ticket.objects.in_bulk(pks)
    orders, clocks = _grouped(WorkOrder, pks), _grouped(Clock, pks)
    fired, watches = _fired(pks), _watches(pks)
    for pk in pks:
        image = rebuilt(events[f"ticket:{pk}"], reference.calendars)
        yield from image.faults
        rows = Rows(tickets[pk], orders.get(pk, []), clocks.get(pk, []), fired, watches)
        yield from _compared(rows, image)
        yield from _next_steps(rows, reference)


def _grouped[M: (WorkOrder, Clock)](model: type[M], pks: tuple[int, ...]) -> dict[int, list[M]]:
    grouped: dict[int, list[M]] = {}
    for row in model.objects.filter(ticket__in=pks):
        grouped.setdefault(row.ticket_id, []).append(row)
    return grouped


def _fired(pks: tuple[int, ...]) -> dict[int, dict[int, dt.datetime]]:
    """Return, by clock, when each level taken fell due."""
    fired: dict[int, dict[int, dt.datetime]] = {}
    for step in StepFired.objects.filter(clock__ticket__in=pks):
        fired.setdefault(step.clock_id, {})[step.level] = step.due_at
    return fired


def _watches(pks: tuple[int, ...]) -> dict[int, list[Watch]]:
    """Return the supervisions of each order, the first first."""
    found: dict[int, list[Watch]] = {}
    for supervision in Supervision.objects.filter(order__ticket__in=pks).order_by("pk"):
        found.setdefault(supervision.order_id, []).append(supervision.watch)
    return found


def _compared(rows: Rows, image: Image) -> Iterator[str]:
    ticket = rows.ticket
    if (ticket.state, ticket.round) != (image.state, image.round):
        yield f"{ticket}: {ticket.state}, round {ticket.round}; the journal says {image.state}, round {image.round}"
    states = {order.pk: order.state for order in rows.orders}
    if states != image.orders:
        yield f"{ticket}: orders {states}; the journal says {image.orders}"
    keys = {clock.pk: (clock.order_id, clock.kind, clock.episode) for clock in rows.clocks}
    yield from _keyed(ticket, "clock", {keys[clock.pk]: clock.state for clock in rows.clocks}, image.clocks)
    fired = {keys[pk]: levels for pk, levels in rows.fired.items() if pk in keys}
    yield from _keyed(ticket, "ladder", fired, image.fired)
    watches = {order.pk: rows.watches[order.pk] for order in rows.orders if order.pk in rows.watches}
    yield from _keyed(ticket, "supervision", watches, image.watches)
    yield from _copies(rows)


def _keyed[K, V](ticket: Ticket, what: str, stored: Mapping[K, V], told: Mapping[K, V]) -> Iterator[str]:
    for key in sorted(stored.keys() | told.keys(), key=str):
        if stored.get(key) != told.get(key):
            yield f"{ticket}: {what} {key} is {stored.get(key)}; the journal says {told.get(key)}"


def _copies(rows: Rows) -> Iterator[str]:
    """Compare what is copied to ticket and orders with the clocks and supervisions that it is a copy of."""
    subjects: list[Ticket | WorkOrder] = [rows.ticket, *rows.orders]
    for row in subjects:
        own = [
            clock.due_at
            for clock in rows.clocks
            if clock.running_since and clock.due_at and clock.order_id == (None if row is rows.ticket else row.pk)
        ]
        if row.due_at != min(own, default=None):
            yield f"{rows.ticket}: {row!r} is due at {row.due_at}, its clocks say {min(own, default=None)}"
    for order in rows.orders:
        since = next((each.opened_at for each in rows.watches.get(order.pk, []) if each.ended_at is None), None)
        if order.supervised_at != since:
            yield f"{rows.ticket}: {order!r} is supervised since {order.supervised_at}, its supervision says {since}"


def _next_steps(rows: Rows, reference: Reference) -> Iterator[str]:
    """Compare each clock's next step with what its ladder says."""
    for clock in rows.clocks:
        if not clock.running_since and not clock.next_step_at:
            continue
        steps = steps_of(clock, rows.ticket.urgency, reference.ladders)
        calendar = working_calendar(reference.calendars[clock.calendar_id] if clock.calendar_id else None, clock.calendar_revision)
        due = next_step(clock.state, calendar, steps, rows.fired.get(clock.pk, {}))
        expected = due.at if due else None
        if clock.next_step_at != expected:
            yield f"{rows.ticket}: {clock!r} has its next step at {clock.next_step_at}, its ladder says {expected}"
