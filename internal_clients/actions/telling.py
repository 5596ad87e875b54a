"""Telling the front line, and answering it: notices, checks of the knowledge base, questions."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.enums import NoticeKind
from internal_clients.locking import locked
from internal_clients.models import Fault, KnowledgeAudit, Notice, PlannedOutage, Question
from journal.record import record
from knowledge.enums import ArticleState
from knowledge.locking import lock_article
from knowledge.models import Article
from organization.models import Department, Staff
from organization.queries.calendars import working_calendar
from organization.queries.days import working_day

#: Business information is early so many working days before it takes effect (domain.md 7.2, E1).
NOTICE_DAYS = 3
#: A question is answered within so many of the department's working minutes (E3).
ANSWER_MINUTES = 240


@transaction.atomic
def publish_notice(
    *,
    department: Department,
    title: str,
    text: str,
    effective_on: dt.date,
    is_regulatory: bool = False,
    by: Staff,
    now: dt.datetime,
) -> Notice:
    """Tell the front line of business that takes effect on a day. Raises NotAllowed."""
    require(policies.may_record_for(by, department.pk))
    notice = Notice.objects.create(
        kind=NoticeKind.BUSINESS,
        department=department,
        title=title,
        text=text,
        effective_on=effective_on,
        publish_by=working_day(effective_on, -NOTICE_DAYS),
        is_regulatory=is_regulatory,
        published_by=by,
        published_at=now,
    )
    note(notice, "publish", by=by, now=now, data={"effective_on": f"{effective_on:%Y-%m-%d}"})
    return notice


@transaction.atomic
def tell_fault(*, fault: Fault, title: str, text: str, by: Staff, now: dt.datetime) -> Notice:
    """Tell the front line of a fault. Raises NotAllowed."""
    require(policies.may_record_for(by, fault.department_id))
    return _told(NoticeKind.FAULT, fault.department, title, text, fault=fault, by=by, now=now)


@transaction.atomic
def tell_outage(*, outage: PlannedOutage, title: str, text: str, by: Staff, now: dt.datetime) -> Notice:
    """Tell the front line of a planned outage. Raises NotAllowed."""
    require(policies.may_record_for(by, outage.department_id))
    return _told(NoticeKind.OUTAGE, outage.department, title, text, outage=outage, by=by, now=now)


def _told(
    kind: NoticeKind,
    department: Department,
    title: str,
    text: str,
    *,
    fault: Fault | None = None,
    outage: PlannedOutage | None = None,
    by: Staff,
    now: dt.datetime,
) -> Notice:
    notice = Notice.objects.create(
        kind=kind,
        department=department,
        title=title,
        text=text,
        fault=fault,
        outage=outage,
        published_by=by,
        published_at=now,
    )
    note(notice, "publish", by=by, now=now, data={"kind": str(kind)})
    return notice


@transaction.atomic
def audit_article(*, article: Article, is_wrong: bool, finding: str = "", by: Staff, now: dt.datetime) -> KnowledgeAudit:
    """Check an article of the knowledge base, as E2 counts it.

    Raises NotAllowed, Conflict where it is not published, or Invalid when what is wrong is not said.
    """
    require(policies.may_audit(by))
    article = lock_article(article.pk)
    if article.state != ArticleState.PUBLISHED:
        raise Conflict(_("Only what is published is checked."))
    if is_wrong and not finding.strip():
        raise Invalid(finding=_("Write what is wrong."))
    audit = KnowledgeAudit.objects.create(
        article=article, department=article.department, is_wrong=is_wrong, finding=finding, audited_by=by, audited_at=now
    )
    note(audit, "audit", by=by, now=now, data={"is_wrong": is_wrong, "finding": finding})
    if is_wrong:
        record(article.stream, "article.find_wrong", by=by, at=now, data={"finding": finding})
    return audit


@transaction.atomic
def confirm_audit(*, audit: KnowledgeAudit, by: Staff, now: dt.datetime) -> KnowledgeAudit:
    """Confirm that an article is as wrong as another one found, which makes it count. Raises NotAllowed or Conflict."""
    article = lock_article(audit.article_id)
    audit = locked(KnowledgeAudit.objects.all(), audit.pk)
    if not audit.is_wrong or audit.confirmed_at:
        raise Conflict(_("Nothing wrong is waiting to be confirmed here."))
    require(policies.may_confirm(by, audit))
    audit.confirmed_by, audit.confirmed_at = by, now
    audit.save(update_fields=["confirmed_by", "confirmed_at"])
    note(audit, "confirm", by=by, now=now)
    record(article.stream, "article.confirm_wrong", by=by, at=now, data={"finding": audit.finding})
    return audit


def answer_due(department: Department, since: dt.datetime) -> dt.datetime:
    """Return until when the department is to have answered what was asked at `since`, on its own calendar."""
    return working_calendar(department.calendar).add(since, ANSWER_MINUTES)


@transaction.atomic
def ask(*, department: Department, text: str, by: Staff, now: dt.datetime) -> Question:
    """Ask a department; it has four of its working hours. Raises NotAllowed."""
    require(policies.may_ask(by))
    due_at = answer_due(department, now)
    question = Question.objects.create(department=department, text=text, asked_by=by, asked_at=now, due_at=due_at)
    note(question, "ask", by=by, now=now, data={"department": department.code, "due_at": due_at.isoformat()})
    return question


@transaction.atomic
def answer_question(*, question: Question, answer: str, by: Staff, now: dt.datetime) -> Question:
    """Answer in the department's name. Raises NotAllowed, Conflict when it was answered, or Invalid without an answer."""
    require(policies.may_record_for(by, question.department_id))
    question = locked(Question.objects.all(), question.pk)
    if question.answered_at:
        raise Conflict(_("This question is answered already."))
    if not answer.strip():
        raise Invalid(answer=_("Write the answer."))
    question.answer, question.answered_by, question.answered_at = answer, by, now
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    note(question, "answer", by=by, now=now, data={"answer": answer})
    return question


@transaction.atomic
def reopen_question(*, question: Question, reason: str, by: Staff, now: dt.datetime) -> Question:
    """Say, once, that the answer does not help; the department has its hours again. Raises NotAllowed, Conflict or Invalid."""
    require(question.asked_by_id == by.pk)
    question = locked(Question.objects.select_related("department__calendar"), question.pk)
    if question.answered_at is None or question.reopened_at:
        raise Conflict(_("Only an answered question can be reopened, and only once."))
    if not reason.strip():
        raise Invalid(reason=_("Write what is still open."))
    question.first_due_at, question.first_answered_at = question.due_at, question.answered_at
    question.reopened_at, question.reopen_reason = now, reason
    question.due_at, question.answered_at = answer_due(question.department, now), None
    question.save()
    note(question, "reopen", by=by, now=now, data={"reason": reason})
    return question
