"""What the ticket page puts first, and how it reads its clocks."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from complaints.models import Complaint, Customer
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import closing, filing, handling, transferring
from workorders.models import Category, Ticket, WorkOrder
from workorders.story import Story, story

pytestmark = pytest.mark.usefixtures("limits")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


@pytest.fixture
def told() -> Callable[..., Story]:
    def tell(person: Staff, order: WorkOrder, now: dt.datetime = NOW + HOUR) -> Story:
        return story(person, Ticket.objects.get(pk=order.ticket_id), now)

    return tell


def step(told: Story) -> str | None:
    return told.legs[-1].step.name if told.legs[-1].step else None


def test_the_next_step_is_the_work_never_a_note(
    order: WorkOrder, told: Callable[..., Story], contact: Staff, officer: Staff, manager: Staff
) -> None:
    first = step(told(contact, order))
    handling.accept(order=order, by=contact, now=NOW)
    then = step(told(contact, order))
    handling.reply(order=order, by=contact, now=NOW, result="已恢复", cause="fault", liability="operator")
    last = step(told(officer, order))

    assert (first, then, last) == ("accept", "reply", "approve")
    assert (told(manager, order).step, step(told(manager, order))) == (None, None)


def test_the_step_of_a_ticket_to_dispatch_is_the_dispatch(category: Category, jinan: Region, agent: Staff, officer: Staff) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    filing.submit(ticket=ticket, by=agent, now=NOW)
    filing.prepare(ticket=ticket, by=officer, now=NOW)

    assert story(officer, Ticket.objects.get(), NOW).step.name == "dispatch"


def test_a_clock_whose_work_was_taken_away_says_so(
    order: WorkOrder, told: Callable[..., Story], contact: Staff, billing: Department, duty: Staff
) -> None:
    handling.accept(order=order, by=contact, now=NOW)
    transferring.transfer(order=order, department=billing, reason="核查账务", by=contact, now=NOW + HOUR)
    moved = [(reading.clock.kind, reading.state) for reading in told(contact, order).legs[0].readings]
    closing.cancel(ticket=order.ticket, reason="客户撤回", by=duty, now=NOW + HOUR)
    cancelled = told(duty, order)

    assert moved == [("acknowledge", "met"), ("resolve", "ended")]
    assert cancelled.overall.state == "ended"
    assert [reading.state for reading in cancelled.legs[1].readings] == ["ended", "ended"]


def test_a_clock_past_its_time_is_late_while_it_runs(order: WorkOrder, told: Callable[..., Story], contact: Staff) -> None:
    early, late = told(contact, order, NOW), told(contact, order, NOW + 3 * HOUR)

    assert [reading.is_late for reading in early.legs[0].readings] == [False, False]
    assert [reading.is_late for reading in late.legs[0].readings] == [True, False]


def test_who_calls_back_finds_the_call_among_the_first_buttons(
    client: Client, category: Category, customer: Customer, agent: Staff, manager: Staff
) -> None:
    ticket = factories.ticket(category, customer.region, agent, NOW)
    Complaint.objects.create(ticket=ticket, customer=customer, contact_phone="1")
    filing.solve(ticket=ticket, answer="已重启", by=agent, now=NOW)

    def offered(person: Staff) -> bool:
        client.force_login(person)
        return f'href="/callbacks/{ticket.pk}/"' in client.get(f"/tickets/{ticket.pk}/").content.decode()

    assert (offered(agent), offered(manager)) == (True, False)
