"""The end of a ticket: the reply to the customer, closing, handling anew, cancelling, merging, reopening."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from journal.types import Data
from organization.models import Department, Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.dispatching import dispatch, dispatch_by_route
from workorders.actions.filing import file_ticket, prepare, submit
from workorders.actions.steps import advance, note, start_clock
from workorders.enums import ClockKind, OrderRole, OrderState, TicketState
from workorders.locking import lock_ticket, lock_tickets
from workorders.models import Hold, Ticket
from workorders.queries.limits import overall_minutes, sla_rule
from workorders.queries.routes import route_for
from workorders.queries.siblings import merge_targets
from workorders.signals import ended, reopened
from workorders.targets import Agreed

#: A closed ticket may be reopened, as a new one, for this long (rule 23).
REOPEN_WITHIN = dt.timedelta(days=30)
#: Dissatisfied customers are handled anew this often; after that the joint meeting has it (rule 20).
MAX_ROUNDS = 2

STOP_OVERALL = {ClockKind.OVERALL: effects.STOP}
STOP_LEG = {ClockKind.ACKNOWLEDGE: effects.STOP, ClockKind.RESOLVE: effects.STOP}


@transaction.atomic
def answer(*, ticket: Ticket, text: str, by: Staff, now: dt.datetime) -> Ticket:
    """Give the customer the answer (回复客户): the customer's clock stops and is judged. Raises NotAllowed, Conflict, Invalid."""
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "answer", ticket)
    if not text.strip():
        raise Invalid(text=_("Write what the customer was told."))
    telling.filer(ticket, "ticket.answered", by=by, now=now)
    return advance(ticket, "reply", by=by, now=now, clocks=STOP_OVERALL, data={"answer": text}, answer=text, at=now)


@transaction.atomic
def close(*, ticket: Ticket, reason: str, by: Staff, now: dt.datetime) -> Ticket:
    """File the ticket away (归档), saying why it may be. Raises NotAllowed or Conflict."""
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "call_back", ticket)
    telling.filer(ticket, "ticket.closed", by=by, now=now)
    advance(ticket, "close", by=by, now=now, data={"reason": reason}, at=now)
    return _ended(ticket, by, now)


def _ended(ticket: Ticket, by: Staff, now: dt.datetime) -> Ticket:
    """Let the floors above take part in the end of a ticket."""
    ended.send(Ticket, ticket=ticket, by=by, now=now)
    return ticket


@transaction.atomic
def redispatch(*, ticket: Ticket, reason: str, agreed: Agreed | None = None, by: Staff, now: dt.datetime) -> Ticket:
    """Have the work done anew (重派) by the department that led it, with half the limits; earlier results stay.

    A ticket that no department led goes out by its category's route, or waits for the centre. `agreed` is what was promised in
    place of our own limits (`dispatch`).
    Raises NotAllowed, or Conflict when two rounds have been.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "call_back", ticket)
    if ticket.round >= MAX_ROUNDS:
        raise Conflict(_("This has been handled anew twice; it goes to the joint meeting."))
    _new_round(ticket, reason, agreed, by, now)
    responsible = _responsible(ticket)
    if responsible is None:
        return dispatch_by_route(ticket=ticket, now=now)
    return dispatch(ticket=ticket, lead=responsible, question=reason, agreed=agreed, by=Staff.objects.system(), now=now)


def _new_round(ticket: Ticket, reason: str, agreed: Agreed | None, by: Staff, now: dt.datetime) -> None:
    """Begin the next round with a clock of its own for the customer, at half the limit or as agreed."""
    rule = None
    if agreed and agreed.due_at:
        clock = effects.until(now, agreed.due_at)
    else:
        rule = sla_rule(ticket, now)
        clock = effects.start(overall_minutes(rule, ticket.tier, ticket.round + 1), None)
    data: Data = {"reason": reason, "round": ticket.round + 1}
    ticket.redispatch()
    start_clock(ticket, ClockKind.OVERALL, clock, now, sla=rule)
    note(ticket, "redispatch", by=by, now=now, clocks={ClockKind.OVERALL: clock}, data=data)


def _responsible(ticket: Ticket) -> Department | None:
    lead = ticket.orders.filter(role=OrderRole.LEAD, state=OrderState.COMPLETED).select_related("department__calendar")
    last = lead.order_by("-seq").first()
    return last.department if last else None


@transaction.atomic
def cancel(*, ticket: Ticket, reason: str, by: Staff, now: dt.datetime) -> Ticket:
    """Cancel on the customer's proven wish (撤单); what was late by then counts as late. Raises NotAllowed, Conflict, Invalid."""
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "cancel", ticket)
    if not reason.strip():
        raise Invalid(reason=_("Say how the customer withdrew it."))
    advance(ticket, "cancel", by=by, now=now, clocks=STOP_OVERALL, data={"reason": reason})
    _void_legs(ticket, by=by, now=now)
    return _ended(ticket, by, now)


@transaction.atomic
def merge(*, ticket: Ticket, into: Ticket, vouched: bool = False, by: Staff, now: dt.datetime) -> Ticket:
    """Handle the ticket under another open one of the same customer and category (并单, rule 14).

    Its legs are voided, its clocks stop, both journals say so. `vouched`: the floor above knows them to be of one incident,
    and has asked whether `by` may.
    Raises NotAllowed, Conflict when either is closed, or Invalid when they are the same, or of different customers or categories.
    """
    locked = lock_tickets([ticket.pk, into.pk])
    if ticket.pk == into.pk:
        raise Invalid(into=_("A ticket cannot be merged into itself."))
    ticket, into = locked[ticket.pk], locked[into.pk]
    if not vouched:
        policies.require(by, "merge", ticket)
        policies.require(by, "merge", into)
    if into.state in TicketState.FINAL:
        raise Conflict(_("%(ticket)s is already %(state)s.") % {"ticket": into, "state": into.get_state_display()})
    if not vouched and not merge_targets(ticket).filter(pk=into.pk).exists():
        raise Invalid(into=_("%(ticket)s is not of the same customer and category.") % {"ticket": into})
    data: Data = {"into": into.pk, "number": into.number}
    advance(ticket, "merge", by=by, now=now, clocks=STOP_OVERALL, data=data, into=into)
    _void_legs(ticket, by=by, now=now)
    note(into, "absorb", by=by, now=now, data={"ticket": ticket.pk, "number": ticket.number})
    return _ended(ticket, by, now)


@transaction.atomic
def unmerge(*, ticket: Ticket, reason: str, by: Staff, now: dt.datetime) -> Ticket:
    """Let a merged ticket go its own way again (拆单): its customer's clock goes on with what was left, it goes out by its route.

    The floor above has asked whether `by` may. Without a route, or with one to a closed department, it waits for the centre.
    Raises Conflict when it is not merged, or Invalid without a reason.
    """
    ticket = lock_ticket(ticket.pk)
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    clocks = {ClockKind.OVERALL: effects.reopen()}
    data: Data = {"number": ticket.merged_into.number if ticket.merged_into else "", "reason": reason}
    ticket = advance(ticket, "unmerge", by=by, now=now, clocks=clocks, data=data)
    route = route_for(ticket.category)
    takers = [route.lead, *(assist.department for assist in route.assists.all())] if route else []
    # Of a thousand that come back at once, none must be held up by a route that leads nowhere any more.
    if not takers or not all(department.is_active for department in takers):
        return ticket
    return dispatch_by_route(ticket=ticket, now=now)


@transaction.atomic
def answer_merged(*, ticket: Ticket, text: str, by: Staff, now: dt.datetime) -> Ticket:
    """Give a merged ticket's customer the answer of the ticket it was merged into; from here it is visited itself (rule 14).

    The floor above has asked whether `by` may. Its clock stays as the merge stopped it, and in no figure.
    Raises Conflict when it is not merged.
    """
    ticket = lock_ticket(ticket.pk)
    telling.filer(ticket, "ticket.answered", by=by, now=now)
    return advance(ticket, "answer_merged", by=by, now=now, data={"answer": text}, answer=text, at=now)


def _void_legs(ticket: Ticket, *, by: Staff, now: dt.datetime) -> None:
    for order in ticket.orders.filter(state__in=OrderState.OPEN).select_related("department").order_by("seq"):
        order.ticket = ticket
        advance(order, "void", by=by, now=now, clocks=STOP_LEG, at=now)
    Hold.objects.filter(order__ticket=ticket, ended_at=None).update(ended_at=now)


def reopenable_until(ticket: Ticket) -> dt.datetime | None:
    """Return the last instant at which a closed ticket may be reopened (rule 23); None where it is not closed."""
    return ticket.closed_at + REOPEN_WITHIN if ticket.closed_at else None


@transaction.atomic
def reopen(*, ticket: Ticket, reason: str, filing_key: str, by: Staff, now: dt.datetime) -> Ticket:
    """File the same matter anew within 30 days (重开) and return the new ticket; the closed one keeps its results.

    Raises NotAllowed, Conflict when it is not closed or closed for longer, or Invalid without a reason.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "reopen", ticket)
    last = reopenable_until(ticket)
    if last is None or now > last:
        raise Conflict(_("Only a ticket closed within the last 30 days can be reopened."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    new = file_ticket(
        category=ticket.category,
        channel=ticket.channel,
        urgency=ticket.urgency,
        region=ticket.region,
        subject=ticket.subject,
        description=ticket.description,
        wanted=ticket.wanted,
        tier=ticket.tier,
        filing_key=f"reopen:{ticket.pk}:{filing_key}",
        reopened_from=ticket,
        by=by,
        now=now,
    )
    return _taken_up(ticket, new, reason, by, now) if new.state == TicketState.DRAFT else new


def _taken_up(ticket: Ticket, new: Ticket, reason: str, by: Staff, now: dt.datetime) -> Ticket:
    """Say so in both journals, let the floors above take part, and send the new ticket on to dispatch."""
    reopened.send(Ticket, ticket=ticket, new=new)
    note(ticket, "reopen", by=by, now=now, data={"ticket": new.pk, "number": new.number, "reason": reason})
    note(new, "take_up", by=by, now=now, data={"ticket": ticket.pk, "number": ticket.number, "reason": reason})
    new = submit(ticket=new, by=by, now=now)
    return prepare(ticket=new, by=Staff.objects.system(), now=now)
