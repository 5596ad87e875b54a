"""Who is told of what an action did, and who is not."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.errors import Conflict
from journal.models import Gateway, Notice
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import closing, extending, handling, holding, returning, reviewing, transferring, urging
from workorders.models import Category, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE = dt.timedelta(minutes=1)


def told() -> list[tuple[str, str]]:
    return sorted(Notice.objects.values_list("kind", "recipient__username"))


@pytest.fixture
def order(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    contact: Staff,
    head: Staff,
    network: Department,
    biller: Staff,
    duty: Staff,
    stranger: Staff,
) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def test_dispatching_tells_the_departments_handlers_and_contacts(order: WorkOrder) -> None:
    notice = Notice.objects.first()

    assert told() == [("order.dispatched", "3001"), ("order.dispatched", "3003")]
    assert notice.data == {
        "number": order.ticket.number,
        "subject": "室内没有信号",
        "department": "网络部",
        "department_en": "",
        "due_at": order.due_at.isoformat(),
    }
    assert (notice.stream, notice.at) == (order.ticket.stream, NOW)


def test_hand_off_tells_the_new_department_once_and_the_old_one_not(order: WorkOrder, contact: Staff, billing: Department) -> None:
    """Pitfall 33: a hand-off mails the old group, or the new one twice, or nobody."""
    Notice.objects.all().delete()

    transferring.transfer(order=order, department=billing, reason="计费问题", by=contact, now=NOW + MINUTE)

    assert told() == [("order.dispatched", "5001")]


def test_a_hand_off_that_fails_tells_nobody(order: WorkOrder, contact: Staff, officer: Staff, billing: Department) -> None:
    handling.accept(order=order, by=contact, now=NOW)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=contact, now=NOW + MINUTE)
    Notice.objects.all().delete()

    with pytest.raises(Conflict):
        transferring.transfer(order=order, department=billing, reason="计费问题", by=officer, now=NOW + MINUTE)
    assert told() == []


def test_urging_tells_who_holds_the_order_each_time(order: WorkOrder, handler: Staff, agent: Staff) -> None:
    """Pitfall of 催办: some recipients missed, or told only the first time."""
    handling.accept(order=order, by=handler, now=NOW)
    Notice.objects.all().delete()

    urging.urge(order=order, remark="用户再次来电", by=agent, now=NOW + MINUTE)
    urging.urge_ticket(ticket=order.ticket, remark="", by=agent, now=NOW + 2 * MINUTE)

    urged = [row for row in told() if row[0] == "order.urged"]
    assert urged == [("order.urged", "3001")] * 2 + [("order.urged", "3003")] * 2


def test_nobody_is_told_of_what_they_did_themselves(order: WorkOrder, contact: Staff, head: Staff) -> None:
    Notice.objects.all().delete()

    handling.assign(order=order, assignee=contact, by=contact, now=NOW + MINUTE)
    assert told() == []
    handling.assign(order=order, assignee=contact, by=head, now=NOW + 2 * MINUTE)
    assert told() == [("order.assigned", "3003")]


def test_a_return_tells_the_duty_officer_and_its_denial_the_department(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    Notice.objects.all().delete()

    returning.request_return(order=order, reason="not_ours", evidence="属于计费", by=contact, now=NOW + MINUTE)
    assert told() == [("return.to_rule", "2002")]
    returning.deny_return(order=order, ruling_reason="属于本部门", by=duty, now=NOW + 2 * MINUTE)
    assert told() == [("return.denied", "3001"), ("return.denied", "3003"), ("return.to_rule", "2002")]


def test_a_hold_tells_who_decides_and_its_refusal_who_asked(order: WorkOrder, handler: Staff, contact: Staff, head: Staff) -> None:
    handling.accept(order=order, by=handler, now=NOW)
    Notice.objects.all().delete()

    holding.request_hold(
        order=order, reason="wait_customer", evidence="客户出差", until=NOW + 60 * MINUTE, by=handler, now=NOW + MINUTE
    )
    assert told() == [("hold.to_decide", "3003"), ("hold.to_decide", "3004")]
    holding.refuse_hold(order=order, by=head, now=NOW + 2 * MINUTE)
    assert ("hold.refused", "3001") in told()
    assert Notice.objects.count() == 3


def test_an_extension_tells_who_may_decide_and_the_decision_who_holds_the_order(
    order: WorkOrder, handler: Staff, contact: Staff, duty: Staff, agent: Staff
) -> None:
    handling.accept(order=order, by=handler, now=NOW)
    said = {"reason": "等设备", "evidence": "到货单", "contact": "已告知", "until": NOW + 30 * 60 * MINUTE}
    Notice.objects.all().delete()

    extending.request_extension(order=order, by=contact, now=NOW + MINUTE, **said)
    assert told() == [("extension.to_decide", agent.username), ("extension.to_decide", duty.username)]
    Notice.objects.all().delete()
    extending.refuse_extension(order=order, decision_reason="不充分", by=duty, now=NOW + 2 * MINUTE)
    assert told() == [("extension.refused", handler.username), ("extension.refused", contact.username)]
    Notice.objects.all().delete()
    extending.request_extension(order=order, by=contact, now=NOW + 3 * MINUTE, **said)
    extending.grant_extension(order=order, by=agent, now=NOW + 4 * MINUTE)

    granted = Notice.objects.filter(kind="extension.granted")
    assert {dt.datetime.fromisoformat(until) for until in granted.values_list("data__until_at", flat=True)} == {said["until"]}
    assert told()[:2] == [("extension.granted", handler.username), ("extension.granted", contact.username)]


def test_a_reply_sent_back_tells_who_wrote_it(order: WorkOrder, contact: Staff, handler: Staff, officer: Staff) -> None:
    handling.accept(order=order, by=handler, now=NOW)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=handler, now=NOW + MINUTE)
    Notice.objects.all().delete()

    reviewing.send_back(order=order, defects="未说明原因", by=officer, now=NOW + 2 * MINUTE)

    assert told() == [("order.sent_back", "3001"), ("order.sent_back", "3003")]


def test_whoever_filed_the_ticket_hears_of_answer_and_closing(
    order: WorkOrder, handler: Staff, officer: Staff, agent: Staff
) -> None:
    handling.accept(order=order, by=handler, now=NOW)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=handler, now=NOW + MINUTE)
    reviewing.approve(order=order, by=officer, now=NOW + 2 * MINUTE)
    Notice.objects.all().delete()

    closing.answer(ticket=order.ticket, text="已修复", by=officer, now=NOW + 3 * MINUTE)
    closing.close(ticket=order.ticket, reason="ok", by=officer, now=NOW + 4 * MINUTE)

    assert told() == [("ticket.answered", "1001"), ("ticket.closed", "1001")]


def test_telling_adds_at_most_three_queries_to_an_action(
    order: WorkOrder, agent: Staff, contact: Staff, connect: Callable[[str, str], Gateway]
) -> None:
    connect("sms", "smshttp://127.0.0.1/?number={to}")
    contact.phone = "13900000001"
    contact.save()

    with CaptureQueriesContext(connection) as queries:
        urging.urge(order=order, remark="", by=agent, now=NOW + MINUTE)

    asked = [query["sql"] for query in queries]
    cost = [sql for sql in asked if "journal_notice" in sql or "procrastinate" in sql or "roles" in sql.partition(" WHERE ")[2]]
    assert len(cost) == 3
