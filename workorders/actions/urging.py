"""Pressing on: urging a department (催办), and raising a ticket's urgency (升级)."""

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.durations import spoken
from foundation.errors import Conflict, Invalid
from journal.models import Event
from organization.enums import Role
from organization.models import Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.steps import note
from workorders.enums import ClockKind, OrderState, TicketState, Urgency
from workorders.locking import lock_order, lock_ticket
from workorders.models import Ticket, WorkOrder
from workorders.queries.limits import leg_limits, overall_minutes, sla_rule

URGES = ("ticket.urge", "order.urge")
#: Whoever urges again sooner says nothing new to the department; see docs/reference/limits.md.
URGE_AGAIN_AFTER = dt.timedelta(minutes=10)


def _refuse_so_soon(ticket: Ticket, order: WorkOrder | None, by: Staff, now: dt.datetime) -> None:
    """Raise a Conflict where the same side, the front line or the centre, urged the same departments just now."""
    recent = Event.objects.filter(stream=ticket.stream, kind__in=URGES, at__gt=now - URGE_AGAIN_AFTER)
    for event in recent.select_related("by").order_by("-seq"):
        is_same = event.kind == "ticket.urge" or (order is not None and event.data["order"] == order.pk)
        if is_same and event.by and event.by.has_role(*Role.CENTRE) == by.has_role(*Role.CENTRE):
            said = {"ago": spoken(now - event.at), "who": event.by, "least": spoken(URGE_AGAIN_AFTER)}
            raise Conflict(_("Urged %(ago)s ago already, by %(who)s; it can be urged again %(least)s after that.") % said)


@transaction.atomic
def urge(*, order: WorkOrder, remark: str = "", by: Staff, now: dt.datetime) -> WorkOrder:
    """Urge the department that holds the order; the handler sees the count.

    Raises NotAllowed, or Conflict when it has replied or was urged just now.
    """
    order = lock_order(order.pk)
    policies.require(by, "urge", order)
    if order.state not in OrderState.WORKING:
        raise Conflict(_("%(department)s has already replied.") % {"department": order.department})
    _refuse_so_soon(order.ticket, order, by, now)
    order.urge_count += 1
    telling.urged(order, remark, by=by, now=now)
    return note(order, "urge", by=by, now=now, data={"remark": remark, "count": order.urge_count})


@transaction.atomic
def urge_ticket(*, ticket: Ticket, remark: str = "", vouched: bool = False, by: Staff, now: dt.datetime) -> Ticket:
    """Urge every department still at work on the ticket. Raises NotAllowed, or Conflict when none is or they were urged just now.

    `vouched`: the floor above has a reason of its own why `by` may, and has asked it.
    """
    ticket = lock_ticket(ticket.pk)
    if not vouched:
        policies.require(by, "urge_ticket", ticket)
    _refuse_so_soon(ticket, None, by, now)
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
