"""The triage desk: what waits is in order, one page is enough to decide, and the loser of a race is told."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Complaint, Customer
from organization.models import Department, Region, Staff
from tests import factories
from tests.complaints.views.conftest import Filed
from workorders.actions.filing import solve
from workorders.enums import TicketState
from workorders.models import Category, Ticket

pytestmark = pytest.mark.usefixtures("verified")

type Page = Callable[[Staff], Client]
URL = reverse("complaints:desk")


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


def case(complaint: Complaint, name: str = "desk_case", **query: object) -> str:
    return reverse(f"complaints:{name}", args=[complaint.pk], query=query or None)


@pytest.fixture
def caller(jinan: Region) -> Callable[[int], Customer]:
    return lambda number: Customer.objects.create(number=f"1380000010{number}", name="另一客户", region=jinan)


@pytest.fixture
def new(filed: Filed) -> Complaint:
    return filed(ago=hours(1), then="triage", subject="宽带断网", description="宽带断网两天，报修没有人上门")


@pytest.fixture
def broadband(billing: Department) -> Category:
    """The category that the solved tickets were of, led by another department than the filed one's."""
    found = factories.category("GRP/REPAIR/LATE", "修障超时")
    factories.route(found, billing)
    return found


@pytest.fixture
def solved(filed: Filed, broadband: Category, agent: Staff, now: dt.datetime) -> Ticket:
    told = {"category": broadband, "subject": "宽带断网", "description": "家里宽带断网，报修后没有人上门"}
    ticket = filed(ago=hours(30), then="triage", **told).ticket
    return solve(ticket=ticket, answer="光缆已抢修", by=agent, now=now - hours(29))


def test_what_waits_is_in_order_of_the_time_left(
    page: Page, officer: Staff, filed: Filed, caller: Callable[[int], Customer]
) -> None:
    late = filed(ago=hours(3), then="triage", customer=caller(1))
    early = filed(ago=hours(5), then="triage", customer=caller(2))
    filed(ago=hours(6), customer=caller(3))

    rows = page(officer).get(URL).context["rows"]

    assert [row.ticket for row in rows] == [early.ticket, late.ticket]


def test_what_one_customer_waits_for_stands_together_with_how_often_they_complained(
    page: Page, officer: Staff, filed: Filed, caller: Callable[[int], Customer]
) -> None:
    often, once = caller(1), caller(2)
    first = filed(ago=hours(9), then="triage", customer=often)
    other = filed(ago=hours(7), then="triage", customer=once)
    again = filed(ago=hours(2), then="triage", customer=often)

    rows = page(officer).get(URL).context["rows"]

    assert [(row.ticket, row.lately, row.is_more) for row in rows] == [
        (again.ticket, 2, False),
        (first.ticket, 2, True),
        (other.ticket, 1, False),
    ]


def test_a_dialog_opened_on_the_desk_ends_on_the_desk(page: Page, duty: Staff, new: Complaint) -> None:
    client = page(duty)
    cancel = reverse("workorders:ticket_action", args=[new.pk, "cancel"])
    asked = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{URL}?ticket={new.pk}"}

    answer = client.post(cancel, {"reason": "客户撤诉"}, headers=asked)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{URL}?ticket={new.pk}")


def test_a_suggestion_comes_from_the_solved_tickets_like_it_and_fills_the_form(
    page: Page, officer: Staff, new: Complaint, solved: Ticket, broadband: Category, billing: Department
) -> None:
    client = page(officer)

    offers = client.get(case(new, "desk_suggested")).context["offers"]
    taken = client.get(case(new, category=broadband.pk, lead=billing.pk)).context["form"]

    assert [(each.category, each.lead, each.share, each.is_filed) for each in offers] == [
        (broadband, billing, 100, False),
        (new.ticket.category, offers[1].lead, 0, True),
    ]
    assert (taken["category"].value(), taken["lead"].value()) == (str(broadband.pk), str(billing.pk))


def test_one_step_corrects_and_dispatches_and_the_next_comes_up(
    page: Page, officer: Staff, new: Complaint, broadband: Category, billing: Department
) -> None:
    client = page(officer)
    seen = client.get(case(new)).context["story"]["seen"]

    response = client.post(case(new), {"step": "forward", "seen": seen, "category": broadband.pk, "lead": billing.pk})

    assert (response.status_code, response["Location"]) == (302, URL)
    ticket = Ticket.objects.get(pk=new.pk)
    assert (ticket.state, ticket.category) == (TicketState.IN_PROGRESS, broadband)
    assert [order.department for order in ticket.orders.all()] == [billing]
    assert client.get(URL).context["rows"] == []


def test_the_second_of_two_officers_is_told_what_the_first_did(
    page: Page, officer: Staff, new: Complaint, billing: Department
) -> None:
    client = page(officer)
    told = {"step": "forward", "seen": client.get(case(new)).context["story"]["seen"], "lead": billing.pk}
    client.post(case(new), told)

    response = client.post(case(new), told)

    assert response.status_code == 409
    assert "alert-warning" in response.content.decode()
    assert Ticket.objects.get(pk=new.pk).orders.count() == 1


def test_without_a_lead_nothing_is_done_and_the_field_says_so(page: Page, officer: Staff, new: Complaint) -> None:
    response = page(officer).post(case(new), {"step": "forward", "remark": "请尽快"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["lead"]
    assert response.context["form"]["remark"].value() == "请尽快"
    assert Ticket.objects.get(pk=new.pk).state == TicketState.TRIAGE


@pytest.mark.parametrize("item_count", [1, 3])
def test_desk_queries(page: Page, officer: Staff, filed: Filed, caller: Callable[[int], Customer], item_count: int) -> None:
    made = [filed(ago=hours(1), then="triage", customer=caller(count)) for count in range(item_count)]
    client = page(officer)
    client.get(URL)

    counts = []
    for address in (URL, case(made[0]), case(made[0], "desk_suggested")):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))

    assert counts == [7, 12, 7]
