"""What changed, since somebody left, on the tickets that concern them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from journal.models import Event
from organization.enums import Role
from organization.models import Staff
from workorders import policies
from workorders.enums import OrderState, TicketState, Urgency
from workorders.events import HARMLESS
from workorders.models import Ticket, WorkOrder

#: So many tickets are looked through, those that were filed last first; and so many changed ones are shown.
MOST_TICKETS, MOST_SHOWN = 500, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A ticket, and what others did to it, the latest first."""

    ticket: Ticket
    events: list[Event]

    @property
    def matters(self) -> bool:
        """Tell whether more happened than notes and reminders."""
        return any(event.kind not in HARMLESS for event in self.events)


def changes(user: Staff, since: dt.datetime) -> list[Change]:
    """Return what others did after `since` on the tickets that concern `user`, the latest change first."""
    streams = [f"ticket:{pk}" for pk in _concerning(user, since)]
    events = Event.objects.filter(stream__in=streams, at__gt=since).exclude(by=user).select_related("by").order_by("stream", "-seq")
    by_ticket = {int(stream.partition(":")[2]): list(found) for stream, found in groupby(events, key=lambda event: event.stream)}
    latest = sorted(by_ticket, key=lambda pk: by_ticket[pk][0].at, reverse=True)[:MOST_SHOWN]
    tickets = policies.visible_to(user).select_related("category", "region").in_bulk(latest)
    return [Change(ticket=tickets[pk], events=by_ticket[pk]) for pk in latest if pk in tickets]


def _concerning(user: Staff, since: dt.datetime) -> list[int]:
    """Return the tickets in the person's hands, of the department that they answer for, and those that they filed."""
    filed = Ticket.objects.filter(filed_by=user).order_by("-pk").values_list("pk", flat=True)[:MOST_TICKETS]
    found = {*filed, *_of_orders(user, since)}
    if user.has_role(*Role.CENTRE):
        found.update(_of_centre())
    return sorted(found, reverse=True)[:MOST_TICKETS]


def _of_orders(user: Staff, since: dt.datetime) -> Iterable[int]:
    """Return the tickets of orders that are open, or ended after `since`."""
    mine = Q(assignee=user)
    if user.department_id and user.has_role(Role.CONTACT, Role.HEAD):
        mine |= Q(department=user.department_id)
    recent = Q(state__in=OrderState.OPEN) | Q(finished_at__gt=since)
    orders = WorkOrder.objects.filter(mine & recent).order_by("-ticket")
    return orders.values_list("ticket", flat=True)[:MOST_TICKETS]


def _of_centre() -> Iterable[int]:
    """Return the open major tickets, which the centre answers for."""
    open_major = Ticket.objects.filter(urgency=Urgency.MAJOR, state__in=TicketState.OPEN)
    return open_major.order_by("-pk").values_list("pk", flat=True)[:MOST_TICKETS]
