"""Parts B, D and E: rows from faults, outages, notices, requirements, releases, knowledge and questions (domain.md 7.2)."""

import datetime as dt

from django.db.models import Case, DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest, Least

from complaints.enums import AlertLevel
from complaints.models import Alert
from internal_clients.enums import EvidenceKind, FaultSeverity, NoticeKind, RequirementState
from internal_clients.models import (
    AlertCause,
    Fault,
    KnowledgeAudit,
    Notice,
    PlannedOutage,
    Question,
    Release,
    Requirement,
)
from internal_clients.queries.evidence.base import NOTHING, NUMBER, ONE, Rows, Window, rows, seconds_of
from organization.models import Department

#: The front line knows of a fault within this long (B3), of a planned outage this long before (E4).
TELL_WITHIN, TELL_BEFORE = dt.timedelta(minutes=15), dt.timedelta(hours=24)
#: A release is watched for this long, and counted when that is over (D3).
WATCHED = dt.timedelta(days=30)


def _at(instant: dt.datetime) -> Value:
    return Value(instant, output_field=DateTimeField())


def available(window: Window) -> list[Rows]:
    """B1: seconds of the window per department with a system, less the seconds lost times the share of users hit.

    A planned outage counts beyond its window, and from its beginning where it was not approved before.
    """
    service = Value(int((window.until - window.start).total_seconds()), output_field=NUMBER)
    owners = Department.objects.filter(systems__is_active=True).distinct()
    faults = Fault.objects.filter(started_at__lt=window.until).filter(Q(restored_at=None) | Q(restored_at__gt=window.start))
    outages = PlannedOutage.objects.filter(cancelled_at=None, starts_at__lt=window.until).alias(lost_from=LOST_FROM)
    overrun = outages.filter(lost_from__lt=window.until).filter(
        Q(finished_at=None) | Q(finished_at__gt=window.start) & Q(finished_at__gt=F("lost_from"))
    )
    return [
        rows(EvidenceKind.SERVICE, owners, department="pk", of=service),
        _lost(EvidenceKind.FAULT, faults, "started_at", "restored_at", window),
        _lost(EvidenceKind.OUTAGE, overrun, "lost_from", "finished_at", window),
    ]


LOST_FROM = Case(When(approved_at__lt=F("starts_at"), then=F("ends_at")), default=F("starts_at"))


def _lost(kind: EvidenceKind, found: QuerySet[Fault] | QuerySet[PlannedOutage], since: str, to: str, window: Window) -> Rows:
    end = Least(Coalesce(F(to), _at(window.until)), _at(window.until))
    span = ExpressionWrapper(end - Greatest(F(since), _at(window.start)), output_field=DurationField())
    return rows(kind, found, department="department", good=seconds_of(span, "share"), of=NOTHING)


def restored_in_time(window: Window) -> list[Rows]:
    """B2: faults that ended in the month; 2 hours for a general one, 6 for a major one."""
    limit = Case(
        *(When(severity=severity, then=Value(dt.timedelta(hours=hours))) for severity, hours in FaultSeverity.HOURS.items()),
        output_field=DurationField(),
    )
    found = Fault.objects.filter(restored_at__gte=window.start, restored_at__lt=window.until)
    good = Q(restored_at__lte=F("started_at") + limit)
    return [rows(EvidenceKind.FAULT, found, department="department", good=good)]


def told_of_faults(window: Window) -> list[Rows]:
    """B3: faults that began in the month; told if a notice was out within 15 minutes."""
    told = Notice.objects.filter(
        kind=NoticeKind.FAULT, fault=OuterRef("pk"), published_at__lte=OuterRef("started_at") + TELL_WITHIN
    )
    found = Fault.objects.filter(started_at__gte=window.start, started_at__lt=window.until)
    return [rows(EvidenceKind.FAULT, found, department="department", good=Q(Exists(told)))]


def alerts_caused(window: Window) -> list[Rows]:
    """B5: orange and red alerts that ended in the month and were concluded with the department as cause.

    By their end and not by their conclusion, which can be corrected in a later month.
    """
    found = Alert.objects.filter(level__gte=AlertLevel.ORANGE, merged_into=None, department__isnull=False)
    found = found.filter(cleared_at__gte=window.start, cleared_at__lt=window.until)
    return [rows(EvidenceKind.ALERT, found, department="department", good=ONE, of=NOTHING)]


def answered_requirements(window: Window) -> list[Rows]:
    """D1: requirements whose answer fell due in the month; those waiting for detail, or withdrawn, out."""
    out = (RequirementState.WITHDRAWN, RequirementState.DETAIL_WANTED)
    found = Requirement.objects.filter(answer_due_on__gte=window.first_day, answer_due_on__lt=window.until_day).exclude(
        state__in=out
    )
    good = Q(answered_at__date__lte=F("answer_due_on"))
    return [rows(EvidenceKind.REQUIREMENT, found, department="department", good=good)]


def launched_as_committed(window: Window) -> list[Rows]:
    """D2: requirements whose committed date, as moved by the review meeting, fell in the month; withdrawn ones out."""
    due = Coalesce("moved_to", "committed_on")
    found = Requirement.objects.alias(due=due).filter(due__gte=window.first_day, due__lt=window.until_day)
    kept = found.exclude(state=RequirementState.WITHDRAWN)
    return [rows(EvidenceKind.REQUIREMENT, kept, department="department", good=Q(launched_at__date__lte=F("due")))]


def troubled_releases(window: Window) -> list[Rows]:
    """D3: releases whose 30 days ended in the month; in trouble if rolled back or the cause of an alert within them."""
    start, end = window.start - WATCHED, window.until - WATCHED
    found = Release.objects.filter(launched_at__gte=start, launched_at__lt=end)
    until = OuterRef("launched_at") + WATCHED
    warned = AlertCause.objects.filter(release=OuterRef("pk"), alert__department__isnull=False, alert__opened_at__lte=until)
    trouble = Q(rolled_back_at__lte=F("launched_at") + WATCHED) | Q(Exists(warned))
    return [rows(EvidenceKind.RELEASE, found, department="department", good=trouble)]


def told_before_launch(window: Window) -> list[Rows]:
    """D4: launches in the month; told if both knowledge and training came three working days before."""
    found = Release.objects.filter(launched_at__gte=window.start, launched_at__lt=window.until)
    good = Q(knowledge_on__lte=F("tell_by"), trained_on__lte=F("tell_by"))
    return [rows(EvidenceKind.RELEASE, found, department="department", good=good)]


def published_early(window: Window) -> list[Rows]:
    """E1: business information that took effect in the month; urgent orders of the regulator out."""
    found = Notice.objects.filter(
        kind=NoticeKind.BUSINESS, is_regulatory=False, effective_on__gte=window.first_day, effective_on__lt=window.until_day
    )
    return [rows(EvidenceKind.NOTICE, found, department="department", good=Q(published_at__date__lte=F("publish_by")))]


def accurate_knowledge(window: Window) -> list[Rows]:
    """E2: articles checked in the month; wrong once somebody else has confirmed it."""
    found = KnowledgeAudit.objects.filter(audited_at__gte=window.start, audited_at__lt=window.until)
    return [rows(EvidenceKind.AUDIT, found, department="department", good=Q(confirmed_at__isnull=False))]


def answered_questions(window: Window) -> list[Rows]:
    """E3: questions whose answer fell due in the month; one asked again was answered in time if both answers were."""
    found = Question.objects.filter(due_at__gte=window.start, due_at__lt=window.until)
    first = Q(first_answered_at=None) | Q(first_answered_at__lte=F("first_due_at"))
    return [rows(EvidenceKind.QUESTION, found, department="department", good=Q(answered_at__lte=F("due_at")) & first)]


def told_of_outages(window: Window) -> list[Rows]:
    """E4: planned outages that began in the month; told if a notice was out 24 hours before."""
    told = Notice.objects.filter(
        kind=NoticeKind.OUTAGE, outage=OuterRef("pk"), published_at__lte=OuterRef("starts_at") - TELL_BEFORE
    )
    found = PlannedOutage.objects.filter(cancelled_at=None, starts_at__gte=window.start, starts_at__lt=window.until)
    return [rows(EvidenceKind.OUTAGE, found, department="department", good=Q(Exists(told)))]
