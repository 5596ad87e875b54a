"""Part A, B4 and the complaint centre's own: rows from legs, clocks and events (domain.md 7.2)."""

import datetime as dt

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from complaints.enums import CallbackOutcome
from complaints.models import Callback
from internal_clients.enums import EvidenceKind
from internal_clients.queries.evidence.base import NOTHING, NUMBER, ONE, Rows, Window, later, rows
from organization.enums import DepartmentKind
from organization.models import Department
from workorders.enums import ClockKind, OrderRole, OrderState, Ruling, TicketState
from workorders.models import Clock, ReturnRequest, Ticket, WorkOrder
from workorders.queries.figures import DUE, KEPT, Reach, Scope, due_legs
from workorders.queries.reviews import APPROVED, events_of_order, reviews

#: Overdue for longer than this counts twice (A5).
LONG = dt.timedelta(days=7)
#: So many attempts without an answer complete a callback.
ATTEMPTS = 3
#: No dispatch limit is longer than this.
LONGEST_DISPATCH = dt.timedelta(days=1)

COMPLAINTS = Q(ticket__complaint__isnull=False)
RETURNED = ReturnRequest.objects.filter(order=OuterRef("order"), ruling=Ruling.UPHELD)


def _due(window: Window, kind: str) -> QuerySet[Clock]:
    """Return the departments' clocks that fell due: voided and merged ones out, cancelled ones in if they were late (E5)."""
    return due_legs(Scope(start=window.start, end=window.end, now=window.now, reach=Reach()), kind)


def replied_on_time(window: Window) -> list[Rows]:
    """A1: legs of complaints due in the month, co legs too; on time as their clock was judged."""
    found = _due(window, ClockKind.RESOLVE).filter(COMPLAINTS)
    return [rows(EvidenceKind.ORDER, found, department="order__department", item="order", good=KEPT)]


def accepted_on_time(window: Window) -> list[Rows]:
    """A2: legs of complaints whose accept limit fell in the month."""
    found = _due(window, ClockKind.ACKNOWLEDGE).filter(COMPLAINTS)
    return [rows(EvidenceKind.ORDER, found, department="order__department", item="order", good=KEPT)]


def passed_first_review(window: Window) -> list[Rows]:
    """A3: legs due in the month that were reviewed; passed if the first review approved."""
    found = _due(window, ClockKind.RESOLVE).filter(COMPLAINTS, order__replied_at__isnull=False)
    reviewed = found.annotate(review=Subquery(reviews().values("kind")[:1])).filter(review__isnull=False)
    good = Q(review=APPROVED)
    return [rows(EvidenceKind.ORDER, reviewed, department="order__department", item="order", good=good)]


def dispatched_anew(window: Window) -> list[Rows]:
    """A4: legs due in the month that were answered; caused a re-dispatch if it led a round after which another began."""
    found = _due(window, ClockKind.RESOLVE).filter(COMPLAINTS, order__replied_at__isnull=False)
    caused = Q(order__role=OrderRole.LEAD, order__state=OrderState.COMPLETED, ticket__round__gt=F("order__round"))
    return [rows(EvidenceKind.ORDER, found, department="order__department", item="order", good=caused)]


def overdue_open(window: Window) -> list[Rows]:
    """A5: what was due and open at each month's end, twice if for more than 7 days, of the legs due in the month."""
    due = _due(window, ClockKind.RESOLVE).filter(COMPLAINTS)
    late = [each for cutoff in window.cutoffs for each in _overdue_at(cutoff)]
    return [*late, rows(EvidenceKind.ORDER, due, department="order__department", item="order")]


def _overdue_at(cutoff: dt.datetime) -> list[Rows]:
    """Return the legs overdue and open at `cutoff`: those open still, and those answered or cancelled since."""
    legs = Clock.objects.alias(due=DUE).filter(COMPLAINTS, kind=ClockKind.RESOLVE, due__lt=cutoff)
    counted = ~Q(order__state=OrderState.VOIDED) | (Q(ticket__state=TicketState.CANCELLED) & ~Exists(RETURNED))
    still = legs.filter(stopped_at=None, order__state__in=OrderState.OPEN)
    since = legs.filter(counted, stopped_at__gte=cutoff, breached_at__lt=cutoff)
    weight = Case(When(due__lt=cutoff - LONG, then=Value(2, output_field=NUMBER)), default=ONE, output_field=NUMBER)
    return [
        rows(EvidenceKind.ORDER, found, department="order__department", item="order", good=weight, of=NOTHING)
        for found in (still, since)
    ]


def supported_in_time(window: Window) -> list[Rows]:
    """B4: legs of internal requests due in the month; waiting on the requester pauses their clocks."""
    found = _due(window, ClockKind.RESOLVE).filter(ticket__internal_request__isnull=False)
    return [rows(EvidenceKind.ORDER, found, department="order__department", item="order", good=KEPT)]


def _centre() -> Value:
    """Return the complaint centre, which is charged with its own steps."""
    found = Department.objects.filter(kind=DepartmentKind.CENTRE).order_by("code").values_list("pk", flat=True).first()
    return Value(found or 0, output_field=BigIntegerField())


def dispatched_in_time(window: Window) -> list[Rows]:
    """Z1: complaints whose dispatch limit, counted from the filing, fell in the month, by the first dispatch."""
    first = WorkOrder.objects.filter(ticket=OuterRef("pk"), seq=1).values("dispatched_at")[:1]
    # Looked up ticket by ticket, so that the month's tickets are read and not the clocks of all times.
    rule = Clock.objects.filter(ticket=OuterRef("pk"), order=None, episode=0).values("sla_rule__dispatch_minutes")[:1]
    found = (
        Ticket.objects.filter(complaint__isnull=False, first_point=False)
        .filter(filed_at__gte=window.start - LONGEST_DISPATCH, filed_at__lt=window.until)
        .alias(limit=later(F("filed_at"), Subquery(rule)), first=Subquery(first))
        .filter(limit__gte=window.start, limit__lt=window.until)
        .exclude(first=None, state__in=TicketState.FINAL)
    )
    return [rows(EvidenceKind.TICKET, found, department=_centre(), good=Q(first__lte=F("limit")))]


def dispatched_rightly(window: Window) -> list[Rows]:
    """Z2: legs that the centre dispatched, by their accept limit's month; wrong if their return was upheld."""
    legs = Clock.objects.alias(due=DUE).filter(COMPLAINTS, kind=ClockKind.ACKNOWLEDGE, due__gte=window.start, due__lt=window.until)
    upheld = Exists(RETURNED)
    found = legs.filter(~Q(order__state=OrderState.VOIDED) | upheld).exclude(order__predecessor__state=OrderState.TRANSFERRED)
    return [rows(EvidenceKind.ORDER, found, department=_centre(), item="order", good=Q(upheld))]


def reviewed_in_time(window: Window) -> list[Rows]:
    """Z3: first reviews of legs due in the month, within the review limit from the first reply; one that waits too long is late."""
    replied = Subquery(events_of_order().filter(kind="order.reply").values("at")[:1])
    rule = Clock.objects.filter(ticket=OuterRef("ticket"), order=None, episode=0)
    found = (
        _due(window, ClockKind.RESOLVE)
        .filter(COMPLAINTS, order__replied_at__isnull=False)
        .alias(
            review=Subquery(reviews().values("at")[:1]),
            limit=later(replied, Subquery(rule.values("sla_rule__review_minutes")[:1])),
        )
        .filter(Q(review__isnull=False) | Q(order__state=OrderState.REPLIED, limit__lt=window.now))
    )
    return [rows(EvidenceKind.ORDER, found, department=_centre(), item="order", good=Q(review__lte=F("limit")))]


def called_back(window: Window) -> list[Rows]:
    """Z4: complaints closed in the month; completed if the customer answered, refused, or was tried three times."""
    answered = Q(outcome__in=(CallbackOutcome.REACHED, CallbackOutcome.REFUSED)) | Q(attempt__gte=ATTEMPTS)
    made = Exists(Callback.objects.filter(answered, complaint=OuterRef("pk")))
    found = Ticket.objects.filter(complaint__isnull=False, closed_at__gte=window.start, closed_at__lt=window.until)
    return [rows(EvidenceKind.TICKET, found, department=_centre(), good=Q(made))]
