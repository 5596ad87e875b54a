"""Drawing samples for inspection: deterministic by a stored seed, shared out fairly, a part of it twice."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count
from django.utils.translation import gettext as _

from complaints import inspection_policies as policies
from complaints.actions import telling_inspectors as telling
from complaints.bulletins.periods import Span
from complaints.inspecting import drawn, share_of, shared_out
from complaints.locking import lock_inspection
from complaints.models import Draw, Inspection, SamplingPlan
from complaints.queries.inspections.candidates import Candidate, candidates, due_periods
from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from journal.record import record
from journal.types import Data
from organization.models import Staff
from organization.queries.days import local_day, working_day
from workorders.locking import lock_key
from workorders.models import WorkOrder


def draw_due(*, now: dt.datetime) -> int:
    """Draw what every active plan has not drawn yet of the periods that are over; return how many inspections that makes."""
    plans = SamplingPlan.objects.filter(is_active=True).select_related("checklist", "region", "category").order_by("pk")
    spans = [(plan, span) for plan in plans for span in due_periods(plan, local_day(now))]
    made = [draw(plan=plan, span=span, now=now) for plan, span in spans]
    return sum(each.size for each in made if each)


@transaction.atomic
def draw(*, plan: SamplingPlan, span: Span, now: dt.datetime) -> Draw | None:
    """Draw the plan's sample of one period, give it to inspectors and tell them; None where it was drawn before."""
    lock_key(f"sampling:{plan.pk}")
    if Draw.objects.filter(plan=plan, start=span.start).exists():
        return None
    pool = {each.key: each for each in candidates(plan, span)}
    seed = f"{plan.seed}:{span.start}"
    keys = chosen(plan, pool, seed)
    made = Draw.objects.create(
        plan=plan, start=span.start, end=span.end, seed=seed, rule=plan.rule, pool=len(pool), size=len(keys), drawn_at=now
    )
    given = _given([pool[key] for key in keys], made, now)
    told: Data = {"start": str(span.start), "pool": len(pool), "size": len(keys), "seed": seed}
    record(plan.stream, "samplingplan.draw", by=Staff.objects.system(), at=now, data=told)
    telling.assigned(made, given, now=now)
    return made


def chosen(plan: SamplingPlan, pool: Mapping[str, Candidate], seed: str) -> list[str]:
    """Return the keys that the plan draws: the major ones where it wants all, and its share or number of the others."""
    major = [key for key, each in pool.items() if plan.all_major and each.is_major]
    others = [key for key in pool if key not in set(major)]
    wanted = plan.number if plan.number is not None else share_of(len(others), plan.percent or 0)
    return [*major, *drawn(seed, others, wanted)]


def _given(sample: Sequence[Candidate], made: Draw, now: dt.datetime) -> list[Inspection]:
    """Make the inspections, the second ones too, each with the inspector it goes to."""
    plan = made.plan
    people = policies.inspectors_of(plan)
    able = {each.key: _able(each, people, plan) for each in sample}
    load = _load(people)
    first = shared_out(made.seed, able, load)
    rows = {each.key: _row(each, made, first.get(each.key), now) for each in sample}
    _keep_evidence(rows.values())
    Inspection.objects.bulk_create(rows.values())
    load.update(first.values())
    twice = drawn(f"{made.seed}:second", rows, _twice_due(plan))
    others = {key: [who for who in able[key] if who != first.get(key)] for key in twice}
    second = shared_out(f"{made.seed}:second", others, load)
    seconds = [_second(rows[key], who) for key, who in second.items()]
    Inspection.objects.bulk_create(seconds)
    return [*rows.values(), *seconds]


def _twice_due(plan: SamplingPlan) -> int:
    """Return how many more are to be inspected twice, so that it is the plan's share of all it ever drew, rounded up."""
    drawn_ever = Inspection.objects.filter(draw__plan=plan, first=None)
    twice = drawn_ever.filter(second__isnull=False).count()
    return max(0, share_of(drawn_ever.count(), plan.double_percent) - twice)


def _able(what: Candidate, people: Iterable[Staff], plan: SamplingPlan) -> list[int]:
    about = {"worker": what.worker, "department": what.department}
    return [each.pk for each in people if not policies.is_own_work(each, **about, what=plan.checklist.what)]


def _load(people: Iterable[Staff]) -> Counter[int]:
    """Return how many inspections wait for each inspector."""
    waiting = Inspection.objects.filter(made_at=None, inspector__in=[each.pk for each in people])
    return Counter(dict(waiting.values_list("inspector").annotate(count=Count("pk"))))


def _row(what: Candidate, made: Draw, inspector: int | None, now: dt.datetime) -> Inspection:
    return Inspection(
        draw=made,
        checklist_id=made.plan.checklist_id,
        order_id=what.order,
        callback_id=what.callback,
        department_id=what.department,
        worker_id=what.worker,
        done_at=what.done_at,
        inspector_id=inspector,
        due_on=working_day(local_day(now), made.plan.days),
    )


def _keep_evidence(rows: Iterable[Inspection]) -> None:
    """Keep each reply as it was drawn: rework replaces it."""
    orders = WorkOrder.objects.in_bulk([row.order_id for row in rows])
    for row in rows:
        order = orders[row.order_id]
        row.evidence = {
            "result": order.result,
            "cause": order.cause,
            "liability": order.liability,
            "contacted": order.customer_contacted,
            "replied_at": order.replied_at.isoformat() if order.replied_at else "",
        }


def _second(first: Inspection, inspector: int) -> Inspection:
    copied = ("draw_id", "checklist_id", "order_id", "callback_id", "department_id", "worker_id", "done_at", "evidence", "due_on")
    return Inspection(first=first, inspector_id=inspector, **{name: getattr(first, name) for name in copied})


@transaction.atomic
def reassign(*, inspection: Inspection, inspector: Staff, by: Staff, now: dt.datetime) -> Inspection:
    """Give a waiting inspection to another inspector, who is told. Raises NotAllowed, Conflict when made, or Invalid."""
    require(policies.may_manage(by))
    inspection = lock_inspection(inspection.pk)
    if inspection.is_made:
        raise Conflict(_("%(person)s has inspected this already.") % {"person": inspection.inspector})
    if inspection.inspector_id == inspector.pk:
        return inspection
    if not policies.may_be_given(inspector, inspection):
        raise Invalid(inspector=_("Nobody inspects their own work, or the same work twice."))
    inspection.inspector = inspector
    inspection.save(update_fields=["inspector"])
    record(inspection.stream, "inspection.reassign", by=by, at=now, data={"inspector": inspector.pk})
    telling.reassigned(inspection, now=now)
    return inspection
