"""Everything the ticket page tells: legs with their clocks, the timeline, and who held the ticket for how long."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from journal.models import Event
from organization.models import Staff
from organization.queries.calendars import working_calendar
from workorders.clocks import used_at
from workorders.enums import ClockKind
from workorders.events import KINDS
from workorders.menu import Item, menu_for
from workorders.models import Attachment, Clock, Hold, ReturnRequest, Ticket, WorkOrder

#: Event data shown as it was typed, in this order.
SPOKEN = ("reason", "defects", "evidence", "remark", "result", "answer", "text", "question", "name", "number")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A clock as the page shows it."""

    clock: Clock
    used: dt.timedelta
    percent: int

    @property
    def state(self) -> str:
        """Return running, paused, met or missed."""
        if self.clock.stopped_at:
            return "missed" if self.clock.breached_at else "met"
        return "running" if self.clock.running_since else "paused"


@dataclass(kw_only=True)
class Leg:
    """One department's order with everything that belongs to it."""

    order: WorkOrder
    readings: list[Reading] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    returns: list[ReturnRequest] = field(default_factory=list)
    actions: list[Item] = field(default_factory=list)
    #: Not known where nothing was promised: such legs come with imported tickets.
    held: dt.timedelta | None = None


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
    overall: Reading | None
    lines: list[Line]
    attachments: list[Attachment]
    actions: list[Item]
    #: The number of the last event, for telling a stale page.
    seen: int


def story(user: Staff, ticket: Ticket, now: dt.datetime) -> Story:
    """Gather the ticket's story as `user` may act on it now."""
    clocks = list(ticket.clocks.select_related("calendar", "ola_rule__department", "ola_rule__category", "sla_rule"))
    events = list(Event.objects.filter(stream=ticket.stream).select_related("by").order_by("-seq"))
    overall = max((clock for clock in clocks if clock.order_id is None), key=lambda clock: clock.episode, default=None)
    return Story(
        legs=_legs(user, ticket, clocks, now),
        overall=_reading(overall, now) if overall else None,
        lines=[_line(event) for event in events],
        attachments=list(ticket.attachments.select_related("uploaded_by").order_by("pk")),
        actions=menu_for(user, ticket),
        seen=events[0].seq if events else 0,
    )


def _legs(user: Staff, ticket: Ticket, clocks: list[Clock], now: dt.datetime) -> list[Leg]:
    orders = ticket.orders.select_related("department", "assignee", "dispatched_by", "predecessor").order_by("seq")
    legs = {order.pk: Leg(order=order) for order in orders}
    for clock in sorted(clocks, key=lambda each: each.kind):
        if clock.order_id:
            legs[clock.order_id].readings.append(_reading(clock, now))
    for hold in Hold.objects.filter(order__ticket=ticket).select_related("requested_by", "decided_by").order_by("pk"):
        legs[hold.order_id].holds.append(hold)
    for returned in ReturnRequest.objects.filter(order__ticket=ticket).select_related("proposed", "ruled_by").order_by("pk"):
        legs[returned.order_id].returns.append(returned)
    for leg in legs.values():
        leg.order.ticket = ticket
        leg.actions = menu_for(user, leg.order)
        leg.held = _held(leg)
    return list(legs.values())


def _reading(clock: Clock, now: dt.datetime) -> Reading:
    used = used_at(clock.state, working_calendar(clock.calendar), now)
    return Reading(clock=clock, used=used, percent=min(100, int(used / clock.allowance * 100)) if clock.allowance else 100)


def _held(leg: Leg) -> dt.timedelta | None:
    """Return the working time for which the department had the order in its hands."""
    return next((reading.used for reading in leg.readings if reading.clock.kind == ClockKind.RESOLVE), None)


def _line(event: Event) -> Line:
    kind = KINDS.get(event.kind)
    said = [_(str(event.data[key])) if key == "reason" else str(event.data[key]) for key in SPOKEN if event.data.get(key)]
    return Line(
        event=event,
        label=str(kind.label) if kind else event.kind,
        icon=kind.icon if kind else "point",
        leg=event.data.get("seq"),
        said=said,
    )
