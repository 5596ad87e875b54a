"""What the system has to do by itself because its time has come."""

import datetime as dt

from django.db.models import QuerySet

from workorders.enums import ClockKind, OrderState
from workorders.models import Hold, WorkOrder


def holds_over(now: dt.datetime) -> QuerySet[Hold]:
    """Return the holds whose agreed end has come."""
    return Hold.objects.filter(ended_at=None, started_at__isnull=False, until__lte=now).select_related("order").order_by("until")


def unanswered(now: dt.datetime) -> QuerySet[WorkOrder]:
    """Return the orders that nobody accepted within the acknowledge limit: silence is acceptance."""
    return WorkOrder.objects.filter(
        state=OrderState.DISPATCHED,
        due_at__lt=now,
        clocks__kind=ClockKind.ACKNOWLEDGE,
        clocks__due_at__lt=now,
    ).order_by("due_at")
