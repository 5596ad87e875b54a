"""Urging and supervision: who is told, what is owed, and what is late once."""

import datetime as dt

import pytest

from foundation.errors import Conflict, Invalid, NotAllowed
from journal.models import Event, Notice
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import handling, reviewing, supervising, urging
from workorders.actions.escalating import fire_due
from workorders.actions.supervising import judge_late_reports
from workorders.menu import menu_for
from workorders.models import Category, Supervision, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def order(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    network: Department,
    handler: Staff,
    contact: Staff,
    head: Staff,
) -> WorkOrder:
    network.head = head
    network.save()
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    return handling.accept(order=made, by=handler, now=NOW)


@pytest.fixture
def supervised(order: WorkOrder, duty: Staff) -> WorkOrder:
    return supervising.supervise(order=order, reason="客户多次来电", every_hours=4, by=duty, now=NOW + HOUR)


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def happened(*kinds: str) -> list[tuple[str, int]]:
    """Return the events of some kinds with their hours after the start."""
    events = Event.objects.filter(kind__in=[f"order.{kind}" for kind in kinds]).order_by("seq")
    return [(event.kind.removeprefix("order."), (event.at - NOW) // HOUR) for event in events]


def test_the_centre_puts_an_order_under_supervision_and_the_department_is_told(supervised: WorkOrder) -> None:
    row = Supervision.objects.get()

    assert (row.every_hours, row.report_due_at, row.answer_due_at) == (4, NOW + 5 * HOUR, None)
    assert WorkOrder.objects.get().supervised_at == NOW + HOUR
    assert told("order.supervised") == ["3001", "3003", "3004"]


@pytest.mark.parametrize("who", ["agent", "officer", "handler", "contact", "head", "stranger", "manager"])
def test_only_duty_and_supervision_officers_order_supervision(who: str, order: WorkOrder, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        supervising.supervise(order=order, reason="催", every_hours=4, by=request.getfixturevalue(who), now=NOW)


@pytest.mark.parametrize(
    ("fields", "wrong"), [({"reason": " "}, "reason"), ({"every_hours": 0}, "every_hours"), ({"every_hours": 73}, "every_hours")]
)
def test_supervision_needs_a_reason_and_a_rhythm(fields: dict, wrong: str, order: WorkOrder, duty: Staff) -> None:
    with pytest.raises(Invalid) as refused:
        supervising.supervise(order=order, **{"reason": "催", "every_hours": 4, **fields}, by=duty, now=NOW)

    assert set(refused.value.errors) == {wrong}


def test_an_order_is_supervised_once_at_a_time(supervised: WorkOrder, duty: Staff) -> None:
    with pytest.raises(Conflict):
        supervising.supervise(order=supervised, reason="再次", every_hours=4, by=duty, now=NOW + 2 * HOUR)


def test_a_report_pays_what_is_owed_and_the_next_is_due_a_period_later(supervised: WorkOrder, handler: Staff) -> None:
    judge_late_reports(now=NOW + 6 * HOUR)
    supervising.report_progress(order=supervised, text="已到现场", by=handler, now=NOW + 7 * HOUR)

    row = Supervision.objects.get()
    assert (row.reports, row.late_reports, row.owed_since, row.report_due_at) == (1, 1, None, NOW + 11 * HOUR)


def test_a_missing_report_is_late_once_and_dated_when_it_was_due(supervised: WorkOrder, duty: Staff) -> None:
    assert judge_late_reports(now=NOW + 5 * HOUR - dt.timedelta(seconds=1)) == 0
    assert judge_late_reports(now=NOW + 6 * HOUR) == 1
    assert judge_late_reports(now=NOW + 6 * HOUR) == 0

    assert happened("report_late") == [("report_late", 5)]
    assert told("order.report_late") == ["2002", "3001", "3003", "3004"]


def test_pitfall_29_after_a_downtime_each_missing_report_counts_and_one_notice_is_sent(supervised: WorkOrder) -> None:
    judge_late_reports(now=NOW + 14 * HOUR)

    assert happened("report_late") == [("report_late", 5), ("report_late", 9), ("report_late", 13)]
    assert Notice.objects.filter(kind="order.report_late", recipient__username="3001").count() == 1


def test_an_overdue_supervised_order_needs_its_heads_written_answer_within_four_hours(
    order: WorkOrder, duty: Staff, head: Staff
) -> None:
    supervising.supervise(order=order, reason="超时", every_hours=8, by=duty, now=NOW + 25 * HOUR)

    assert told("order.answer_demanded") == ["3004"]
    judge_late_reports(now=NOW + 30 * HOUR)
    assert happened("answer_late") == [("answer_late", 29)]
    supervising.answer_supervision(order=order, answer="基站退服，今晚修复", by=head, now=NOW + 31 * HOUR)
    row = Supervision.objects.get()
    assert (row.answered_at, row.answer_late_at) == (NOW + 31 * HOUR, NOW + 29 * HOUR)
    with pytest.raises(Conflict):
        supervising.answer_supervision(order=order, answer="再次", by=head, now=NOW + 31 * HOUR)


def test_only_the_departments_head_answers(order: WorkOrder, duty: Staff, contact: Staff, stranger: Staff) -> None:
    supervising.supervise(order=order, reason="超时", every_hours=8, by=duty, now=NOW + 25 * HOUR)

    for person in (contact, stranger, duty):
        with pytest.raises(NotAllowed):
            supervising.answer_supervision(order=order, answer="说明", by=person, now=NOW + 26 * HOUR)


def test_no_answer_is_asked_for_before_the_order_is_overdue(supervised: WorkOrder, head: Staff) -> None:
    with pytest.raises(Conflict):
        supervising.answer_supervision(order=supervised, answer="说明", by=head, now=NOW + 2 * HOUR)


def test_when_a_supervised_order_runs_out_of_time_the_ladder_asks_for_the_answer(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, handler: Staff, duty: Staff, head: Staff
) -> None:
    factories.ladders()
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    handling.accept(order=made, by=handler, now=NOW)
    supervising.supervise(order=made, reason="重点客户", every_hours=24, by=duty, now=NOW + HOUR)

    fire_due(now=NOW + 24 * HOUR + HOUR / 60)

    assert Supervision.objects.get().answer_due_at == NOW + 28 * HOUR + HOUR / 60
    assert told("order.answer_demanded") == ["3004"]


def test_the_ladder_supervises_an_overdue_order_and_asks_its_head(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, handler: Staff, duty: Staff, head: Staff
) -> None:
    factories.ladders()
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    handling.accept(order=made, by=handler, now=NOW)

    fire_due(now=NOW + 25 * HOUR)

    row = Supervision.objects.get()
    assert (row.opened_by, row.every_hours, row.answer_due_at) == (Staff.objects.system(), 8, NOW + 29 * HOUR)
    assert told("order.answer_demanded") == ["3004"]


def test_the_ladder_supervises_what_nobody_has_taken_when_a_fifth_of_the_time_is_left(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, handler: Staff, duty: Staff
) -> None:
    factories.ladders()
    taken, left = (
        factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW) for _ in range(2)
    )
    handling.accept(order=taken, by=handler, now=NOW)

    fire_due(now=NOW + 20 * HOUR)

    assert Supervision.objects.get().order == left


def test_supervision_rests_while_the_reply_is_reviewed_and_goes_on_when_it_is_sent_back(
    supervised: WorkOrder, handler: Staff, officer: Staff
) -> None:
    reply(supervised, handler, NOW + 2 * HOUR)
    assert judge_late_reports(now=NOW + 20 * HOUR) == 0

    reviewing.send_back(order=supervised, defects="未联系客户", by=officer, now=NOW + 20 * HOUR)

    assert Supervision.objects.get().report_due_at == NOW + 24 * HOUR


def test_supervision_ends_with_its_order(supervised: WorkOrder, handler: Staff, officer: Staff) -> None:
    reply(supervised, handler, NOW + 2 * HOUR)
    reviewing.approve(order=supervised, by=officer, now=NOW + 3 * HOUR)

    assert Supervision.objects.get().ended_at == NOW + 3 * HOUR
    assert WorkOrder.objects.get().supervised_at is None


def reply(order: WorkOrder, by: Staff, at: dt.datetime) -> None:
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=by, now=at)


def test_the_centre_ends_a_supervision_and_can_order_another(supervised: WorkOrder, duty: Staff) -> None:
    supervising.end_supervision(order=supervised, reason="已解决", by=duty, now=NOW + 2 * HOUR)

    assert judge_late_reports(now=NOW + 20 * HOUR) == 0
    supervising.supervise(order=supervised, reason="又来电", every_hours=2, by=duty, now=NOW + 20 * HOUR)
    assert Supervision.objects.count() == 2


def test_the_menu_offers_supervision_or_what_belongs_to_it(supervised: WorkOrder, duty: Staff, handler: Staff) -> None:
    order = WorkOrder.objects.get()
    offered = {item.name for item in menu_for(duty, order, NOW)}

    assert "end_supervision" in offered
    assert "supervise" not in offered
    assert "report_progress" in {item.name for item in menu_for(handler, order, NOW)}


def test_the_second_urge_puts_an_order_under_supervision(order: WorkOrder, agent: Staff) -> None:
    urging.urge(order=order, by=agent, now=NOW + HOUR)
    assert not Supervision.objects.exists()

    urging.urge_ticket(ticket=order.ticket, by=agent, now=NOW + 2 * HOUR)

    assert Supervision.objects.get().opened_at == NOW + 2 * HOUR


def test_the_third_urge_within_a_day_is_told_to_the_head(order: WorkOrder, agent: Staff) -> None:
    for hours in (1, 2, 3):
        urging.urge(order=order, by=agent, now=NOW + hours * HOUR)

    assert told("order.urged_often") == ["3004"]
    assert happened("notify_head") == [("notify_head", 3)]


def test_three_urges_over_more_than_a_day_are_not_told_to_the_head(order: WorkOrder, agent: Staff) -> None:
    for hours in (1, 14, 25):
        urging.urge(order=order, by=agent, now=NOW + hours * HOUR)

    assert told("order.urged_often") == []


def test_the_head_on_the_roster_tonight_is_told(order: WorkOrder, agent: Staff, colleague: Staff, network: Department) -> None:
    factories.duty(network, "head", colleague, NOW, NOW + 12 * HOUR)

    for hours in (1, 2, 3):
        urging.urge(order=order, by=agent, now=NOW + hours * HOUR)

    assert told("order.urged_often") == ["3002"]
