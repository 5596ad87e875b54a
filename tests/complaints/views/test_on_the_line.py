"""A customer of another region is known by the whole number alone: enough to file, urge and add, not to read."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import policies
from complaints.models import Complaint, Customer
from journal.models import Event
from organization.enums import Role
from organization.models import Region, Staff
from tests.complaints.views.conftest import Filed
from workorders import policies as ticket_policies
from workorders.models import Category, Ticket

pytestmark = pytest.mark.usefixtures("limits", "verified")

type Page = Callable[[Staff], Client]
URL, PART = reverse("complaints:intake"), reverse("complaints:intake_customer")
LIKELY, PROPOSAL = reverse("complaints:duplicates"), reverse("complaints:proposal")


def test_the_whole_number_finds_a_customer_of_another_region_in_part(
    page: Page, hall_agent: Staff, filed: Filed, customer: Customer
) -> None:
    filed()
    response = page(hall_agent).get(PART, {"find": "+86 138 0000 0001"})

    who, html = response.context["who"], response.content.decode()
    assert (who.customer, who.is_elsewhere, who.open_count, who.history, who.is_new) == (customer, True, 1, [], False)
    assert "测***" in html
    assert "138****0001" in html
    assert "1 件在办" in html
    assert customer.name not in html
    assert reverse("complaints:customer", args=[customer.pk]) not in html


@pytest.mark.parametrize("query", ["1380000000", "0001", "测试", "13800000009"])
def test_less_than_the_whole_number_finds_nobody_elsewhere(page: Page, hall_agent: Staff, customer: Customer, query: str) -> None:
    who = page(hall_agent).get(PART, {"find": query}).context["who"]

    assert (who.customer, who.matches) == (None, [])


def test_an_id_alone_opens_no_customer_of_another_region(page: Page, hall_agent: Staff, customer: Customer) -> None:
    assert page(hall_agent).get(PART, {"customer": customer.pk}).context["who"].customer is None


def test_the_preview_says_that_it_is_a_repeat_and_becomes_urgent(
    page: Page, hall_agent: Staff, filed: Filed, customer: Customer, routed: Category
) -> None:
    filed()
    asked = {"number": customer.number, "category": routed.pk, "urgency": "normal", "channel": "hall"}
    advice = page(hall_agent).get(PROPOSAL, asked).context["advice"]

    assert advice.urgency == "urgent"
    assert len(advice.reasons) == 1
    assert "重复" in advice.reasons[0]


def test_what_is_open_elsewhere_is_shown_without_its_words(
    page: Page, hall_agent: Staff, filed: Filed, customer: Customer, routed: Category
) -> None:
    complaint = filed(subject="只有本地可看")
    response = page(hall_agent).get(LIKELY, {"number": customer.number, "category": routed.pk})

    (likely,) = response.context["likely"]
    html = response.content.decode()
    assert (likely.complaint, likely.may_read, likely.may_urge, likely.may_note) == (complaint, False, True, True)
    assert complaint.ticket.number in html
    assert "只有本地可看" not in html
    assert reverse("workorders:ticket", args=[complaint.pk]) not in html


@pytest.mark.parametrize(("name", "kind"), [("urge_ticket", "ticket.urge"), ("note", "ticket.note")])
def test_the_customer_on_the_line_may_urge_and_add_anywhere(
    page: Page, hall_agent: Staff, filed: Filed, customer: Customer, told: dict, name: str, kind: str
) -> None:
    ticket = filed().ticket
    client = page(hall_agent)
    said = told | {"customer": "", "number": customer.number}

    response = client.post(reverse("complaints:instead", args=[ticket.pk, name]), said)

    assert response["Location"] == URL
    assert Event.objects.get(kind=kind).by == hall_agent
    assert Ticket.objects.count() == 1
    assert client.get(reverse("workorders:ticket", args=[ticket.pk])).status_code == 404


@pytest.mark.parametrize("number", ["", "13800000002", "1380000000"])
def test_without_the_right_number_another_regions_ticket_is_not_there(
    page: Page, hall_agent: Staff, filed: Filed, told: dict, number: str
) -> None:
    ticket = filed().ticket
    said = told | {"customer": "", "number": number}

    assert page(hall_agent).post(reverse("complaints:instead", args=[ticket.pk, "note"]), said).status_code == 404
    assert not Event.objects.filter(kind="ticket.note").exists()


def test_filing_for_a_customer_of_another_region_is_linked_as_the_preview_said(
    page: Page, hall_agent: Staff, filed: Filed, customer: Customer, told: dict
) -> None:
    earlier = filed()
    page(hall_agent).post(URL, told | {"customer": "", "number": "138-0000-0001"})

    made = Complaint.objects.exclude(pk=earlier.pk).select_related("ticket").get()
    assert (made.customer, made.repeat_of, made.ticket.urgency) == (customer, earlier, "urgent")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.sets(st.sampled_from(Role.values), max_size=3),
    where=st.integers(0, 2),
    number=st.sampled_from(["13800000001", "+8613800000001", "138 0000 0002", "1380000000", ""]),
)
def test_predicates_and_querysets_of_complaints_agree(
    filed: Filed,
    answered: Filed,
    roles: set[str],
    where: int,
    number: str,
    hall_agent: Staff,
    province: Region,
    jinan: Region,
    qingdao: Region,
) -> None:
    if not Complaint.objects.exists():
        other = Customer.objects.create(number="13800000002", name="另一客户", region=qingdao)
        filed()
        answered(customer=other)
    user = hall_agent
    user.roles, user.region = sorted(roles), [province, jinan, qingdao][where]

    every = Complaint.objects.select_related("ticket", "customer")
    assert set(policies.callable_again(user, number)) == {c for c in every if policies.may_call_again(user, c, number)}
    customers = Customer.objects.select_related("region")
    assert set(policies.customers_visible_to(user)) == {c for c in customers if policies.may_see_customer(user, c)}
    assert ticket_policies.may_file(user) or not policies.callable_again(user, number).exists()
