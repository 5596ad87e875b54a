"""Open clocks under other limits, categories and calendars: from their own history, previewed as applied."""

import datetime as dt
import json
from itertools import pairwise

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Conflict
from journal.models import Event
from organization.actions.calendars import calendar_changed, import_notice
from organization.calendars import WorkingCalendar
from organization.enums import Role
from organization.models import Department, Region, Staff, WorkWindow
from organization.notices import Day, Notice
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders import effects
from workorders.actions import categorizing, dispatching, extending, filing, handling, holding, reviewing
from workorders.actions.limits import set_limits
from workorders.actions.recalculating import preview, recalculate
from workorders.clocks import ClockState
from workorders.effects import Step
from workorders.menu import menu_for
from workorders.models import Category, Clock, OlaRule, WorkOrder
from workorders.queries.recalculation import Impact, RuleBook, Targeting, by_calendar, by_limits
from workorders.targets import Agreed
from workorders.tasks import follow_holidays

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def administrator(centre: Department) -> Staff:
    return factories.staff("9001", "管理员", centre, [Role.ADMIN])


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff, network: Department) -> WorkOrder:
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    return handling.accept(order=made, by=contact, now=NOW)


def changed(administrator: Staff, network: Department, hours: int, at: dt.datetime) -> Targeting:
    limit = OlaRule(department=network, urgency="normal", acknowledge_minutes=30, resolve_minutes=hours * 60, effective_from=at)
    set_limits(limits=[limit], by=administrator, now=at)
    return by_limits(RuleBook.read(at, without=frozenset({limit.pk})), RuleBook.read(at))


def apply(order: WorkOrder, targeting: Targeting, by: Staff, at: dt.datetime) -> Clock:
    recalculate(tickets=[order.ticket_id], targeting=targeting, data={"reason": "调整时限"}, by=by, now=at)
    return order.clocks.get(kind="resolve")


def wait(order: WorkOrder, by: Staff, start: dt.datetime, end: dt.datetime) -> None:
    holding.request_hold(order=order, reason="wait_customer", evidence="客户出差", until=end, by=by, now=start)
    holding.resume(order=order, by=by, now=end)


def test_pitfall_01_a_new_limit_keeps_the_pauses_there_were(
    order: WorkOrder, contact: Staff, administrator: Staff, network: Department
) -> None:
    wait(order, contact, NOW + HOUR, NOW + 6 * HOUR)
    at = NOW + 7 * HOUR

    clock = apply(order, changed(administrator, network, 12, at), administrator, at)

    assert (clock.due_at, clock.used, clock.ola_rule.resolve_minutes) == (NOW + 17 * HOUR, 2 * HOUR, 720)
    order.refresh_from_db()
    assert order.due_at == NOW + 17 * HOUR
    event = Event.objects.get(kind="order.retarget")
    assert dt.datetime.fromisoformat(event.data["before"]["resolve"]) == NOW + 29 * HOUR
    assert dt.datetime.fromisoformat(event.data["after"]["resolve"]) == NOW + 17 * HOUR


def test_pitfall_17_a_paused_clock_stays_paused_and_resumes_with_what_is_left(
    order: WorkOrder, contact: Staff, administrator: Staff, network: Department
) -> None:
    hold = {"reason": "wait_customer", "evidence": "客户出差", "until": NOW + 9 * HOUR}
    holding.request_hold(order=order, by=contact, now=NOW + HOUR, **hold)
    at = NOW + 2 * HOUR

    clock = apply(order, changed(administrator, network, 12, at), administrator, at)
    holding.resume(order=order, by=contact, now=NOW + 9 * HOUR)

    assert (clock.due_at, clock.running_since) == (None, None)
    assert order.clocks.get(kind="resolve").due_at == NOW + 20 * HOUR


def test_pitfall_21_stopped_clocks_never_change(
    order: WorkOrder, contact: Staff, administrator: Staff, network: Department
) -> None:
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=contact, now=NOW + 5 * HOUR)
    before = order.clocks.get(kind="resolve").state
    at = NOW + 6 * HOUR

    clock = apply(order, changed(administrator, network, 2, at), administrator, at)

    assert clock.state == before
    assert not Event.objects.filter(kind="order.retarget").exists()


def test_pitfall_22_nobody_is_made_late_for_the_past_and_a_breach_stays(
    order: WorkOrder, administrator: Staff, network: Department
) -> None:
    at = NOW + 10 * HOUR
    clock = apply(order, changed(administrator, network, 4, at), administrator, at)
    assert (clock.due_at, clock.breached_at) == (at, None)

    late = apply(order, changed(administrator, network, 30, at + HOUR), administrator, at + HOUR)

    assert (late.due_at, late.breached_at) == (at, at)


def test_rework_and_extension_count_as_they_happened(
    order: WorkOrder, contact: Staff, officer: Staff, duty: Staff, administrator: Staff, network: Department
) -> None:
    said = {"reason": "等设备", "evidence": "到货单", "contact": "已告知"}
    extending.request_extension(order=order, until=NOW + 30 * HOUR, by=contact, now=NOW + HOUR, **said)
    extending.grant_extension(order=order, by=duty, now=NOW + HOUR)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=contact, now=NOW + 5 * HOUR)
    reviewing.send_back(order=order, defects="缺复测", by=officer, now=NOW + 8 * HOUR)
    at = NOW + 9 * HOUR

    clock = apply(order, changed(administrator, network, 12, at), administrator, at)

    assert (clock.due_at, clock.used) == (NOW + (12 + 6 + 3) * HOUR, 6 * HOUR)


def test_the_preview_says_what_applying_then_does(order: WorkOrder, administrator: Staff, network: Department) -> None:
    at = NOW + 10 * HOUR
    targeting = changed(administrator, network, 4, at)
    seen = preview(tickets=[order.ticket_id], targeting=targeting, now=at, into=Impact())
    before = Event.objects.count()
    done = Impact()

    recalculate(tickets=[order.ticket_id], targeting=targeting, data={}, by=administrator, now=at, into=done)

    assert seen == done
    assert (done.earlier, done.breaching, done.tickets) == (1, 1, [order.ticket_id])
    assert Event.objects.count() == before + 1


def test_pitfall_03_a_second_recalculation_changes_nothing(order: WorkOrder, administrator: Staff, network: Department) -> None:
    at = NOW + HOUR
    targeting = changed(administrator, network, 12, at)
    first = apply(order, targeting, administrator, at)

    assert recalculate(tickets=[order.ticket_id], targeting=targeting, data={}, by=administrator, now=at) == []
    assert order.clocks.get(kind="resolve").state == first.state


def test_another_category_moves_what_its_limit_says_otherwise(order: WorkOrder, administrator: Staff, officer: Staff) -> None:
    fee = factories.category("FEE/PLAN/UNTOLD", "套餐规则未告知")
    limit = OlaRule(category=fee, urgency="normal", acknowledge_minutes=30, resolve_minutes=600, effective_from=NOW)
    set_limits(limits=[limit], by=administrator, now=NOW)

    categorizing.recategorize(ticket=order.ticket, category=fee, reason="实为资费问题", by=officer, now=NOW + 2 * HOUR)

    clock = order.clocks.get(kind="resolve")
    assert (clock.due_at, clock.ola_rule) == (NOW + 10 * HOUR, limit)


def test_pitfall_08_what_another_system_promised_is_never_recomputed(
    category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff, administrator: Staff, network: Department
) -> None:
    agreed = Agreed(NOW + 5 * HOUR + dt.timedelta(seconds=7))
    ticket = factories.ticket(category, jinan, agent, NOW, agreed=agreed)
    filing.submit(ticket=ticket, by=agent, now=NOW)
    filing.prepare(ticket=ticket, by=officer, now=NOW)
    dispatching.dispatch(ticket=ticket, lead=network, agreed=agreed, by=officer, now=NOW)
    order = ticket.orders.get()
    handling.accept(order=order, by=contact, now=NOW)

    apply(order, changed(administrator, network, 12, NOW + HOUR), administrator, NOW + HOUR)
    other = factories.category("FEE/PLAN/UNTOLD", "未告知")
    categorizing.recategorize(ticket=ticket, category=other, reason="误选", by=officer, now=NOW + HOUR)

    assert set(ticket.clocks.values_list("due_at", flat=True)) == {agreed.due_at}
    said = {"reason": "等设备", "evidence": "到货单", "contact": "已告知"}
    extending.request_extension(order=order, until=NOW + 6 * HOUR, by=contact, now=NOW + HOUR, **said)


def test_an_order_without_a_promise_has_no_deadline_to_move(
    category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff, network: Department
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW, agreed=Agreed())
    filing.submit(ticket=ticket, by=agent, now=NOW)
    filing.prepare(ticket=ticket, by=officer, now=NOW)
    dispatching.dispatch(ticket=ticket, lead=network, agreed=Agreed(), by=officer, now=NOW)
    order = handling.accept(order=ticket.orders.get(), by=contact, now=NOW)

    assert "request_extension" not in {item.name for item in menu_for(contact, order, NOW)}
    said = {"reason": "等设备", "evidence": "到货单", "contact": "已告知"}
    with pytest.raises(Conflict):
        extending.request_extension(order=order, until=NOW + 6 * HOUR, by=contact, now=NOW + HOUR, **said)


@pytest.fixture
def desk_order(order: WorkOrder, officer: Staff, billing: Department) -> WorkOrder:
    """An order counted in working hours: 8 of them from Monday 09:00."""
    OlaRule.objects.create(department=billing, urgency="normal", acknowledge_minutes=30, resolve_minutes=480, hours="working")
    ticket = factories.ticket(order.ticket.category, order.ticket.region, order.ticket.filed_by, NOW)
    return factories.dispatched(ticket, billing, by=officer, at=NOW)


def shorten_afternoons(order: WorkOrder, by: Staff, at: dt.datetime) -> Targeting:
    WorkWindow.objects.filter(calendar=order.department.calendar, starts=dt.time(13, 30)).update(ends=dt.time(15, 30))
    return by_calendar(calendar_changed(calendar=order.department.calendar, by=by, now=at))


def test_pitfall_15_clocks_keep_the_calendar_they_were_promised_on(
    desk_order: WorkOrder, biller: Staff, administrator: Staff
) -> None:
    due = desk_order.clocks.get(kind="resolve").due_at
    handling.accept(order=desk_order, by=biller, now=NOW)

    shorten_afternoons(desk_order, administrator, NOW + HOUR)
    wait(desk_order, biller, NOW + HOUR, NOW + 2 * HOUR)

    assert due == dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
    assert desk_order.clocks.get(kind="resolve").due_at == due + HOUR


def test_a_calendar_edit_moves_open_clocks_when_it_is_asked_to(desk_order: WorkOrder, administrator: Staff) -> None:
    targeting = shorten_afternoons(desk_order, administrator, NOW + HOUR)

    clock = apply(desk_order, targeting, administrator, NOW + HOUR)

    # Monday 3 h + 2 h, so that 3 h are left for Tuesday morning.
    assert clock.due_at == dt.datetime(2026, 11, 3, 11, 30, tzinfo=SHANGHAI)
    assert clock.calendar_revision == 2


def test_a_holiday_notice_moves_open_clocks_by_itself_and_edited_hours_do_not(desk_order: WorkOrder, administrator: Staff) -> None:
    before = desk_order.clocks.get(kind="resolve").due_at
    days = (Day(date=dt.date(2026, 11, 3), name="测试假日", is_workday=False),)
    import_notice(notice=Notice(year=2027, source="", days=days), by=administrator, now=NOW + HOUR)

    with time_machine.travel(NOW + HOUR, tick=False):
        assert follow_holidays(timestamp=0) == 2
        moved = desk_order.clocks.get(kind="resolve").due_at
        shorten_afternoons(desk_order, administrator, NOW + HOUR)
        assert follow_holidays(timestamp=0) == 0

    assert (moved, desk_order.clocks.get(kind="resolve").due_at) == (before + 24 * HOUR, moved)


def test_the_calendar_command_previews_and_applies(
    desk_order: WorkOrder, administrator: Staff, capsys: pytest.CaptureFixture
) -> None:
    before = desk_order.clocks.get(kind="resolve").due_at
    shorten_afternoons(desk_order, administrator, NOW + HOUR)
    with time_machine.travel(NOW + HOUR, tick=False):
        call_command("recalculate_calendar", "OFFICE")
        seen = json.loads(capsys.readouterr().out)
        assert desk_order.clocks.get(kind="resolve").due_at == before

        call_command("recalculate_calendar", "OFFICE", "--apply")

    assert (seen["later"], json.loads(capsys.readouterr().out)) == (1, seen)
    assert desk_order.clocks.get(kind="resolve").due_at == dt.datetime(2026, 11, 3, 11, 30, tzinfo=SHANGHAI)


OFFICE = WorkingCalendar(windows={day: [(dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18))] for day in range(5)})
DOINGS = st.lists(st.tuples(st.sampled_from(["pause", "resume", "stop", "reopen", "tighten", "extend"]), st.integers(1, 900)))


def lived(doings: list[tuple[str, int]], minutes: int) -> tuple[list[Step], ClockState, dt.datetime]:
    at, steps = NOW, [Step(effect=effects.start(minutes, None), at=NOW)]
    clock = effects.started(steps[0].effect, OFFICE, NOW)
    for name, after in doings:
        at += dt.timedelta(minutes=after)
        made = {"tighten": effects.tighten(after), "extend": effects.extend(HOUR, at), "reopen": effects.reopen(0)}
        effect = made.get(name, {"do": name})
        clock = effects.applied(effect, clock, OFFICE, at)
        steps.append(Step(effect=effect, at=at))
    return steps, clock, at


@given(doings=DOINGS, minutes=st.integers(1, 3000))
def test_pitfall_05_recomputing_under_the_same_limit_changes_nothing(doings: list, minutes: int) -> None:
    steps, clock, at = lived(doings, minutes)

    again = effects.retargeted(steps, clock, effects.retarget(effects.limit_minutes(steps), None), OFFICE, at)

    if clock.stopped_at or clock.breached_at:
        assert (again.stopped_at, again.breached_at) == (clock.stopped_at, clock.breached_at)
    elif clock.due_at is None or clock.due_at > at:
        left = clock.allowance - clock.used
        assert again.allowance - again.used == left - (OFFICE.between(clock.running_since, at) if clock.running_since else HOUR * 0)
        assert (again.due_at, again.breached_at) == (clock.due_at, None)


@given(doings=DOINGS, minutes=st.integers(1, 3000), limits=st.tuples(st.integers(1, 3000), st.integers(1, 3000)))
def test_a_longer_limit_is_never_due_earlier(doings: list, minutes: int, limits: tuple[int, int]) -> None:
    steps, clock, at = lived(doings, minutes)

    dues = [effects.retargeted(steps, clock, effects.retarget(limit, None), OFFICE, at).due_at for limit in sorted(limits)]

    assert all(one is None or other is None or one <= other for one, other in pairwise(dues))
