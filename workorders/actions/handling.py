"""What a department does with an order in its queue: accept, assign, reply."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid
from journal.types import Data
from organization.models import Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.settling import pass_unsampled, settle
from workorders.actions.steps import acknowledgement, advance, note
from workorders.enums import ClockKind, OrderState
from workorders.locking import lock_order
from workorders.models import WorkOrder


@transaction.atomic
def accept(*, order: WorkOrder, by: Staff, now: dt.datetime) -> WorkOrder:
    """Take the order into `by`'s hands and stop its acknowledge clock.

    Raises NotAllowed, or a Conflict that names who accepted it first.
    """
    order = lock_order(order.pk)
    policies.require(by, "accept", order)
    return advance(
        order,
        "accept",
        by=by,
        now=now,
        clocks=acknowledgement(order, by),
        data={"assignee": by.pk},
        at=now,
        assignee=by,
    )


@transaction.atomic
def accept_by_silence(*, order: WorkOrder, now: dt.datetime) -> WorkOrder:
    """Count an order that nobody answered in time as accepted in the department's name; its acknowledge clock runs on."""
    order = lock_order(order.pk)
    system = Staff.objects.system()
    return advance(order, "accept", by=system, now=now, data={"silence": True}, at=now, assignee=None)


@transaction.atomic
def assign(*, order: WorkOrder, assignee: Staff, by: Staff, now: dt.datetime) -> WorkOrder:
    """Put the order into a colleague's hands, accepting it where that has not happened. Raises NotAllowed, Conflict, Invalid."""
    order = lock_order(order.pk)
    policies.require(by, "assign", order)
    if assignee.department_id != order.department_id or not assignee.is_active:
        raise Invalid(
            assignee=_("%(person)s does not work in %(department)s.")
            % {
                "person": assignee,
                "department": order.department,
            }
        )
    if order.state == OrderState.DISPATCHED:
        advance(
            order,
            "accept",
            by=by,
            now=now,
            clocks=acknowledgement(order, by),
            data={"assignee": assignee.pk},
            at=now,
            assignee=assignee,
        )
    elif order.state not in OrderState.WORKING:
        raise Invalid(assignee=_("This order is no longer being handled."))
    order.assignee = assignee
    telling.assigned(order, by=by, now=now)
    return note(order, "assign", by=by, now=now, clocks=acknowledgement(order, by), data={"assignee": assignee.pk})


@transaction.atomic
def reply(
    *,
    order: WorkOrder,
    result: str,
    cause: str,
    liability: str,
    customer_contacted: bool = False,
    by: Staff,
    now: dt.datetime,
) -> WorkOrder:
    """Submit the department's result (回单): its resolve clock stops and is judged.

    What is not drawn for review is approved at once. Raises NotAllowed, Conflict, or Invalid without a result.
    """
    order = lock_order(order.pk)
    policies.require(by, "reply", order)
    if not result.strip():
        raise Invalid(result=_("Write what was found and done."))
    fields: Data = {"result": result, "cause": cause, "liability": liability, "customer_contacted": customer_contacted}
    clocks = {**acknowledgement(order, by), ClockKind.RESOLVE: effects.STOP}
    advance(order, "reply", by=by, now=now, clocks=clocks, data=fields, at=now, **fields)
    pass_unsampled(order, now=now)
    settle(order.ticket, by=by, now=now)
    return order
