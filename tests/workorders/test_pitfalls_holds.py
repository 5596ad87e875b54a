"""Where other systems' pauses and calendars went wrong: each pitfall that no other module tests by its number."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.models import Event
from organization.calendars import WorkingCalendar
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders import clocks
from workorders.actions import closing, handling, holding
from workorders.models import Category, Clock, OlaRule, Ticket, WorkOrder
from workorders.tasks import resume_holds

HOUR = dt.timedelta(hours=1)
MORNING, AFTERNOON = (dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18))
WEEK = {weekday: [MORNING, AFTERNOON] for weekday in range(5)}
DAYS = [dt.date(2026, 11, 2) + dt.timedelta(days=number) for number in range(60)]
INSTANTS = st.integers(0, 30 * 24 * 60).map(lambda minutes: NOW + dt.timedelta(minutes=minutes))

flow = pytest.mark.usefixtures("limits", "verified")


@pytest.fixture
def ticket(category: Category, jinan: Region, agent: Staff) -> Ticket:
    return factories.ticket(category, jinan, agent, NOW)


@pytest.fixture
def order(ticket: Ticket, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(ticket, network, by=officer, at=NOW)


def held(order: WorkOrder, by: Staff, at: dt.datetime, reason: str = "wait_customer") -> WorkOrder:
    until = at + 24 * HOUR
    return holding.request_hold(order=order, reason=reason, evidence="客户出差", until=until, by=by, now=at)


@flow
def test_pitfall_10_answering_and_waiting_at_one_instant_fulfils_the_first_promise(order: WorkOrder, contact: Staff) -> None:
    at = NOW + HOUR / 4
    held(handling.accept(order=order, by=contact, now=at), contact, at)

    acknowledge, resolve = order.clocks.order_by("kind")
    assert (acknowledge.stopped_at, acknowledge.breached_at) == (at, None)
    assert (resolve.running_since, resolve.due_at, resolve.used) == (None, None, HOUR / 4)
    kinds = Event.objects.filter(stream=order.ticket.stream, at=at).order_by("seq").values_list("kind", flat=True)
    assert list(kinds)[:2] == ["order.accept", "order.request_hold"]


@flow
def test_pitfall_12_no_clock_runs_while_the_customer_owes_the_answer(order: WorkOrder, contact: Staff) -> None:
    held(handling.accept(order=order, by=contact, now=NOW), contact, NOW + HOUR)

    assert not Clock.objects.filter(ticket=order.ticket, running_since__isnull=False).exists()
    order.ticket.refresh_from_db()
    assert order.ticket.due_at is None


@flow
def test_pitfall_12_the_shorter_limit_does_not_outlive_its_promise(order: WorkOrder, contact: Staff) -> None:
    assert order.due_at == NOW + HOUR / 2

    accepted = handling.accept(order=order, by=contact, now=NOW + HOUR / 4)

    assert accepted.due_at == NOW + 24 * HOUR


@flow
def test_pitfall_14_a_deadline_is_the_same_instant_from_every_zone(ticket: Ticket, officer: Staff, billing: Department) -> None:
    OlaRule.objects.create(department=billing, urgency="normal", acknowledge_minutes=30, resolve_minutes=480, hours="working")

    with timezone.override("America/New_York"):
        order = factories.dispatched(ticket, billing, by=officer, at=NOW.astimezone(dt.UTC))

    assert order.clocks.get(kind="resolve").due_at == dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("monday", [dt.date(2026, 3, 30), dt.date(2026, 10, 26)])
def test_pitfall_14_working_hours_stay_on_the_wall_across_a_change_of_the_clocks(monday: dt.date) -> None:
    calendar = WorkingCalendar(windows=WEEK, tz="Europe/Berlin")
    friday = dt.datetime.combine(monday - dt.timedelta(days=3), dt.time(17), calendar_zone(calendar))

    assert calendar.add(friday, 120) == dt.datetime.combine(monday, dt.time(9, 30), calendar_zone(calendar))


def calendar_zone(calendar: WorkingCalendar) -> dt.tzinfo:
    zone = timezone.zoneinfo.ZoneInfo(calendar.tz)
    assert zone.utcoffset(dt.datetime(2026, 1, 1)) != zone.utcoffset(dt.datetime(2026, 7, 1))
    return zone


@given(start=INSTANTS, minutes=st.integers(0, 5000), off=st.sets(st.sampled_from(DAYS)), more=st.sampled_from(DAYS))
def test_pitfall_16_a_day_more_off_never_brings_a_deadline_forward(
    start: dt.datetime, minutes: int, off: set[dt.date], more: dt.date
) -> None:
    before = WorkingCalendar(windows=WEEK, exceptions=dict.fromkeys(off, False))
    after = WorkingCalendar(windows=WEEK, exceptions=dict.fromkeys(off | {more}, False))

    assert after.add(start, minutes) >= before.add(start, minutes)


@given(start=INSTANTS, days=st.integers(0, 10))
def test_pitfall_18_a_day_is_what_the_calendar_says_and_its_hours_come_to_the_same(start: dt.datetime, days: int) -> None:
    calendar, day = WorkingCalendar(windows=WEEK), 8 * HOUR
    at_once, by_the_hour = calendar.add(start, days * day), start

    for _hour in range(days * 8):
        by_the_hour = calendar.add(by_the_hour, 60)

    assert at_once == by_the_hour
    whole = clocks.started(calendar, days * day, start)
    assert (whole.due_at, whole.allowance) == (at_once, days * day)


@flow
def test_pitfall_19_what_is_on_hold_stays_in_its_queue_and_comes_back_by_itself(
    order: WorkOrder, contact: Staff, client: Client
) -> None:
    held(handling.accept(order=order, by=contact, now=NOW), contact, NOW + HOUR, reason="wait_external")
    client.force_login(contact)

    with time_machine.travel(NOW + 2 * HOUR, tick=False):
        page = client.get("/queues/department/")
        assert order.ticket.number in page.content.decode()
    with time_machine.travel(NOW + 25 * HOUR, tick=False):
        assert resume_holds(timestamp=0) == 1

    order.refresh_from_db()
    assert (order.state, order.due_at) == ("accepted", NOW + 48 * HOUR)


@flow
def test_pitfall_25_being_late_is_a_fact_of_the_clock_and_no_state(order: WorkOrder, contact: Staff) -> None:
    accepted = handling.accept(order=order, by=contact, now=NOW + 30 * HOUR)
    assert accepted.state == "accepted"

    replied = handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=contact, now=NOW + 31 * HOUR)

    clock = order.clocks.get(kind="resolve")
    assert (replied.state, clock.breached_at, clock.used - clock.allowance) == ("replied", NOW + 24 * HOUR, 7 * HOUR)


@flow
def test_pitfall_43_a_merged_ticket_leaves_no_clock_running(
    order: WorkOrder, category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff
) -> None:
    into = factories.ticket(category, jinan, agent, NOW)
    held(handling.accept(order=order, by=contact, now=NOW), contact, NOW + HOUR)

    closing.merge(ticket=order.ticket, into=into, by=officer, now=NOW + 2 * HOUR)

    assert not Clock.objects.filter(ticket=order.ticket, stopped_at=None).exists()
    assert (Clock.objects.get(ticket=into).stopped_at, resume_holds(timestamp=0)) == (None, 0)


@flow
def test_pitfall_47_not_signing_for_an_order_keeps_no_clock_from_running(order: WorkOrder, contact: Staff) -> None:
    assert order.clocks.get(kind="resolve").started_at == NOW

    handling.accept_by_silence(order=order, now=NOW + HOUR)
    signed = handling.assign(order=order, assignee=contact, by=contact, now=NOW + 20 * HOUR)

    assert signed.clocks.get(kind="resolve").due_at == NOW + 24 * HOUR
    assert signed.clocks.get(kind="acknowledge").breached_at == NOW + HOUR / 2
