"""The one search box: what it finds, in which order, for whom, and how it looks."""

from collections.abc import Callable

import pytest
from django.test import Client

from complaints.models import Customer
from config.search import found
from organization.models import Department, Region, Staff
from organization.searching.hits import Found
from tests import factories
from workorders.actions.filing import solve
from workorders.models import Category, Ticket
from workorders.queries import found as ticket_groups
from workorders.queries.search import Candidates, newest, reach

pytestmark = pytest.mark.usefixtures("limits", "verified")

type File = Callable[..., Ticket]


@pytest.fixture
def file(category: Category, jinan: Region, agent: Staff, now: object) -> File:
    return lambda subject="信号弱", where=jinan, by=agent, **more: factories.ticket(
        category, where, by, now, subject=subject, **more
    )


def groups(user: Staff, text: str, most: int = 5, name: str = "", after: str = "") -> dict[str, Found]:
    return {group.name: hits for group, hits in found(user, text, most, name, after)}


def tickets(user: Staff, text: str) -> list[int]:
    return [hit.pk for hit in groups(user, text).get("tickets", Found(hits=[])).hits]


def test_the_subject_comes_first_then_the_story_then_the_rest_newest_first(
    file: File, officer: Staff, agent: Staff, now: object
) -> None:
    in_answer = file()
    solve(ticket=in_answer, answer="彩铃已退订", by=agent, now=now)
    in_subject, in_story = file("彩铃扣费"), file(description="没有订过彩铃")
    again = file("彩铃又扣费")

    assert tickets(officer, "彩铃") == [again.pk, in_subject.pk, in_story.pk, in_answer.pk]
    assert tickets(officer, "彩铃 又扣") == [again.pk]
    assert tickets(officer, "彩铃" + again.number[-4:]) == [again.pk]
    assert tickets(officer, "铃") == [again.pk, in_subject.pk, in_story.pk, in_answer.pk]


def test_pages_follow_on_each_other(file: File, officer: Staff) -> None:
    wanted = [file("彩铃").pk, file(description="彩铃").pk, file("彩铃").pk]
    seen, after = [], ""
    for _page in range(3):
        page = groups(officer, "彩铃", 1, "tickets", after)["tickets"]
        seen += [hit.pk for hit in page.hits]
        after = page.after

    assert (seen, after) == ([wanted[2], wanted[0], wanted[1]], "")


def test_nobody_finds_what_they_may_not_see(
    file: File,
    agent: Staff,
    hall_agent: Staff,
    officer: Staff,
    handler: Staff,
    stranger: Staff,
    network: Department,
    customer: Customer,
) -> None:
    dispatched, other = file("彩铃"), file("彩铃")
    factories.dispatched(dispatched, network, by=officer, at=factories.NOW)

    assert tickets(officer, "彩铃") == tickets(agent, "彩铃") == [other.pk, dispatched.pk]
    assert tickets(handler, "彩铃") == [dispatched.pk]
    assert groups(hall_agent, "彩铃") == groups(stranger, "彩铃") == {}
    assert list(groups(agent, "cskh")) == ["customers"]
    assert groups(hall_agent, "cskh") == groups(handler, customer.number) == {}


def test_the_index_leaves_out_nothing_that_one_may_see(
    file: File, agent: Staff, hall_agent: Staff, manager: Staff, handler: Staff, duty: Staff
) -> None:
    file()

    assert [reach(user) == "" for user in (duty, agent, manager, hall_agent, handler)] == [True, True, True, False, False]
    assert tickets(manager, "信号") == tickets(agent, "信号") == tickets(duty, "信号") != []


def test_of_very_many_the_newest_are_ranked_and_that_is_said(file: File, officer: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    pks = [file("彩铃").pk for _number in range(4)]

    assert sorted(newest("'彩铃'", 4).pks) == pks
    assert newest("'彩铃'", 2) == Candidates([pks[3], pks[2]], is_all=False)
    monkeypatch.setattr(ticket_groups, "newest", lambda query: newest(query, 2))
    page = groups(officer, "彩铃")["tickets"]
    assert ([hit.pk for hit in page.hits], page.note[:5]) == ([pks[3], pks[2]], "符合的很多")


def test_the_page_marks_what_was_sought_and_escapes_the_rest(file: File, client: Client, agent: Staff) -> None:
    file("彩铃<script>", description="<b>没有订过</b>彩铃")
    client.force_login(agent)

    html = client.get("/search/", {"q": "彩铃"}).content.decode()

    assert "<mark>彩铃</mark>&lt;script&gt;" in html
    assert "&lt;b&gt;没有订过&lt;/b&gt;<mark>彩铃</mark>" in html
    assert "<b>没有" not in html


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_search_takes_few_queries_however_much_it_finds(
    file: File, client: Client, agent: Staff, django_assert_num_queries: Callable, item_count: int
) -> None:
    for _number in range(item_count):
        file("彩铃")
    client.force_login(agent)

    with django_assert_num_queries(12):
        response = client.get("/search/", {"q": "彩铃"})
    assert len(response.context["groups"][0][1].hits) == item_count


def test_the_api_answers_the_same(file: File, client: Client, agent: Staff, network: Department) -> None:
    ticket = file("网络信号")
    client.force_login(agent)

    answer = client.get("/api/v1/search/", {"q": "网络"}, headers={"accept": "application/json"}).json()

    assert [(group["group"], [hit["id"] for hit in group["hits"]]) for group in answer] == [
        ("tickets", [ticket.pk]),
        ("departments", [network.pk]),
    ]
    assert client.get("/api/v1/search/", {"q": "网络", "in": "nothing"}).status_code == 400
