"""Climbing: each step once, dated when it fell due, to the people who are answerable now."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import Error, connection, transaction

from journal.models import Event
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import closing, escalating, handling, holding, reviewing, supervising, transferring
from workorders.actions.escalating import fire_due
from workorders.actions.ladders import publish
from workorders.ladder import Step
from workorders.models import Category, Clock, Ladder, LadderFault, StepFired, Supervision, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "ladders", "verified", "duty", "manager")
HOUR = dt.timedelta(hours=1)
type Climb = list[tuple[str, str, int, str]]


@pytest.fixture
def order(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, contact: Staff, head: Staff
) -> WorkOrder:
    network.head = head
    network.save()
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


@pytest.fixture
def accepted(order: WorkOrder, handler: Staff) -> WorkOrder:
    return handling.accept(order=order, by=handler, now=NOW)


def climbed(kind: str = "resolve") -> Climb:
    """Return what the journal tells of a clock's ladder: deed, step, hours after the start, and who was told."""
    events = Event.objects.filter(kind__in=("order.ladder_step", "order.skip_step", "ticket.ladder_step"), data__clock=kind)
    return [
        (event.kind.partition(".")[2], event.data["step"], (event.at - NOW) // HOUR, event.data.get("told", ""))
        for event in events.order_by("seq")
    ]


def test_each_step_is_taken_when_it_falls_due_and_tells_its_people(accepted: WorkOrder) -> None:
    for hours in (11, 12, 13, 20, 24, 28, 48, 72):
        fire_due(now=NOW + hours * HOUR)

    assert climbed() == [
        ("ladder_step", "50%", 12, "网络处理人"),
        ("ladder_step", "80%", 19, "网络处理人、网络接口人"),
        ("ladder_step", "100%", 24, "网络处理人、网络部负责人"),
        ("ladder_step", "+240", 28, "热线坐席、值班长"),
        ("ladder_step", "+1440", 48, "值班长"),
        ("ladder_step", "+2880", 72, "管理者"),
    ]


def test_a_step_is_dated_when_it_fell_due_not_when_it_was_noticed(accepted: WorkOrder) -> None:
    fire_due(now=NOW + 15 * HOUR)

    step = StepFired.objects.get(clock__kind="resolve")
    assert (step.due_at, step.fired_at, step.skipped) == (NOW + 12 * HOUR, NOW + 15 * HOUR, False)
    assert Event.objects.get(kind="order.ladder_step").at == NOW + 12 * HOUR


def test_the_branch_manager_of_the_tickets_city_is_told(accepted: WorkOrder, jinan: Region, qingdao: Region) -> None:
    factories.staff("6002", "济南经理", None, ["manager"], jinan)
    factories.staff("6003", "青岛经理", None, ["manager"], qingdao)

    fire_due(now=NOW + 49 * HOUR)

    assert climbed()[-1] == ("ladder_step", "+1440", 48, "济南经理")


def test_a_tick_again_takes_nothing_again(accepted: WorkOrder) -> None:
    assert fire_due(now=NOW + 12 * HOUR) == 1
    assert fire_due(now=NOW + 12 * HOUR) == 0
    assert StepFired.objects.count() == 1


def test_pitfall_4_after_a_transfer_nothing_of_the_old_departments_promise_climbs(
    accepted: WorkOrder, contact: Staff, officer: Staff, billing: Department
) -> None:
    transferring.transfer(order=accepted, department=billing, reason="计费问题", by=officer, now=NOW + HOUR)

    fire_due(now=NOW + 100 * HOUR)

    assert not accepted.clocks.exclude(next_step_at=None).exists()
    assert not StepFired.objects.filter(clock__order=accepted).exists()
    assert StepFired.objects.filter(clock__order__department=billing, clock__kind="resolve").count() == 6


def test_pitfall_16_a_step_that_only_tells_changes_neither_urgency_nor_deadline(accepted: WorkOrder) -> None:
    due = accepted.clocks.get(kind="resolve").due_at

    fire_due(now=NOW + 19 * HOUR + HOUR / 4)

    assert climbed()[-1][:2] == ("ladder_step", "80%")
    assert accepted.clocks.get(kind="resolve").due_at == due
    assert Ticket.objects.get().urgency == "normal"


def test_pitfall_19_a_supervised_order_on_hold_still_owes_its_reports(accepted: WorkOrder, contact: Staff, duty: Staff) -> None:
    supervising.supervise(order=accepted, reason="客户多次来电", every_hours=4, by=duty, now=NOW + HOUR)
    until = NOW + 10 * HOUR
    holding.request_hold(order=accepted, reason="wait_external", evidence="等待物业", until=until, by=contact, now=NOW + 2 * HOUR)

    supervising.judge_late_reports(now=NOW + 6 * HOUR)

    assert WorkOrder.objects.get(pk=accepted.pk).state == "on_hold"
    assert Supervision.objects.get().late_reports == 1


def test_pitfall_26_a_step_is_found_though_every_job_was_lost(accepted: WorkOrder) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")

    assert fire_due(now=NOW + 12 * HOUR) == 1


def test_pitfall_22_a_step_is_refused_a_second_time_by_the_database(accepted: WorkOrder) -> None:
    fire_due(now=NOW + 12 * HOUR)
    step = StepFired.objects.get()

    with pytest.raises(Error), transaction.atomic():
        StepFired.objects.create(clock=step.clock, level=step.level, due_at=NOW, fired_at=NOW)


def test_pitfall_22_a_new_version_of_the_ladder_sends_nothing_again(accepted: WorkOrder) -> None:
    fire_due(now=NOW + 12 * HOUR)

    factories.ladders(at=NOW + 12 * HOUR)
    fire_due(now=NOW + 13 * HOUR)

    assert len(climbed()) == 1


def test_pitfall_20_a_new_version_reaches_only_clocks_that_start_afterwards(accepted: WorkOrder) -> None:
    publish(kind="resolve", urgency="normal", steps=[Step(level=1, share=10, to=("head",))], by=None, now=NOW + HOUR)

    assert fire_due(now=NOW + 3 * HOUR) == 0
    assert accepted.clocks.get(kind="resolve").next_step_at == NOW + 12 * HOUR


def test_pitfall_24_a_late_finish_between_two_ticks_is_late_without_any_tick(accepted: WorkOrder, handler: Staff) -> None:
    reply(accepted, handler, NOW + 24 * HOUR + dt.timedelta(seconds=20))

    clock = accepted.clocks.get(kind="resolve")
    assert clock.breached_at == NOW + 24 * HOUR
    assert fire_due(now=NOW + 25 * HOUR) == 0


def reply(order: WorkOrder, by: Staff, at: dt.datetime) -> None:
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=by, now=at)


def test_pitfall_27_a_tick_takes_the_longest_due_first(
    accepted: WorkOrder, category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department
) -> None:
    later = factories.ticket(category, jinan, agent, NOW + HOUR)
    factories.dispatched(later, network, by=officer, at=NOW + HOUR)

    fire_due(now=NOW + 14 * HOUR, limit=1)
    first = StepFired.objects.get(level=1)

    assert first.clock.order.ticket_id != accepted.ticket_id
    assert (first.clock.kind, first.due_at) == ("acknowledge", NOW + 3 * HOUR / 2)


def test_pitfall_27_a_raised_urgency_is_real(accepted: WorkOrder) -> None:
    fire_due(now=NOW + 48 * HOUR)

    ticket = Ticket.objects.get()
    assert ticket.urgency == "urgent"
    assert Event.objects.get(kind="ticket.escalate").by == Staff.objects.system()


def test_pitfall_29_after_a_downtime_only_the_highest_step_is_sent_and_the_others_are_logged(accepted: WorkOrder) -> None:
    assert fire_due(now=NOW + 30 * HOUR) == 1

    assert climbed() == [
        ("skip_step", "50%", 12, ""),
        ("skip_step", "80%", 19, ""),
        ("skip_step", "100%", 24, ""),
        ("ladder_step", "+240", 28, "热线坐席、值班长"),
    ]
    assert accepted.clocks.get(kind="resolve").next_step_at == NOW + 48 * HOUR
    assert Supervision.objects.get().order == accepted


def test_pitfall_30_a_step_before_the_breach_and_steps_after_it_are_sent_once_each(accepted: WorkOrder) -> None:
    for minutes in range(0, 80 * 60, 20):
        fire_due(now=NOW + dt.timedelta(minutes=minutes))

    resolve = StepFired.objects.filter(clock__kind="resolve")
    assert sorted(resolve.values_list("level", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_pitfall_31_two_promises_of_one_order_each_have_their_own_steps(order: WorkOrder) -> None:
    fire_due(now=NOW + 12 * HOUR)

    assert climbed("acknowledge")[-1] == ("ladder_step", "+60", 1, "网络部负责人、值班长")
    assert climbed("resolve") == [("ladder_step", "50%", 12, "网络接口人")]


def test_pitfall_33_after_a_hand_over_the_new_hands_are_told_and_the_old_ones_are_not(
    accepted: WorkOrder, colleague: Staff, head: Staff
) -> None:
    handling.assign(order=accepted, assignee=colleague, by=head, now=NOW + HOUR)

    fire_due(now=NOW + 12 * HOUR)

    assert climbed() == [("ladder_step", "50%", 12, "网络处理人二")]


@pytest.mark.parametrize("kind", ["acknowledge", "overall"])
def test_pitfall_35_a_ladder_never_turns_into_one_of_another_clock(kind: str) -> None:
    ladder = Ladder.objects.get(kind=kind, urgency="normal")

    with pytest.raises(Error), transaction.atomic():
        Ladder.objects.filter(pk=ladder.pk).update(kind="resolve")


def test_pitfall_43_a_merged_ticket_climbs_no_further(
    accepted: WorkOrder, category: Category, jinan: Region, agent: Staff, officer: Staff
) -> None:
    other = factories.ticket(category, jinan, agent, NOW)

    closing.merge(ticket=accepted.ticket, into=other, by=officer, now=NOW + HOUR)

    assert list(Clock.objects.filter(ticket=accepted.ticket).exclude(next_step_at=None)) == []
    fire_due(now=NOW + 100 * HOUR)
    assert climbed() == []


def test_pitfall_7_nothing_climbs_while_the_order_waits_and_it_goes_on_afterwards(accepted: WorkOrder, contact: Staff) -> None:
    holding.request_hold(
        order=accepted, reason="wait_customer", evidence="已联系客户", until=NOW + 30 * HOUR, by=contact, now=NOW + 10 * HOUR
    )

    assert fire_due(now=NOW + 29 * HOUR) == 0
    holding.resume(order=accepted, by=contact, now=NOW + 30 * HOUR)
    fire_due(now=NOW + 32 * HOUR)

    assert climbed() == [("ladder_step", "50%", 32, "网络处理人")]


def test_work_sent_back_climbs_on_from_where_it_stood(accepted: WorkOrder, handler: Staff, officer: Staff) -> None:
    fire_due(now=NOW + 13 * HOUR)
    reply(accepted, handler, NOW + 14 * HOUR)
    reviewing.send_back(order=accepted, defects="没有联系客户", by=officer, now=NOW + 15 * HOUR)

    fire_due(now=NOW + 30 * HOUR)

    assert [(step, hours) for _deed, step, hours, _told in climbed()] == [("50%", 12), ("80%", 20), ("100%", 25), ("+240", 29)]


def test_a_raised_urgency_brings_the_steps_forward(accepted: WorkOrder, duty: Staff) -> None:
    fire_due(now=NOW + 48 * HOUR)

    assert accepted.clocks.get(kind="resolve").next_step_at == NOW + 72 * HOUR
    assert Clock.objects.get(kind="overall").due_at == NOW + 48 * HOUR


def test_a_broken_row_is_put_off_and_stands_in_nobodys_way(
    accepted: WorkOrder,
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    network: Department,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = factories.ticket(category, jinan, agent, NOW)
    spoilt = factories.dispatched(broken, network, by=officer, at=NOW).clocks.get(kind="resolve")
    refuse_steps_of(spoilt)

    done = fire_due(now=NOW + 13 * HOUR)

    assert done >= 2
    assert (accepted.pk, 1) in set(StepFired.objects.values_list("clock__order", "level"))
    fault = LadderFault.objects.get()
    assert (fault.clock, fault.until, fault.attempts) == (spoilt, NOW + 14 * HOUR, 1)
    assert fire_due(now=NOW + 13 * HOUR) == 0
    fire_due(now=NOW + 14 * HOUR)
    assert LadderFault.objects.get().attempts == 2
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER spoilt ON workorders_stepfired")
    fire_due(now=NOW + 15 * HOUR)
    assert not LadderFault.objects.exists()
    assert StepFired.objects.filter(clock=spoilt).exists()


def refuse_steps_of(clock: Clock) -> None:
    """Let the database refuse every step of one clock, as a broken row would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.spoil() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'spoilt'; END $$ LANGUAGE plpgsql;"
            f"CREATE TRIGGER spoilt BEFORE INSERT ON workorders_stepfired FOR EACH ROW WHEN (NEW.clock_id = {clock.pk}) "
            "EXECUTE FUNCTION pg_temp.spoil()"
        )


def test_the_statements_of_a_batch_do_not_grow_with_it(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    network: Department,
) -> None:
    def due(count: int, at: dt.datetime) -> None:
        for _number in range(count):
            order = factories.dispatched(factories.ticket(category, jinan, agent, at), network, by=officer, at=at)
            handling.accept(order=order, by=handler, now=at)

    Staff.objects.system()
    due(1, NOW)
    statements = counted(lambda: fire_due(now=NOW + 12 * HOUR))
    due(5, NOW + 30 * HOUR)
    fire_due(now=NOW + 30 * HOUR)

    assert counted(lambda: fire_due(now=NOW + 42 * HOUR)) == statements


def counted(call: Callable[[], object]) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert call()
    return len(queries)


def test_where_nobody_is_found_the_complaint_centre_is_told(accepted: WorkOrder, manager: Staff) -> None:
    manager.is_active = False
    manager.save()

    fire_due(now=NOW + 72 * HOUR)

    assert climbed()[-1] == ("ladder_step", "+2880", 72, "值班长")


def test_a_ticket_before_dispatch_tells_the_centre(category: Category, jinan: Region, agent: Staff) -> None:
    factories.ticket(category, jinan, agent, NOW)

    fire_due(now=NOW + 48 * HOUR)

    assert climbed("overall") == [("ladder_step", "100%", 48, "值班长")]


def test_the_claim_reads_what_is_due_by_its_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Clock.objects.filter(next_step_at__lte=NOW).order_by("next_step_at")[:500].explain()

    assert "clock_next_step" in plan


def test_every_kind_of_people_has_a_finder() -> None:
    from workorders.enums import Told

    assert set(escalating.FINDERS) == set(Told)
