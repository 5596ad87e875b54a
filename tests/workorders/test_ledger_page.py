"""The ledger where people and programs see it: the ticket page and the API."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape
from rest_framework.test import APIClient

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.workorders.lives import eventful
from workorders.models import Category, Ticket

pytestmark = pytest.mark.usefixtures("limits", "verified")


@pytest.fixture
def ticket(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    handler: Staff,
    biller: Staff,
    stranger: Staff,
    network: Department,
    billing: Department,
    finance: Department,
) -> Ticket:
    people = {"agent": agent, "officer": officer, "duty": duty, "contact": contact, "handler": handler}
    departments = {"network": network, "billing": billing, "finance": finance}
    return eventful(category, jinan, {**people, "biller": biller, "financier": stranger}, departments)


def test_the_page_says_in_words_what_the_bars_show(ticket: Ticket, contact: Staff) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(contact)

    response = client.get(f"/tickets/{ticket.pk}/")

    books = response.context["story"].books
    assert [(row.label, row.line.held / dt.timedelta(hours=1)) for row in books.rows] == [
        ("业务支撑部", 3.0),
        ("网络部", 21.0),
        ("财务部", 4.0),
        ("complaint centre", 13.0),
        ("customer", 7.0),
        ("third party", 3.0),
    ]
    assert sum(row.share for row in books.rows) == Fraction(1)
    assert (len(books.whole.segments), [bar.label for bar in books.legs]) == (
        len(books.ledger.spans),
        ["1. 业务支撑部 · lead", "2. 网络部 · lead", "3. 财务部 · assisting", "4. 业务支撑部 · lead", "5. 网络部 · lead"],
    )
    assert books.ping_pong == ["业务支撑部 → 网络部 → 业务支撑部", "网络部 → 业务支撑部 → 网络部"]
    assert {note for row in books.rows for note in row.notes} >= {
        "网络处理人 4 h",
        "leg 1: return upheld, booked to the complaint centre",
        "sent to the wrong department 2 h 50 min",
    }
    page = response.content.decode()
    assert "back and forth 2 times" in page
    assert escape(books.legs[0].words) in page
    assert "style=" not in page


def test_a_ticket_of_no_length_has_a_page(category: Category, jinan: Region, agent: Staff) -> None:
    filed = factories.ticket(category, jinan, agent, NOW)
    client = Client()

    with time_machine.travel(NOW, tick=False):
        client.force_login(agent)
        response = client.get(f"/tickets/{filed.pk}/")

    assert (response.status_code, response.context["story"].books.rows) == (200, [])


def test_the_page_costs_the_same_for_a_ticket_of_many_legs(
    ticket: Ticket,
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
    django_assert_max_num_queries: Callable,
) -> None:
    plain = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW).ticket
    client = Client()
    client.force_login(contact)
    client.get(f"/tickets/{ticket.pk}/")  # working calendars are built once per process

    with django_assert_max_num_queries(20) as few:
        client.get(f"/tickets/{plain.pk}/")
    with django_assert_max_num_queries(20) as many:
        client.get(f"/tickets/{ticket.pk}/")

    assert len(many) <= len(few)


def test_the_api_tells_the_ledger(ticket: Ticket, contact: Staff, stranger: Staff, hall_agent: Staff) -> None:
    client = APIClient()
    client.force_authenticate(contact)

    told = client.get(f"/api/v1/tickets/{ticket.pk}/ledger/").json()

    assert (told["start"], told["end"]) == ("2026-11-02T09:00:00+08:00", "2026-11-04T12:00:00+08:00")
    assert (told["is_open"], told["length"], told["hand_offs"]) == (False, "2 03:00:00", 3)
    assert told["ping_pong"] == [["BOSS", "NETWORK"], ["NETWORK", "BOSS"]]
    assert told["lines"][1] == {
        "party": "department",
        "of": "NETWORK",
        "held": "21:00:00",
        "working": "09:00:00",
        "unattended": "02:10:00",
        "waiting": "17:00:00",
        "hand_offs": 1,
    }
    assert told["persons"][1] == {
        "person": "3001",
        "department": "NETWORK",
        "held": "04:00:00",
        "working": "02:00:00",
        "waiting": "14:00:00",
        "hand_offs": 1,
    }
    assert told["spans"][-1] == {
        "start": "2026-11-04T08:00:00+08:00",
        "end": "2026-11-04T12:00:00+08:00",
        "party": "centre",
        "of": "callback",
        "leg": None,
        "mode": None,
    }
    client.force_authenticate(hall_agent)
    assert client.get(f"/api/v1/tickets/{ticket.pk}/ledger/").status_code == 404
