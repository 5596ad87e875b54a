"""Transfers (转派): the successor gets its own full limit, the predecessor keeps its account."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid, NotAllowed
from organization.enums import Role
from organization.models import Department, Staff
from workorders import effects, policies
from workorders.actions.dispatching import Ask, open_leg
from workorders.actions.settling import settle
from workorders.actions.steps import advance
from workorders.enums import ClockKind, OrderState
from workorders.locking import lock_order
from workorders.models import WorkOrder

#: A ticket may be transferred this often; after that only the duty officer moves it (rule 7).
MAX_TRANSFERS = 2


@transaction.atomic
def transfer(*, order: WorkOrder, department: Department, reason: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Hand the order to another department and return that department's new order.

    Raises NotAllowed, Conflict, or Invalid without a reason or to a department that already has an order here.
    """
    order = lock_order(order.pk)
    policies.require(by, "transfer", order)
    _check(order, department, reason, by)
    clocks = {ClockKind.ACKNOWLEDGE: effects.STOP, ClockKind.RESOLVE: effects.STOP}
    data = {"reason": reason, "to": department.code}
    advance(order, "transfer", by=by, now=now, clocks=clocks, data=data, at=now)
    ask = Ask(department, order.question or reason)
    successor = open_leg(order.ticket, ask, order.role, by=by, now=now, predecessor=order)
    settle(order.ticket, by=by, now=now)
    return successor


def _check(order: WorkOrder, department: Department, reason: str, by: Staff) -> None:
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    if order.ticket.orders.filter(department=department, state__in=OrderState.OPEN).exists() or not department.is_active:
        raise Invalid(department=_("%(department)s cannot take this order.") % {"department": department})
    transfers = order.ticket.orders.filter(state=OrderState.TRANSFERRED).count()
    if transfers >= MAX_TRANSFERS and not by.has_role(Role.DUTY, Role.SYSTEM):
        raise NotAllowed(_("This ticket has been transferred twice; only the duty officer may move it again."))
