"""Who may see and do what, as one permission sheet.

Each rule is a list of grants: these roles, within this scope. A scope is a predicate and a filter side by side, so that
what a person may open and what a list shows them cannot differ (tests/workorders/test_policies.py holds them equal).
Whether a thing is possible *now* is for the state machine and the actions; this module only says whether it is theirs to do.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from foundation.errors import NotAllowed
from organization.enums import DepartmentKind, Role
from organization.models import Department, Region, Staff
from workorders.enums import OrderRole, OrderState, Urgency
from workorders.models import Ticket, WorkOrder

EVERYONE = tuple(Role.values)
NOBODY = Q(pk__in=[])

type Subject = Ticket | WorkOrder


class Scope[S](NamedTuple):
    """Which tickets (or orders) a grant reaches: the same rule as a predicate and as a filter."""

    holds: Callable[[Staff, S], bool]
    within: Callable[[Staff], Q]


class Grant[S](NamedTuple):
    """People with any of `roles` may, within `scope`."""

    roles: tuple[str, ...]
    scope: Scope[S]


def _region_within(user: Staff, prefix: str = "") -> Q:
    if user.region is None:
        return NOBODY
    regions = Region.objects.filter(path__startswith=user.region.path).values("pk")
    return Q(**{f"{prefix}region__in": regions})


def _held_by(user: Staff, **conditions: object) -> Q:
    orders = WorkOrder.objects.filter(ticket=OuterRef("pk"), department=user.department_id, **conditions)
    return Q(Exists(orders)) if user.department_id else NOBODY


def _has_order(user: Staff, ticket: Ticket, *, as_lead: bool = False) -> bool:
    """Tell whether the person's department has an order of the ticket; reads nothing where the orders are at hand."""
    if user.department_id is None:
        return False
    own = (order for order in ticket.orders.all() if order.department_id == user.department_id)
    return any(not as_lead or (order.role == OrderRole.LEAD and order.state in LEADING) for order in own)


def _in_centre(user: Staff) -> bool:
    return user.department is not None and user.department.kind == DepartmentKind.CENTRE


LEADING = (*OrderState.OPEN, OrderState.COMPLETED)

#: The system's and the centre's reach: whatever the subject is.
ANYWHERE: Scope[Any] = Scope(lambda _user, _subject: True, lambda _user: Q())
#: Tickets of the person's own part of the region tree.
OWN_REGION: Scope[Ticket] = Scope(
    lambda user, ticket: user.region is not None and ticket.region.path.startswith(user.region.path),
    _region_within,
)
#: Tickets that the person filed.
FILED: Scope[Ticket] = Scope(lambda user, ticket: ticket.filed_by_id == user.pk, lambda user: Q(filed_by=user.pk))
#: Tickets of which the person's department holds or held a leg.
HELD: Scope[Ticket] = Scope(lambda user, ticket: _has_order(user, ticket), lambda user: _held_by(user))
#: Tickets that the person's department leads.
LED: Scope[Ticket] = Scope(
    lambda user, ticket: _has_order(user, ticket, as_lead=True),
    lambda user: _held_by(user, role=OrderRole.LEAD, state__in=LEADING),
)
#: Orders of the person's department.
OWN: Scope[WorkOrder] = Scope(
    lambda user, order: user.department_id is not None and order.department_id == user.department_id,
    lambda user: Q(department=user.department_id) if user.department_id else NOBODY,
)
#: Orders in the person's own hands; major ones need the department's contact or head.
IN_HAND: Scope[WorkOrder] = Scope(
    lambda user, order: order.assignee_id == user.pk and order.ticket.urgency != Urgency.MAJOR,
    lambda user: Q(assignee=user.pk) & ~Q(ticket__urgency=Urgency.MAJOR),
)
#: Orders of other departments, in other hands: nobody judges their own work.
OTHERS: Scope[WorkOrder] = Scope(
    lambda user, order: order.department_id != user.department_id and order.assignee_id != user.pk,
    lambda user: ~Q(department=user.department_id) & (~Q(assignee=user.pk) | Q(assignee=None)),
)
ORDER_IN_REGION: Scope[WorkOrder] = Scope(
    lambda user, order: user.region is not None and order.ticket.region.path.startswith(user.region.path),
    lambda user: _region_within(user, "ticket__"),
)

#: A first extension is for the internal client, who filed the ticket, or the duty officer to decide; never one's own department.
FILED_ORDER: Scope[WorkOrder] = Scope(
    lambda user, order: order.ticket.filed_by_id == user.pk and order.extension_count == 0 and OTHERS.holds(user, order),
    lambda user: Q(ticket__filed_by=user.pk, extension_count=0) & OTHERS.within(user),
)
FIRST_EXTENSION: Scope[WorkOrder] = Scope(
    lambda user, order: order.extension_count == 0 and OTHERS.holds(user, order),
    lambda user: Q(extension_count=0) & OTHERS.within(user),
)
#: Every extension is the complaint centre's head's to decide, the second one nobody else's (rule 11).
OF_CENTRE_HEAD: Scope[WorkOrder] = Scope(
    lambda user, order: _in_centre(user) and OTHERS.holds(user, order),
    lambda user: OTHERS.within(user) if _in_centre(user) else NOBODY,
)

HANDS = Role.DEPARTMENT
LEADERS = (Role.CONTACT, Role.HEAD)

DECIDE_EXTENSION = (
    Grant((Role.DUTY,), FIRST_EXTENSION),
    Grant((Role.AGENT,), FILED_ORDER),
    Grant((Role.HEAD,), OF_CENTRE_HEAD),
)

SEE: tuple[Grant[Ticket], ...] = (
    Grant((*Role.CENTRE, Role.SYSTEM), ANYWHERE),
    Grant((Role.AGENT, Role.MANAGER), OWN_REGION),
    Grant(HANDS, HELD),
    Grant(EVERYONE, FILED),
)

TICKET_ACTIONS: dict[str, tuple[Grant[Ticket], ...]] = {
    "prepare": (Grant((Role.TRIAGE,), ANYWHERE),),
    "solve": (Grant((Role.TRIAGE,), ANYWHERE), Grant((Role.AGENT,), FILED)),
    "dispatch": (Grant((Role.DISPATCHER,), ANYWHERE),),
    "forward": (Grant((Role.DISPATCHER,), ANYWHERE),),
    "add_assist": (Grant((Role.DISPATCHER,), ANYWHERE), Grant(LEADERS, LED)),
    "answer": (Grant((Role.VISITOR,), ANYWHERE), Grant((Role.AGENT,), FILED), Grant(HANDS, LED)),
    "call_back": (Grant((Role.VISITOR,), ANYWHERE), Grant((Role.AGENT,), FILED)),
    "escalate": (Grant((Role.DUTY,), ANYWHERE), Grant((Role.AGENT,), FILED)),
    "recategorize": (Grant((Role.TRIAGE, Role.DISPATCHER, Role.DUTY), ANYWHERE),),
    "merge": (Grant((Role.TRIAGE, Role.DISPATCHER, Role.DUTY), ANYWHERE),),
    "cancel": (Grant((Role.DUTY,), ANYWHERE),),
    "reopen": (Grant((Role.DUTY,), ANYWHERE),),
    "urge_ticket": (Grant((Role.AGENT,), OWN_REGION), Grant((Role.DUTY, Role.SUPERVISOR), ANYWHERE)),
    "note": SEE,
    "attach": SEE,
}

ORDER_ACTIONS: dict[str, tuple[Grant[WorkOrder], ...]] = {
    "accept": (Grant(HANDS, OWN),),
    "assign": (Grant(LEADERS, OWN),),
    "reply": (Grant(LEADERS, OWN), Grant((Role.HANDLER,), IN_HAND)),
    "request_return": (Grant(LEADERS, OWN),),
    "uphold_return": (Grant((Role.DUTY,), OTHERS),),
    "deny_return": (Grant((Role.DUTY,), OTHERS),),
    "transfer": (Grant(LEADERS, OWN), Grant((Role.DISPATCHER, Role.DUTY), ANYWHERE)),
    "request_hold": (Grant(HANDS, OWN),),
    "approve_hold": (Grant(LEADERS, OWN),),
    "refuse_hold": (Grant(LEADERS, OWN),),
    "request_extension": (Grant(LEADERS, OWN),),
    "grant_extension": DECIDE_EXTENSION,
    "refuse_extension": DECIDE_EXTENSION,
    "resume": (Grant(HANDS, OWN),),
    "approve": (Grant((Role.REVIEWER,), OTHERS),),
    "send_back": (Grant((Role.REVIEWER,), OTHERS),),
    "urge": (Grant((Role.AGENT,), ORDER_IN_REGION), Grant((Role.DUTY, Role.SUPERVISOR), ANYWHERE)),
    "supervise": (Grant((Role.DUTY, Role.SUPERVISOR), ANYWHERE),),
    "report_progress": (Grant(HANDS, OWN),),
    "answer_supervision": (Grant((Role.HEAD,), OWN),),
    "end_supervision": (Grant((Role.DUTY, Role.SUPERVISOR), ANYWHERE),),
}


def _granted[S](user: Staff, grants: tuple[Grant[S], ...], subject: S) -> bool:
    return any(user.has_role(*grant.roles) and grant.scope.holds(user, subject) for grant in grants)


def _within[S](user: Staff, grants: tuple[Grant[S], ...]) -> Q:
    scopes = {grant.scope for grant in grants if user.has_role(*grant.roles)}
    if ANYWHERE in scopes:
        return Q()
    reached = NOBODY
    for scope in scopes:
        reached |= scope.within(user)
    return reached


def may(user: Staff, action: str, subject: Subject) -> bool:
    """Tell whether `action` on `subject` is this person's to do; the system may do all. KeyError for an unknown action."""
    if user.has_role(Role.SYSTEM):
        return True
    if isinstance(subject, Ticket):
        return _granted(user, TICKET_ACTIONS[action], subject)
    return _granted(user, ORDER_ACTIONS[action], subject)


def require(user: Staff, action: str, subject: Subject) -> None:
    """Raise NotAllowed unless `user` may do `action` on `subject`."""
    if not may(user, action, subject):
        raise NotAllowed(_("Your role or department does not permit this on %(subject)s.") % {"subject": subject})


def orders_permitting(user: Staff, action: str) -> QuerySet[WorkOrder]:
    """Return the orders on which `action` is this person's to do."""
    everything = WorkOrder.objects.all()
    return everything if user.has_role(Role.SYSTEM) else everything.filter(_within(user, ORDER_ACTIONS[action]))


def tickets_permitting(user: Staff, action: str) -> QuerySet[Ticket]:
    """Return the tickets on which `action` is this person's to do."""
    everything = Ticket.objects.all()
    return everything if user.has_role(Role.SYSTEM) else everything.filter(_within(user, TICKET_ACTIONS[action]))


def may_file(user: Staff) -> bool:
    """Tell whether the person may file complaints."""
    return user.has_role(Role.AGENT, Role.TRIAGE, Role.SYSTEM)


def may_edit_limits(user: Staff) -> bool:
    """Tell whether the person may change limits."""
    return user.has_role(Role.ADMIN, Role.SYSTEM)


def may_read_limits(user: Staff) -> bool:
    """Tell whether the person may read the grid of limits."""
    return user.has_role(Role.ADMIN, Role.MANAGER, Role.SYSTEM)


def may_see(user: Staff, ticket: Ticket) -> bool:
    """Tell whether the person may read the ticket and everything in it."""
    return _granted(user, SEE, ticket)


def visible_to(user: Staff) -> QuerySet[Ticket]:
    """Return the tickets this person may read."""
    if user.has_role(*Role.CENTRE, Role.SYSTEM):
        return Ticket.objects.all()
    return Ticket.objects.filter(_within(user, SEE))


def orders_visible_to(user: Staff) -> QuerySet[WorkOrder]:
    """Return the orders of the tickets this person may read."""
    if user.has_role(*Role.CENTRE, Role.SYSTEM):
        return WorkOrder.objects.all()
    return WorkOrder.objects.filter(ticket__in=visible_to(user))


def decides_extensions(user: Staff) -> bool:
    """Tell whether requests for more time are this person's to decide at all: of the heads, only the centre's."""
    return user.has_role(Role.DUTY, Role.AGENT) or (user.has_role(Role.HEAD) and _in_centre(user))


def boards_of(user: Staff) -> QuerySet[Department]:
    """Return the departments whose wall board this person may watch: their own; the centre and managers, all."""
    departments = Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).order_by("code")
    if user.has_role(*Role.CENTRE, Role.MANAGER):
        return departments
    own = user.department_id if user.has_role(*Role.DEPARTMENT) else None
    return departments.filter(pk=own) if own else departments.none()


def may_watch_board(user: Staff, department: Department) -> bool:
    """Tell whether the person may watch the department's wall board; the predicate to `boards_of`."""
    if department.kind != DepartmentKind.SUPPORT or not department.is_active:
        return False
    if user.has_role(*Role.CENTRE, Role.MANAGER):
        return True
    return user.has_role(*Role.DEPARTMENT) and user.department_id == department.pk


def get_ticket(user: Staff, pk: int) -> Ticket:
    """Return the ticket, or raise Http404 so as not to tell that it exists."""
    found = visible_to(user).select_related("category", "region", "filed_by", "merged_into", "reopened_from").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_order(user: Staff, pk: int) -> WorkOrder:
    """Return the order, or raise Http404 so as not to tell that it exists."""
    related = ("ticket__category", "ticket__region", "department", "assignee")
    found = orders_visible_to(user).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
