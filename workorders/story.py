"""Everything the ticket page tells: legs with their clocks, the timeline, and who held the ticket for how long."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from journal.models import Event
from organization.models import Department, Staff
from organization.queries.calendars import working_calendar
from workorders.bars import Books, books
from workorders.clocks import used_at
from workorders.enums import OrderState, TicketState
from workorders.events import kind_of
from workorders.ledger import Ledger
from workorders.menu import Item, menu_for
from workorders.models import Attachment, Clock, Extension, Hold, ReturnRequest, Supervision, Ticket, WorkOrder
from workorders.queries.ledger import calendars_of, ledger_of
from workorders.timeline import Names, headline, names_in, said


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A clock as the page shows it."""

    clock: Clock
    used: dt.timedelta
    percent: int
    is_late: bool
    #: Stopped because the work was taken away (cancelled, merged, voided, transferred), not because it was done.
    was_ended: bool

    @property
    def state(self) -> str:
        """Return running, paused, met, missed or ended."""
        if self.clock.stopped_at and self.clock.breached_at:
            return "missed"
        if self.clock.stopped_at:
            return "ended" if self.was_ended else "met"
        return "running" if self.clock.running_since else "paused"


@dataclass(kw_only=True)
class Leg:
    """One department's order with everything that belongs to it."""

    order: WorkOrder
    readings: list[Reading] = field(default_factory=list)
    step: Item | None = None
    holds: list[Hold] = field(default_factory=list)
    returns: list[ReturnRequest] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    actions: list[Item] = field(default_factory=list)
    #: What is owed while the order is under supervision.
    supervision: Supervision | None = None
    #: Natural time in which the department had something to do.
    held: dt.timedelta = dt.timedelta()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline."""

    event: Event
    label: str
    icon: str
    leg: int | None
    said: list[str]


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the ticket page shows."""

    legs: list[Leg]
    #: Who held the ticket for how long.
    books: Books
    overall: Reading | None
    lines: list[Line]
    attachments: list[Attachment]
    actions: list[Item]
    #: What takes the ticket itself a step on, if this person may.
    step: Item | None
    #: The number of the last event, for telling a stale page.
    seen: int


def story(user: Staff, ticket: Ticket, now: dt.datetime) -> Story:
    """Gather the ticket's story as `user` may act on it now."""
    prefetch_related_objects([ticket], Prefetch("orders", _orders()))
    clocks = list(
        ticket.clocks.select_related(
            "calendar", "ola_rule__department", "ola_rule__category", "ola_rule__region", "sla_rule__category"
        )
    )
    events = list(Event.objects.filter(stream=ticket.stream).select_related("by").order_by("-seq"))
    actions = menu_for(user, ticket, now)
    overall = max((clock for clock in clocks if clock.order_id is None), key=lambda clock: clock.episode, default=None)
    ledger = ledger_of(reversed(events), now)
    legs = _legs(user, ticket, clocks, now, ledger)
    orders = [leg.order for leg in legs]
    names = names_in(events, departments=[order.department for order in orders], staff=[order.assignee for order in orders])
    return Story(
        legs=legs,
        books=_books(ledger, legs, events, now),
        overall=_reading(overall, now, was_ended=_was_withdrawn(ticket, overall)) if overall else None,
        lines=[_line(event, names) for event in events],
        attachments=list(ticket.attachments.select_related("uploaded_by").order_by("pk")),
        actions=actions,
        step=next((item for item in actions if item.is_step), None),
        seen=events[0].seq if events else 0,
    )


def _books(ledger: Ledger, legs: list[Leg], events: list[Event], now: dt.datetime) -> Books:
    departments = {leg.order.department.code: leg.order.department for leg in legs}
    if merged := set(ledger.departments) - departments.keys():
        departments |= {each.code: each for each in Department.objects.filter(code__in=merged).select_related("calendar")}
    people = {event.by_id: str(event.by) for event in events if event.by_id}
    people |= {leg.order.assignee_id: str(leg.order.assignee) for leg in legs if leg.order.assignee_id}
    if unknown := set(ledger.persons) - people.keys():
        people |= {pk: str(person) for pk, person in Staff.objects.in_bulk(unknown).items()}
    names = {code: str(department) for code, department in departments.items()}
    return books(ledger, names=names, people=people, calendars=calendars_of(departments.values()), now=now)


def _orders() -> QuerySet[WorkOrder]:
    """Return the orders with all that a leg shows, and that the policies ask for."""
    asked = [
        Prefetch(name, model.objects.select_related("requested_by", "decided_by").order_by("pk"))
        for name, model in (("holds", Hold), ("extensions", Extension))
    ]
    related = ("department__calendar", "assignee", "dispatched_by", "predecessor")
    return WorkOrder.objects.select_related(*related).order_by("seq").prefetch_related(*asked)


def _legs(user: Staff, ticket: Ticket, clocks: list[Clock], now: dt.datetime, ledger: Ledger) -> list[Leg]:
    held = {track.seq: track.held for track in ledger.tracks}
    legs = {order.pk: Leg(order=order) for order in ticket.orders.all()}
    for clock in sorted(clocks, key=lambda each: each.kind):
        if clock.order_id:
            order = legs[clock.order_id].order
            legs[order.pk].readings.append(_reading(clock, now, was_ended=_was_taken_away(order, clock)))
    for returned in ReturnRequest.objects.filter(order__ticket=ticket).select_related("proposed", "ruled_by").order_by("pk"):
        legs[returned.order_id].returns.append(returned)
    if any(leg.order.supervised_at for leg in legs.values()):
        for supervision in Supervision.objects.filter(order__ticket=ticket, ended_at=None):
            legs[supervision.order_id].supervision = supervision
    for leg in legs.values():
        leg.order.ticket = ticket
        leg.holds, leg.extensions = list(leg.order.holds.all()), list(leg.order.extensions.all())
        leg.actions = menu_for(user, leg.order, now)
        leg.step = next((item for item in leg.actions if item.is_step), None)
        leg.held = held[leg.order.seq]
    return list(legs.values())


def _was_taken_away(order: WorkOrder, clock: Clock) -> bool:
    return order.state in {OrderState.VOIDED, OrderState.TRANSFERRED} and clock.stopped_at == order.finished_at


def _was_withdrawn(ticket: Ticket, clock: Clock) -> bool:
    """Tell whether the ticket was cancelled or merged before its customer had the answer."""
    gone = ticket.state == TicketState.CANCELLED or ticket.merged_into_id is not None
    return gone and clock.stopped_at != ticket.replied_at


def _reading(clock: Clock, now: dt.datetime, *, was_ended: bool) -> Reading:
    used = used_at(clock.state, working_calendar(clock.calendar, clock.calendar_revision), now)
    return Reading(
        clock=clock,
        used=used,
        percent=min(100, int(used / clock.allowance * 100)) if clock.allowance else 100,
        is_late=bool(clock.breached_at or (clock.running_since and clock.due_at and clock.due_at < now)),
        was_ended=was_ended,
    )


def _line(event: Event, names: Names) -> Line:
    return Line(
        event=event,
        label=headline(event, names),
        icon=kind_of(event.kind, event.data).icon,
        leg=event.data.get("seq"),
        said=said(event, names),
    )
