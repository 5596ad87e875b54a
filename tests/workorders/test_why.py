"""The page says in words why a deadline is what it is."""

import datetime as dt

import pytest
from django.test import Client
from hypothesis import given

from organization.calendars import SHANGHAI
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.workorders.test_recalculation import DOINGS, OFFICE, lived
from workorders.actions import handling, holding
from workorders.models import Category, OlaRule, WorkOrder
from workorders.queries.explaining import explanation
from workorders.why import spans, why

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def order(
    limits: None, category: Category, jinan: Region, agent: Staff, officer: Staff, biller: Staff, billing: Department
) -> WorkOrder:
    """An order counted in eight working hours from Monday 09:00, that waited from 10:00 to 11:00."""
    OlaRule.objects.create(department=billing, urgency="normal", acknowledge_minutes=30, resolve_minutes=480, hours="working")
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), billing, by=officer, at=NOW)
    handling.accept(order=made, by=biller, now=NOW)
    hold = {"reason": "wait_customer", "evidence": "客户出差", "until": NOW + 2 * HOUR}
    holding.request_hold(order=made, by=biller, now=NOW + HOUR, **hold)
    return holding.resume(order=made, by=biller, now=NOW + 2 * HOUR)


def test_the_lines_tell_start_pause_and_resume_with_their_deadlines(order: WorkOrder) -> None:
    clock = order.clocks.get(kind="resolve")

    told = explanation(clock)

    tuesday = NOW + 24 * HOUR
    assert [(line.kind, line.amount, line.waited, line.due_at) for line in told.lines] == [
        ("start", 8 * HOUR, 0 * HOUR, tuesday),
        ("pause", HOUR, 0 * HOUR, None),
        ("resume", 7 * HOUR, HOUR, tuesday + HOUR),
    ]
    assert [(span.kind, span.amount) for span in told.spans] == [("day", 5.5 * HOUR), ("day", 1.5 * HOUR)]
    assert (told.rule, told.rule_minutes, told.shortened) == (clock.ola_rule, 480, "")


def test_a_vip_limit_is_said_to_be_halved(
    limits: None, category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW, tier="vip")
    order = factories.dispatched(ticket, network, by=officer, at=NOW)

    assert explanation(order.clocks.get(kind="resolve")).shortened == "halved"


def test_the_page_says_it_in_both_languages(order: WorkOrder, biller: Staff) -> None:
    client, address = Client(), f"/clocks/{order.clocks.get(kind='resolve').pk}/why/"
    client.force_login(biller)

    chinese = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    english = client.get(address, headers={"accept-language": "en", "hx-request": "true"}).content.decode()

    assert "等待 1 小时后恢复，还剩 7 小时" in chinese
    assert "resumed after a wait of 1 h, with 7 h left" in english
    assert "<html" not in english


@given(doings=DOINGS)
def test_the_last_line_is_where_the_clock_stands_and_the_days_sum_to_what_is_left(doings: list) -> None:
    steps, clock, _at = lived(doings, 900)

    lines = why(steps, lambda _effect: OFFICE)

    assert lines[-1].due_at == clock.due_at
    if clock.running_since and not clock.breached_at:
        assert sum((span.amount for span in spans(clock, OFFICE, SHANGHAI)), 0 * HOUR) == OFFICE.between(
            clock.running_since, clock.due_at
        )
