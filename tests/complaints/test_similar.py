"""Solved tickets that are like a text, and an index that is what the texts say."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from complaints.models import Complaint, Customer
from complaints.queries.similar import search_differences, similar_solved
from organization.models import Department, Region, Staff
from tests import factories
from workorders.actions.filing import solve
from workorders.actions.noting import add_note
from workorders.models import Category, SearchEntry, Ticket

pytestmark = pytest.mark.usefixtures("limits", "verified")


@pytest.fixture
def solved(category: Category, jinan: Region, agent: Staff, now: dt.datetime) -> Ticket:
    told = {"subject": "宽带断网", "description": "家里的宽带断网两天，报修后没有人上门"}
    ticket = factories.ticket(category, jinan, agent, now, **told)
    return solve(ticket=ticket, answer="光缆已抢修", by=agent, now=now)


def test_finds_the_solved_ticket_that_has_most_in_common(
    solved: Ticket, category: Category, agent: Staff, now: dt.datetime
) -> None:
    other = {"subject": "套餐扣费", "description": "套餐没有告知就扣费"}
    fee = factories.ticket(category, solved.region, agent, now, **other)
    solve(ticket=fee, answer="已退费", by=agent, now=now)
    factories.ticket(category, solved.region, agent, now, subject="宽带断网", description="还没有解决的宽带断网")

    found = similar_solved("客户说宽带断网，两天没有人上门修", user=agent)

    assert [each.ticket for each in found] == [solved, fee]
    assert (found[0].category, found[0].lead, found[0].result) == (category, None, "光缆已抢修")
    assert 1 >= found[0].score > 2 * found[1].score
    assert similar_solved("，。！", user=agent) == []


def test_what_one_may_not_read_is_not_similar(solved: Ticket, hall_agent: Staff, officer: Staff, stranger: Staff) -> None:
    assert [each.ticket for each in similar_solved("宽带断网两天", user=officer)] == [solved]
    assert similar_solved("宽带断网两天", user=hall_agent) == []
    assert similar_solved("宽带断网两天", user=stranger) == []
    assert similar_solved("宽带断网两天", user=officer, leave_out=solved) == []


def test_every_change_of_a_text_is_in_the_index_at_once(
    category: Category, customer: Customer, agent: Staff, officer: Staff, network: Department, now: dt.datetime
) -> None:
    ticket = factories.ticket(category, customer.region, agent, now)
    complaint = Complaint.objects.create(ticket=ticket, customer=customer, contact_phone="1", place="历下区文化东路")
    factories.dispatched(ticket, network, by=officer, at=now)
    add_note(ticket=ticket, text="白天不方便接听", by=agent, now=now)
    Ticket.objects.filter(pk=ticket.pk).update(description="电梯里没有信号")
    Complaint.objects.filter(pk=complaint.pk).update(place="经十路")

    terms = SearchEntry.objects.get(ticket=ticket).terms
    assert [
        term for term in ("'室内'", "'电梯'", "'家里'", "'方便'", "'经十'", "'文化'", f"'@d{network.pk}'") if term in terms
    ] == [
        "'室内'",
        "'电梯'",
        "'方便'",
        "'经十'",
        f"'@d{network.pk}'",
    ]


def test_a_spoilt_entry_is_a_difference(solved: Ticket) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workorders_searchentry SET terms = ''")
        assert list(search_differences()) == [f"{solved.number}: the search entry differs from the ticket's texts"]
    call_command("index_search", stdout=StringIO())
    assert list(search_differences()) == []
