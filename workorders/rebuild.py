"""Rebuilding tickets, orders and clocks from the journal alone, and comparing that with the tables (`manage.py verify`)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import batched

from journal.chain import broken_links
from journal.models import Event
from organization.models import Calendar
from organization.queries.calendars import working_calendar
from workorders import effects
from workorders.clocks import ClockState
from workorders.enums import OrderState, TicketState
from workorders.models import Clock, Ticket, WorkOrder
from workorders.models.order import ORDER_MOVES
from workorders.models.ticket import TICKET_MOVES

BATCH = 500

#: (order id or None, clock kind, round of the ticket when it was started)
type ClockKey = tuple[int | None, str, int]


@dataclass
class Image:
    """A ticket as its events tell it."""

    state: str = TicketState.DRAFT
    round: int = 0
    orders: dict[int, str] = field(default_factory=dict)
    order_rounds: dict[int, int] = field(default_factory=dict)
    clocks: dict[ClockKey, ClockState] = field(default_factory=dict)
    calendars: dict[ClockKey, int | None] = field(default_factory=dict)
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


def _move_clocks(image: Image, event: Event, order: int | None, calendars: dict[int, Calendar]) -> None:
    round_number = image.round if order is None else image.order_rounds[order]
    for kind, effect in event.data.get("clocks", {}).items():
        key = (order, kind, round_number)
        if effect["do"] == "start":
            image.calendars[key] = effect["calendar"]
        elif key not in image.clocks:
            # An imported ticket may have been promised nothing; should the start be missing, the clock's row will differ.
            continue
        calendar_id = image.calendars[key]
        calendar = working_calendar(calendars[calendar_id] if calendar_id else None)
        image.clocks[key] = (
            effects.started(effect, calendar, event.at)
            if effect["do"] == "start"
            else effects.applied(effect, image.clocks[key], calendar, event.at)
        )


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
    calendars = {calendar.pk: calendar for calendar in Calendar.objects.all()}
    yield from _other_streams()
    tickets = Ticket.objects.order_by("pk").values_list("pk", flat=True)
    for pks in batched(tickets.iterator(chunk_size=batch), batch, strict=False):
        yield from _batch_differences(pks, calendars)
    for check in _checks:
        yield from check()


def _other_streams() -> Iterator[str]:
    others = Event.objects.exclude(stream__startswith="ticket:").order_by("stream", "seq")
    yield from broken_links(others.iterator())


def _batch_differences(pks: tuple[int, ...], calendars: dict[int, Calendar]) -> Iterator[str]:
    events: dict[str, list[Event]] = {f"ticket:{pk}": [] for pk in pks}
    for event in Event.objects.filter(stream__in=events).order_by("stream", "seq"):
        events[event.stream].append(event)
    for stream in events.values():
        yield from broken_links(stream)
    tickets = Ticket.objects.in_bulk(pks)
    orders, clocks = _grouped(WorkOrder, pks), _grouped(Clock, pks)
    for pk in pks:
        image = rebuilt(events[f"ticket:{pk}"], calendars)
        yield from image.faults
        yield from _compared(tickets[pk], orders.get(pk, []), clocks.get(pk, []), image)


def _grouped[M: (WorkOrder, Clock)](model: type[M], pks: tuple[int, ...]) -> dict[int, list[M]]:
    grouped: dict[int, list[M]] = {}
    for row in model.objects.filter(ticket__in=pks):
        grouped.setdefault(row.ticket_id, []).append(row)
    return grouped


def _compared(ticket: Ticket, orders: list[WorkOrder], clocks: list[Clock], image: Image) -> Iterator[str]:
    if (ticket.state, ticket.round) != (image.state, image.round):
        yield f"{ticket}: {ticket.state}, round {ticket.round}; the journal says {image.state}, round {image.round}"
    states = {order.pk: order.state for order in orders}
    if states != image.orders:
        yield f"{ticket}: orders {states}; the journal says {image.orders}"
    stored = {(clock.order_id, clock.kind, clock.episode): clock.state for clock in clocks}
    for key in sorted(stored.keys() | image.clocks.keys(), key=str):
        if stored.get(key) != image.clocks.get(key):
            yield f"{ticket}: clock {key} is {stored.get(key)}; the journal says {image.clocks.get(key)}"
    yield from _due_copies(ticket, orders, clocks)


def _due_copies(ticket: Ticket, orders: list[WorkOrder], clocks: list[Clock]) -> Iterator[str]:
    """Compare the due instants copied to ticket and orders with those of their running clocks."""
    rows: list[Ticket | WorkOrder] = [ticket, *orders]
    for row in rows:
        own = [
            clock.due_at
            for clock in clocks
            if clock.running_since and clock.due_at and clock.order_id == (None if row is ticket else row.pk)
        ]
        if row.due_at != min(own, default=None):
            yield f"{ticket}: {row!r} is due at {row.due_at}, its clocks say {min(own, default=None)}"
