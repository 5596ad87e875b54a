"""What a ladder's step says when its message goes out, which may be long after the step was taken."""

import datetime as dt
from urllib.parse import parse_qs

import pytest

from journal.models import Delivery, Gateway, Notice
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.journal.conftest import Clock, states
from tests.journal.peers import WebPeer
from workorders.actions import handling, holding
from workorders.actions.escalating import fire_due
from workorders.models import Category, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "ladders", "duty", "manager")
HOUR = dt.timedelta(hours=1)
#: The resolve clock of 24 natural hours is half through an hour after the quiet hours have begun.
SENT_OUT = NOW + 2 * HOUR
NIGHT, MORNING = SENT_OUT + 12 * HOUR, SENT_OUT + 20 * HOUR


@pytest.fixture
def order(
    category: Category, jinan: Region, agent: Staff, officer: Staff, handler: Staff, network: Department, sms_gateway: Gateway
) -> WorkOrder:
    handler.phone = "13900000002"
    handler.save()
    filed = factories.ticket(category, jinan, agent, SENT_OUT)
    found = factories.dispatched(filed, network, by=officer, at=SENT_OUT)
    Delivery.objects.all().delete()
    return handling.accept(order=found, by=handler, now=SENT_OUT)


def texts(web: WebPeer) -> list[str]:
    return [parse_qs(request.body.decode())["content"][0] for request in web.requests]


def test_pitfall_32_a_warning_waits_for_the_morning_and_a_breach_does_not(order: WorkOrder, web: WebPeer, clock: Clock) -> None:
    clock.at = NIGHT
    fire_due(now=NIGHT)
    assert clock.send() == 0
    assert Delivery.objects.get().state == "queued"

    clock.at = NIGHT + 24 * HOUR
    fire_due(now=clock.at)
    clock.send()

    assert any("已超时" in text or "升级" in text for text in texts(web))
    assert not any("即将超时" in text for text in texts(web))


def test_pitfall_28_a_warning_is_withheld_when_the_work_was_done_before_it_went_out(
    order: WorkOrder, handler: Staff, web: WebPeer, clock: Clock
) -> None:
    fire_due(now=NIGHT)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=handler, now=NIGHT + HOUR)
    clock.at = MORNING

    assert clock.send() == 0
    assert (states(), web.requests) == (["withheld"], [])
    assert Notice.objects.filter(kind="clock.warning", recipient=handler).exists()


def test_pitfall_28_a_warning_names_the_deadline_as_it_is_when_it_goes_out(
    order: WorkOrder, contact: Staff, web: WebPeer, clock: Clock
) -> None:
    fire_due(now=NIGHT)
    holding.request_hold(
        order=order, reason="wait_external", evidence="等待物业", until=NIGHT + 3 * HOUR, by=contact, now=NIGHT + HOUR
    )
    order.refresh_from_db()
    holding.resume(order=order, by=contact, now=NIGHT + 3 * HOUR)

    clock.at = MORNING
    clock.send()

    due = order.clocks.get(kind="resolve").due_at
    assert due == SENT_OUT + 26 * HOUR
    warning = next(text for text in texts(web) if "即将超时" in text)
    assert f"{due.astimezone(NOW.tzinfo):%H:%M}" in warning


def test_pitfall_34_a_step_says_nothing_of_the_customer_or_of_staff(order: WorkOrder) -> None:
    for hours in (12, 20, 24, 28, 48, 72):
        fire_due(now=SENT_OUT + hours * HOUR)

    notices = Notice.objects.filter(key__startswith="ladder:")
    assert {key for notice in notices for key in notice.data} == {"number", "subject", "department", "department_en", "due_at"}
