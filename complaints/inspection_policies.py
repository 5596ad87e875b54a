"""Who inspects, reads, contests and decides, and who keeps plans and checklists: each rule as a predicate and a queryset."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from complaints.enums import Inspected, ObjectionOutcome
from complaints.models import Inspection, Objection, SamplingPlan
from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff
from workorders.enums import OrderState
from workorders.models import WorkOrder

NONE = Q(pk__in=[])
#: Who reads all that was found: the centre's inspectors and those who answer for it; managers, of their regions.
READERS = (Role.REVIEWER, Role.SUPERVISOR, Role.DUTY)
#: Who has the pages at all.
VISITORS = (*READERS, Role.MANAGER, *Role.DEPARTMENT, Role.VISITOR, Role.AGENT)


def inspectors() -> QuerySet[Staff]:
    """Return everybody who may inspect."""
    return Staff.objects.filter(is_active=True, roles__contains=[Role.REVIEWER]).order_by("pk")


def inspectors_of(plan: SamplingPlan) -> list[Staff]:
    """Return the plan's inspectors who still may inspect: those it names, or else all."""
    named = inspectors().filter(pk__in=plan.inspectors.values("pk"))
    return list(named) or list(inspectors())


def is_own_work(user: Staff, *, worker: int | None, department: int | None, what: str) -> bool:
    """Tell whether the work is the person's own: done by them, or for a reply, by their department."""
    by_department = what == Inspected.REPLY and department is not None and department == user.department_id
    return worker == user.pk or by_department


def may_be_given(user: Staff, inspection: Inspection) -> bool:
    """Tell whether the inspection may be this inspector's: not of their own work, nor of what they inspect already."""
    what = Inspected.CALLBACK if inspection.callback_id else Inspected.REPLY
    own = is_own_work(user, worker=inspection.worker_id, department=inspection.department_id, what=what)
    pair = Inspection.objects.filter(Q(first=inspection.pk) | Q(pk=inspection.first_id))
    return user.is_active and user.has_role(Role.REVIEWER) and not own and not pair.filter(inspector=user).exists()


def may_inspect(user: Staff, inspection: Inspection) -> bool:
    """Tell whether the inspection waits for this person; the predicate to `to_inspect`."""
    return user.has_role(Role.REVIEWER) and not inspection.is_made and inspection.inspector_id == user.pk


def to_inspect(user: Staff) -> QuerySet[Inspection]:
    """Return the inspections that wait for this person."""
    waiting = Inspection.objects.filter(made_at=None, inspector=user)
    return waiting if user.has_role(Role.REVIEWER) else waiting.none()


def may_manage(user: Staff) -> bool:
    """Tell whether the person keeps plans and checklists and gives inspections to others: supervision, and the centre's head."""
    in_centre = user.department is not None and user.department.kind == DepartmentKind.CENTRE
    return user.has_role(Role.SUPERVISOR) or (user.has_role(Role.HEAD) and in_centre)


def may_read_results(user: Staff) -> bool:
    """Tell whether the person reads what inspections came to over departments and inspectors."""
    return user.has_role(Role.MANAGER) or _reads_all(user)


def _reads_all(user: Staff) -> bool:
    return user.has_role(*READERS) or may_manage(user)


def may_read(user: Staff, inspection: Inspection) -> bool:
    """Tell whether the person may read this inspection; the predicate to `visible_to`."""
    if may_inspect(user, inspection) or (may_manage(user) and not inspection.is_made):
        return True
    if not inspection.is_made:
        return False
    if _reads_all(user):
        pair = Inspection.objects.filter(Q(first=inspection.pk) | Q(pk=inspection.first_id))
        return not pair.filter(made_at=None, inspector=user).exists()
    region = inspection.order.ticket.region
    if user.has_role(Role.MANAGER) and user.region is not None and region.path.startswith(user.region.path):
        return True
    return inspection.first_id is None and _is_theirs(user, inspection)


def _is_theirs(user: Staff, inspection: Inspection) -> bool:
    own = user.has_role(*Role.DEPARTMENT) and inspection.department_id == user.department_id
    return inspection.worker_id == user.pk or (own and inspection.department_id is not None)


def _theirs(user: Staff) -> Q:
    found = Q(worker=user.pk)
    if user.has_role(*Role.DEPARTMENT) and user.department_id:
        found |= Q(department=user.department_id)
    return found & Q(first=None, made_at__isnull=False)


def visible_to(user: Staff) -> QuerySet[Inspection]:
    """Return the inspections this person may read: until both of a pair are made, neither inspector sees the other's."""
    found = _theirs(user)
    if user.has_role(Role.MANAGER) and user.region is not None:
        found |= Q(made_at__isnull=False, order__ticket__region__path__startswith=user.region.path)
    if _reads_all(user):
        pair = Q(first=OuterRef("pk")) | Q(pk=OuterRef("first"))
        blind = Inspection.objects.filter(pair, made_at=None, inspector=user)
        found = Q(made_at__isnull=False) & ~Q(Exists(blind))
    waiting = Q(inspector=user) if user.has_role(Role.REVIEWER) else NONE
    if may_manage(user):
        waiting = Q()
    return Inspection.objects.filter(found | waiting & Q(made_at=None))


def get_inspection(user: Staff, pk: int) -> Inspection:
    """Return the inspection with what it is about, or raise Http404 so as not to tell that it exists."""
    related = ("draw__plan", "checklist", "order__ticket__category", "order__ticket__region", "order__department")
    more = ("callback__by", "department", "worker", "inspector", "objection__raised_by", "objection__decided_by")
    found = visible_to(user).select_related(*related, *more).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_contest(user: Staff, inspection: Inspection) -> bool:
    """Tell whether objecting to the finding is this person's: the head of the department whose work it was."""
    own = inspection.department_id is not None and inspection.department_id == user.department_id
    return user.has_role(Role.HEAD) and own and inspection.first_id is None


def may_decide(user: Staff, inspection: Inspection) -> bool:
    """Tell whether an objection to this finding is the person's to decide; the predicate to `to_decide`.

    Another inspector than the first, who neither did the work nor raised the objection, nor is still to judge it blind.
    """
    objection = getattr(inspection, "objection", None)
    what = Inspected.CALLBACK if inspection.callback_id else Inspected.REPLY
    own = is_own_work(user, worker=inspection.worker_id, department=inspection.department_id, what=what)
    raised = objection is not None and objection.raised_by_id == user.pk
    judged = inspection.inspector_id == user.pk or _blind(user).filter(first=inspection.pk).exists()
    return user.has_role(Role.REVIEWER) and not (judged or own or raised)


def _blind(user: Staff) -> QuerySet[Inspection]:
    """Return the second inspections that the person has not made: of their firsts they must know nothing."""
    return Inspection.objects.filter(inspector=user, made_at=None, first__isnull=False)


def to_decide(user: Staff) -> QuerySet[Objection]:
    """Return the objections that this person may decide."""
    pending = Objection.objects.filter(outcome=ObjectionOutcome.PENDING)
    if not user.has_role(Role.REVIEWER):
        return pending.none()
    own = Q(inspection__worker=user.pk, inspection__worker__isnull=False)
    if user.department_id:
        own |= Q(inspection__callback=None, inspection__department=user.department_id, inspection__department__isnull=False)
    judged = Q(inspection__inspector=user.pk) | Q(inspection__in=_blind(user).values("first"))
    return pending.exclude(judged | Q(raised_by=user.pk)).filter(~own)


def may_send_back(inspection: Inspection, order: WorkOrder) -> bool:
    """Tell whether the flow still lets the inspected reply be sent back: it is in review, and no newer one has replaced it."""
    is_first = inspection.first_id is None and inspection.callback_id is None
    return is_first and order.state == OrderState.REPLIED and order.replied_at == inspection.done_at


def departments_inspected() -> QuerySet[Department]:
    """Return the departments whose work can be inspected."""
    return Department.objects.filter(is_active=True).exclude(kind=DepartmentKind.MANAGEMENT).order_by(F("kind").desc(), "code")
