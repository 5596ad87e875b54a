"""Keeping the ticket's state in step with its legs, in the same transaction as whatever moved a leg."""

import datetime as dt
import hashlib

from journal.models import Event
from organization.models import Staff
from workorders import effects
from workorders.actions import telling
from workorders.actions.steps import advance
from workorders.enums import ClockKind, HoldReason, OrderRole, OrderState, TicketState
from workorders.models import Hold, Ticket, WorkOrder
from workorders.queries.limits import sla_rule


def settle(ticket: Ticket, *, by: Staff, now: dt.datetime) -> None:
    """Move the ticket to where its open legs put it: on hold, at work, in review, or awaiting the reply."""
    states = set(ticket.orders.filter(state__in=OrderState.OPEN).values_list("state", flat=True))
    working = states - {OrderState.REPLIED}
    if ticket.state == TicketState.ON_HOLD and working != {OrderState.ON_HOLD}:
        advance(ticket, "unpause", by=by, now=now, clocks={ClockKind.OVERALL: effects.RESUME})
    if ticket.state == TicketState.IN_REVIEW and working:
        advance(ticket, "leave_review", by=by, now=now)
    if ticket.state == TicketState.IN_PROGRESS and working == {OrderState.ON_HOLD}:
        _pause(ticket, by=by, now=now)
    if ticket.state == TicketState.IN_PROGRESS and not working:
        advance(ticket, "enter_review", by=Staff.objects.system(), now=now)
    if ticket.state == TicketState.IN_REVIEW and not states:
        _pass_review(ticket, by=by, now=now)


def _pause(ticket: Ticket, *, by: Staff, now: dt.datetime) -> None:
    """Put the ticket on hold; the customer's clock stops only where every leg waits for the customer (rule 12)."""
    holds = Hold.objects.filter(order__ticket=ticket, ended_at=None, started_at__isnull=False)
    reasons = set(holds.values_list("reason", flat=True))
    for_customer = reasons == {HoldReason.WAIT_CUSTOMER}
    clocks = {ClockKind.OVERALL: effects.PAUSE} if for_customer else None
    advance(ticket, "pause", by=by, now=now, clocks=clocks)


def _pass_review(ticket: Ticket, *, by: Staff, now: dt.datetime) -> None:
    """Pass the ticket on in the system's name, saying whether anyone reviewed a reply of this round.

    Where the lead has already given the customer the answer, that was the reply. `by` moved the last leg.
    """
    system = Staff.objects.system()
    advance(ticket, "pass_review", by=system, now=now, data={"sampled": _was_reviewed(ticket)})
    lead = ticket.orders.filter(role=OrderRole.LEAD, state=OrderState.COMPLETED).order_by("-seq").first()
    if lead and lead.customer_contacted:
        advance(
            ticket,
            "reply",
            by=system,
            now=now,
            clocks={ClockKind.OVERALL: effects.STOP},
            data={"answer": lead.result},
            answer=lead.result,
            at=now,
        )
        telling.filer(ticket, "ticket.answered", by=by, now=now)


def _was_reviewed(ticket: Ticket) -> bool:
    """Tell whether a reviewer approved any leg of the present round."""
    passed = list(ticket.orders.filter(round=ticket.round, state=OrderState.COMPLETED).values_list("pk", flat=True))
    approvals = Event.objects.filter(stream=ticket.stream, kind="order.approve", data__sampled=True)
    return approvals.filter(data__order__in=passed).exists()


def is_sampled(order: WorkOrder) -> bool:
    """Tell whether the reply goes to a reviewer: all urgent and major ones, a fixed random share of normal ones.

    The draw is a hash of ticket and leg, so that it can be repeated by anyone and steered by no one.
    """
    percent = sla_rule(order.ticket.urgency, order.ticket.channel).review_percent
    draw = hashlib.sha256(f"{order.ticket.number}-{order.seq}-{order.send_back_count}".encode()).digest()
    return int.from_bytes(draw[:4]) % 100 < percent


def pass_unsampled(order: WorkOrder, *, now: dt.datetime) -> None:
    """Approve at once, in the system's name, a reply that was not drawn for review."""
    if not is_sampled(order):
        advance(order, "approve", by=Staff.objects.system(), now=now, data={"sampled": False}, at=now)
