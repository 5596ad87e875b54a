"""The same side urges the same departments at most every ten minutes; the count tells how often that was."""

import datetime as dt

import pytest
from django.test import Client

from foundation.errors import Conflict
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import handling, returning, urging
from workorders.models import Category, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def test_urging_again_within_ten_minutes_is_refused_and_not_counted(order: WorkOrder, agent: Staff, duty: Staff) -> None:
    urging.urge_ticket(ticket=order.ticket, by=agent, now=NOW)

    for urge_again in (
        lambda: urging.urge_ticket(ticket=order.ticket, by=agent, now=NOW + 5 * MINUTE),
        lambda: urging.urge(order=order, by=agent, now=NOW + 9 * MINUTE),
    ):
        with pytest.raises(Conflict, match="分钟前已催办"):
            urge_again()

    urging.urge(order=order, by=duty, now=NOW + 9 * MINUTE)
    urging.urge_ticket(ticket=order.ticket, by=agent, now=NOW + 10 * MINUTE)
    order.refresh_from_db()
    assert order.urge_count == 3


def test_urging_one_department_does_not_keep_from_urging_the_others(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, billing: Department
) -> None:
    lead = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, billing, by=officer, at=NOW)
    other = lead.ticket.orders.get(department=billing)

    urging.urge(order=lead, by=agent, now=NOW)
    urging.urge(order=other, by=agent, now=NOW + MINUTE)
    urging.urge_ticket(ticket=lead.ticket, by=agent, now=NOW + 2 * MINUTE)

    assert list(lead.ticket.orders.order_by("seq").values_list("urge_count", flat=True)) == [2, 2]


def test_a_denied_return_goes_back_to_whoever_had_accepted_it(
    order: WorkOrder, handler: Staff, contact: Staff, duty: Staff
) -> None:
    handling.accept(order=order, by=handler, now=NOW)
    returning.request_return(order=order, reason="not_ours", evidence="核实", by=contact, now=NOW + MINUTE)

    denied = returning.deny_return(order=order, ruling_reason="属于本部门", by=duty, now=NOW + 2 * MINUTE)

    assert (denied.state, denied.assignee, denied.is_unassigned) == ("accepted", handler, False)


def test_a_denied_return_that_nobody_had_accepted_shows_as_unassigned(
    order: WorkOrder, contact: Staff, duty: Staff, client: Client
) -> None:
    returning.request_return(order=order, reason="not_ours", evidence="核实", by=contact, now=NOW + MINUTE)
    denied = returning.deny_return(order=order, ruling_reason="属于本部门", by=duty, now=NOW + 2 * MINUTE)
    client.force_login(contact)

    queue, page = client.get("/queues/department/"), client.get(f"/tickets/{order.ticket_id}/")

    assert (denied.state, denied.is_unassigned) == ("accepted", True)
    assert [row.pk for row in queue.context["rows"]] == [order.pk]
    assert ["未指派" in each.content.decode() for each in (queue, page)] == [True, True]
