"""Who is told of what an action did: one notice each, in the action's transaction, never to the person who acted."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from journal.notify import Occasion, notify, notify_many
from journal.types import Data
from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff
from workorders import policies
from workorders.enums import OrderState
from workorders.models import Ticket, WorkOrder


def people_of(department_id: int, *roles: str, but: Staff) -> QuerySet[Staff]:
    """Return the active people of a department with any of `roles`, without the one who acts."""
    return Staff.objects.filter(department=department_id, is_active=True, roles__overlap=list(roles)).exclude(pk=but.pk)


def _hands(order: WorkOrder, but: Staff) -> QuerySet[Staff]:
    """Return who holds the order: its assignee and the department's contacts, or all who could take it."""
    of_department = Staff.objects.filter(department=order.department_id, is_active=True).exclude(pk=but.pk)
    if order.assignee_id is None:
        return of_department.filter(roles__overlap=[Role.HANDLER, Role.CONTACT])
    return of_department.filter(Q(pk=order.assignee_id) | Q(roles__contains=[Role.CONTACT]))


def about(ticket: Ticket, department: Department | None) -> Data:
    """Return what a text about a ticket, or a department's leg of it, may mention."""
    names: Data = {"department": department.name, "department_en": department.name_en} if department else {}
    return {"number": ticket.number, "subject": ticket.subject, **names}


def _about(order: WorkOrder) -> Data:
    return about(order.ticket, order.department)


def tell_all(kind: str, occasions: Iterable[Occasion], *, at: dt.datetime) -> None:
    """Tell many people of many things of one kind, in one statement."""
    notify_many(kind, occasions, at=at)


def _tell(kind: str, order: WorkOrder, to: QuerySet[Staff] | list[Staff], *, once: str, at: dt.datetime, **data: str) -> None:
    """Tell `to` about the order; `once` tells this occasion from others of the same kind and order."""
    key = f"{kind}:{order.pk}:{once}"
    notify(kind, key=key, to=to, at=at, stream=order.ticket.stream, data=_about(order) | data)


def dispatched(order: WorkOrder, *, by: Staff, now: dt.datetime) -> None:
    """Tell the department that it has a new order: every handler and contact, the old department no one."""
    to = people_of(order.department_id, Role.HANDLER, Role.CONTACT, but=by)
    due = order.due_at.isoformat() if order.due_at else ""
    _tell("order.dispatched", order, to, once="", at=now, due_at=due)


def assigned(order: WorkOrder, *, by: Staff, now: dt.datetime) -> None:
    """Tell the colleague in whose hands the order now is."""
    assignee = order.assignee
    if assignee and assignee.pk != by.pk:
        _tell("order.assigned", order, [assignee], once=f"{now.timestamp()}", at=now, by=by.name)


def urged(order: WorkOrder, remark: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell whoever holds the order that it is urged; each time anew."""
    count = str(order.urge_count)
    _tell("order.urged", order, _hands(order, by), once=count, at=now, remark=remark, count=count)


def ticket_urged(ticket: Ticket, remark: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell the hands of every leg that is still at work."""
    for order in ticket.orders.filter(state__in=OrderState.WORKING).select_related("department"):
        order.ticket = ticket
        urged(order, remark, by=by, now=now)


def sent_back(order: WorkOrder, defects: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell whoever holds the order what is wrong with the reply."""
    _tell("order.sent_back", order, _hands(order, by), once=str(order.send_back_count), at=now, defects=defects)


def return_requested(order: WorkOrder, evidence: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell the duty officers that there is a return to rule on."""
    duty = Staff.objects.filter(is_active=True, roles__contains=[Role.DUTY]).exclude(pk=by.pk)
    _tell("return.to_rule", order, duty, once=f"{now.timestamp()}", at=now, evidence=evidence)


def return_denied(order: WorkOrder, reason: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell the department that the order stays with it."""
    _tell("return.denied", order, _hands(order, by), once=f"{now.timestamp()}", at=now, reason=reason)


def hold_requested(order: WorkOrder, until: dt.datetime, *, by: Staff, now: dt.datetime) -> None:
    """Tell the department's contacts and head that there is a hold to decide on."""
    leaders = people_of(order.department_id, Role.CONTACT, Role.HEAD, but=by)
    _tell("hold.to_decide", order, leaders, once=f"{now.timestamp()}", at=now, until_at=until.isoformat())


def hold_refused(order: WorkOrder, requester: Staff, *, by: Staff, now: dt.datetime) -> None:
    """Tell whoever asked for the hold that the clock runs on."""
    if requester.pk != by.pk:
        _tell("hold.refused", order, [requester], once=f"{now.timestamp()}", at=now)


def extension_requested(order: WorkOrder, until: dt.datetime, *, by: Staff, now: dt.datetime) -> None:
    """Tell everybody who may decide on it that the order's department asks for more time."""
    centre = Staff.objects.filter(is_active=True, roles__overlap=[Role.DUTY, Role.HEAD, Role.AGENT]).exclude(pk=by.pk)
    near = centre.filter(Q(pk=order.ticket.filed_by_id) | Q(department__kind=DepartmentKind.CENTRE)).select_related("department")
    to = [person for person in near if policies.may(person, "grant_extension", order)]
    _tell("extension.to_decide", order, to, once=f"{now.timestamp()}", at=now, until_at=until.isoformat())


def extension_decided(order: WorkOrder, verdict: str, *, by: Staff, now: dt.datetime, **data: str) -> None:
    """Tell whoever holds the order what came of its request (`verdict`: granted or refused)."""
    _tell(f"extension.{verdict}", order, _hands(order, by), once=f"{now.timestamp()}", at=now, **data)


def filer(ticket: Ticket, kind: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell the person who filed the ticket (`kind`: ticket.answered or ticket.closed), for they promised the customer."""
    if ticket.filed_by_id != by.pk:
        to = Staff.objects.filter(pk=ticket.filed_by_id)
        data: Data = {"number": ticket.number, "subject": ticket.subject}
        notify(kind, key=f"{kind}:{ticket.pk}:{ticket.round}", to=to, at=now, stream=ticket.stream, data=data)
