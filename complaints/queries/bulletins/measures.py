"""What bulletins count, each as the set of rows that it is (domain.md, section 6; in words: `words.INDICATORS`).

Only customers' complaints count; internal requests and the master tickets of incidents do not. Where the dashboard counts the
same, its definition is used, narrowed to complaints.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from complaints.models import Callback, Complaint
from complaints.queries import satisfaction
from complaints.queries.customers import REPEAT_AFTER, REPEAT_WITHIN
from complaints.queries.overhead import ours
from workorders.enums import Channel, ClockKind, OrderRole, OrderState, TicketState
from workorders.models import Clock, Ticket, WorkOrder
from workorders.queries import figures
from workorders.queries.figures import DUE, ORDER, TICKET, Scope
from workorders.queries.reviews import APPROVED, reviews

CALLBACK = satisfaction.CALLBACK
#: A customer who does not come back within so long was helped at the first go (一次解决).
QUIET = dt.timedelta(days=7)
#: An order dispatched later than this after its filing is not looked for; and one answered after the cut-off is known to have
#: been overdue at the cut-off if it fell due within so long before the period.
LATEST = dt.timedelta(days=62)
#: A dispatch so soon after the last one of the same matter is the same one: of leased lines, and of everything else (S8).
LEASED, SOON_LEASED, SOON = "GRP/LINE/", dt.timedelta(hours=1), dt.timedelta(hours=24)

#: What a number is of: everything, a branch, a department, a kind of complaint, and that by branch and by cause.
WHOLE, REGION, DEPARTMENT, CATEGORY, PLACE, CAUSE = "", "region", "department", "category", "place", "cause"

type Statement = tuple[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number: the kind of its rows, what it is counted for beside the whole, and the SQL that finds the rows.

    The SQL has the columns item, place, unit, topic and reason, as far as its groups need them.
    """

    name: str
    kind: str
    groups: tuple[str, ...]
    rows: Callable[[Scope], Statement]


_DASHBOARD = {figure.name: figure.rows for figure in (*figures.FIGURES, *satisfaction.FIGURES)}
_OURS = Q(complaint__isnull=False)


def _led(**order: Any) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(role=OrderRole.LEAD, **order).order_by("-seq")


#: Who leads a ticket, whatever became of earlier leads.
_LEAD = Subquery(
    _led(ticket=OuterRef("pk")).exclude(state__in=(OrderState.VOIDED, OrderState.TRANSFERRED)).values("department")[:1]
)
_DONE = _led(ticket=OuterRef("pk"), state=OrderState.COMPLETED)


def _compiled(rows: QuerySet[Any], **columns: Any) -> Statement:
    return rows.order_by().values(item=F("pk"), **columns).query.sql_with_params()


def _tickets(name: str, rows: Callable[[Scope], QuerySet[Ticket]], *groups: str) -> Measure:
    """Return a measure of tickets, by branch and the further groups."""
    columns: dict[str, dict[str, Any]] = {
        DEPARTMENT: {"unit": _LEAD},
        CATEGORY: {"topic": F("category")},
        CAUSE: {"reason": Subquery(_DONE.values("cause")[:1])},
    }

    def found(scope: Scope) -> Statement:
        wanted = {name: column for group in groups for name, column in columns.get(group, {}).items()}
        return _compiled(rows(scope), place=F("region"), **wanted)

    return Measure(name=name, kind=TICKET, groups=(REGION, *groups), rows=found)


def _legs(name: str, rows: Callable[[Scope], QuerySet[WorkOrder]]) -> Measure:
    def found(scope: Scope) -> Statement:
        return _compiled(rows(scope).filter(ticket__complaint__isnull=False), place=F("ticket__region"), unit=F("department"))

    return Measure(name=name, kind=ORDER, groups=(REGION, DEPARTMENT), rows=found)


def _calls(name: str, rows: Callable[[Scope], QuerySet[Callback]], *, by_lead: bool = True) -> Measure:
    def found(scope: Scope) -> Statement:
        unit = {"unit": F("lead")} if by_lead else {}
        return _compiled(rows(scope), place=F("complaint__ticket__region"), **unit)

    return Measure(name=name, kind=CALLBACK, groups=(REGION, DEPARTMENT) if by_lead else (REGION,), rows=found)


def filed(scope: Scope) -> QuerySet[Ticket]:
    """Return the complaints filed in the period; those merged into others too."""
    return figures.filed(scope).filter(_OURS)


def _same(**when: Any) -> QuerySet[Complaint]:
    """Return the same customer's complaints of the same kind as the outer ticket's, at some time."""
    named = {f"ticket__filed_at__{name}": value for name, value in when.items()}
    return Complaint.objects.filter(customer=OuterRef("complaint__customer"), ticket__category=OuterRef("category"), **named)


def counted(scope: Scope) -> QuerySet[Ticket]:
    """Return the complaints filed in the period but for doubles: merged ones, and those within the hour after another."""
    at = OuterRef("filed_at")
    double = _same(gte=at - REPEAT_AFTER).filter(Q(ticket__filed_at__lt=at) | Q(ticket__filed_at=at, pk__lt=OuterRef("pk")))
    # What came under an incident keeps its master, though it is answered and closed with it.
    return filed(scope).filter(~Exists(double), merged_into=None)


def _again() -> Exists:
    """Tell whether the customer had complained of the same matter more than an hour and at most 30 days before."""
    at = OuterRef("filed_at")
    earlier = _same(gte=at - REPEAT_WITHIN, lt=at - REPEAT_AFTER)
    return Exists(earlier.exclude(Q(ticket__merged_into__isnull=False) | Q(ticket__state=TicketState.CANCELLED)))


def repeated(scope: Scope) -> QuerySet[Ticket]:
    """Return, of the counted, those that repeat an earlier complaint (重复投诉)."""
    return counted(scope).filter(_again())


def overhead(scope: Scope) -> QuerySet[Ticket]:
    """Return the complaints that came over our head about a matter already lodged with us (越级投诉)."""
    lodged = _again() | Q(complaint__over_head__earlier__isnull=False)
    return filed(scope).filter(lodged, channel__in=Channel.OVERHEAD)


def _liable(scope: Scope) -> QuerySet[Ticket]:
    fault = Subquery(_DONE.values("liability")[:1])
    return overhead(scope).alias(fault=fault).filter(ours("complaint__"))


def answered(scope: Scope) -> QuerySet[Ticket]:
    """Return the complaints whose seven days after the answer end in the period."""
    return Ticket.objects.filter(_OURS, scope.of_case(), replied_at__gte=scope.start - QUIET, replied_at__lt=scope.until - QUIET)


def solved_once(scope: Scope) -> QuerySet[Ticket]:
    """Return, of the answered, those not dispatched anew, not reopened, and not complained of again within seven days."""
    at = OuterRef("replied_at")
    again = Exists(_same(gt=at, lte=at + QUIET))
    reopened = Exists(Ticket.objects.filter(reopened_from=OuterRef("pk")))
    return answered(scope).filter(~again, ~reopened, round=0)


def _ours(name: str) -> Callable[[Scope], QuerySet[Ticket]]:
    return lambda scope: _DASHBOARD[name](scope).filter(_OURS)


def _first_review() -> Subquery:
    return Subquery(reviews("pk").values("kind")[:1])


def _reviewed(scope: Scope) -> QuerySet[WorkOrder]:
    return _DASHBOARD["timed"](scope).alias(review=_first_review()).filter(review__isnull=False)


def _passed(scope: Scope) -> QuerySet[WorkOrder]:
    return _DASHBOARD["timed"](scope).alias(review=_first_review()).filter(review=APPROVED)


def overdue(scope: Scope) -> QuerySet[WorkOrder]:
    """Return the orders whose limit for the result had passed at the cut-off and which were still without one."""
    cut = scope.until
    clocks = Clock.objects.alias(due=DUE).filter(kind=ClockKind.RESOLVE, due__lt=cut)
    still = clocks.filter(stopped_at=None, order__state__in=OrderState.OPEN)
    since = clocks.filter(stopped_at__gte=cut, due__gte=scope.start - LATEST).exclude(order__state=OrderState.VOIDED)
    late = Q(pk__in=still.values("order")) | Q(pk__in=since.values("order"))
    return WorkOrder.objects.filter(late, scope.of_order())


def _called(scope: Scope) -> QuerySet[Callback]:
    return Callback.objects.filter(scope.of_ticket("complaint__ticket__"), at__gte=scope.start, at__lt=scope.until)


#: Closed complaints first dispatched in the period, but for dispatches soon after the last one of the same customer and kind.
_DISPATCHES = """
    SELECT id, customer_id, category_id FROM (
        SELECT t.id, c.customer_id, t.category_id, o.dispatched_at, g.path,
            lag(o.dispatched_at) OVER (PARTITION BY c.customer_id, t.category_id ORDER BY o.dispatched_at, t.id) AS last
        FROM workorders_ticket t JOIN complaints_complaint c ON c.ticket_id = t.id
            JOIN workorders_workorder o ON o.ticket_id = t.id AND o.seq = 1 JOIN workorders_category g ON g.id = t.category_id
        WHERE t.filed_at >= %s AND t.filed_at < %s AND t.state = 'closed' AND t.merged_into_id IS NULL
            AND o.dispatched_at >= %s AND o.dispatched_at < %s
    ) AS dispatched
    WHERE last IS NULL OR dispatched_at - last > CASE WHEN path LIKE %s THEN %s ELSE %s END
"""


def _per_key(grouped: str) -> Callable[[Scope], Statement]:
    """Return what finds the last order of each group of dispatches."""

    def found(scope: Scope) -> Statement:
        sql = f"SELECT max(id) AS item, NULL::bigint AS place FROM ({_DISPATCHES}) AS kept GROUP BY {grouped}"  # noqa: S608 -- constants
        period = (scope.start - LATEST, scope.until, scope.start, scope.until)
        return sql, (*period, f"{LEASED}%", SOON_LEASED, SOON)

    return found


MEASURES = (
    _tickets("filed", filed, CATEGORY, PLACE, CAUSE),
    _tickets("first_point", lambda scope: filed(scope).filter(first_point=True)),
    _tickets("overall_due", _ours("overall_due")),
    _tickets("overall_met", _ours("overall_met")),
    _tickets("answered", answered),
    _tickets("solved_once", solved_once),
    _tickets("counted", counted, DEPARTMENT),
    _tickets("repeated", repeated, DEPARTMENT),
    _tickets("overhead", overhead),
    _tickets("overhead_liable", _liable, DEPARTMENT),
    _tickets("regulator", lambda scope: filed(scope).filter(channel=Channel.REGULATOR)),
    Measure(name="repeated_keys", kind=TICKET, groups=(), rows=_per_key("customer_id, category_id HAVING count(*) > 1")),
    Measure(name="customers", kind=TICKET, groups=(), rows=_per_key("customer_id")),
    _calls("called", _called, by_lead=False),
    _calls("reached", _DASHBOARD["reached"]),
    _calls("satisfied", _DASHBOARD["satisfied"]),
    _calls("solved", _DASHBOARD["solved"]),
    _legs("resolve_due", _DASHBOARD["resolve_due"]),
    _legs("resolve_met", _DASHBOARD["resolve_met"]),
    _legs("acknowledge_due", _DASHBOARD["acknowledge_due"]),
    _legs("acknowledge_met", _DASHBOARD["acknowledge_met"]),
    _legs("reviewed", _reviewed),
    _legs("passed", _passed),
    _legs("overdue", overdue),
)
KINDS = {measure.name: measure.kind for measure in MEASURES}
