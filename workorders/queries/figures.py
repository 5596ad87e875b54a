"""The figures of the SLA dashboard: each is a set of rows, so that the number and the list behind it cannot differ.

Definitions are in docs/reference/figures.md. A leg belongs to the period in which its effective due instant falls; legs
voided by an upheld return or a merge are in no figure, legs cancelled after they were due count as late.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Region
from workorders.enums import ClockKind, OrderState, TicketState
from workorders.models import Category, Clock, ReturnRequest, Ticket, WorkOrder
from workorders.queries.counting import exact_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the dashboard looks at: a period [start, end) and, if chosen, one department, region, category or urgency."""

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime
    department: Department | None = None
    region: Region | None = None
    category: Category | None = None
    urgency: str = ""

    @property
    def until(self) -> dt.datetime:
        """Return the end of what can be judged by now."""
        return min(self.end, self.now)

    def of_ticket(self, way: str = "") -> Q:
        """Return the filter on a ticket reached by `way`, without the department."""
        chosen = Q()
        if self.region:
            chosen &= Q(**{f"{way}region__in": Region.objects.filter(path__startswith=self.region.path)})
        if self.category:
            chosen &= Q(**{f"{way}category__in": Category.objects.filter(path__startswith=self.category.path)})
        if self.urgency:
            chosen &= Q(**{f"{way}urgency": self.urgency})
        return chosen

    def of_order(self, way: str = "") -> Q:
        """Return the filter on an order reached by `way`."""
        chosen = self.of_ticket(f"{way}ticket__")
        return chosen & Q(**{f"{way}department": self.department}) if self.department else chosen

    def of_case(self) -> Q:
        """Return the filter on tickets themselves; a department's are those it leads or led."""
        chosen = self.of_ticket()
        if self.department:
            chosen &= Q(pk__in=WorkOrder.objects.filter(department=self.department).values("ticket"))
        return chosen


#: The clock was stopped in time; one that still runs past its due instant is late.
IN_TIME = Q(stopped_at__isnull=False, breached_at=None)
COUNTED = ~Q(order__state=OrderState.VOIDED) | Q(ticket__state=TicketState.CANCELLED, breached_at__isnull=False)


def due_clocks(scope: Scope, kind: str) -> QuerySet[Clock]:
    """Return the legs' clocks of `kind` that fell due in the period."""
    due = Clock.objects.filter(kind=kind, due_at__gte=scope.start, due_at__lt=scope.until)
    return due.filter(COUNTED, scope.of_order("order__"))


def due_overall(scope: Scope) -> QuerySet[Clock]:
    """Return the customers' clocks that fell due in the period; merged tickets are out, cancelled ones only when late."""
    due = Clock.objects.filter(kind=ClockKind.OVERALL, due_at__gte=scope.start, due_at__lt=scope.until)
    due = due.exclude(ticket__state=TicketState.MERGED).exclude(ticket__state=TicketState.CANCELLED, breached_at=None)
    due = due.filter(scope.of_ticket("ticket__"))
    return (
        due.filter(ticket__in=WorkOrder.objects.filter(department=scope.department).values("ticket")) if scope.department else due
    )


def _legs(clocks: QuerySet[Clock]) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(pk__in=clocks.values("order"))


def _cases(clocks: QuerySet[Clock]) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk__in=clocks.values("ticket"))


def _returned(scope: Scope, **ruling: str) -> QuerySet[WorkOrder]:
    asked = ReturnRequest.objects.filter(requested_at__gte=scope.start, requested_at__lt=scope.until, **ruling)
    return WorkOrder.objects.filter(scope.of_order(), pk__in=asked.values("order"))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number: what it is called, what it counts, and the rows it counts."""

    name: str
    label: Promise
    #: "order" or "ticket".
    kind: str
    rows: Callable[[Scope], QuerySet[Any]]


FIGURES = (
    Figure(
        name="filed",
        label=_("filed"),
        kind="ticket",
        rows=lambda scope: Ticket.objects.filter(scope.of_case(), filed_at__gte=scope.start, filed_at__lt=scope.until),
    ),
    Figure(
        name="closed",
        label=_("closed"),
        kind="ticket",
        rows=lambda scope: Ticket.objects.filter(scope.of_case(), closed_at__gte=scope.start, closed_at__lt=scope.until),
    ),
    Figure(
        name="open",
        label=_("open now"),
        kind="ticket",
        rows=lambda scope: Ticket.objects.filter(scope.of_case(), state__in=TicketState.OPEN),
    ),
    Figure(
        name="overdue",
        label=_("legs overdue now"),
        kind="order",
        rows=lambda scope: WorkOrder.objects.filter(scope.of_order(), state__in=OrderState.OPEN, due_at__lt=scope.now),
    ),
    Figure(
        name="acknowledge_due",
        label=_("legs due to be accepted"),
        kind="order",
        rows=lambda scope: _legs(due_clocks(scope, ClockKind.ACKNOWLEDGE)),
    ),
    Figure(
        name="acknowledge_met",
        label=_("legs accepted in time"),
        kind="order",
        rows=lambda scope: _legs(due_clocks(scope, ClockKind.ACKNOWLEDGE).filter(IN_TIME)),
    ),
    Figure(
        name="resolve_due",
        label=_("legs due to be resolved"),
        kind="order",
        rows=lambda scope: _legs(due_clocks(scope, ClockKind.RESOLVE)),
    ),
    Figure(
        name="resolve_met",
        label=_("legs resolved in time"),
        kind="order",
        rows=lambda scope: _legs(due_clocks(scope, ClockKind.RESOLVE).filter(IN_TIME)),
    ),
    Figure(name="overall_due", label=_("customers due an answer"), kind="ticket", rows=lambda scope: _cases(due_overall(scope))),
    Figure(
        name="overall_met",
        label=_("customers answered in time"),
        kind="ticket",
        rows=lambda scope: Ticket.objects.filter(pk__in=due_overall(scope).filter(IN_TIME).values("ticket")),
    ),
    Figure(name="returns", label=_("legs returned"), kind="order", rows=_returned),
    Figure(name="returns_upheld", label=_("returns upheld"), kind="order", rows=lambda scope: _returned(scope, ruling="upheld")),
    Figure(
        name="rework",
        label=_("legs sent back"),
        kind="order",
        rows=lambda scope: _legs(due_clocks(scope, ClockKind.RESOLVE)).filter(send_back_count__gt=0),
    ),
    Figure(
        name="redispatched",
        label=_("handled anew"),
        kind="ticket",
        rows=lambda scope: Ticket.objects.filter(scope.of_case(), filed_at__gte=scope.start, filed_at__lt=scope.until, round__gt=0),
    ),
)


def figure_named(name: str) -> Figure | None:
    """Return the figure of that name, or None."""
    return next((figure for figure in FIGURES if figure.name == name), None)


def counted(scope: Scope) -> dict[str, int]:
    """Return every figure's number, in one query."""
    return exact_counts({figure.name: figure.rows(scope) for figure in FIGURES})


class Percentile(Aggregate):
    """The value below which a share of the rows lies, interpolated (PostgreSQL's percentile_cont)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, expression: str, *, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, **extra)


def times(scope: Scope) -> dict[str, dt.timedelta | None]:
    """Return median and 90th percentile of the working time that resolved legs took."""
    done = due_clocks(scope, ClockKind.RESOLVE).filter(stopped_at__isnull=False)
    return done.aggregate(median=Percentile("used", share=0.5), p90=Percentile("used", share=0.9))


def by_department(scope: Scope) -> list[dict[str, Any]]:
    """Return legs due, on-time counts, times and rework by department, the busiest first."""
    legs = (
        due_clocks(scope, ClockKind.RESOLVE)
        .values("order__department")
        .annotate(
            due=Count("pk"),
            met=Count("pk", filter=IN_TIME),
            rework=Count("pk", filter=Q(order__send_back_count__gt=0)),
            median=Percentile("used", share=0.5),
            p90=Percentile("used", share=0.9),
        )
    )
    accepted = (
        due_clocks(scope, ClockKind.ACKNOWLEDGE)
        .values("order__department")
        .annotate(
            due=Count("pk"),
            met=Count("pk", filter=IN_TIME),
        )
    )
    accepts = {row["order__department"]: row for row in accepted}
    return [
        row | {"key": row["order__department"], "accept": accepts.get(row["order__department"], {"due": 0, "met": 0})}
        for row in legs.order_by("-due")
    ]


def by_field(scope: Scope, name: str) -> list[dict[str, Any]]:
    """Return legs due and on time by a field of the ticket (its region or category id)."""
    grouped = due_clocks(scope, ClockKind.RESOLVE).values(key=F(f"ticket__{name}"))
    return [dict(row) for row in grouped.annotate(due=Count("pk"), met=Count("pk", filter=IN_TIME)).order_by("-due")]


def by_week(scope: Scope) -> list[dict[str, Any]]:
    """Return legs due and on time by week, Monday first."""
    weeks = due_clocks(scope, ClockKind.RESOLVE).annotate(key=TruncWeek("due_at", tzinfo=timezone.get_default_timezone()))
    counted_weeks = weeks.values("key").annotate(due=Count("pk"), met=Count("pk", filter=IN_TIME))
    return [dict(row) for row in counted_weeks.order_by("key")]
