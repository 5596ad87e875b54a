"""The timeline says what happened in words: labels and names, never codes; and whose doing it was."""

import datetime as dt

import pytest

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import handling, holding, returning, reviewing, transferring, urging
from workorders.models import Category, SlaRule, Ticket, WorkOrder
from workorders.story import Line, story

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE = dt.timedelta(minutes=1)
RESULT = {"result": "已处理", "cause": "fault", "liability": "operator"}


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def lines(order: WorkOrder, reader: Staff) -> dict[str, Line]:
    told = story(reader, Ticket.objects.get(pk=order.ticket_id), NOW + 30 * MINUTE)
    return {line.event.kind: line for line in told.lines}


def test_a_return_is_told_by_its_reason_and_the_proposed_department(
    order: WorkOrder, contact: Staff, officer: Staff, billing: Department
) -> None:
    returning.request_return(order=order, reason="not_ours", evidence="核实", proposed=billing, by=contact, now=NOW + MINUTE)

    assert lines(order, officer)["order.request_return"].said == ["属于其他部门职责", "核实", "建议转：业务支撑部"]


def test_a_hold_is_told_by_its_reason(order: WorkOrder, contact: Staff, officer: Staff) -> None:
    handling.accept(order=order, by=contact, now=NOW)
    until = NOW + 60 * MINUTE
    holding.request_hold(order=order, reason="wait_customer", evidence="约明日", until=until, by=contact, now=NOW + MINUTE)

    told = lines(order, officer)
    assert told["order.hold"].said == ["等待客户"]
    assert told["order.request_hold"].said == ["等待客户", "约明日", "至 11-02 10:00"]


def test_dispatch_transfer_and_assignment_name_where_to(
    order: WorkOrder, contact: Staff, officer: Staff, handler: Staff, billing: Department
) -> None:
    assert lines(order, officer)["order.dispatch"].label == "派单至网络部"
    handling.assign(order=order, assignee=handler, by=contact, now=NOW)

    transferring.transfer(order=order, department=billing, reason="数据问题", by=officer, now=NOW + MINUTE)

    told = lines(order, officer)
    assert (told["order.transfer"].label, told["order.assign"].label) == ("转派至业务支撑部", "指派给网络处理人")
    assert told["order.transfer"].said == ["数据问题"]


def test_a_rise_in_urgency_is_told_in_words(order: WorkOrder, officer: Staff, duty: Staff) -> None:
    urging.escalate(ticket=order.ticket, urgency="urgent", reason="客户再三来电", by=duty, now=NOW + MINUTE)

    assert lines(order, officer)["ticket.escalate"].said == ["客户再三来电", "普通 → 紧急"]


def test_what_passes_without_review_is_the_systems_doing(order: WorkOrder, contact: Staff, officer: Staff) -> None:
    SlaRule.objects.update(review_percent=0)
    handling.accept(order=order, by=contact, now=NOW)
    handling.reply(order=order, by=contact, now=NOW + MINUTE, **RESULT)

    told = lines(order, officer)
    system = Staff.objects.system()
    assert [told[kind].event.by for kind in ("order.reply", "ticket.enter_review", "ticket.pass_review")] == [
        contact,
        system,
        system,
    ]
    assert [told[kind].label for kind in ("order.approve", "ticket.pass_review")] == ["未抽中质检，自动通过"] * 2


def test_what_a_reviewer_approved_has_passed_the_review(order: WorkOrder, contact: Staff, officer: Staff) -> None:
    handling.accept(order=order, by=contact, now=NOW)
    handling.reply(order=order, by=contact, now=NOW + MINUTE, **RESULT)
    reviewing.approve(order=order, by=officer, now=NOW + 2 * MINUTE)

    told = lines(order, officer)
    assert (told["order.approve"].event.by, told["ticket.pass_review"].label) == (officer, "质检通过")
