"""Departments merged: one takes over what another has under way; what is done stays where it was done."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.record import record
from journal.types import Data
from organization.enums import Role
from organization.models import Department, Staff
from workorders.actions.steps import note
from workorders.enums import OrderState
from workorders.locking import lock_tickets
from workorders.models import Route, RouteAssist, WorkOrder
from workorders.signals import absorbed

#: Tickets named when two orders would meet in one department.
SHOWN = 5


@transaction.atomic
def absorb_department(*, department: Department, into: Department, by: Staff, now: dt.datetime) -> int:
    """Move a department's open orders, people and routes into another and close it; return how many orders moved.

    The orders keep their clocks as promised: nothing restarts, no deadline moves. Finished orders stay with the old
    department, so that its results stand. Raises NotAllowed unless `by` is an administrator, Invalid for the same or a
    closed department, or Conflict where both have an open order on one ticket.
    """
    if not by.has_role(Role.ADMIN, Role.SYSTEM):
        raise NotAllowed
    if department.pk == into.pk or not into.is_active:
        raise Invalid(into=_("Choose another department, one that is active."))
    mine = WorkOrder.objects.filter(department=department, state__in=OrderState.OPEN)
    locked = lock_tickets(mine.values_list("ticket_id", flat=True))
    _refuse_meetings(locked, into)
    moved = 0
    for order in mine.filter(ticket__in=locked).order_by("ticket", "seq"):
        order.ticket, order.department = locked[order.ticket_id], into
        note(order, "move", by=by, now=now, data={"from": department.code, "department": into.code})
        moved += 1
    _move_routes(department, into)
    Staff.objects.filter(department=department).update(department=into)
    Department.objects.filter(pk=department.pk).update(is_active=False)
    absorbed.send(Department, department=department, into=into, by=by, now=now)
    data: Data = {"into": into.code, "orders": moved}
    record(f"department:{department.pk}", "department.absorb", by=by, at=now, data=data)
    return moved


def _refuse_meetings(tickets: Iterable[int], into: Department) -> None:
    both = WorkOrder.objects.filter(ticket__in=list(tickets), department=into, state__in=OrderState.OPEN)
    numbers = list(both.order_by("ticket").values_list("ticket__number", flat=True)[:SHOWN])
    if numbers:
        raise Conflict(_("Both departments have an open order on %(tickets)s; finish one first.") % {"tickets": ", ".join(numbers)})


def _move_routes(department: Department, into: Department) -> None:
    Route.objects.filter(lead=department).update(lead=into)
    there = RouteAssist.objects.filter(department=into).values("route")
    led = Route.objects.filter(lead=into)
    RouteAssist.objects.filter(department=department, route__in=there).delete()
    RouteAssist.objects.filter(department__in=(department, into), route__in=led).delete()
    RouteAssist.objects.filter(department=department).update(department=into)
