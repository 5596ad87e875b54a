"""What customers said when they were called back."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from complaints.enums import CallbackOutcome, Satisfaction
from complaints.models import Callback
from workorders.enums import OrderRole, OrderState
from workorders.models import WorkOrder
from workorders.queries.figures import Scope

SATISFIED = Q(satisfaction__gte=Satisfaction.ACCEPTABLE)


def answers(scope: Scope) -> QuerySet[Any]:
    """Return the callbacks of the period that reached the customer; a department's are those about tickets it led."""
    reached = Callback.objects.filter(
        scope.of_ticket("complaint__ticket__"),
        outcome=CallbackOutcome.REACHED,
        at__gte=scope.start,
        at__lt=scope.until,
    ).annotate(lead=_lead())
    return reached.filter(lead=scope.department.pk) if scope.department else reached


def totals(scope: Scope) -> dict[str, int]:
    """Return how many answered, were satisfied, and called it solved."""
    return answers(scope).aggregate(
        reached=Count("pk"),
        satisfied=Count("pk", filter=SATISFIED),
        solved=Count("pk", filter=Q(solved=True)),
    )


def by_department(scope: Scope) -> dict[int | None, dict[str, Any]]:
    """Return the same by the department that led the ticket."""
    grouped = answers(scope).values("lead").annotate(reached=Count("pk"), satisfied=Count("pk", filter=SATISFIED))
    return {row["lead"]: row for row in grouped.order_by("lead")}


def _lead() -> Subquery:
    led = WorkOrder.objects.filter(
        ticket=OuterRef("complaint__ticket"),
        role=OrderRole.LEAD,
        state=OrderState.COMPLETED,
        round__lte=OuterRef("round"),
    )
    return Subquery(led.order_by("-seq").values("department")[:1])
