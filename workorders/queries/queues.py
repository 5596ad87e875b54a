"""The queues: what waits for whom, the most pressing first."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.enums import Role
from organization.models import Staff
from workorders import policies
from workorders.enums import ClockKind, Decision, OrderState, TicketState
from workorders.models import Clock, Ticket, WorkOrder

type Rows = QuerySet[Any]

PAGE_SIZE = 50
ORDER_COLUMNS = (
    "ticket__category",
    "ticket__region",
    "department",
    "assignee",
)
TICKET_COLUMNS = ("category", "region", "filed_by")


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One queue: who has it, which rows it shows, and what can be done with several at once."""

    name: str
    label: Promise
    icon: str
    #: "order" or "ticket".
    kind: str
    roles: tuple[str, ...]
    #: Which of the people with such a role have it.
    is_for: Callable[[Staff], bool] = lambda _user: True
    rows: Callable[[Staff], Rows]
    empty: Promise
    bulk: tuple[str, ...] = ()
    newest_first: bool = False
    #: The instant that presses: a row's own, or its ticket's where the row's own clock stands still.
    due: str = "due_at"
    #: All rows are of the person's own department, so that its name says nothing.
    is_own: bool = False


def _own_orders(user: Staff, *states: str) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(department=user.department_id, state__in=states or OrderState.WORKING)


def _in_state(state: str) -> Callable[[Staff], QuerySet[Ticket]]:
    return lambda _user: Ticket.objects.filter(state=state)


def _to_reply(user: Staff) -> QuerySet[Ticket]:
    return policies.tickets_permitting(user, "answer").filter(state=TicketState.AWAITING_REPLY)


def _holds(user: Staff) -> QuerySet[WorkOrder]:
    return _own_orders(user).filter(holds__ended_at=None, holds__started_at=None, holds__isnull=False)


def _extensions(user: Staff) -> QuerySet[WorkOrder]:
    asked = policies.orders_permitting(user, "grant_extension")
    return asked.filter(state__in=(OrderState.ACCEPTED, OrderState.REWORK), extensions__decision=Decision.PENDING)


CENTRE = Role.CENTRE
QUEUES = (
    Queue(
        name="mine",
        label=_("My work"),
        icon="user-check",
        kind="order",
        roles=Role.DEPARTMENT,
        rows=lambda user: WorkOrder.objects.filter(assignee=user, state__in=OrderState.WORKING),
        empty=_("Nothing is in your hands. Accept an order from your department's queue."),
        bulk=("assign",),
        is_own=True,
    ),
    Queue(
        name="department",
        label=_("My department"),
        icon="building",
        kind="order",
        roles=Role.DEPARTMENT,
        rows=_own_orders,
        empty=_("Your department has no open orders."),
        bulk=("accept", "assign"),
        is_own=True,
    ),
    Queue(
        name="holds",
        label=_("Holds to decide"),
        icon="hourglass",
        kind="order",
        roles=(Role.CONTACT, Role.HEAD),
        rows=_holds,
        empty=_("No hold waits for your decision."),
        is_own=True,
    ),
    Queue(
        name="triage",
        label=_("Triage"),
        icon="inbox",
        kind="ticket",
        roles=(Role.TRIAGE, Role.DUTY),
        rows=_in_state(TicketState.TRIAGE),
        empty=_("Triage is empty."),
        bulk=("prepare",),
    ),
    Queue(
        name="dispatch",
        label=_("Awaiting dispatch"),
        icon="send",
        kind="ticket",
        roles=(Role.DISPATCHER, Role.DUTY),
        rows=_in_state(TicketState.AWAITING_DISPATCH),
        empty=_("Everything is dispatched."),
    ),
    Queue(
        name="returns",
        label=_("Returns to rule on"),
        icon="arrow-back",
        kind="order",
        roles=(Role.DUTY,),
        rows=lambda _user: WorkOrder.objects.filter(state=OrderState.RETURN_REQUESTED),
        empty=_("No return waits for a ruling."),
    ),
    Queue(
        name="extensions",
        label=_("Extensions to decide"),
        icon="calendar-plus",
        kind="order",
        roles=(Role.DUTY, Role.HEAD, Role.AGENT),
        is_for=policies.decides_extensions,
        rows=_extensions,
        empty=_("No request for more time waits for your decision."),
    ),
    Queue(
        name="review",
        label=_("To review"),
        icon="eye-check",
        kind="order",
        roles=(Role.REVIEWER,),
        rows=lambda user: policies.orders_permitting(user, "approve").filter(state=OrderState.REPLIED),
        empty=_("No reply waits for review."),
        bulk=("approve",),
        due="ticket__due_at",
    ),
    Queue(
        name="reply",
        label=_("To reply to"),
        icon="message",
        kind="ticket",
        roles=(Role.VISITOR, Role.AGENT, *Role.DEPARTMENT),
        rows=_to_reply,
        empty=_("No customer waits for a reply."),
    ),
    Queue(
        name="filed",
        label=_("Filed by me"),
        icon="file-text",
        kind="ticket",
        roles=(Role.AGENT, Role.TRIAGE),
        rows=lambda user: Ticket.objects.filter(filed_by=user),
        empty=_("You have not filed anything yet."),
        newest_first=True,
    ),
    Queue(
        name="open",
        label=_("Open tickets"),
        icon="list",
        kind="ticket",
        roles=(*CENTRE, Role.MANAGER, Role.AGENT),
        rows=lambda user: policies.visible_to(user).filter(state__in=TicketState.OPEN),
        empty=_("Nothing is open."),
    ),
    Queue(
        name="all",
        label=_("All tickets"),
        icon="archive",
        kind="ticket",
        roles=(*CENTRE, Role.MANAGER, Role.AGENT, *Role.DEPARTMENT),
        rows=policies.visible_to,
        empty=_("There are no tickets yet."),
        newest_first=True,
    ),
)


def queues_for(user: Staff) -> list[Queue]:
    """Return the queues this person has."""
    return [queue for queue in QUEUES if user.has_role(*queue.roles) and queue.is_for(user)]


def queue_named(user: Staff, name: str) -> Queue | None:
    """Return the person's queue of that name, or None."""
    return next((queue for queue in queues_for(user) if queue.name == name), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the due instant (None when there is none) and the id of its last row."""

    due_at: dt.datetime | None
    pk: int

    def __str__(self) -> str:
        due = self.due_at.timestamp() if self.due_at else ""
        return f"{due}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Return the place that an address names; None for none or a spoilt one."""
        due, _tilde, pk = text.partition("~")
        try:
            return cls(dt.datetime.fromtimestamp(float(due), dt.UTC) if due else None, int(pk))
        except (ValueError, OverflowError, OSError):
            return None


def ordered(queue: Queue, rows: Rows) -> Rows:
    """Return the rows most pressing first, those without a running clock last; or newest first."""
    related = rows.select_related("ticket", *ORDER_COLUMNS) if queue.kind == "order" else rows.select_related(*TICKET_COLUMNS)
    return related.order_by("-pk") if queue.newest_first else related.order_by(F(queue.due).asc(nulls_last=True), "pk")


def page(queue: Queue, rows: Rows, after: Place | None) -> tuple[list[Any], Place | None]:
    """Return one page of rows after a place, and the place where the next begins (None on the last page)."""
    shown = ordered(queue, rows)
    if queue.kind == "order":
        shown = shown.annotate(is_to_accept=_acknowledge_runs())
    found = list(_after(queue, shown, after).fetch_mode(models.FETCH_RAISE)[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, None
    last = found[PAGE_SIZE - 1]
    due_at = last.ticket.due_at if queue.due == "ticket__due_at" else last.due_at
    return found[:PAGE_SIZE], Place(None if queue.newest_first else due_at, last.pk)


def _acknowledge_runs() -> Exists:
    """Tell whether the order's due instant is that of accepting it, not that of the result."""
    running = Clock.objects.filter(order=OuterRef("pk"), kind=ClockKind.ACKNOWLEDGE, running_since__isnull=False)
    return Exists(running.filter(due_at=OuterRef("due_at")))


def _after(queue: Queue, rows: Rows, place: Place | None) -> Rows:
    if place is None:
        return rows
    if queue.newest_first:
        return rows.filter(pk__lt=place.pk)
    due = queue.due
    if place.due_at is None:
        return rows.filter(**{due: None}, pk__gt=place.pk)
    later, beside = Q(**{f"{due}__gt": place.due_at}), Q(**{due: place.due_at}, pk__gt=place.pk)
    return rows.filter(later | beside | Q(**{due: None}))
