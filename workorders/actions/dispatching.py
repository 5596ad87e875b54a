"""Sending legs out: each department gets its own order with its own clocks, started at this instant."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid
from journal.types import Data
from organization.models import Department, Staff
from organization.queries.calendars import keep_version, working_calendar
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.settling import settle
from workorders.actions.steps import advance, note, start_clock
from workorders.clocks import used_at
from workorders.effects import Effect
from workorders.enums import ClockKind, OrderRole, OrderState
from workorders.locking import lock_ticket
from workorders.models import Ticket, WorkOrder
from workorders.queries.limits import LegLimits, leg_limits
from workorders.queries.routes import route_for
from workorders.targets import Agreed

#: An assistant answers early enough to leave the lead a tenth of its own time (rule 8).
LEAD_SHARE = 10


class Ask(NamedTuple):
    """A department and what it is asked."""

    department: Department
    question: str = ""


@transaction.atomic
def dispatch(
    *,
    ticket: Ticket,
    lead: Department,
    assists: Sequence[tuple[Department, str]] = (),
    question: str = "",
    agreed: Agreed | None = None,
    by: Staff,
    now: dt.datetime,
) -> Ticket:
    """Send the ticket to a lead department and any assisting ones; their clocks start now.

    `agreed` is what another system promised for the lead, in place of our own limits: it has no acknowledge clock then.
    Raises NotAllowed, Conflict, or Invalid when a department is named twice or inactive.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "dispatch", ticket)
    asks = [Ask(*assist) for assist in assists]
    _check_departments(ticket, [lead, *(ask.department for ask in asks)])
    advance(ticket, "dispatch", by=by, now=now, data={"lead": lead.code})
    lead_order = open_leg(
        ticket, Ask(lead, question), OrderRole.LEAD, by=by, now=now, predecessor=_last_lead(ticket), agreed=agreed
    )
    for ask in asks:
        open_leg(ticket, ask, OrderRole.ASSIST, by=by, now=now, lead=lead_order)
    return ticket


@transaction.atomic
def dispatch_by_route(*, ticket: Ticket, now: dt.datetime) -> Ticket:
    """Dispatch in the system's name as the category's route says; a ticket without a route stays where it is."""
    route = route_for(ticket.category)
    if route is None:
        return ticket
    asks = [Ask(assist.department, assist.question) for assist in route.assists.all()]
    return dispatch(ticket=ticket, lead=route.lead, assists=asks, by=Staff.objects.system(), now=now)


@transaction.atomic
def add_assist(*, ticket: Ticket, department: Department, question: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Call in another department beside the lead (会办); the lead's clock goes on. Raises NotAllowed, Conflict or Invalid."""
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "add_assist", ticket)
    lead = ticket.orders.filter(role=OrderRole.LEAD, state__in=OrderState.WORKING).first()
    if lead is None:
        raise Invalid(department=_("No lead department is at work on this ticket."))
    if not question.strip():
        raise Invalid(question=_("Write what the department is asked."))
    _check_departments(ticket, [department])
    order = open_leg(ticket, Ask(department, question), OrderRole.ASSIST, by=by, now=now, lead=lead)
    settle(ticket, by=by, now=now)
    return order


def open_leg(
    ticket: Ticket,
    ask: Ask,
    role: str,
    *,
    by: Staff,
    now: dt.datetime,
    lead: WorkOrder | None = None,
    predecessor: WorkOrder | None = None,
    agreed: Agreed | None = None,
) -> WorkOrder:
    """Create an order with its acknowledge and resolve clocks and write its event; the ticket is locked by the caller."""
    order = WorkOrder.objects.create(
        ticket=ticket,
        seq=ticket.orders.count() + 1,
        department=ask.department,
        role=role,
        round=ticket.round,
        question=ask.question,
        dispatched_by=by,
        dispatched_at=now,
        predecessor=predecessor,
    )
    clocks = _agreed_clocks(order, agreed, now) if agreed else _own_clocks(order, lead, now)
    data: Data = {"department": ask.department.code, "role": role, "question": ask.question}
    note(order, "dispatch", by=by, now=now, clocks=clocks, data=data)
    telling.dispatched(order, by=by, now=now)
    return order


def _own_clocks(order: WorkOrder, lead: WorkOrder | None, now: dt.datetime) -> dict[ClockKind, Effect]:
    """Start both clocks by our own limits and return the effects."""
    limits = leg_limits(order.ticket, order.department, now)
    on = (limits.calendar.pk, keep_version(limits.calendar)) if limits.calendar else (None, None)
    clocks = {
        ClockKind.ACKNOWLEDGE: effects.start(limits.acknowledge, *on),
        ClockKind.RESOLVE: effects.start(_resolve_minutes(limits, lead, now), *on),
    }
    for kind, effect in clocks.items():
        start_clock(order, kind, effect, now, ola=limits.rule)
    return clocks


def _agreed_clocks(order: WorkOrder, agreed: Agreed, now: dt.datetime) -> dict[ClockKind, Effect]:
    """Start the resolve clock as agreed and return the effect; none where nothing was promised."""
    if agreed.due_at is None:
        return {}
    effect = effects.until(now, agreed.due_at)
    start_clock(order, ClockKind.RESOLVE, effect, now)
    return {ClockKind.RESOLVE: effect}


def _resolve_minutes(limits: LegLimits, lead: WorkOrder | None, now: dt.datetime) -> int:
    """Return the resolve limit; an assistant's is cut so that the lead keeps a tenth of its own (rule 8)."""
    clock = lead and lead.clocks.select_related("calendar").filter(kind=ClockKind.RESOLVE, stopped_at=None).first()
    if not clock:
        return limits.resolve
    left = (
        clock.allowance
        - used_at(clock.state, working_calendar(clock.calendar, clock.calendar_revision), now)
        - clock.allowance / LEAD_SHARE
    )
    return max(1, min(limits.resolve, int(left.total_seconds() // 60)))


def _last_lead(ticket: Ticket) -> WorkOrder | None:
    return ticket.orders.filter(role=OrderRole.LEAD).order_by("-seq").first()


def _check_departments(ticket: Ticket, departments: Sequence[Department]) -> None:
    busy = set(ticket.orders.filter(state__in=OrderState.OPEN).values_list("department_id", flat=True))
    for department in departments:
        if not department.is_active:
            raise Invalid(department=_("%(department)s takes no orders any more.") % {"department": department})
        if department.pk in busy:
            raise Invalid(department=_("%(department)s already has an order on this ticket.") % {"department": department})
        busy.add(department.pk)
