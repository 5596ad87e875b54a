"""A department merged into another: open orders move with their clocks, finished ones stay."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from foundation.errors import Conflict, Invalid, NotAllowed
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.workorders.books import check_ledgers
from workorders.accounts import lines, person_lines
from workorders.actions import handling, returning
from workorders.actions.reorganizing import absorb_department
from workorders.models import Category, Route, Ticket, WorkOrder
from workorders.queries.ledger import ledgers

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def administrator(centre: Department) -> Staff:
    return factories.staff("9001", "管理员", centre, [Role.ADMIN])


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff, network: Department) -> WorkOrder:
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    return handling.accept(order=made, by=contact, now=NOW + HOUR / 4)


def test_open_orders_move_with_their_clocks_and_people_and_routes(
    order: WorkOrder, administrator: Staff, contact: Staff, category: Category, network: Department, billing: Department
) -> None:
    factories.route(category, network, 请核对=billing)
    clocks = [clock.state for clock in order.clocks.order_by("pk")]

    moved = absorb_department(department=network, into=billing, by=administrator, now=NOW + HOUR)

    for row in (order, contact, network):
        row.refresh_from_db()
    assert (moved, order.department, order.assignee, order.state) == (1, billing, contact, "accepted")
    assert [clock.state for clock in order.clocks.order_by("pk")] == clocks
    assert (contact.department, network.is_active) == (billing, False)
    assert (Route.objects.get().lead, Route.objects.get().assists.count()) == (billing, 0)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=contact, now=NOW + 2 * HOUR)


def test_the_ledger_books_to_each_department_what_it_had_itself(
    order: WorkOrder, administrator: Staff, contact: Staff, network: Department, billing: Department
) -> None:
    absorb_department(department=network, into=billing, by=administrator, now=NOW + HOUR)

    (drawn,) = ledgers(Ticket.objects.all(), NOW + 3 * HOUR)

    told = {line.of: line for line in lines(drawn.ledger, {})}
    assert (told["NETWORK"].held, told["BOSS"].held) == (HOUR, 2 * HOUR)
    assert (told["NETWORK"].hand_offs, drawn.ledger.hand_offs, drawn.ledger.ping_pong) == (0, 0, [])
    persons = {(line.person, line.department): line.held for line in person_lines(drawn.ledger, {})}
    assert persons == {(contact.pk, "NETWORK"): 3 * HOUR / 4, (contact.pk, "BOSS"): 2 * HOUR}
    assert check_ledgers(NOW + 3 * HOUR) == 1


def test_the_ticket_page_names_both_departments(
    order: WorkOrder, administrator: Staff, duty: Staff, billing: Department, client: Client
) -> None:
    absorb_department(department=order.department, into=billing, by=administrator, now=NOW + HOUR)
    client.force_login(duty)

    page = client.get(f"/tickets/{order.ticket_id}/").content.decode()

    assert page.count(order.department.name) >= 1
    assert billing.name in page


def test_finished_orders_stay_where_they_were_done(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    administrator: Staff,
    network: Department,
    billing: Department,
) -> None:
    gone = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    returning.request_return(order=gone, reason="not_ours", evidence="属于账务", by=contact, now=NOW)
    returning.uphold_return(order=gone, by=duty, now=NOW)

    assert absorb_department(department=network, into=billing, by=administrator, now=NOW + HOUR) == 0
    gone.refresh_from_db()
    assert gone.department == network


def test_two_open_orders_on_one_ticket_are_refused_and_nothing_changes(
    category: Category, jinan: Region, agent: Staff, officer: Staff, administrator: Staff, network: Department, billing: Department
) -> None:
    order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, billing, by=officer, at=NOW)

    with pytest.raises(Conflict, match=order.ticket.number):
        absorb_department(department=network, into=billing, by=administrator, now=NOW + HOUR)

    network.refresh_from_db()
    assert network.is_active


def test_only_administrators_and_only_into_another_active_department(
    administrator: Staff, duty: Staff, network: Department, billing: Department
) -> None:
    with pytest.raises(NotAllowed):
        absorb_department(department=network, into=billing, by=duty, now=NOW)
    with pytest.raises(Invalid):
        absorb_department(department=network, into=network, by=administrator, now=NOW)


def test_the_command_merges_and_says_what_is_wrong(
    order: WorkOrder, administrator: Staff, billing: Department, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(CommandError):
        call_command("absorb_department", "NETWORK", "NOWHERE", by="9001")

    call_command("absorb_department", "NETWORK", "BOSS", by="9001")

    assert capsys.readouterr().out == "1 orders moved from NETWORK to BOSS\n"
