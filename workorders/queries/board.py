"""A department's wall board: what runs out within the hour, and who has how much in hand."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, F, Min, Q, QuerySet

from organization.enums import Role
from organization.models import Department, Staff
from workorders.enums import OrderState
from workorders.models import WorkOrder

HOUR = dt.timedelta(hours=1)
#: More lines do not fit on a wall.
MOST_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many orders a department has open, and how they stand."""

    open: int
    overdue: int
    within_hour: int
    unaccepted: int
    on_hold: int
    to_rework: int
    urged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Somebody who works on orders: how many are in hand, how many of them late, and when the next one runs out."""

    person: Staff
    in_hand: int
    overdue: int
    next_due_at: dt.datetime | None

    @property
    def is_free(self) -> bool:
        """Tell whether nothing is in this person's hands."""
        return self.in_hand == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the board shows."""

    counts: Counts
    pressing: list[WorkOrder]
    hands: list[Hand]

    @property
    def free(self) -> int:
        """Return how many people have nothing in hand."""
        return sum(hand.is_free for hand in self.hands)


def board(department: Department, now: dt.datetime) -> Board:
    """Return the board of `department` as of `now`, in three queries however many orders there are."""
    return Board(counts=_counts(department, now), pressing=_pressing(department, now), hands=_hands(department, now))


def _working(department: Department) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(department=department, state__in=OrderState.WORKING)


def _counts(department: Department, now: dt.datetime) -> Counts:
    found = _working(department).aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        within_hour=Count("pk", filter=Q(due_at__gte=now, due_at__lte=now + HOUR)),
        unaccepted=Count("pk", filter=Q(state=OrderState.DISPATCHED)),
        on_hold=Count("pk", filter=Q(state=OrderState.ON_HOLD)),
        to_rework=Count("pk", filter=Q(state=OrderState.REWORK)),
        urged=Count("pk", filter=Q(urge_count__gt=0)),
    )
    return Counts(**found)


def _pressing(department: Department, now: dt.datetime) -> list[WorkOrder]:
    """Return what is late or runs out within the hour, the most pressing first."""
    due = _working(department).filter(due_at__lte=now + HOUR).select_related("ticket", "assignee")
    return list(due.order_by("due_at", "pk").fetch_mode(models.FETCH_RAISE)[:MOST_LINES])


def _hands(department: Department, now: dt.datetime) -> list[Hand]:
    """Return the department's handlers, who is free first, then by how little they have."""
    people = Staff.objects.filter(department=department, is_active=True, roles__overlap=[Role.HANDLER, Role.CONTACT])
    loads = {
        row["assignee"]: row
        for row in _working(department)
        .exclude(assignee=None)
        .values("assignee")
        .annotate(in_hand=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now)), next_due_at=Min(F("due_at")))
        .order_by("assignee")
    }
    hands = [_hand(person, loads.get(person.pk, {})) for person in people.order_by("username")]
    return sorted(hands, key=lambda hand: hand.in_hand)


def _hand(person: Staff, load: Mapping[str, Any]) -> Hand:
    return Hand(
        person=person,
        in_hand=load.get("in_hand", 0),
        overdue=load.get("overdue", 0),
        next_due_at=load.get("next_due_at"),
    )
