"""Customers who complain again: who they are, what counts, and whose one sees."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from complaints.models import Customer
from organization.models import Region, Staff
from tests.complaints.views.conftest import Filed
from workorders.actions.closing import cancel

pytestmark = pytest.mark.usefixtures("verified")

URL = reverse("complaints:repeaters")
DAY = dt.timedelta(days=1)


def listed(client: Client, **query: object) -> list[tuple[str, int, int, int]]:
    rows = client.get(URL, query).context["rows"]
    return [(row.customer.number, row.number, row.repeats, row.open) for row in rows]


@pytest.fixture
def often(jinan: Region, filed: Filed) -> Customer:
    """Three complaints of a month, the last two of them repeats, and an older one."""
    customer = Customer.objects.create(number="13800000101", name="反复", region=jinan)
    for days in (45, 9, 5, 1):
        filed(ago=days * DAY, customer=customer)
    return customer


def test_the_most_complaints_come_first_and_what_was_withdrawn_does_not_count(
    client: Client, duty: Staff, often: Customer, jinan: Region, filed: Filed, now: dt.datetime
) -> None:
    twice = Customer.objects.create(number="13800000102", name="两次", region=jinan)
    for days in (3, 2):
        filed(ago=days * DAY, customer=twice)
    withdrawn = filed(ago=DAY, then="triage", customer=Customer.objects.create(number="13800000103", region=jinan))
    filed(ago=2 * DAY, customer=withdrawn.customer)
    cancel(ticket=withdrawn.ticket, reason="客户撤诉", by=duty, now=now)
    client.force_login(duty)

    assert listed(client) == [("13800000101", 3, 2, 3), ("13800000102", 2, 1, 2)]
    assert listed(client, days="60", least="3") == [("13800000101", 4, 2, 4)]
    assert listed(client, days="7", least="5") == []
    assert listed(client, days="1000", least="x") == listed(client)


def test_it_takes_as_many_queries_however_many_customers(
    client: Client, duty: Staff, often: Customer, jinan: Region, filed: Filed, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        customer = Customer.objects.create(number=f"1380000020{number}", region=jinan)
        filed(ago=2 * DAY, customer=customer)
        filed(ago=DAY, customer=customer)
    client.force_login(duty)
    client.get(URL)

    with django_assert_max_num_queries(6):
        assert len(listed(client)) == 4
