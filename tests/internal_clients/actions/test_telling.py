"""Notices, knowledge and questions: the days and hours that count, and the second pair of eyes."""

import datetime as dt

import pytest

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import telling
from internal_clients.models import Question
from knowledge.actions.keeping import withdraw
from knowledge.models import Article
from knowledge.story import told
from organization.models import Department, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.models import Category


def test_three_working_days_before_count_the_make_up_saturday(network: Department, handler: Staff) -> None:
    notice = telling.publish_notice(
        department=network, title="资费调整", text="…", effective_on=dt.date(2026, 10, 12), by=handler, now=NOW
    )

    assert notice.publish_by == dt.date(2026, 10, 8)


def test_only_the_department_publishes_its_notices(network: Department, stranger: Staff, agent: Staff) -> None:
    for person in (stranger, agent):
        with pytest.raises(NotAllowed):
            telling.publish_notice(department=network, title="?", text="?", effective_on=dt.date(2026, 10, 12), by=person, now=NOW)


@pytest.fixture
def question(network: Department, agent: Staff) -> Question:
    asked = dt.datetime(2026, 10, 9, 17, 0, tzinfo=SHANGHAI)
    return telling.ask(department=network, text="副卡怎么收费？", by=agent, now=asked)


def test_a_question_is_due_after_four_working_hours(question: Question) -> None:
    assert question.due_at == dt.datetime(2026, 10, 10, 11, 30, tzinfo=SHANGHAI)


def test_an_answer_can_be_doubted_once_and_is_then_due_anew(question: Question, handler: Staff, agent: Staff) -> None:
    first_due = question.due_at
    telling.answer_question(question=question, answer="每月十元", by=handler, now=first_due)
    again = telling.reopen_question(question=question, reason="流量共享吗？", by=agent, now=first_due)

    assert (again.first_due_at, again.first_answered_at, again.answered_at) == (first_due, first_due, None)
    assert again.due_at == dt.datetime(2026, 10, 10, 17, 0, tzinfo=SHANGHAI)
    telling.answer_question(question=again, answer="共享", by=handler, now=NOW)
    with pytest.raises(Conflict):
        telling.reopen_question(question=again, reason="？", by=agent, now=NOW)


def test_only_the_department_answers_and_only_the_asker_doubts(
    question: Question, stranger: Staff, handler: Staff, hall_agent: Staff
) -> None:
    with pytest.raises(NotAllowed):
        telling.answer_question(question=question, answer="？", by=stranger, now=NOW)
    with pytest.raises(Invalid):
        telling.answer_question(question=question, answer=" ", by=handler, now=NOW)
    telling.answer_question(question=question, answer="每月十元", by=handler, now=NOW)
    with pytest.raises(Conflict):
        telling.answer_question(question=question, answer="再答", by=handler, now=NOW)
    with pytest.raises(NotAllowed):
        telling.reopen_question(question=question, reason="？", by=hall_agent, now=NOW)


@pytest.fixture
def article(category: Category, network: Department, handler: Staff, contact: Staff) -> Article:
    return factories.article(category, network, handler, reviewer=contact)


def test_a_wrong_article_is_confirmed_by_another_person(article: Article, officer: Staff, duty: Staff, scorer: Staff) -> None:
    audit = telling.audit_article(article=article, is_wrong=True, finding="资费已过期", by=scorer, now=NOW)

    with pytest.raises(NotAllowed):
        telling.confirm_audit(audit=audit, by=scorer, now=NOW)
    telling.confirm_audit(audit=audit, by=duty, now=NOW)
    audit.refresh_from_db()

    assert audit.confirmed_by == duty
    assert [line.remark for line in told(article)][:2] == ["资费已过期"] * 2
    with pytest.raises(Conflict):
        telling.confirm_audit(audit=audit, by=duty, now=NOW)


def test_what_is_wrong_must_be_said_and_a_withdrawn_article_is_not_checked(
    article: Article, officer: Staff, handler: Staff, contact: Staff
) -> None:
    with pytest.raises(Invalid):
        telling.audit_article(article=article, is_wrong=True, by=officer, now=NOW)
    with pytest.raises(NotAllowed):
        telling.audit_article(article=article, is_wrong=False, by=handler, now=NOW)
    withdraw(article=article, reason="过时", by=contact, now=NOW)

    with pytest.raises(Conflict):
        telling.audit_article(article=article, is_wrong=False, by=officer, now=NOW)
