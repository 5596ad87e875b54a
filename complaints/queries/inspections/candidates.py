"""What a sampling plan may draw from a period."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from complaints.bulletins.periods import DAY, Span, before, month_of, week_of
from complaints.enums import CallbackOutcome, DrawPeriod, Inspected
from complaints.models import Callback, Draw, SamplingPlan
from foundation.durations import midnight
from workorders.enums import OrderRole, OrderState, Urgency
from workorders.models import WorkOrder

#: So many periods are caught up with after downtime, or where a plan begins in the past.
MOST_PERIODS = 62


class Candidate(NamedTuple):
    """A reply or a callback that may be drawn."""

    order: int
    callback: int | None
    department: int | None
    worker: int | None
    done_at: dt.datetime
    is_major: bool

    @property
    def key(self) -> str:
        """Return what the draw knows it by."""
        return f"{self.order}-{self.callback or 0}"


def span_of(period: str, day: dt.date) -> Span:
    """Return the period in which a day lies."""
    match period:
        case DrawPeriod.WEEK:
            return week_of(day)
        case DrawPeriod.MONTH:
            return month_of(day)
    return Span(day, day + DAY)


def due_periods(plan: SamplingPlan, today: dt.date) -> list[Span]:
    """Return the periods that are over and began when the plan was active, since it last drew; the oldest first."""
    last = Draw.objects.filter(plan=plan).aggregate(end=Max("end"))["end"]
    begins = max(plan.active_from, last) if last else plan.active_from
    span, found = before(span_of(plan.period, today)), list[Span]()
    while span.start >= begins and len(found) < MOST_PERIODS:
        found.append(span)
        span = before(span)
    return found[::-1]


def _scope(plan: SamplingPlan, way: str) -> Q:
    """Return which tickets the plan is about; `way` leads to the ticket."""
    found = Q()
    if plan.region:
        found &= Q(**{f"{way}region__path__startswith": plan.region.path})
    if plan.category:
        found &= Q(**{f"{way}category__path__startswith": plan.category.path})
    return found & Q(**{f"{way}urgency": plan.urgency}) if plan.urgency else found


def _replied(plan: SamplingPlan, start: dt.datetime, end: dt.datetime) -> QuerySet[Any]:
    states = (OrderState.REPLIED, OrderState.COMPLETED)
    found = WorkOrder.objects.filter(_scope(plan, "ticket__"), replied_at__gte=start, replied_at__lt=end, state__in=states)
    if plan.department_id:
        found = found.filter(department=plan.department_id)
    return found.values_list("pk", "department", "assignee", "replied_at", "ticket__urgency").order_by("pk")


def _called(plan: SamplingPlan, start: dt.datetime, end: dt.datetime) -> QuerySet[Any]:
    """Return the callbacks that reached the customer about what a department had done."""
    lead = WorkOrder.objects.filter(
        ticket=OuterRef("complaint_id"), round__lte=OuterRef("round"), role=OrderRole.LEAD, state=OrderState.COMPLETED
    )
    found = Callback.objects.filter(_scope(plan, "complaint__ticket__"), at__gte=start, at__lt=end)
    found = found.filter(Exists(lead), outcome=CallbackOutcome.REACHED)
    if plan.department_id:
        found = found.filter(by__department=plan.department_id)
    led = Subquery(lead.order_by("-seq").values("pk")[:1])
    names = ("led", "pk", "by__department", "by", "at", "urgency")
    return found.annotate(led=led, urgency=F("complaint__ticket__urgency")).values_list(*names).order_by("pk")


def candidates(plan: SamplingPlan, span: Span) -> list[Candidate]:
    """Return everything that the plan may draw from the period."""
    start, end = midnight(span.start), midnight(span.end)
    if plan.checklist.what == Inspected.CALLBACK:
        rows = list(_called(plan, start, end))
    else:
        rows = [(order, None, *rest) for order, *rest in _replied(plan, start, end)]
    return [Candidate._make([*rest, urgency == Urgency.MAJOR]) for *rest, urgency in rows]
