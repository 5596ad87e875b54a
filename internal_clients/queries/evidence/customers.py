"""Part C: rows from callbacks, ratings and repeated complaints (domain.md 6 and 7.2)."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Window as Over
from django.db.models.functions import Cast, RowNumber

from complaints.enums import CallbackOutcome, Satisfaction
from complaints.models import Callback, Complaint
from internal_clients.enums import EvidenceKind
from internal_clients.models import Rating, SurveySheet
from internal_clients.months import quarter_end, quarter_of
from internal_clients.queries.evidence.base import NUMBER, Rows, Window, rows
from internal_clients.queries.surveys import counting_sheets
from workorders.enums import Liability, OrderRole, OrderState, TicketState
from workorders.models import WorkOrder

#: 无责: what is none of the operator's fault is left out of part C (7.1.5).
NO_FAULT = (Liability.CUSTOMER, Liability.THIRD_PARTY, Liability.FORCE_MAJEURE)


def _answers(window: Window) -> QuerySet[Callback]:
    """Return the valid visits of the month with the leg that led the round they ask about (主责), where it was at fault."""
    led = WorkOrder.objects.filter(
        ticket=OuterRef("complaint"), role=OrderRole.LEAD, state=OrderState.COMPLETED, round__lte=OuterRef("round")
    ).order_by("-seq")
    reached = Callback.objects.filter(outcome=CallbackOutcome.REACHED, at__gte=window.start, at__lt=window.until)
    return reached.alias(
        lead=Subquery(led.values("department")[:1]),
        fault=Subquery(led.values("liability")[:1]),
    ).filter(Q(lead__isnull=False) & ~Q(fault__in=NO_FAULT))


def satisfied(window: Window) -> list[Rows]:
    """C1: valid visits in the month; satisfied from 3 of 5 (基本满意) up."""
    good = Q(satisfaction__gte=Satisfaction.ACCEPTABLE)
    return [rows(EvidenceKind.CALLBACK, _answers(window), department="lead", good=good)]


def solved(window: Window) -> list[Rows]:
    """C2: valid visits in the month that call the matter solved."""
    return [rows(EvidenceKind.CALLBACK, _answers(window), department="lead", good=Q(solved=True))]


def rated(window: Window) -> list[Rows]:
    """C3: the raters' marks; over several months a rater's newest one is the voice.

    Where the window holds the last month of a quarter whose survey is closed, what a rater sent about a department is the
    voice of that month, in place of a monthly mark; departments with fewer answers than the survey shows have none of it.
    """
    newest = Over(RowNumber(), partition_by=[F("department"), F("rater")], order_by=F("month").desc())
    found = Rating.objects.filter(month__gte=window.first_day, month__lte=window.month).annotate(place=newest).filter(place=1)
    month = quarter_end(window.month, window.months)
    if month is None:
        return [_marks(EvidenceKind.RATING, found)]
    sheets = counting_sheets().filter(survey__quarter=quarter_of(month))
    same = {"rater": OuterRef("rater"), "department": OuterRef("department")}
    later = Rating.objects.filter(**same, month__gt=month, month__lte=window.month)
    return [
        _marks(EvidenceKind.RATING, found.filter(Q(month__gt=month) | ~Exists(sheets.filter(**same)))),
        _marks(EvidenceKind.SURVEY, sheets.filter(~Exists(later))),
    ]


def _marks(kind: EvidenceKind, found: QuerySet[Rating] | QuerySet[SurveySheet]) -> Rows:
    return rows(kind, found, department="department", good=Cast(F("score"), NUMBER))


def repeated(window: Window) -> list[Rows]:
    """C4: complaints filed in the month, of who leads them and is at fault as far as known; merged and cancelled ones out."""
    led = (
        WorkOrder.objects.filter(ticket=OuterRef("ticket"), role=OrderRole.LEAD)
        .exclude(state__in=(OrderState.VOIDED, OrderState.TRANSFERRED))
        .order_by("-seq")
    )
    filed = Complaint.objects.filter(ticket__filed_at__gte=window.start, ticket__filed_at__lt=window.until)
    found = (
        filed.exclude(ticket__state__in=(TicketState.MERGED, TicketState.CANCELLED))
        .alias(lead=Subquery(led.values("department")[:1]), fault=Subquery(led.values("liability")[:1]))
        .filter(Q(lead__isnull=False) & ~Q(fault__in=NO_FAULT))
    )
    return [rows(EvidenceKind.TICKET, found, department="lead", good=Q(repeat_of__isnull=False))]
