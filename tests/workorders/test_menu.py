"""What time forbids is not offered, on the page and over the API alike; what is offered for a while says until when."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import closing, filing
from workorders.menu import Subject, menu_for
from workorders.models import Category, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


@pytest.fixture
def closed(category: Category, jinan: Region, agent: Staff, officer: Staff) -> Ticket:
    ticket = factories.ticket(category, jinan, agent, NOW)
    filing.solve(ticket=ticket, answer="已重启", by=agent, now=NOW)
    return closing.close(ticket=ticket, reason="ok", by=officer, now=NOW)


def offered(person: Staff, subject: Subject, at: dt.datetime) -> dict[str, dt.datetime | None]:
    return {item.name: item.until for item in menu_for(person, subject, at)}


def test_a_return_is_offered_for_two_hours(order: WorkOrder, contact: Staff) -> None:
    last = NOW + 120 * MINUTE

    assert offered(contact, order, last)["request_return"] == last
    assert "request_return" not in offered(contact, order, last + dt.timedelta(seconds=1))


def test_reopening_is_offered_for_thirty_days(closed: Ticket, duty: Staff) -> None:
    last = NOW + dt.timedelta(days=30)

    assert offered(duty, closed, last)["reopen"] == last
    assert "reopen" not in offered(duty, closed, last + dt.timedelta(seconds=1))


def test_page_and_api_offer_a_return_only_while_it_is_possible(order: WorkOrder, contact: Staff, client: Client) -> None:
    client.force_login(contact)
    api = APIClient()
    api.force_authenticate(contact)
    page, address = f"/tickets/{order.ticket_id}/", f"/api/v1/orders/{order.pk}/"

    with time_machine.travel(NOW + MINUTE, tick=False):
        assert "至 11-02 11:00" in client.get(page).content.decode()
        assert "request_return" in api.get(address).json()["actions"]
        limits = {each["name"]: each["until"] for each in api.get(f"{address}actions/").json()}
        assert limits == {"accept": None, "assign": None, "request_return": "2026-11-02T11:00:00+08:00", "transfer": None}

    with time_machine.travel(NOW + 121 * MINUTE, tick=False):
        assert "actions/request_return/" not in client.get(page).content.decode()
        assert "request_return" not in api.get(address).json()["actions"]
