"""Which articles are suggested, and what is counted of them."""

import datetime as dt

import pytest

from complaints.actions.filing import Facts
from complaints.actions.taking import take_complaint
from complaints.models import Complaint, Customer
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from knowledge.actions import keeping
from knowledge.actions.using import say_use
from knowledge.actions.writing import Words, revise
from knowledge.keys import page_key
from knowledge.models import Article, ArticleUse
from knowledge.queries.pages import tally
from knowledge.queries.reporting import report
from knowledge.queries.suggesting import suggested
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category, Ticket

pytestmark = pytest.mark.django_db


def titles(category: Category | None, text: str = "", **more: object) -> list[str]:
    return [each.article.title for each in suggested(category, text, now=NOW, **more)]


@pytest.fixture
def shelf(published: Article, network: Department, handler: Staff, contact: Staff) -> dict[str, Category]:
    above = Category.objects.get(path="NET/COVER/")
    fee = factories.category("FEE/PLAN/EXPIRED", "优惠到期")
    for what, title, question in (
        (above, "信号覆盖总则", "信号不好"),
        (fee, "优惠到期", "优惠到期没人告诉我，话费变多"),
        (factories.category("NET/COVER/LIFT", "电梯"), "电梯无信号", "电梯里没有信号，电话打不出去"),
    ):
        factories.article(what, network, handler, reviewer=contact, title=title, question=question)
    return {"indoor": published.category, "fee": fee}


def test_of_the_category_first_then_of_what_is_above_and_others_by_their_text(shelf: dict[str, Category]) -> None:
    assert titles(shelf["indoor"]) == ["室内信号弱", "信号覆盖总则"]
    assert titles(shelf["indoor"], "电梯里没有信号") == ["电梯无信号", "室内信号弱", "信号覆盖总则"]
    assert titles(None, "优惠到期话费变多") == ["优惠到期"]
    assert titles(None) == titles(None, "九五二七") == []


def test_only_what_is_published_and_holds_is_suggested(published: Article, category: Category, contact: Staff) -> None:
    assert [each.article for each in suggested(category, "", now=NOW + dt.timedelta(days=181))] == []

    keeping.withdraw(article=published, reason="过时", by=contact, now=NOW)

    assert titles(category) == []


def test_of_two_alike_the_one_that_helped_more_comes_first(
    published: Article, category: Category, network: Department, handler: Staff, contact: Staff, solved: Ticket, agent: Staff
) -> None:
    factories.article(category, network, handler, reviewer=contact, title="另一条")
    assert titles(category) == ["另一条", "室内信号弱"]

    say_use(article=published, version=1, filing_key=solved.filing_key, has_helped=True, ticket=solved, by=agent, now=NOW)

    assert titles(category) == ["室内信号弱", "另一条"]


def test_asking_takes_four_queries_however_many_there_are(shelf: dict[str, Category], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(4):
        titles(shelf["indoor"], "电梯里没有信号", filing_key="page:1:x")


def _filed(category: Category, customer: Customer, region: Region, agent: Staff, then: str, token: str) -> Complaint:
    facts = Facts(
        customer=customer,
        contact_phone=customer.number,
        category=category,
        channel="hotline",
        region=region,
        subject="无",
        description="无信号",
    )
    return take_complaint(facts=facts, then=then, answer="好了", filing_key=page_key(agent, token), by=agent, now=NOW)


@pytest.mark.usefixtures("limits", "verified")
def test_what_was_said_while_filing_counts_once_from_the_filing_on(
    published: Article, category: Category, customer: Customer, jinan: Region, agent: Staff, stranger: Staff
) -> None:
    key = page_key(agent, "a")
    for has_helped in (False, True):
        say_use(article=published, version=1, filing_key=key, has_helped=has_helped, by=agent, now=NOW)
    say_use(article=published, version=1, filing_key=page_key(agent, "never filed"), has_helped=False, by=agent, now=NOW)
    assert tally(published, NOW).uses == 0

    ticket = _filed(category, customer, jinan, agent, "solved", "a").ticket
    say_use(
        article=published,
        version=1,
        filing_key=ticket.filing_key,
        has_helped=True,
        remark="照念即可",
        ticket=ticket,
        by=agent,
        now=NOW,
    )

    assert ArticleUse.objects.filter(ticket=ticket).count() == 1
    found = tally(published, NOW)
    assert (found.uses, found.helped, found.at_once, found.share) == (1, 1, 1, 1)
    kinds = Event.objects.filter(stream=ticket.stream, kind__startswith="ticket.article").values_list("kind", flat=True)
    assert list(kinds) == ["ticket.article_helped"] * 2
    with pytest.raises(NotAllowed):
        say_use(article=published, version=1, filing_key=ticket.filing_key, has_helped=True, ticket=ticket, by=stranger, now=NOW)


def test_what_is_not_published_is_not_used(submitted: Article, agent: Staff) -> None:
    with pytest.raises(Conflict):
        say_use(article=submitted, version=1, filing_key="page:1:a", has_helped=True, by=agent, now=NOW)


def test_the_version_that_was_read_is_kept_though_a_newer_one_is_shown_by_now(
    published: Article, solved: Ticket, handler: Staff, contact: Staff, agent: Staff
) -> None:
    said = Words(title="室内信号弱", category=published.category, question="没有信号", answer="新口径")
    revise(article=published, words=said, change="口径调整", submit=True, by=handler, now=NOW)
    with pytest.raises(Invalid):
        say_use(article=published, version=2, filing_key=solved.filing_key, has_helped=True, ticket=solved, by=agent, now=NOW)
    keeping.publish(article=published, by=contact, now=NOW)
    published.refresh_from_db()

    use = say_use(article=published, version=1, filing_key=solved.filing_key, has_helped=True, ticket=solved, by=agent, now=NOW)

    assert (use.version, published.shown) == (1, 2)


@pytest.mark.usefixtures("limits")
def test_the_report_names_what_is_used_what_is_not_and_what_is_missing(
    shelf: dict[str, Category], published: Article, solved: Ticket, jinan: Region, agent: Staff, contact: Staff
) -> None:
    say_use(article=published, version=1, filing_key=solved.filing_key, has_helped=True, ticket=solved, by=agent, now=NOW)
    bare = factories.category("SVC/HALL/WAIT", "排队等候")
    for _number in range(2):
        factories.ticket(bare, jinan, agent, NOW)
    factories.ticket(shelf["fee"], jinan, agent, NOW)

    found = report(NOW)
    later = report(NOW + dt.timedelta(days=31))

    assert [(row.title, row.uses_counted, row.uses_helped, row.uses_at_once) for row in found.used] == [("室内信号弱", 1, 1, 1)]
    assert [(gap.category, gap.filed) for gap in found.gaps] == [(bare, 2)]
    assert (found.unused, len(later.unused)) == ([], 4)
    assert (found.whole.held, found.whole.uses, found.whole.at_once) == (4, 1, 1)
    assert [len(report(NOW + dt.timedelta(days=days)).expiring) for days in (170, 185)] == [4, 0]
    assert len(report(NOW + dt.timedelta(days=185)).expired) == 4
