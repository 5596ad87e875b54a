"""What stands behind a score line: its rows, each with the record it is about, whatever kind that is."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from complaints.models import Alert, Callback
from internal_clients.enums import EvidenceKind as K
from internal_clients.models import (
    Evidence,
    Fault,
    KnowledgeAudit,
    Notice,
    PlannedOutage,
    Question,
    Rating,
    Release,
    Requirement,
    ScoreLine,
    SurveySheet,
)
from internal_clients.months import last_month
from internal_clients.policies import may_ask
from organization.models import Department, Staff
from workorders.models import Ticket, WorkOrder

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of evidence: what it is about, and where that is shown (an address name with its arguments)."""

    evidence: Evidence
    title: str
    address: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the address."""
        return reverse(self.address[0], args=self.address[1:])


def _record(kind: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda row: ("internal_clients:record", kind, str(row.pk))


def _ticket(name: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda row: ("workorders:ticket", str(getattr(row, name)))


#: Kind → the rows to read, what they are called, and where they are shown.
READ: dict[str, tuple[Callable[[], QuerySet[Any]], Callable[[Any], str], Callable[[Any], tuple[str, ...]]]] = {
    K.ORDER: (
        lambda: WorkOrder.objects.select_related("ticket"),
        lambda row: f"{row.ticket.number}-{row.seq} {row.ticket.subject}",
        _ticket("ticket_id"),
    ),
    K.TICKET: (Ticket.objects.all, lambda row: f"{row.number} {row.subject}", _ticket("pk")),
    K.CALLBACK: (
        lambda: Callback.objects.select_related("complaint__ticket"),
        lambda row: f"{row.complaint.ticket.number} {row.get_satisfaction_display()}",
        _ticket("complaint_id"),
    ),
    K.FAULT: (lambda: Fault.objects.select_related("system"), str, _record("fault")),
    K.OUTAGE: (lambda: PlannedOutage.objects.select_related("system"), str, _record("outage")),
    K.SERVICE: (Department.objects.all, str, lambda _row: ()),
    K.ALERT: (
        lambda: Alert.objects.select_related("category", "region"),
        lambda row: f"{row.get_level_display()} {row}",
        lambda row: ("complaints:alert", str(row.pk)),
    ),
    # Not shown by name (domain.md 7.2, C3): only the mark and the month.
    K.RATING: (Rating.objects.all, lambda row: f"{row.month:%Y-%m}: {row.score}", lambda _row: ()),
    K.SURVEY: (
        lambda: SurveySheet.objects.select_related("survey"),
        lambda row: f"{last_month(row.survey.quarter):%Y-%m}: {row.score}",
        lambda _row: (),
    ),
    K.REQUIREMENT: (Requirement.objects.all, str, _record("requirement")),
    K.RELEASE: (Release.objects.all, str, _record("release")),
    K.NOTICE: (Notice.objects.all, str, _record("notice")),
    K.AUDIT: (
        lambda: KnowledgeAudit.objects.select_related("article"),
        lambda row: f"{row.article} {row.finding}".strip(),
        lambda row: ("internal_clients:record", "audit", str(row.pk)),
    ),
    K.QUESTION: (Question.objects.all, str, _record("question")),
}


def behind(line: ScoreLine, *, after: int = 0, only: str = "") -> tuple[list[Row], int | None]:
    """Return one page of the rows behind a line, and the id after which the next page begins.

    `only` is "in" or "out": those in the numerator, or those that are not.
    """
    rows = Evidence.objects.filter(line=line, pk__gt=after).order_by("pk")
    if only == "in":
        rows = rows.filter(numerator__gt=0)
    elif only == "out":
        rows = rows.filter(numerator=0)
    found = list(rows[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    return told(page), page[-1].pk if len(found) > PAGE_SIZE else None


def title_of(evidence: Evidence) -> str:
    """Return what one row is about, in a line."""
    return told([evidence])[0].title


#: Kind → who asked for the work, and can say how it was.
CLIENTS: dict[str, tuple[str, Callable[[Any], Staff]]] = {
    K.ORDER: ("ticket__filed_by", lambda row: row.ticket.filed_by),
    K.TICKET: ("filed_by", lambda row: row.filed_by),
    K.CALLBACK: ("complaint__ticket__filed_by", lambda row: row.complaint.ticket.filed_by),
    K.REQUIREMENT: ("proposed_by", lambda row: row.proposed_by),
    K.QUESTION: ("asked_by", lambda row: row.asked_by),
}


def client_of(evidence: Evidence) -> Staff | None:
    """Return who asked for the work that a row is about, or None where that is nobody of the front line."""
    if evidence.kind not in CLIENTS:
        return None
    related, person = CLIENTS[evidence.kind]
    subject = READ[evidence.kind][0]().select_related(related).filter(pk=evidence.object_id).first()
    return person(subject) if subject and may_ask(person(subject)) else None


def told(page: list[Evidence]) -> list[Row]:
    """Return rows of evidence with the records they are about, read kind by kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for evidence in page:
        wanted[evidence.kind].add(evidence.object_id)
    read = {kind: READ[kind][0]().in_bulk(ids) for kind, ids in wanted.items()}
    return [_row(evidence, read[evidence.kind].get(evidence.object_id)) for evidence in page]


def _row(evidence: Evidence, subject: Any) -> Row:
    if subject is None:
        return Row(evidence=evidence, title=str(evidence.object_id))
    _rows, title, address = READ[evidence.kind]
    return Row(evidence=evidence, title=title(subject), address=address(subject))
