"""An article's life: written, reviewed by a second person, version by version, until it expires or is withdrawn."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions.telling import audit_article
from journal.models import Event, Notice
from knowledge.actions import keeping, writing
from knowledge.actions.using import say_use
from knowledge.actions.writing import Words
from knowledge.models import Article, Version
from knowledge.queries.checking import article_differences
from knowledge.tasks import tell_of_expiring
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions.reorganizing import absorb_department
from workorders.models import Category, Ticket

pytestmark = pytest.mark.django_db


def words(article: Article, **changes: str) -> Words:
    said = Words(title=article.title, category=article.category, question=article.question, answer=article.answer)
    return replace(said, **changes)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def test_a_second_person_who_answers_for_it_publishes_it_for_180_days(
    submitted: Article, handler: Staff, contact: Staff, stranger: Staff, colleague: Staff
) -> None:
    for person in (handler, stranger, colleague):
        with pytest.raises(NotAllowed):
            keeping.publish(article=submitted, by=person, now=NOW)

    article = keeping.publish(article=submitted, by=contact, now=NOW)

    assert (article.state, article.shown, article.valid_until) == ("published", 1, dt.date(2027, 5, 1))
    assert [event.kind for event in Event.objects.filter(stream=article.stream).order_by("seq")] == [
        "article.write",
        "article.submit",
        "article.publish",
    ]
    assert told("article.published") == {handler.username}
    with pytest.raises(Conflict):
        keeping.publish(article=submitted, by=contact, now=NOW)


def test_those_who_may_review_are_told_but_not_who_wrote(
    category: Category, network: Department, contact: Staff, head: Staff, officer: Staff, duty: Staff, biller: Staff
) -> None:
    factories.article(category, network, contact)

    assert told("article.submitted") == {head.username, officer.username}


def test_who_wrote_in_an_earlier_draft_does_not_review_it_either(submitted: Article, contact: Staff, head: Staff) -> None:
    keeping.send_back(article=submitted, reason="请写明时限", by=head, now=NOW)
    writing.revise(article=submitted, words=words(submitted, answer="两天内答复"), by=contact, now=NOW)
    writing.revise(article=submitted, words=words(submitted, answer="24 小时内答复"), submit=True, by=head, now=NOW)

    with pytest.raises(NotAllowed):
        keeping.publish(article=submitted, by=contact, now=NOW)
    submitted.refresh_from_db()
    assert submitted.answer == "24 小时内答复"


def test_sent_back_for_a_reason_it_is_written_again(submitted: Article, handler: Staff, head: Staff) -> None:
    with pytest.raises(Conflict):
        writing.revise(article=submitted, words=words(submitted), by=handler, now=NOW)
    with pytest.raises(Invalid):
        keeping.send_back(article=submitted, reason=" ", by=head, now=NOW)
    version = keeping.send_back(article=submitted, reason="请写明时限", by=head, now=NOW)

    assert (version.state, version.returned_for) == ("draft", "请写明时限")
    assert told("article.returned") == {handler.username}
    assert writing.submit(article=submitted, by=handler, now=NOW).returned_for == ""


def test_a_new_version_is_shown_once_it_is_reviewed_and_the_old_one_is_kept(
    published: Article, handler: Staff, contact: Staff
) -> None:
    with pytest.raises(Invalid):
        writing.revise(article=published, words=words(published, answer="新口径"), by=handler, now=NOW)
    writing.revise(article=published, words=words(published, answer="新口径"), change="口径调整", submit=True, by=handler, now=NOW)
    published.refresh_from_db()
    assert (published.answer, published.shown) == ("请到窗边再试", 1)

    keeping.publish(article=published, by=contact, now=NOW)

    published.refresh_from_db()
    assert (published.answer, published.shown) == ("新口径", 2)
    assert list(published.versions.order_by("number").values_list("answer", flat=True)) == ["请到窗边再试", "新口径"]
    assert list(article_differences()) == []
    first = published.versions.get(number=1)
    first.answer = "改写历史"
    with pytest.raises(DatabaseError), transaction.atomic():
        first.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=first.pk).delete()


def test_two_people_do_not_write_over_each_other(published: Article, handler: Staff, contact: Staff) -> None:
    shown = published.versions.get().stamp
    later = NOW + dt.timedelta(minutes=5)
    draft = writing.revise(article=published, words=words(published, answer="甲"), change="改", base=shown, by=handler, now=later)
    with pytest.raises(Conflict, match=f"{handler}.*09:05"):
        writing.revise(article=published, words=words(published, answer="乙"), change="改", base=shown, by=contact, now=later)

    again = writing.revise(
        article=published,
        words=words(published, answer="乙"),
        change="改",
        base=draft.stamp,
        by=contact,
        now=later + dt.timedelta(1),
    )

    assert (again.number, again.answer) == (2, "乙")
    with pytest.raises(Conflict):
        writing.revise(article=published, words=words(published, answer="丙"), change="改", base=draft.stamp, by=handler, now=later)


def test_what_was_handed_in_anew_is_read_again_before_it_is_published(submitted: Article, handler: Staff, contact: Staff) -> None:
    later = NOW + dt.timedelta(minutes=5)
    read = submitted.versions.get().handed_in
    keeping.send_back(article=submitted, reason="自己再改", handed_in=read, by=handler, now=NOW)
    anew = writing.revise(article=submitted, words=words(submitted, answer="没人看过"), submit=True, by=handler, now=later)

    with pytest.raises(Conflict, match=str(handler)):
        keeping.publish(article=submitted, handed_in=read, by=contact, now=later)
    with pytest.raises(Conflict):
        keeping.send_back(article=submitted, reason="请写明时限", handed_in=read, by=contact, now=later)

    assert keeping.publish(article=submitted, handed_in=anew.handed_in, by=contact, now=later).answer == "没人看过"


def test_verify_finds_an_article_that_says_other_than_its_version(published: Article) -> None:
    Article.objects.filter(pk=published.pk).update(answer="悄悄改了")

    assert list(article_differences()) == [f"article {published.pk}: its texts differ from those of version 1"]


def test_withdrawn_for_a_reason_and_for_good(published: Article, handler: Staff, contact: Staff) -> None:
    writing.revise(article=published, words=words(published), change="重写", by=handler, now=NOW)
    with pytest.raises(NotAllowed):
        keeping.withdraw(article=published, reason="过时", by=handler, now=NOW)

    keeping.withdraw(article=published, reason="过时", by=contact, now=NOW)

    assert list(published.versions.order_by("number").values_list("state", flat=True)) == ["published", "dropped"]
    with pytest.raises(Conflict):
        writing.revise(article=published, words=words(published), change="重写", by=handler, now=NOW)


def test_owners_are_told_once_14_days_before_and_confirm_in_one_step(
    published: Article, contact: Staff, head: Staff, handler: Staff
) -> None:
    last = dt.datetime(2027, 5, 1, 1, tzinfo=dt.UTC)
    assert keeping.tell_expiring(now=last - dt.timedelta(days=15)) == 0
    for _morning in range(2):
        assert keeping.tell_expiring(now=last - dt.timedelta(days=14)) == 1
    assert Notice.objects.filter(kind="article.expiring").count() == 2
    assert told("article.expiring") == {contact.username, head.username}
    assert tell_of_expiring(0) == 0

    with pytest.raises(NotAllowed):
        keeping.confirm_right(article=published, by=handler, now=last)
    confirmed = keeping.confirm_right(article=published, by=contact, now=last)

    assert confirmed.valid_until == dt.date(2027, 10, 28)


def test_what_holds_for_longer_keeps_its_day_when_it_is_confirmed(submitted: Article, contact: Staff) -> None:
    far = dt.date(2028, 1, 1)
    keeping.publish(article=submitted, valid_until=far, by=contact, now=NOW)

    assert keeping.confirm_right(article=submitted, by=contact, now=NOW).valid_until == far


def test_numbers_that_people_type_are_masked_as_they_are_kept(
    published: Article, solved: Ticket, handler: Staff, agent: Staff
) -> None:
    said = words(published, answer="请打１３８００００0001", steps="查 13800000001")
    version = writing.revise(article=published, words=said, change="13800000001 反映", by=handler, now=NOW)
    use = say_use(
        article=published,
        version=1,
        filing_key=solved.filing_key,
        has_helped=False,
        remark="13800000001 打不通",
        ticket=solved,
        by=agent,
        now=NOW,
    )

    version.refresh_from_db()
    assert (version.answer, version.steps, version.change) == ("请打138****0001", "查 138****0001", "138****0001 反映")
    assert use.remark == "138****0001 打不通"


def test_made_of_a_ticket_whose_customer_has_the_answer(
    solved: Ticket, category: Category, network: Department, jinan: Region, agent: Staff
) -> None:
    said = Words(title="无信号", category=category, question="没有信号", answer="重启基站")
    open_one = factories.ticket(category, jinan, agent, NOW)
    with pytest.raises(Conflict):
        writing.write_article(department=network, words=said, source=open_one, by=agent, now=NOW)

    made = writing.write_article(department=network, words=said, source=solved, submit=True, by=agent, now=NOW)

    assert (made.source, made.state, made.versions.get().state) == (solved, "new", "in_review")


def test_an_article_is_written_for_a_department_of_ones_own(category: Category, network: Department, stranger: Staff) -> None:
    with pytest.raises(NotAllowed):
        factories.article(category, network, stranger)


@pytest.mark.usefixtures("limits")
def test_when_departments_are_merged_the_other_answers_for_the_articles(
    published: Article, network: Department, billing: Department, contact: Staff, administrator: Staff, biller: Staff
) -> None:
    audit = audit_article(article=published, is_wrong=False, by=Staff.objects.system(), now=NOW)

    absorb_department(department=network, into=billing, by=administrator, now=NOW)

    published.refresh_from_db()
    audit.refresh_from_db()
    assert (published.department, audit.department) == (billing, network)
    assert keeping.confirm_right(article=published, by=biller, now=NOW).department == billing
    assert Event.objects.filter(stream=published.stream, kind="article.move").count() == 1
