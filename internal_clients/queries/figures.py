"""What each person's hands did in a month, from the clocks and events of the work orders and the callbacks (domain.md 10).

Whose hands: who wrote the answer that stands (for the first review: the first answer), who accepted, else whom the order is
assigned to. What nobody had in hand is the department's alone. Every leg is counted once, so people and nobody together are
the department, and departments the company.
"""

from collections.abc import Callable

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from complaints.enums import CallbackOutcome, Satisfaction
from complaints.models import Callback
from internal_clients.enums import KpiMeasure
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.evidence.customers import NO_FAULT
from journal.models import Event
from workorders.enums import ClockKind, OrderRole, OrderState
from workorders.models import Clock, WorkOrder
from workorders.queries.figures import KEPT, Reach, Scope, due_legs

type Counted = QuerySet
#: Rows with the columns owner (department), hand (person or none), leg and good.
type Source = Callable[[Window], Counted]


def _written(ticket: str, order: str, *kinds: str) -> QuerySet[Event]:
    """Return the events of those kinds of an order, in order; `ticket` and `order` name the outer row's columns."""
    stream = Concat(Value("ticket:"), Cast(OuterRef(ticket), CharField()), output_field=CharField())
    number = Cast(KeyTextTransform("order", "data"), BigIntegerField())
    return Event.objects.filter(stream=stream, kind__in=kinds).alias(number=number).filter(number=OuterRef(order)).order_by("seq")


def _last_reply(ticket: str = "ticket", order: str = "order") -> Subquery:
    return Subquery(_written(ticket, order, "order.reply").order_by("-seq").values("by")[:1])


def _hand(written: Combinable, otherwise: str) -> Combinable:
    """Return the person of an event, else the one that a column names."""
    return Coalesce(written, F(otherwise), output_field=BigIntegerField())


def _due(window: Window, kind: str) -> QuerySet[Clock]:
    return due_legs(Scope(start=window.start, end=window.end, now=window.now, reach=Reach()), kind)


def _rows(found: QuerySet, *, owner: str, hand: Combinable, leg: str, good: Q) -> Counted:
    """Return the rows with their columns."""
    kept = Case(When(good, then=Value(1)), default=Value(0), output_field=IntegerField())
    return found.order_by().annotate(owner=F(owner), hand=hand, leg=F(leg), good=kept)


ALWAYS = Q(pk__isnull=False)


def finished(window: Window) -> Counted:
    """办结工单量: legs completed in the month, of complaints and internal requests, each once."""
    found = WorkOrder.objects.filter(state=OrderState.COMPLETED, finished_at__gte=window.start, finished_at__lt=window.until)
    hand = _hand(_last_reply("ticket", "pk"), "assignee")
    return _rows(found, owner="department", hand=hand, leg="pk", good=ALWAYS)


def answered_in_time(window: Window) -> Counted:
    """按时回单率: legs whose limit effectively fell in the month; in time as their clock was judged."""
    hand = _hand(_last_reply(), "order__assignee")
    return _rows(_due(window, ClockKind.RESOLVE), owner="order__department", hand=hand, leg="order", good=KEPT)


def accepted_in_time(window: Window) -> Counted:
    """按时接单率: legs whose accept limit fell in the month; accepted by silence or not at all, nobody's."""
    hand = Subquery(_written("ticket", "order", "order.accept").values("by")[:1])
    return _rows(_due(window, ClockKind.ACKNOWLEDGE), owner="order__department", hand=hand, leg="order", good=KEPT)


def sent_back(window: Window) -> Counted:
    """返工率: legs due in the month whose answer a person reviewed; in the numerator if the first review sent it back."""
    reviews = _written("ticket", "order", "order.approve", "order.send_back").exclude(kind="order.approve", data__sampled=False)
    found = _due(window, ClockKind.RESOLVE).filter(order__replied_at__isnull=False)
    reviewed = found.annotate(review=Subquery(reviews.values("kind")[:1])).filter(review__isnull=False)
    hand = _hand(Subquery(_written("ticket", "order", "order.reply").values("by")[:1]), "order__assignee")
    return _rows(reviewed, owner="order__department", hand=hand, leg="order", good=Q(review="order.send_back"))


def satisfied(window: Window) -> Counted:
    """回访满意率: visits of the month that reached the customer, of the leg that led the round and was at fault (as C1)."""
    led = WorkOrder.objects.filter(
        ticket=OuterRef("complaint"), role=OrderRole.LEAD, state=OrderState.COMPLETED, round__lte=OuterRef("round")
    ).order_by("-seq")
    reached = Callback.objects.filter(outcome=CallbackOutcome.REACHED, at__gte=window.start, at__lt=window.until)
    columns = {name: Subquery(led.values(name)[:1]) for name in ("department", "liability", "assignee")}
    found = reached.annotate(order=Subquery(led.values("pk")[:1]), **columns)
    found = found.filter(Q(order__isnull=False) & ~Q(liability__in=NO_FAULT))
    hand = _hand(_last_reply("complaint", "order"), "assignee")
    return _rows(found, owner="department", hand=hand, leg="order", good=Q(satisfaction__gte=Satisfaction.ACCEPTABLE))


SOURCES: dict[str, Source] = {
    KpiMeasure.PIECES: finished,
    KpiMeasure.ON_TIME: answered_in_time,
    KpiMeasure.ACCEPTED: accepted_in_time,
    KpiMeasure.REWORK: sent_back,
    KpiMeasure.SATISFIED: satisfied,
}


def counted(measure: str, window: Window) -> list[tuple[int, int | None, int, int]]:
    """Return (department, person or None, numerator, denominator) of a month, in one statement."""
    found = SOURCES[measure](window).values("owner", "hand").annotate(over=Sum("good"), under=Count("pk"))
    return list(found.values_list("owner", "hand", "over", "under"))


def legs_behind(measure: str, window: Window, *, department: int, staff: int, after: int, size: int) -> list[tuple[int, bool]]:
    """Return (leg, in the numerator?) of a person's share in a measure, in the order of the legs, after the leg `after`."""
    found = SOURCES[measure](window).filter(owner=department, hand=staff, leg__gt=after)
    return [(leg, bool(good)) for leg, good in found.order_by("leg").values_list("leg", "good")[:size]]
