from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Callback, Complaint, Customer
from organization.models import Staff
from tests.complaints.views.conftest import Filed
from tests.concurrency.test_races import at_once
from workorders.models import Ticket
from workorders.rebuild import differences

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def posting() -> Callable[..., Callable[[], int]]:
    """Return a call that posts on a connection of its own and returns the status."""

    def post(user: Staff, url: str, data: dict) -> Callable[[], int]:
        client = Client()
        client.force_login(user)
        return lambda: client.post(url, data).status_code

    return post


def test_one_page_sent_twice_at_once_files_one_ticket(posting: Callable, agent: Staff, told: dict) -> None:
    url = reverse("complaints:intake")
    new = told | {"customer": "", "number": "13900000009"}

    assert at_once(posting(agent, url, new), posting(agent, url, new)) == [302, 302]
    assert Ticket.objects.count() == 1
    assert Customer.objects.filter(number="13900000009").count() == 1
    assert list(differences()) == []


def test_two_agents_entering_one_new_customer_at_once_share_them(
    posting: Callable,
    agent: Staff,
    officer: Staff,
    told: dict,
) -> None:
    url = reverse("complaints:intake")
    new = told | {"customer": "", "number": "13900000009"}

    assert at_once(posting(agent, url, new), posting(officer, url, new)) == [302, 302]
    assert Complaint.objects.filter(customer__number="13900000009").count() == 2
    assert list(differences()) == []


def test_two_callers_at_once_make_one_attempt(posting: Callable, agent: Staff, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    url = reverse("complaints:callback", args=[complaint.pk])
    page = Client()
    page.force_login(officer)
    data = {"seen": page.get(url).context["form"]["seen"].value(), "outcome": "no_answer"}

    assert sorted(at_once(posting(officer, url, data), posting(agent, url, data))) == [302, 409]
    assert Callback.objects.count() == 1
    assert list(differences()) == []
