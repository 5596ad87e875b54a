"""What customers said when they were called back; definitions are in docs/reference/figures.md."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from complaints.enums import CallbackOutcome, Satisfaction
from complaints.models import Callback
from workorders.enums import OrderRole, OrderState
from workorders.models import WorkOrder
from workorders.queries.counting import rollups
from workorders.queries.figures import Figure, Scope
from workorders.queries.groups import GROUPS, Group, group_of, week_of
from workorders.queries.queues import PAGE_SIZE, Place

CALLBACK = "callback"
SATISFIED = Q(satisfaction__gte=Satisfaction.ACCEPTABLE)
SOLVED = Q(solved=True)


def callback_page(callbacks: QuerySet[Any], after: Place | None) -> tuple[list[Any], Place | None]:
    """Return one page of callbacks, the newest first, and the place where the next begins."""
    shown = callbacks.select_related("complaint__ticket", "by").order_by("-pk")
    listed = list((shown.filter(pk__lt=after.pk) if after else shown)[: PAGE_SIZE + 1])
    return listed[:PAGE_SIZE], Place(None, listed[PAGE_SIZE - 1].pk) if len(listed) > PAGE_SIZE else None


def answers(scope: Scope) -> QuerySet[Any]:
    """Return the callbacks of the period that reached the customer; a department's are those about tickets it led."""
    reached = Callback.objects.filter(
        scope.of_ticket("complaint__ticket__"),
        outcome=CallbackOutcome.REACHED,
        at__gte=scope.start,
        at__lt=scope.until,
    ).annotate(lead=_lead())
    return reached.filter(lead=scope.only_department) if scope.only_department else reached


def _lead() -> Subquery:
    led = WorkOrder.objects.filter(
        ticket=OuterRef("complaint__ticket"),
        role=OrderRole.LEAD,
        state=OrderState.COMPLETED,
        round__lte=OuterRef("round"),
    )
    return Subquery(led.order_by("-seq").values("department")[:1])


@dataclass(slots=True, kw_only=True)
class Said:
    """How many customers were reached, how many were at least fairly satisfied, and how many called it solved."""

    reached: int = 0
    satisfied: int = 0
    solved: int = 0

    def add(self, other: "Said") -> None:
        """Add another group."""
        self.reached += other.reached
        self.satisfied += other.satisfied
        self.solved += other.solved


def said(scope: Scope) -> dict[Group, Said]:
    """Return what was said: of everything, by the department that led the ticket, by region, category and week, in one query."""
    rows = answers(scope).values(
        "satisfaction",
        "solved",
        department=F("lead"),
        region=F("complaint__ticket__region"),
        category=F("complaint__ticket__category"),
        week=week_of("at"),
    )
    found = rollups(
        rows,
        sets=[(), *((group,) for group in GROUPS)],
        measures={
            "reached": "count(*)",
            "satisfied": f"count(*) FILTER (WHERE satisfaction >= {int(Satisfaction.ACCEPTABLE)})",
            "solved": "count(*) FILTER (WHERE solved)",
        },
    )
    names = ("reached", "satisfied", "solved")
    return {group_of(row): Said(**{name: row[name] for name in names}) for row in found}


SAID = _(
    "Callbacks of the period that reached the customer: how many were satisfied (3 of 5 or better), and how many called the "
    "matter solved. No answer and refusals are left out. They count for the department that led the ticket.",
)

FIGURES = (
    Figure(name="reached", label=_("customers reached"), help=SAID, kind=CALLBACK, rows=answers),
    Figure(
        name="satisfied",
        label=_("customers satisfied"),
        help=SAID,
        kind=CALLBACK,
        rows=lambda scope: answers(scope).filter(SATISFIED),
    ),
    Figure(
        name="dissatisfied",
        label=_("customers not satisfied"),
        help=SAID,
        kind=CALLBACK,
        rows=lambda scope: answers(scope).exclude(SATISFIED),
    ),
    Figure(
        name="solved",
        label=_("customers who call it solved"),
        help=SAID,
        kind=CALLBACK,
        rows=lambda scope: answers(scope).filter(SOLVED),
    ),
)
