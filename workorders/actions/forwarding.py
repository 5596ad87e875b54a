"""From triage straight to the departments, where one person does both."""

import datetime as dt
from collections.abc import Sequence

from foundation import transaction
from organization.models import Department, Region, Staff
from workorders import policies
from workorders.actions.dispatching import dispatch
from workorders.actions.filing import prepare
from workorders.locking import lock_ticket
from workorders.models import Category, Ticket


@transaction.atomic
def forward(
    *,
    ticket: Ticket,
    lead: Department,
    assists: Sequence[tuple[Department, str]] = (),
    question: str = "",
    category: Category | None = None,
    region: Region | None = None,
    urgency: str = "",
    remark: str = "",
    by: Staff,
    now: dt.datetime,
) -> Ticket:
    """Prepare and dispatch in one step (送派单并派单); whoever may not prepare lets the system do it, as it stands.

    Raises NotAllowed, also for a correction by whoever may not prepare, Conflict, or Invalid by field.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "forward", ticket)
    if policies.may(by, "prepare", ticket) or category or region or urgency:
        prepare(ticket=ticket, category=category, region=region, urgency=urgency, remark=remark, by=by, now=now)
    else:
        prepare(ticket=ticket, by=Staff.objects.system(), now=now)
    return dispatch(ticket=ticket, lead=lead, assists=assists, question=question, by=by, now=now)
