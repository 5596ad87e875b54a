"""What the system does by itself when time has come."""

import datetime as dt

import pytest
import time_machine

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import handling, holding
from workorders.models import Category
from workorders.tasks import accept_unanswered, resume_holds

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


def test_an_order_that_nobody_accepts_is_accepted_in_the_departments_name_and_is_late(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    network: Department,
) -> None:
    order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)

    with time_machine.travel(NOW + HOUR / 4):
        assert accept_unanswered(timestamp=0) == 0
    with time_machine.travel(NOW + HOUR):
        assert accept_unanswered(timestamp=0) == 1
        assert accept_unanswered(timestamp=0) == 0
    order.refresh_from_db()
    assert (order.state, order.assignee) == ("accepted", None)
    handling.reply(
        order=order,
        result="已处理",
        cause="fault",
        liability="operator",
        by=_assigned(order, handler),
        now=NOW + 2 * HOUR,
    )
    clock = order.clocks.get(kind="acknowledge")
    assert clock.breached_at == NOW + HOUR / 2
    assert clock.stopped_at == NOW + 2 * HOUR


def _assigned(order: object, handler: Staff) -> Staff:
    handler.roles = ["head"]
    handler.save()
    return handler


def test_a_hold_ends_by_itself_at_the_agreed_time(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
) -> None:
    order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    handling.accept(order=order, by=contact, now=NOW)
    holding.request_hold(
        order=order,
        reason="wait_customer",
        evidence="客户出差",
        until=NOW + 5 * HOUR,
        by=contact,
        now=NOW + HOUR,
    )

    with time_machine.travel(NOW + 4 * HOUR):
        assert resume_holds(timestamp=0) == 0
    with time_machine.travel(NOW + 5 * HOUR):
        assert resume_holds(timestamp=0) == 1
    order.refresh_from_db()
    assert order.state == "accepted"
    assert order.clocks.get(kind="resolve").due_at == NOW + 28 * HOUR
