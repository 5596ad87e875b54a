"""Where other systems' deadlines went wrong: each pitfall that no other module tests by its number."""

import datetime as dt

import pytest

from foundation.errors import Invalid
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.actions import dispatching, extending, filing, handling, holding, noting, reviewing, transferring
from workorders.actions.limits import set_limits
from workorders.models import Category, OlaRule, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ticket(category: Category, jinan: Region, agent: Staff) -> Ticket:
    return factories.ticket(category, jinan, agent, NOW)


@pytest.fixture
def order(ticket: Ticket, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(ticket, network, by=officer, at=NOW)


def replied(order: WorkOrder, by: Staff, at: dt.datetime) -> WorkOrder:
    return handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=by, now=at)


def test_pitfall_02_a_leg_starts_when_it_is_dispatched(ticket: Ticket, agent: Staff, officer: Staff, network: Department) -> None:
    filing.submit(ticket=ticket, by=agent, now=NOW)
    filing.prepare(ticket=ticket, by=officer, now=NOW + HOUR)
    dispatching.dispatch(ticket=ticket, lead=network, by=officer, now=NOW + 30 * HOUR)

    clock = ticket.orders.get().clocks.get(kind="resolve")
    assert (clock.started_at, clock.due_at) == (NOW + 30 * HOUR, NOW + 54 * HOUR)


def test_pitfall_04_a_transferred_leg_leaves_no_clock_running(
    order: WorkOrder, contact: Staff, billing: Department, officer: Staff
) -> None:
    handling.accept(order=order, by=contact, now=NOW)

    successor = transferring.transfer(order=order, department=billing, reason="属于账务", by=officer, now=NOW + 5 * HOUR)

    assert set(order.clocks.values_list("running_since", flat=True)) == {None}
    assert successor.clocks.get(kind="resolve").due_at == NOW + 29 * HOUR


def test_pitfall_06_a_resumed_deadline_lies_in_working_hours(
    ticket: Ticket, officer: Staff, biller: Staff, billing: Department
) -> None:
    OlaRule.objects.create(department=billing, urgency="normal", acknowledge_minutes=30, resolve_minutes=480, hours="working")
    order = factories.dispatched(ticket, billing, by=officer, at=NOW)
    handling.accept(order=order, by=biller, now=NOW)
    night = NOW + 13 * HOUR
    hold = {"reason": "wait_customer", "evidence": "客户出差", "until": night}
    holding.request_hold(order=order, by=biller, now=NOW + HOUR, **hold)

    holding.resume(order=order, by=biller, now=night)

    # Seven hours are left when work begins on Tuesday at 08:30.
    assert order.clocks.get(kind="resolve").due_at == dt.datetime(2026, 11, 3, 17, 0, tzinfo=SHANGHAI)


def test_pitfall_08_the_statutory_date_is_never_shifted(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    promised = order.ticket.statutory_at
    handling.accept(order=order, by=contact, now=NOW)
    said = {"reason": "等设备", "evidence": "到货单", "contact": "已告知", "customer_agreed": True}
    extending.request_extension(order=order, until=NOW + 40 * HOUR, by=contact, now=NOW + HOUR, **said)
    extending.grant_extension(order=order, by=duty, now=NOW + HOUR)
    hold = {"reason": "wait_customer", "evidence": "客户出差", "until": NOW + 50 * HOUR}
    holding.request_hold(order=order, by=contact, now=NOW + 2 * HOUR, **hold)

    order.ticket.refresh_from_db()
    assert order.ticket.statutory_at == promised


def test_pitfall_09_work_sent_back_goes_on_with_what_was_left(order: WorkOrder, contact: Staff, officer: Staff) -> None:
    handling.accept(order=order, by=contact, now=NOW)
    replied(order, contact, NOW + 10 * HOUR)

    reviewing.send_back(order=order, defects="缺复测", by=officer, now=NOW + 30 * HOUR)

    clock = order.clocks.get(kind="resolve")
    assert (clock.used, clock.due_at, clock.breached_at) == (10 * HOUR, NOW + 44 * HOUR, None)


def test_pitfall_11_only_a_named_act_of_the_department_stops_the_acknowledge_clock(
    order: WorkOrder, agent: Staff, officer: Staff, contact: Staff
) -> None:
    noting.add_note(ticket=order.ticket, text="已催", by=officer, now=NOW)
    handling.accept_by_silence(order=order, now=NOW + HOUR)
    assert order.clocks.get(kind="acknowledge").stopped_at is None

    replied(order, contact, NOW + 2 * HOUR)

    assert order.clocks.get(kind="acknowledge").stopped_at == NOW + 2 * HOUR


def test_pitfall_23_limits_that_cannot_be_kept_together_are_refused(centre: Department, network: Department) -> None:
    administrator = factories.staff("9001", "管理员", centre, [Role.ADMIN])
    limit = OlaRule(department=network, urgency="normal", acknowledge_minutes=30, resolve_minutes=2281, effective_from=NOW)

    with pytest.raises(Invalid):
        set_limits(limits=[limit], by=administrator, now=NOW)

    assert not OlaRule.objects.filter(department=network).exists()


def test_pitfall_24_a_late_finish_between_two_polls_is_late(order: WorkOrder, contact: Staff) -> None:
    replied(handling.accept(order=order, by=contact, now=NOW), contact, NOW + 24 * HOUR + dt.timedelta(microseconds=1))

    assert order.clocks.get(kind="resolve").breached_at == NOW + 24 * HOUR
