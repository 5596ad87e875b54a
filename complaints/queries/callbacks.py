"""The callback queue: who is to be called next, and how it stands."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from complaints.models import Callback, Complaint
from organization.models import Staff
from workorders import policies
from workorders.enums import TicketState
from workorders.models import SlaRule
from workorders.queries.counting import capped_counts
from workorders.targets import ALWAYS, specificity

#: The queue's tabs beside "everything".
TABS = ("overdue", "untried", "once", "twice")


#: A customer who did not answer is left in peace for this long (rule 18).
TRY_AGAIN_AFTER = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: whether it rests after an attempt, when its turn comes, then the ticket's id."""

    is_resting: bool
    turn_at: dt.datetime
    pk: int

    def __str__(self) -> str:
        """Return the form that stands in an address."""
        return f"{int(self.is_resting)}-{self.turn_at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the place that `text` names, or None where it names none."""
        try:
            resting, instant, pk = text.split("-")
            return cls(resting == "1", dt.datetime.strptime(instant, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC), int(pk))
        except ValueError:
            return None


def callback_due() -> ExpressionWrapper:
    """Return the instant by which a ticket is to be called back: the reply, and what the customer limits allow.

    The limits are those that were in force when the ticket was filed, the most specific first.
    """
    rows = SlaRule.objects.select_related("category").order_by("effective_from", "pk")
    spans = sorted(_spans(list(rows)), key=lambda span: specificity(span[0].rule.scope), reverse=True)
    whens = [When(_covered(*span), then=Value(dt.timedelta(minutes=span[0].callback_minutes))) for span in spans]
    allowed = Case(*whens, default=Value(dt.timedelta(0)), output_field=DurationField())
    answered = Coalesce(F("ticket__replied_at"), F("ticket__filed_at"))
    return ExpressionWrapper(answered + allowed, output_field=DateTimeField())


def _spans(rows: list[SlaRule]) -> Iterator[tuple[SlaRule, dt.datetime | None]]:
    """Yield each version, in the order of dates, with the instant at which the next one replaces it."""
    following: dict[tuple[object, ...], dt.datetime] = {}
    for row in reversed(rows):
        if not row.withdrawn:
            yield row, following.get(row.key)
        following[row.key] = row.effective_from


def _covered(rule: SlaRule, until: dt.datetime | None) -> Q:
    covered = Q(ticket__urgency=rule.urgency)
    if rule.effective_from > ALWAYS:
        covered &= Q(ticket__filed_at__gte=rule.effective_from)
    if until:
        covered &= Q(ticket__filed_at__lt=until)
    for name in ("channel", "tier"):
        if value := getattr(rule, name):
            covered &= Q(**{f"ticket__{name}": value})
    return covered & Q(ticket__category__path__startswith=rule.category.path) if rule.category else covered


def awaiting(user: Staff, now: dt.datetime) -> QuerySet[Complaint]:
    """Return the complaints that await a callback by `user`: the first due first, behind them who did not answer just now.

    Customers of an incident who were told by SMS, not being drawn for a callback, are not called.

    Each has `due_at`, `attempts`, `last_tried_at`, `next_try_at` (two hours after an attempt), and its place in the queue.
    """
    theirs = Complaint.objects.filter(ticket__in=policies.tickets_permitting(user, "call_back"))
    told = Q(ticket__merged_into__isnull=False, incident_link__is_sampled=False)
    waiting = theirs.filter(ticket__state=TicketState.AWAITING_CALLBACK).exclude(told)
    tried = Callback.objects.filter(complaint=OuterRef("pk"), round=OuterRef("ticket__round")).order_by().values("complaint")
    rests = Q(next_try_at__gt=now)
    return (
        waiting.annotate(
            due_at=callback_due(),
            attempts=Coalesce(Subquery(tried.annotate(n=Count("pk")).values("n")), 0),
            last_tried_at=Subquery(tried.annotate(at_last=Max("at")).values("at_last")),
            next_try_at=ExpressionWrapper(F("last_tried_at") + TRY_AGAIN_AFTER, output_field=DateTimeField()),
            is_resting=Case(When(rests, then=True), default=False),
            turn_at=Case(When(rests, then=F("next_try_at")), default=F("due_at")),
        )
        .select_related("ticket__category", "ticket__region", "customer")
        .order_by("is_resting", "turn_at", "pk")
    )


def after(queue: QuerySet[Complaint], place: Place | None) -> QuerySet[Complaint]:
    """Return what stands behind `place` in the queue; everything without a place."""
    if place is None:
        return queue
    behind = Q(turn_at__gt=place.turn_at) | Q(turn_at=place.turn_at, pk__gt=place.pk)
    if place.is_resting:
        return queue.filter(behind & Q(is_resting=True))
    return queue.filter(Q(is_resting=True) | behind)


def page_of(queue: QuerySet[Complaint], place: Place | None, size: int) -> list[Complaint]:
    """Return the `size` complaints behind `place`; the whole queue is sorted by as little of each row as will do."""
    chosen = list(after(queue, place).values_list("pk", flat=True)[:size])
    return list(queue.filter(pk__in=chosen))


def following(queue: QuerySet[Complaint], done: Place, *, but: int) -> Complaint | None:
    """Return whom to call after the one at `done`: the next in the queue, or else its first; never ticket `but`."""
    others = queue.exclude(pk=but)
    return after(others, done).first() or others.first()


def tab_counts(queue: QuerySet[Complaint], now: dt.datetime) -> dict[str, int]:
    """Return how many wait, by tab ("" is everything), each counted up to the cap."""
    return capped_counts({"": queue, **{tab: in_tab(queue, tab, now) for tab in TABS}})


def in_tab(queue: QuerySet[Complaint], tab: str, now: dt.datetime) -> QuerySet[Complaint]:
    """Return what a tab shows: what is overdue, or the attempts made."""
    if tab == "overdue":
        return queue.filter(Q(due_at__lt=now))
    made = Callback.objects.filter(complaint=OuterRef("pk"), round=OuterRef("ticket__round"))
    first, second = Exists(made.filter(attempt=1)), Exists(made.filter(attempt=2))
    return queue.filter({"untried": ~first, "once": first & ~second, "twice": second}[tab])
