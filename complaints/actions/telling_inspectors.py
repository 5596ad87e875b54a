"""Who is told of inspections: one notice each, in the action's transaction, never to the person who acted."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from complaints import inspection_policies as policies
from complaints.models import Draw, Inspection, Objection
from journal.notify import Occasion, notify, notify_many
from journal.types import Data
from organization.enums import Role
from organization.models import Staff
from organization.queries.days import local_day, working_day


def assigned(draw: Draw, given: Iterable[Inspection], *, now: dt.datetime) -> None:
    """Tell each inspector once how many a draw has given them, leading to the first."""
    theirs: dict[int, list[Inspection]] = defaultdict(list)
    for each in given:
        if each.inspector_id:
            theirs[each.inspector_id].append(each)
    occasions = [
        Occasion(
            f"inspection.assigned:{draw.pk}",
            (person,),
            each[0].stream,
            {"plan": draw.plan.name, "count": str(len(each)), "due": str(each[0].due_on)},
        )
        for person, each in theirs.items()
    ]
    notify_many("inspection.assigned", occasions, at=now)


def reassigned(inspection: Inspection, *, now: dt.datetime) -> None:
    """Tell the inspector who has it now."""
    told: Data = {"plan": inspection.draw.plan.name, "count": "1", "due": str(inspection.due_on)}
    key = f"inspection.reassigned:{inspection.pk}:{now.isoformat()}"
    people = [inspection.inspector] if inspection.inspector else []
    notify("inspection.assigned", key=key, to=people, at=now, stream=inspection.stream, data=told)


def overdue(*, now: dt.datetime) -> int:
    """Tell inspectors, and those who give inspections out, what was due on the last working day; return how much it is.

    Once, however often this is called.
    """
    today = local_day(now)
    due = working_day(today, -1)
    late = Inspection.objects.filter(made_at=None, due_on__gte=due, due_on__lt=today)
    theirs: dict[int | None, list[Inspection]] = defaultdict(list)
    for each in late.select_related("inspector").order_by("pk"):
        theirs[each.inspector_id].append(each)
    keepers = [person.pk for person in Staff.objects.filter(is_active=True, roles__contains=[Role.SUPERVISOR])]
    occasions = [
        Occasion(
            f"inspection.overdue:{due}:{person or 0}",
            tuple({*keepers, person} if person else keepers),
            each[0].stream,
            {"inspector": str(each[0].inspector or "–"), "count": str(len(each)), "due": str(each[0].due_on)},
        )
        for person, each in theirs.items()
    ]
    notify_many("inspection.overdue", occasions, at=now)
    return sum(len(each) for each in theirs.values())


def failed(inspection: Inspection, *, by: Staff, now: dt.datetime) -> None:
    """Tell the department's contact and head, and whoever did the work, what was found."""
    key = f"inspection.failed:{inspection.pk}"
    told = {**_about(inspection), "remark": inspection.remark[:200], "until": str(inspection.contest_by)}
    notify("inspection.failed", key=key, to=_concerned(inspection, by), at=now, stream=inspection.stream, data=told)


def contested(objection: Objection, *, by: Staff, now: dt.datetime) -> None:
    """Tell every inspector who may decide it."""
    inspection = objection.inspection
    people = [each for each in policies.inspectors().exclude(pk=by.pk) if policies.may_decide(each, inspection)]
    told = {**_about(inspection), "reason": objection.reason[:200]}
    key = f"inspection.contested:{inspection.pk}"
    notify("inspection.contested", key=key, to=people, at=now, stream=inspection.stream, data=told)


def decided(objection: Objection, *, by: Staff, now: dt.datetime) -> None:
    """Tell the department, whoever did the work, and the first inspector."""
    inspection = objection.inspection
    people = set(_concerned(inspection, by)) | {objection.raised_by}
    if inspection.inspector:
        people.add(inspection.inspector)
    told = {**_about(inspection), "outcome": str(objection.get_outcome_display()), "reason": objection.decision[:200]}
    key = f"inspection.decided:{inspection.pk}"
    to = sorted((each for each in people if each.pk != by.pk), key=lambda each: each.pk)
    notify("inspection.decided", key=key, to=to, at=now, stream=inspection.stream, data=told)


def _concerned(inspection: Inspection, by: Staff) -> list[Staff]:
    leaders = Q(department=inspection.department_id, roles__overlap=[Role.CONTACT, Role.HEAD])
    people = Staff.objects.filter(leaders | Q(pk=inspection.worker_id), is_active=True)
    return list(people.exclude(pk=by.pk).order_by("pk"))


def _about(inspection: Inspection) -> Data:
    department = inspection.department
    return {
        "number": inspection.number,
        "order": str(inspection.order),
        "department": department.name if department else "",
        "score": str(inspection.score),
    }
