"""What a hold does to the customer's clock and to the ledger."""

import datetime as dt

import pytest

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.workorders.books import check_ledgers
from workorders.actions import handling, holding
from workorders.enums import ClockKind
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


def test_a_hold_that_was_only_asked_for_keeps_no_customers_clock_running(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    stranger: Staff,
    network: Department,
    finance: Department,
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    lead = factories.dispatched(ticket, network, finance, by=officer, at=NOW)
    assist = ticket.orders.get(department=finance)
    asked = {"evidence": "已联系", "until": NOW + 9 * HOUR}
    handling.accept(order=lead, by=handler, now=NOW)
    handling.accept(order=assist, by=stranger, now=NOW)
    holding.request_hold(order=lead, reason="wait_external", by=handler, now=NOW + HOUR, **asked)
    handling.reply(order=lead, result="已处理", cause="fault", liability="operator", by=handler, now=NOW + 2 * HOUR)

    holding.request_hold(order=assist, reason="wait_customer", by=stranger, now=NOW + 3 * HOUR, **asked)

    assert ticket.clocks.get(kind=ClockKind.OVERALL).running_since is None
    assert check_ledgers(NOW + 5 * HOUR) == 1
