from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Customer
from journal.models import Event
from organization.models import Region, Staff
from tests.complaints.views.conftest import Filed

pytestmark = pytest.mark.usefixtures("verified")

type Page = Callable[[Staff], Client]
URL = reverse("complaints:customers")


def test_search_masks_the_numbers(page: Page, agent: Staff, customer: Customer) -> None:
    html = page(agent).get(URL, {"find": "1380000"}).content.decode()

    assert "138****0001" in html
    assert customer.number not in html


def test_search_of_another_region_shows_in_part_whom_the_whole_number_names(
    page: Page, hall_agent: Staff, customer: Customer
) -> None:
    part, whole = (page(hall_agent).get(URL, {"find": find}) for find in (customer.number[:-1], customer.number))

    assert (part.context["customers"], part.context["elsewhere"]) == ([], None)
    assert (whole.context["customers"], whole.context["elsewhere"]) == ([], customer)
    assert customer.name not in whole.content.decode()
    assert page(hall_agent).get(reverse("complaints:customer", args=[customer.pk])).status_code == 404


@pytest.mark.parametrize("who", ["handler", "manager"])
def test_departments_may_not_search(page: Page, who: str, customer: Customer, request: pytest.FixtureRequest) -> None:
    client = page(request.getfixturevalue(who))

    assert client.get(URL).status_code == 403
    assert client.get(reverse("complaints:customer", args=[customer.pk])).status_code == 403


def test_pages_follow_each_other(page: Page, agent: Staff, jinan: Region) -> None:
    Customer.objects.bulk_create(Customer(number=f"1390000{n:04}", region=jinan) for n in range(30))
    first = page(agent).get(URL, {"find": "139"})
    second = page(agent).get(URL, {"find": "139", "after": first.context["after"]})

    assert len(first.context["customers"]) == 25
    assert [each.number for each in second.context["customers"]] == [f"1390000{n:04}" for n in range(25, 30)]
    assert second.context["after"] == ""


@pytest.mark.parametrize("item_count", [1, 24])
def test_search_queries(page: Page, agent: Staff, jinan: Region, django_assert_num_queries: Callable, item_count: int) -> None:
    Customer.objects.bulk_create(Customer(number=f"1390000{n:04}", region=jinan) for n in range(item_count))
    client = page(agent)

    with django_assert_num_queries(5):
        client.get(URL, {"find": "139"})


@pytest.mark.parametrize("item_count", [1, 30])
def test_customer_page_queries(
    page: Page,
    agent: Staff,
    filed: Filed,
    customer: Customer,
    django_assert_num_queries: Callable,
    item_count: int,
) -> None:
    for _each in range(item_count):
        filed()
    client = page(agent)

    with django_assert_num_queries(6):
        response = client.get(reverse("complaints:customer", args=[customer.pk]))
    assert len(response.context["complaints"]) == item_count


def test_customer_page_of_the_province_hides_what_the_region_may_not_see(
    page: Page,
    hall_agent: Staff,
    filed: Filed,
    qingdao: Region,
    jinan: Region,
) -> None:
    here = Customer.objects.create(number="13800000003", name="青岛客户", region=qingdao)
    filed(customer=here, region=jinan)
    mine = filed(customer=here, region=qingdao)
    response = page(hall_agent).get(reverse("complaints:customer", args=[here.pk]))

    assert response.context["complaints"] == [mine]


def test_reveal_shows_the_number_and_records_who_saw_it(page: Page, agent: Staff, filed: Filed, customer: Customer) -> None:
    complaint = filed()
    url = reverse("complaints:reveal", args=[complaint.pk])
    response = page(agent).post(url, headers={"hx-request": "true"})

    assert customer.number in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    event = Event.objects.get(kind="ticket.reveal")
    assert (event.stream, event.by) == (complaint.ticket.stream, agent)


def test_reveal_without_script_shows_a_page(page: Page, agent: Staff, filed: Filed, customer: Customer) -> None:
    response = page(agent).post(reverse("complaints:reveal", args=[filed().pk]))

    assert customer.number in response.content.decode()


def test_reveal_is_refused_to_who_only_reads(page: Page, manager: Staff, stranger: Staff, filed: Filed) -> None:
    url = reverse("complaints:reveal", args=[filed().pk])

    assert page(manager).post(url).status_code == 403
    assert page(stranger).post(url).status_code == 404
    assert page(manager).get(url).status_code == 405
    assert not Event.objects.filter(kind="ticket.reveal").exists()
