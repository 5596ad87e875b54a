"""The figures of the SLA dashboard: each is a set of rows, so that the number and the list behind it cannot differ.

Definitions are in docs/reference/figures.md. A promise belongs to the period in which it fell due. A leg voided by an
upheld return or a merge is in no figure; a cancelled one is in only if it fell due before it was cancelled.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import NotAllowed
from organization.enums import Role
from organization.models import Region, Staff
from workorders.enums import ClockKind, OrderState, Ruling, TicketState
from workorders.models import Category, Clock, ReturnRequest, Ticket, WorkOrder
from workorders.queries.counting import exact_counts

TICKET, ORDER = "ticket", "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a person sees: everything, one part of the region tree, or one department's part in the tickets."""

    department_id: int | None = None
    region_id: int | None = None


def reach(user: Staff) -> Reach:
    """Return how far the figures go that `user` may see; raise NotAllowed for who may see none."""
    if user.has_role(*Role.CENTRE):
        return Reach()
    if user.has_role(Role.MANAGER) and user.region_id:
        return Reach(region_id=user.region_id)
    if user.has_role(Role.HEAD) and user.department_id:
        return Reach(department_id=user.department_id)
    raise NotAllowed(_("The dashboard is for managers, the complaint centre and department heads."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is counted: a period [start, end), within a person's reach, narrowed further as they chose."""

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime
    reach: Reach
    department_id: int | None = None
    region: Region | None = None
    #: Only tickets of the region itself, not of what lies below it; likewise for the category.
    region_itself: bool = False
    category: Category | None = None
    category_itself: bool = False
    urgency: str = ""

    @property
    def until(self) -> dt.datetime:
        """Return the end of what can be judged by now."""
        return min(self.end, self.now)

    @property
    def only_department(self) -> int | None:
        """Return the one department that is counted, or None for all; a head's own, whatever was chosen."""
        return self.reach.department_id or self.department_id

    def of_ticket(self, way: str = "") -> Q:
        """Return the filter on a ticket reached by `way`, without the department."""
        chosen = Q()
        if self.reach.region_id:
            home = Region.objects.filter(path__startswith=Region.objects.filter(pk=self.reach.region_id).values("path"))
            chosen &= Q(**{f"{way}region__in": home})
        if self.region:
            chosen &= _at(way, "region", self.region, itself=self.region_itself)
        if self.category:
            chosen &= _at(way, "category", self.category, itself=self.category_itself)
        if self.urgency:
            chosen &= Q(**{f"{way}urgency": self.urgency})
        return chosen

    def of_order(self, way: str = "") -> Q:
        """Return the filter on an order reached by `way`."""
        chosen = self.of_ticket(f"{way}ticket__")
        return chosen & Q(**{f"{way}department": self.only_department}) if self.only_department else chosen

    def of_case(self, way: str = "") -> Q:
        """Return the filter on tickets reached by `way`; a department's are those on which it has or had an order."""
        chosen = self.of_ticket(way)
        if self.only_department:
            own = WorkOrder.objects.filter(ticket=OuterRef(f"{way}pk"), department=self.only_department)
            chosen &= Q(Exists(own))
        return chosen


def _at(way: str, name: str, node: Region | Category, *, itself: bool) -> Q:
    if itself:
        return Q(**{f"{way}{name}": node})
    return Q(**{f"{way}{name}__in": type(node).objects.filter(path__startswith=node.path)})


#: When the promise runs or ran out; a clock that waits has no due instant, unless its time had run out before.
DUE = Coalesce("due_at", "breached_at")
#: Kept: stopped in time. One that still runs past its due instant is not.
KEPT = Q(stopped_at__isnull=False, breached_at=None)


def _due(scope: Scope, *kinds: str) -> QuerySet[Clock]:
    return Clock.objects.alias(due=DUE).filter(kind__in=kinds, due__gte=scope.start, due__lt=scope.until)


def due_legs(scope: Scope, *kinds: str) -> QuerySet[Clock]:
    """Return the departments' clocks of `kinds` that fell due in the period."""
    returned = ReturnRequest.objects.filter(order=OuterRef("order"), ruling=Ruling.UPHELD)
    cancelled_late = Q(ticket__state=TicketState.CANCELLED, order__finished_at__gt=F("due")) & ~Exists(returned)
    counted = ~Q(order__state=OrderState.VOIDED) | cancelled_late
    return _due(scope, *kinds).filter(counted, scope.of_order("order__"))


def due_answers(scope: Scope) -> QuerySet[Clock]:
    """Return the customers' clocks that fell due in the period.

    The clock of the round in which a ticket was merged, also one answered with the other since, or cancelled before its time
    ran out, is out.
    """
    last = Q(episode=F("ticket__round"))
    gone = Q(ticket__merged_into__isnull=False) | Q(ticket__state=TicketState.CANCELLED, breached_at=None)
    return _due(scope, ClockKind.OVERALL).exclude(last & gone).filter(scope.of_case("ticket__"))


def _legs(clocks: QuerySet[Clock]) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(pk__in=clocks.values("order"))


def _cases(clocks: QuerySet[Clock]) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk__in=clocks.values("ticket"))


def asked_back(scope: Scope, **ruling: str) -> QuerySet[ReturnRequest]:
    """Return the returns that departments asked for in the period."""
    return ReturnRequest.objects.filter(
        scope.of_order("order__"), requested_at__gte=scope.start, requested_at__lt=scope.until, **ruling
    )


def _returned(scope: Scope, **ruling: str) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(pk__in=asked_back(scope, **ruling).values("order"))


def filed(scope: Scope) -> QuerySet[Ticket]:
    """Return the tickets filed in the period."""
    return Ticket.objects.filter(scope.of_case(), filed_at__gte=scope.start, filed_at__lt=scope.until)


def _closed(scope: Scope) -> QuerySet[Ticket]:
    return Ticket.objects.filter(scope.of_case(), closed_at__gte=scope.start, closed_at__lt=scope.until)


def open_cases(scope: Scope) -> QuerySet[Ticket]:
    """Return the tickets that are open at this moment."""
    return Ticket.objects.filter(scope.of_case(), state__in=TicketState.OPEN)


def filed_open(scope: Scope) -> QuerySet[Ticket]:
    """Return the tickets filed in the period that are still open at this moment."""
    return filed(scope).filter(state__in=TicketState.OPEN)


def open_legs(scope: Scope) -> QuerySet[WorkOrder]:
    """Return the orders that are open at this moment."""
    return WorkOrder.objects.filter(scope.of_order(), state__in=OrderState.OPEN)


def overdue(scope: Scope) -> QuerySet[WorkOrder]:
    """Return the open orders whose running limit has passed at this moment."""
    return open_legs(scope).filter(due_at__lt=scope.now)


def sent_overdue(scope: Scope) -> QuerySet[WorkOrder]:
    """Return the orders dispatched in the period that are overdue at this moment."""
    return overdue(scope).filter(dispatched_at__gte=scope.start, dispatched_at__lt=scope.until)


def _answered_late(scope: Scope) -> QuerySet[Ticket]:
    return _cases(due_answers(scope).exclude(KEPT))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number: what it is called, what it counts, and the rows it counts."""

    name: str
    label: Promise
    help: Promise
    #: "order", "ticket" or "callback".
    kind: str
    rows: Callable[[Scope], QuerySet[Any]]


def _promise(kind: ClockKind, due: Promise, kept: Promise, late: Promise, said: Promise) -> tuple[Figure, ...]:
    """Return the three figures about one promise of the departments."""
    return (
        Figure(name=f"{kind}_due", label=due, help=said, kind=ORDER, rows=lambda scope: _legs(due_legs(scope, kind))),
        Figure(name=f"{kind}_met", label=kept, help=said, kind=ORDER, rows=lambda scope: _legs(due_legs(scope, kind).filter(KEPT))),
        Figure(
            name=f"{kind}_late", label=late, help=said, kind=ORDER, rows=lambda scope: _legs(due_legs(scope, kind).exclude(KEPT))
        ),
    )


FILED = gettext_lazy("Tickets filed in the period, merged and cancelled ones too.")
CLOSED = gettext_lazy("Tickets closed in the period, whenever they were filed.")
OPEN = gettext_lazy("Tickets that are not closed, cancelled or merged at this moment; the period does not matter.")
OVERDUE = gettext_lazy("Open work orders whose running time limit has passed at this moment; the period does not matter.")
OPEN_LEGS = gettext_lazy("Work orders that are not completed, voided or transferred at this moment; the period does not matter.")
FILED_OPEN = gettext_lazy("Of the tickets filed in the period: those that are still open at this moment.")
SENT_OVERDUE = gettext_lazy(
    "Of the work orders dispatched in the period: those whose running time limit has passed at this moment."
)
ACKNOWLEDGE = gettext_lazy(
    "Work orders whose limit for accepting ran out in the period: how many a person of the department had accepted, or "
    "otherwise acted on, by then. Orders voided by an upheld return or a merge are left out, and cancelled ones unless "
    "they were due before.",
)
RESOLVE = gettext_lazy(
    "Work orders whose limit for the result ran out in the period, waits taken off: how many had been replied to by then. "
    "Orders voided by an upheld return or a merge are left out, and cancelled ones unless they were due before.",
)
OVERALL = gettext_lazy(
    "Tickets whose limit for the answer to the customer ran out in the period: how many had been answered by then. Merged "
    "tickets are left out, and cancelled ones unless they were late; a ticket handled anew counts as late when any round was.",
)
RETURNS = gettext_lazy("Work orders that a department asked to return in the period, whatever was ruled.")
UPHELD = gettext_lazy("Of the work orders returned in the period: those whose return was upheld, the dispatch having been wrong.")
REWORK = gettext_lazy("Of the work orders whose limit for the result ran out in the period: those sent back at least once.")
ANEW = gettext_lazy("Of the tickets filed in the period: those handled anew because the customer was not satisfied.")
TIMED = gettext_lazy(
    "Of the work orders whose limit for the result ran out in the period: those with a result. The median and the 90% "
    "value are of the time that counted for the department: on its own calendar, waits and reviews taken off. Where more than "
    "1,000 results fell due in the period, both are exact within 2%.",
)

FIGURES = (
    Figure(name="filed", label=gettext_lazy("filed"), help=FILED, kind=TICKET, rows=filed),
    Figure(name="closed", label=gettext_lazy("closed"), help=CLOSED, kind=TICKET, rows=_closed),
    Figure(name="open", label=gettext_lazy("open now"), help=OPEN, kind=TICKET, rows=open_cases),
    Figure(name="overdue", label=gettext_lazy("legs overdue now"), help=OVERDUE, kind=ORDER, rows=overdue),
    Figure(name="open_legs", label=gettext_lazy("legs open now"), help=OPEN_LEGS, kind=ORDER, rows=open_legs),
    Figure(name="filed_open", label=gettext_lazy("filed and still open"), help=FILED_OPEN, kind=TICKET, rows=filed_open),
    Figure(name="sent_overdue", label=gettext_lazy("dispatched and overdue now"), help=SENT_OVERDUE, kind=ORDER, rows=sent_overdue),
    *_promise(
        ClockKind.ACKNOWLEDGE,
        gettext_lazy("legs due to be accepted"),
        gettext_lazy("legs accepted in time"),
        gettext_lazy("legs accepted late"),
        ACKNOWLEDGE,
    ),
    *_promise(
        ClockKind.RESOLVE,
        gettext_lazy("legs due to be resolved"),
        gettext_lazy("legs resolved in time"),
        gettext_lazy("legs resolved late"),
        RESOLVE,
    ),
    Figure(
        name="overall_due",
        label=gettext_lazy("customers due an answer"),
        help=OVERALL,
        kind=TICKET,
        rows=lambda scope: _cases(due_answers(scope)),
    ),
    Figure(
        name="overall_met",
        label=gettext_lazy("customers answered in time"),
        help=OVERALL,
        kind=TICKET,
        rows=lambda scope: _cases(due_answers(scope)).exclude(pk__in=_answered_late(scope)),
    ),
    Figure(name="overall_late", label=gettext_lazy("customers answered late"), help=OVERALL, kind=TICKET, rows=_answered_late),
    Figure(name="returns", label=gettext_lazy("legs returned"), help=RETURNS, kind=ORDER, rows=_returned),
    Figure(
        name="returns_upheld",
        label=gettext_lazy("returns upheld"),
        help=UPHELD,
        kind=ORDER,
        rows=lambda scope: _returned(scope, ruling=Ruling.UPHELD),
    ),
    Figure(
        name="rework",
        label=gettext_lazy("legs sent back"),
        help=REWORK,
        kind=ORDER,
        rows=lambda scope: _legs(due_legs(scope, ClockKind.RESOLVE)).filter(send_back_count__gt=0),
    ),
    Figure(
        name="redispatched",
        label=gettext_lazy("handled anew"),
        help=ANEW,
        kind=TICKET,
        rows=lambda scope: filed(scope).filter(round__gt=0),
    ),
    Figure(
        name="timed",
        label=gettext_lazy("legs with a result"),
        help=TIMED,
        kind=ORDER,
        rows=lambda scope: _legs(due_legs(scope, ClockKind.RESOLVE).filter(stopped_at__isnull=False)),
    ),
)
#: What the tables count already (`workorders.queries.groups`), or alone show.
TALLIED = frozenset(
    {
        "acknowledge_due",
        "acknowledge_met",
        "acknowledge_late",
        "resolve_due",
        "resolve_met",
        "resolve_late",
        "rework",
        "timed",
        "overall_met",
        "open_legs",
        "filed_open",
        "sent_overdue",
    }
)


def counted(scope: Scope) -> dict[str, int]:
    """Return the numbers that the tables do not give, in one query."""
    counts = exact_counts({figure.name: figure.rows(scope) for figure in FIGURES if figure.name not in TALLIED})
    return counts | {"overall_met": counts["overall_due"] - counts["overall_late"]}
