"""The domain's worked example E2: return, pause and rework, to the minute."""

import datetime as dt

import pytest

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.actions import closing, dispatching, filing, handling, holding, returning, reviewing
from workorders.enums import ClockKind
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("verified", "limits")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def test_e2_return_pause_and_rework(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    network: Department,
    billing: Department,
    biller: Staff,
) -> None:
    ticket = factories.ticket(category, jinan, agent, at("11-02 09:00"))
    filing.submit(ticket=ticket, by=agent, now=at("11-02 09:00"))
    filing.prepare(ticket=ticket, by=officer, now=at("11-02 09:10"))
    dispatching.dispatch(ticket=ticket, lead=billing, by=officer, now=at("11-02 09:40"))
    first = ticket.orders.get()
    returning.request_return(
        order=first, reason="not_ours", evidence="覆盖问题", proposed=network, by=biller, now=at("11-02 10:30")
    )
    returning.uphold_return(order=first, by=duty, now=at("11-02 10:50"))
    dispatching.dispatch(ticket=ticket, lead=network, by=officer, now=at("11-02 11:00"))
    leg = ticket.orders.get(department=network)
    resolve = leg.clocks.get(kind=ClockKind.RESOLVE)
    assert resolve.due_at == at("11-03 11:00")
    handling.accept(order=leg, by=contact, now=at("11-02 11:10"))
    holding.request_hold(
        order=leg,
        reason="wait_customer",
        evidence="客户出差",
        until=at("11-03 10:00"),
        by=contact,
        now=at("11-02 14:00"),
    )
    resolve.refresh_from_db()
    assert resolve.due_at is None
    holding.resume(order=leg, by=contact, now=at("11-03 10:00"))
    resolve.refresh_from_db()
    assert resolve.due_at == at("11-04 07:00")
    result = {"result": "已优化", "cause": "coverage", "liability": "operator"}
    handling.reply(order=leg, by=contact, now=at("11-03 18:00"), **result)
    reviewing.send_back(order=leg, defects="没有复测", by=officer, now=at("11-03 20:00"))
    resolve.refresh_from_db()
    assert resolve.due_at == at("11-04 09:00")
    handling.reply(order=leg, by=contact, now=at("11-04 06:00"), **result)
    reviewing.approve(order=leg, by=officer, now=at("11-04 07:00"))
    closing.answer(ticket=ticket, text="信号已恢复", by=agent, now=at("11-04 08:00"))

    first.refresh_from_db()
    resolve.refresh_from_db()
    leg.refresh_from_db()
    overall = ticket.clocks.get(kind=ClockKind.OVERALL)
    assert first.state == "voided"
    assert resolve.used == dt.timedelta(hours=21)
    assert resolve.breached_at is None
    assert leg.send_back_count == 1
    assert overall.due_at == at("11-05 05:00")
    assert overall.breached_at is None
    assert overall.used == dt.timedelta(hours=27)
