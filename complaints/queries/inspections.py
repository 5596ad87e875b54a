"""What can be drawn for inspection, what waits for an inspector, and what inspections came to."""

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from complaints.enums import CallbackOutcome, Inspected
from complaints.inspecting import Agreement, agreement
from complaints.models import Callback, Inspection, Mark, SamplingPlan
from workorders.enums import OrderRole, OrderState, Urgency
from workorders.models import WorkOrder


def _orders(plan: SamplingPlan) -> QuerySet[WorkOrder]:
    found = WorkOrder.objects.filter(department=plan.department) if plan.department_id else WorkOrder.objects.all()
    if plan.category:
        found = found.filter(ticket__category__path__startswith=plan.category.path)
    return found.filter(ticket__urgency=plan.urgency) if plan.urgency else found


def _replied(plan: SamplingPlan, start: dt.datetime, end: dt.datetime) -> QuerySet[WorkOrder]:
    states = (OrderState.REPLIED, OrderState.COMPLETED)
    return _orders(plan).filter(replied_at__gte=start, replied_at__lt=end, state__in=states)


def _called(plan: SamplingPlan, start: dt.datetime, end: dt.datetime) -> QuerySet[Callback]:
    lead = _orders(plan).filter(
        ticket=OuterRef("complaint_id"), round=OuterRef("round"), role=OrderRole.LEAD, state=OrderState.COMPLETED
    )
    found = Callback.objects.filter(at__gte=start, at__lt=end, outcome=CallbackOutcome.REACHED)
    return found.annotate(order=Subquery(lead.order_by("-pk").values("pk")[:1])).exclude(order=None)


def candidates(plan: SamplingPlan, start: dt.datetime, end: dt.datetime) -> list[tuple[int, int | None]]:
    """Return (order, callback or None) of everything the plan may draw from `start` until before `end`."""
    if plan.what == Inspected.CALLBACK:
        return list(_called(plan, start, end).values_list("order", "pk"))
    return [(pk, None) for pk in _replied(plan, start, end).values_list("pk", flat=True)]


def major_keys(plan: SamplingPlan, start: dt.datetime, end: dt.datetime) -> set[int]:
    """Return the orders of major tickets among them."""
    orders = [order for order, _callback in candidates(plan, start, end)]
    return set(WorkOrder.objects.filter(pk__in=orders, ticket__urgency=Urgency.MAJOR).values_list("pk", flat=True))


RELATED = ("plan", "checklist", "order__ticket__category", "order__department", "callback__by", "inspector")


def made(start: dt.datetime, end: dt.datetime) -> QuerySet[Inspection]:
    """Return the inspections made in the period; of two of the same, the first counts."""
    return Inspection.objects.filter(inspected_at__gte=start, inspected_at__lt=end)


def results(start: dt.datetime, end: dt.datetime, by: str) -> list[dict[str, Any]]:
    """Return number, mean score, fatal errors and proposed deductions, by `by` (a path from the inspection) and month."""
    found = made(start, end).filter(first=None).annotate(month=TruncMonth("inspected_at"))
    return list(
        found.values("month", name=F(by))
        .annotate(number=Count("pk"), mean=Avg("score"), fatal=Count("pk", Q(is_fatal=True)), deductions=Count("deduction"))
        .order_by("-month", "name")
    )


def proposed_deductions() -> QuerySet[Inspection]:
    """Return the inspections that propose to deduct points, the newest first: for the scheme to make penalties of."""
    return Inspection.objects.filter(deduction__isnull=False).select_related(*RELATED).order_by("-inspected_at")


class Pair(NamedTuple):
    """How far two inspectors agree on one item."""

    item: str
    one: str
    other: str
    agreement: Agreement


def agreements(start: dt.datetime, end: dt.datetime) -> list[Pair]:
    """Return the agreement by item and pair of inspectors, of what was inspected twice in the period; one query."""
    first = Mark.objects.filter(inspection=OuterRef("inspection__first"), item=OuterRef("item"))
    twice = Mark.objects.filter(
        inspection__first__inspected_at__isnull=False, inspection__inspected_at__gte=start, inspection__inspected_at__lt=end
    )
    names = ("item__text", "inspection__first__inspector__name", "inspection__inspector__name")
    counted = twice.annotate(before=Subquery(first.values("answer")[:1])).values_list(*names, "before", "answer")
    tables: dict[tuple[str, str, str], dict[tuple[str, str], int]] = defaultdict(dict)
    for item, one, other, before, after, count in counted.annotate(count=Count("pk")).order_by(*names):
        tables[item, one, other][before, after] = count
    return [Pair(*key, found) for key, counts in tables.items() if (found := agreement(counts))]
