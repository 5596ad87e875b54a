"""Pressing on: urging a department (催办), and raising a ticket's urgency (升级)."""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from organization.models import Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.steps import note
from workorders.enums import ClockKind, OrderState, TicketState, Urgency
from workorders.locking import lock_order, lock_ticket
from workorders.models import Ticket, WorkOrder
from workorders.queries.limits import leg_limits, overall_minutes, sla_rule


@transaction.atomic
def urge(*, order: WorkOrder, remark: str = "", by: Staff, now: dt.datetime) -> WorkOrder:
    """Urge the department that holds the order; the handler sees the count. Raises NotAllowed or Conflict."""
    order = lock_order(order.pk)
    policies.require(by, "urge", order)
    if order.state not in OrderState.WORKING:
        raise Conflict(_("%(department)s has already replied.") % {"department": order.department})
    order.urge_count += 1
    telling.urged(order, remark, by=by, now=now)
    return note(order, "urge", by=by, now=now, data={"remark": remark, "count": order.urge_count})


@transaction.atomic
def urge_ticket(*, ticket: Ticket, remark: str = "", by: Staff, now: dt.datetime) -> Ticket:
    """Urge every department still at work on the ticket. Raises NotAllowed, or Conflict when none is."""
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "urge_ticket", ticket)
    orders = ticket.orders.filter(state__in=OrderState.WORKING)
    if not orders.update(urge_count=F("urge_count") + 1):
        raise Conflict(_("No department is at work on this ticket now."))
    telling.ticket_urged(ticket, remark, by=by, now=now)
    return note(ticket, "urge", by=by, now=now, data={"remark": remark})


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
    limit = overall_minutes(sla_rule(ticket, now), ticket.tier, ticket.round)
    data = {"urgency": urgency, "before": before, "reason": reason}
    note(ticket, "escalate", by=by, now=now, clocks={ClockKind.OVERALL: effects.tighten(limit)}, data=data)
    for order in ticket.orders.filter(state__in=OrderState.WORKING).select_related("department__calendar").order_by("seq"):
        order.ticket = ticket
        _tighten(order, by, now)
    return ticket


def _tighten(order: WorkOrder, by: Staff, now: dt.datetime) -> None:
    limits = leg_limits(order.ticket, order.department, now)
    clocks = {
        ClockKind.ACKNOWLEDGE: effects.tighten(limits.acknowledge),
        ClockKind.RESOLVE: effects.tighten(limits.resolve),
    }
    note(order, "tighten", by=by, now=now, clocks=clocks)
