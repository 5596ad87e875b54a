"""The pages of the knowledge base, and where other pages show it."""

import datetime as dt
import re
import time

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from complaints.models import Complaint, Customer
from config.search import found as search_found
from foundation.masking import mask_text
from knowledge import policies
from knowledge.actions import keeping
from knowledge.actions.writing import Words, write_article
from knowledge.comparing import compared
from knowledge.models import Article, ArticleUse
from organization.enums import Role
from organization.models import Department, Staff
from tests import factories
from tests.conftest import NOW
from tests.knowledge.conftest import Page
from workorders.models import Category, Ticket

pytestmark = pytest.mark.django_db
LIST = reverse("knowledge:articles")
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def drafted(category: Category, billing: Department, agent: Staff) -> Article:
    return factories.article(category, billing, agent)


@SETTINGS
@given(roles=st.sets(st.sampled_from(Role.values), max_size=3), where=st.integers(0, 2), who=st.integers(0, 2))
def test_predicates_and_querysets_agree(
    published: Article,
    drafted: Article,
    roles: set[str],
    where: int,
    who: int,
    network: Department,
    billing: Department,
    agent: Staff,
    handler: Staff,
) -> None:
    user = [Staff(pk=0), agent, handler][who]
    user.roles, user.department = sorted(roles), [None, network, billing][where]
    everything = Article.objects.all()

    assert {article for article in everything if policies.may_see(user, article)} == set(policies.visible_to(user))
    assert {article for article in everything if policies.may_keep(user, article)} == set(policies.kept_by(user))
    assert {each for each in Department.objects.all() if policies.may_write_for(user, each)} == set(policies.departments_for(user))


@given(st.text("甲乙丙丁12 ", max_size=12), st.text("甲乙丙丁12 ", max_size=12))
def test_what_was_compared_gives_both_texts_back(old: str, new: str) -> None:
    parts = compared(old, new)

    assert "".join(part.text for part in parts if part.kind != "added") == old
    assert "".join(part.text for part in parts if part.kind != "removed") == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("啊" * 5000, "啊" * 4990),
        ("一" + "啊" * 5000 + "二", "三" + "啊" * 5000 + "四"),
        ("一" + "啊哦" * 495 + "二", "三" + "哦啊啊" * 330 + "四"),
        ("\n".join(f"第 {n} 步：请重启" * 9 for n in range(300)), "\n".join(f"第 {n} 步：请重启" * 9 for n in range(3, 303))),
    ],
)
def test_long_texts_are_compared_in_no_time(old: str, new: str) -> None:
    began = time.thread_time()
    parts = compared(old, new)

    assert time.thread_time() - began < 0.5
    assert "".join(part.text for part in parts if part.kind != "added") == old
    assert "".join(part.text for part in parts if part.kind != "removed") == new
    assert len(parts) < 10


def test_numbers_and_names_are_masked_and_dates_are_not() -> None:
    text = "王小明 138 0000 0001（备用 0531-88880000）于 2026-11-01 10:30 欠费 120 元"

    assert mask_text(text, ["王小明", ""]) == "王** 138****0001（备用 053*****0000）于 2026-11-01 10:30 欠费 120 元"
    assert mask_text("请拨 １３８００００0001 或 138－0000—0001，第 ２ 页") == "请拨 138****0001 或 138****0001，第 ２ 页"


def test_a_solved_ticket_becomes_an_article_in_one_step(
    page: Page, solved: Ticket, customer: Customer, network: Department, agent: Staff
) -> None:
    Complaint.objects.create(ticket=solved, customer=customer, contact_phone=customer.number)
    factories.route(solved.category, network)
    address = reverse("knowledge:make", args=[solved.pk])
    block = page(agent).get(reverse("knowledge:for_ticket", args=[solved.pk]))
    form = page(agent).get(address).context["form"]
    began = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}

    response = page(agent).post(address, {**began, "then": "submit"})
    twice = page(agent).post(address, {**began, "then": "submit"})
    otherwise = page(agent).post(address, {**began, "title": "另一个", "then": "submit"})

    assert address in block.content.decode()
    article = Article.objects.get()
    assert response["Location"] == twice["Location"] == reverse("knowledge:article", args=[article.pk])
    assert otherwise.status_code == 409
    assert "已保存为“138****0001 无信号”" in otherwise.content.decode()
    assert (article.title, article.department, article.source) == ("138****0001 无信号", network, solved)
    assert article.question == "我是测***，138****0001 没有信号，2026-11-01 起"
    assert article.answer == "已为 138****0001 重启基站"
    assert article.versions.get().state == "in_review"
    again = page(agent).get(reverse("knowledge:for_ticket", args=[solved.pk])).content.decode()
    assert address not in again
    assert article.title in again


def test_publishing_and_sending_back_from_the_page(page: Page, submitted: Article, contact: Staff, handler: Staff) -> None:
    address = reverse("knowledge:article", args=[submitted.pk])
    steps = {
        person.username: [step.name for step, _form in page(person).get(address).context["steps"]] for person in (handler, contact)
    }
    assert steps == {handler.username: ["send_back", "withdraw"], contact.username: ["publish", "send_back", "withdraw"]}

    publish = reverse("knowledge:step", args=[submitted.pk, "publish"])
    read = page(contact).get(address).context["steps"][0][1]["handed_in"].value()
    refused = page(contact).post(publish, {"valid_until": "2026-11-01", "handed_in": read})
    page(contact).post(publish, {"valid_until": "2026-12-31"})
    submitted.refresh_from_db()
    assert submitted.state == "new"
    page(contact).post(publish, {"valid_until": "2026-12-31", "handed_in": read})

    assert refused.status_code == 422
    assert "该日期已过" in refused.content.decode()
    submitted.refresh_from_db()
    assert (submitted.state, submitted.valid_until) == ("published", dt.date(2026, 12, 31))


def test_a_new_version_from_the_page_shows_what_changed(page: Page, published: Article, handler: Staff, contact: Staff) -> None:
    told = {
        "title": published.title,
        "category": published.category_id,
        "question": "家里没有信号",
        "answer": "请重启手机再试",
        "steps": "",
    }
    edit = reverse("knowledge:edit", args=[published.pk])
    told["base"] = page(handler).get(edit).context["form"]["base"].value()
    assert page(handler).post(edit, told).status_code == 422

    page(handler).post(edit, {**told, "change": "先重启", "then": "submit"})

    seen = page(contact).get(reverse("knowledge:article", args=[published.pk])).content.decode()
    assert "<del>到窗边</del><ins>重启手机</ins>" in seen
    assert "先重启" in seen
    assert page(handler).get(edit).status_code == 302
    kept = page(contact).post(edit, {**told, "answer": "写了一半", "change": "补充"})
    assert kept.status_code == 409
    assert "写了一半" in kept.content.decode()


def test_who_is_overtaken_keeps_the_text_and_sees_what_the_other_wrote(
    page: Page, published: Article, handler: Staff, contact: Staff
) -> None:
    edit = reverse("knowledge:edit", args=[published.pk])
    form = page(contact).get(edit).context["form"]
    mine = {name: form[name].value() for name in form.fields} | {"answer": "请打开飞行模式再试", "change": "补充"}
    page(handler).post(edit, {**mine, "answer": "请重启手机再试"})

    refused = page(contact).post(edit, mine)
    again = page(contact).post(edit, mine | {"base": refused.context["form"]["base"].value()})

    seen = refused.content.decode()
    assert refused.status_code == 409
    assert f"{handler} 已于" in seen
    assert "<del>重启手机</del><ins>打开飞行模式</ins>" in seen
    assert refused.context["form"]["answer"].value() == "请打开飞行模式再试"
    assert page(contact).post(edit, {**mine, "base": ""}).status_code == 409
    assert again.status_code == 302
    assert published.versions.get(number=2).answer == "请打开飞行模式再试"


@pytest.mark.parametrize("item_count", [1, 3])
def test_pages_take_as_many_queries_however_many_articles(
    page: Page,
    published: Article,
    network: Department,
    handler: Staff,
    contact: Staff,
    item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count - 1):
        factories.article(published.category, network, handler, reviewer=contact, title=f"第 {number} 条")
    client = page(contact)

    for address, count in (
        (LIST, 5),
        (f"{LIST}?text=信号&show=to_review", 4),
        (reverse("knowledge:article", args=[published.pk]), 7),
        (reverse("knowledge:report"), 10),
    ):
        with django_assert_num_queries(count):
            assert client.get(address).status_code == 200


def test_the_list_is_narrowed_and_pages_follow_on_each_other(
    page: Page, published: Article, network: Department, handler: Staff, contact: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.queries.listing.PAGE_SIZE", 2)
    for title in ("彩铃退订", "漫游开通", "待审的"):
        made = factories.article(published.category, network, handler, reviewer=None if title == "待审的" else contact, title=title)
    late = NOW + dt.timedelta(days=170)

    def titles(show: str = "", text: str = "", after: str = "", at: dt.datetime = NOW) -> list[str]:
        with time_machine.travel(at, tick=False):
            response = page(contact).get(LIST, {"show": show, "text": text, "after": after})
        found = [row.title for row, _standing in response.context["rows"]]
        return [*found, *(titles(show, text, following, at) if (following := response.context["following"]) else [])]

    assert titles() == ["待审的", "漫游开通", "彩铃退订", "室内信号弱"]
    assert titles(text="彩铃") == ["彩铃退订"]
    assert titles(show="to_review") == titles(show="in_review") == ["待审的"]
    assert titles(show="expiring") == titles(show="expired") == []
    assert titles(show="expiring", at=late) == ["室内信号弱", "彩铃退订", "漫游开通"]
    keeping.withdraw(article=made, reason="误写", by=contact, now=NOW)
    assert titles(show="withdrawn") == ["待审的"]
    assert "待审的" not in titles()


def test_the_one_search_box_finds_articles_and_marks_what_expired(
    published: Article, agent: Staff, handler: Staff, network: Department
) -> None:
    factories.article(published.category, network, handler, title="窗边草稿")

    def hits(user: Staff) -> list[tuple[int, str]]:
        return [
            (hit.pk, hit.state[0])
            for group, found in search_found(user, "窗边", 5)
            for hit in found.hits
            if group.name == "articles"
        ]

    assert hits(agent) == [(published.pk, "completed")]
    assert [state for _pk, state in hits(handler)] == ["in_review", "completed"]
    with time_machine.travel(NOW + dt.timedelta(days=200), tick=False):
        assert hits(agent) == [(published.pk, "expired")]


@pytest.mark.usefixtures("limits")
def test_at_intake_articles_are_suggested_once_and_said_to_have_helped(
    page: Page, published: Article, agent: Staff, handler: Staff
) -> None:
    key = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
    asked = {"category": published.category_id, "description": "家里没有信号", "filing_key": key}
    first = page(agent).post(reverse("knowledge:suggested"), asked)
    shown = re.search(r'name="articles" value="([\d,]*)"', first.content.decode())[1]

    assert shown == str(published.pk)
    assert page(agent).post(reverse("knowledge:suggested"), {**asked, "articles": shown}).status_code == 204
    said = page(agent).post(
        reverse("knowledge:say", args=[published.pk]), {"key": key, "helped": "0", "version": "1", "remark": "菜单改名"}
    )
    assert "菜单改名" in said.content.decode()
    assert said.content.decode().count('"version": "1"') == first.content.decode().count('"version": "1"') == 2
    assert page(handler).post(reverse("knowledge:suggested"), asked).status_code == 403
    use = ArticleUse.objects.get()
    assert (use.filing_key, use.has_helped, use.ticket) == (f"page:{agent.pk}:{key}", False, None)
    for refused in ({"helped": "1", "version": "1"}, {"key": key, "helped": "1", "version": "9"}):
        assert page(agent).post(reverse("knowledge:say", args=[published.pk]), refused).status_code == 422


def test_the_api_has_what_is_published(
    client: Client, published: Article, network: Department, handler: Staff, agent: Staff
) -> None:
    write_article(
        department=network,
        words=Words(title="草稿", category=published.category, question="信号", answer="…"),
        by=handler,
        now=NOW,
    )
    client.force_login(agent)

    found = client.get("/api/v1/articles/", {"text": "信号", "category": "NET", "holds": "true"}).json()["results"]

    assert [(row["id"], row["category"], row["version"]) for row in found] == [(published.pk, "NET-COVER-INDOOR", 1)]
    with time_machine.travel(NOW + dt.timedelta(days=200), tick=False):
        client.force_login(agent)
        assert client.get("/api/v1/articles/", {"holds": "true"}).json()["results"] == []
