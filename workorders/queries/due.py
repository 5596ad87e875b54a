"""What the system has to do by itself because its time has come."""

import datetime as dt

from django.db.models import QuerySet

from workorders.enums import ClockKind, OrderState
from workorders.models import Clock, Hold, WorkOrder

#: A tick with more ladder steps than this calls another worker for each such load, up to so many.
CLIMB_LOAD, MOST_HELPERS = 1000, 7


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


def helpers_needed(now: dt.datetime) -> int:
    """Return how many more workers should climb ladders with the one that asks; counts no further than it must."""
    most = CLIMB_LOAD * (MOST_HELPERS + 1)
    due = Clock.objects.filter(next_step_at__lte=now).values("pk")[:most].count()
    return max(0, -(-due // CLIMB_LOAD) - 1)
