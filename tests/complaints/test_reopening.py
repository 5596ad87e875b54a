"""A complaint that is reopened keeps its customer: everything that looks for one finds the new ticket too."""

import datetime as dt

import pytest
from django.test import Client

from complaints.actions.callbacks import close_unanswered, record_callback
from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint, Customer
from complaints.queries.callbacks import awaiting
from complaints.queries.customers import history
from complaints.queries.duplicates import duplicates
from complaints.queries.unanswered import unanswered
from journal.models import Event
from organization.models import Department, Region, Staff
from tests.conftest import NOW
from workorders.actions import closing, dispatching, handling, reviewing
from workorders.menu import perform
from workorders.models import Category, Ticket, WorkOrder
from workorders.story import story

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def closed(category: Category, customer: Customer, agent: Staff, officer: Staff, jinan: Region) -> Complaint:
    facts = Facts(
        customer=customer,
        contact_name="家人",
        contact_phone="13900000009",
        category=category,
        channel="hotline",
        region=jinan,
        subject="室内没有信号",
        description="家里没有信号",
        place="解放路1号",
        occurred_at=NOW - HOUR,
    )
    complaint = file_complaint(facts=facts, then="solved", answer="已重启", filing_key="first", by=agent, now=NOW)
    record_callback(complaint=complaint, outcome="reached", satisfaction=5, solved=True, by=officer, now=NOW + HOUR)
    return complaint


def reopened(ticket: Ticket, duty: Staff, **data: str) -> Ticket:
    made = perform(duty, ticket, "reopen", data={"reason": "又没信号了", **data}, now=NOW + 2 * HOUR)
    assert isinstance(made, Ticket)
    return made


def test_a_reopened_complaint_keeps_customer_contact_place_and_time(closed: Complaint, duty: Staff) -> None:
    new = reopened(Ticket.objects.get(), duty)

    kept = ("customer_id", "contact_name", "contact_phone", "place", "occurred_at")
    assert [getattr(new.complaint, name) for name in kept] == [getattr(closed, name) for name in kept]
    assert (new.state, new.reopened_from_id) == ("awaiting_dispatch", closed.pk)


def test_the_reason_is_a_line_of_the_timeline_and_not_the_customers_words(closed: Complaint, duty: Staff) -> None:
    new = reopened(Ticket.objects.get(), duty)

    lines = {line.event.kind: line.said for line in story(duty, new, NOW + 3 * HOUR).lines}
    assert new.description == "家里没有信号"
    assert lines["ticket.take_up"] == ["又没信号了", closed.ticket.number]


def dispatched_and_replied(ticket: Ticket, network: Department, officer: Staff, contact: Staff) -> WorkOrder:
    later = NOW + 2 * HOUR
    dispatching.dispatch(ticket=ticket, lead=network, by=officer, now=later)
    order = handling.accept(order=ticket.orders.get(), by=contact, now=later)
    told = {"cause": "fault", "liability": "operator", "customer_contacted": True}
    handling.reply(order=order, result="已处理", by=contact, now=later, **told)
    return reviewing.approve(order=order, by=officer, now=later)


def test_callbacks_duplicates_and_history_find_the_reopened_complaint(
    closed: Complaint,
    duty: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
) -> None:
    new = reopened(Ticket.objects.get(), duty)

    assert new.pk in {each.pk for each in duplicates(officer, closed.customer, new.category, NOW + 2 * HOUR)}
    assert [each.pk for each in history(closed.customer)] == [new.pk, closed.pk]

    order = dispatched_and_replied(new, network, officer, contact)
    assert order.ticket.state == "awaiting_callback"
    assert [each.pk for each in awaiting(officer, NOW + 3 * HOUR)] == [new.pk]
    late = NOW + dt.timedelta(days=5)
    assert [each.pk for each in unanswered(late, dt.timedelta(days=3))] == [new.pk]
    close_unanswered(complaint=new.complaint, now=late)
    assert Ticket.objects.get(pk=new.pk).state == "closed"


def test_reopening_twice_from_one_form_files_one(closed: Complaint, duty: Staff) -> None:
    first = reopened(Ticket.objects.get(), duty, filing_key="k")

    again = closing.reopen(ticket=closed.ticket, reason="又没信号了", filing_key="k", by=duty, now=NOW + 2 * HOUR)

    assert (again.pk, Ticket.objects.count(), Complaint.objects.count()) == (first.pk, 2, 2)
    assert Event.objects.filter(kind="ticket.take_up").count() == 1


def test_the_page_of_a_reopened_complaint_shows_the_customer(closed: Complaint, duty: Staff, client: Client) -> None:
    new = reopened(Ticket.objects.get(), duty)
    client.force_login(duty)

    html = client.get(f"/tickets/{new.pk}/").content.decode()

    assert "138****0001" in html
