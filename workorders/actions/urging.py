"""Pressing on: urging a department (催办), and raising a ticket's urgency (升级)."""

import datetime as dt

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from foundation import transaction
from foundation.errors import Conflict, Invalid
from journal.models import Event
from organization.models import Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.steps import note
from workorders.actions.supervising import notify_head, supervise_by_rule
from workorders.enums import ClockKind, OrderState, TicketState, Urgency
from workorders.locking import lock_order, lock_ticket
from workorders.models import Ticket, WorkOrder
from workorders.queries.limits import leg_limits, overall_minutes, sla_rule

#: The third urge within this time is told to the department's head, and every one after it.
URGE_WINDOW, URGES_FOR_HEAD = dt.timedelta(hours=24), 3
#: So many urges put an order under supervision (rule 13).
URGES_FOR_SUPERVISION = 2
URGED_AGAIN = gettext_noop("By rule: urged again.")


@transaction.atomic
def urge(*, order: WorkOrder, remark: str = "", by: Staff, now: dt.datetime) -> WorkOrder:
    """Urge the department that holds the order; the handler sees the count. Raises NotAllowed or Conflict.

    The second urge puts the order under supervision; the third within a day is told to the department's head.
    """
    order = lock_order(order.pk)
    policies.require(by, "urge", order)
    if order.state not in OrderState.WORKING:
        raise Conflict(_("%(department)s has already replied.") % {"department": order.department})
    order.urge_count += 1
    telling.urged(order, remark, by=by, now=now)
    note(order, "urge", by=by, now=now, data={"remark": remark, "count": order.urge_count})
    _press([order], now)
    return order


@transaction.atomic
def urge_ticket(*, ticket: Ticket, remark: str = "", by: Staff, now: dt.datetime) -> Ticket:
    """Urge every department still at work on the ticket. Raises NotAllowed, or Conflict when none is."""
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "urge_ticket", ticket)
    working = ticket.orders.filter(state__in=OrderState.WORKING)
    if not working.update(urge_count=F("urge_count") + 1):
        raise Conflict(_("No department is at work on this ticket now."))
    telling.ticket_urged(ticket, remark, by=by, now=now)
    note(ticket, "urge", by=by, now=now, data={"remark": remark})
    orders = list(working.select_related("department", "assignee").order_by("seq"))
    for order in orders:
        order.ticket = ticket
    _press(orders, now)
    return ticket


def _press(orders: list[WorkOrder], now: dt.datetime) -> None:
    """Do what urges bring about by rule; the orders are of one locked ticket."""
    often = [order for order in orders if order.urge_count >= URGES_FOR_SUPERVISION]
    supervise_by_rule(often, reason=URGED_AGAIN, now=now)
    for order in often:
        count = _urges_since(order, now - URGE_WINDOW)
        if count >= URGES_FOR_HEAD:
            notify_head(order, count, now=now)


def _urges_since(order: WorkOrder, since: dt.datetime) -> int:
    """Return how often the order was urged after `since`, by itself or with its ticket."""
    events = Event.objects.filter(stream=order.ticket.stream, at__gt=since, at__gte=order.dispatched_at)
    own = Q(kind="order.urge", data__order=order.pk)
    return events.filter(own | Q(kind="ticket.urge")).count()


@transaction.atomic
def escalate(*, ticket: Ticket, urgency: str, reason: str, by: Staff, now: dt.datetime) -> Ticket:
    """Raise the urgency: every open clock is due at the earlier of its old instant and now + the new limit (rule 22).

    Raises NotAllowed, Conflict on a finished ticket, or Invalid when the urgency would not rise or without a reason.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "escalate", ticket)
    if ticket.state in TicketState.FINAL:
        raise Conflict(_("%(ticket)s is already %(state)s.") % {"ticket": ticket, "state": ticket.get_state_display()})
    if Urgency.RANK[urgency] <= Urgency.RANK[ticket.urgency]:
        raise Invalid(urgency=_("Choose a higher urgency than the present one."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    before, ticket.urgency = ticket.urgency, urgency
    limit = overall_minutes(sla_rule(urgency, ticket.channel), ticket.tier, ticket.round)
    data = {"urgency": urgency, "before": before, "reason": reason}
    note(ticket, "escalate", by=by, now=now, clocks={ClockKind.OVERALL: effects.tighten(limit)}, data=data)
    for order in ticket.orders.filter(state__in=OrderState.WORKING).select_related("department__calendar").order_by("seq"):
        order.ticket = ticket
        _tighten(order, by, now)
    return ticket


def _tighten(order: WorkOrder, by: Staff, now: dt.datetime) -> None:
    limits = leg_limits(order.ticket, order.department)
    clocks = {
        ClockKind.ACKNOWLEDGE: effects.tighten(limits.acknowledge),
        ClockKind.RESOLVE: effects.tighten(limits.resolve),
    }
    note(order, "tighten", by=by, now=now, clocks=clocks)
