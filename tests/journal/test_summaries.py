"""The morning summary: the board's own numbers, to the head on duty, once a working day, by real mail."""

import datetime as dt
import email
import email.policy

import pytest
from django.conf import LazySettings

from journal import outbox
from journal.models import Delivery, Gateway, Notice
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from tests.journal.peers import MailPeer
from workorders.actions.summarizing import send_summaries
from workorders.models import Category, WorkOrder
from workorders.queries.board import board

pytestmark = pytest.mark.usefixtures("limits", "verified")
#: The next morning, and a Saturday's.
MORNING = dt.datetime(2026, 11, 3, 8, 0, tzinfo=SHANGHAI)
SATURDAY = dt.datetime(2026, 11, 7, 8, 0, tzinfo=SHANGHAI)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def test_the_head_is_told_the_boards_own_numbers(order: WorkOrder, head: Staff, network: Department) -> None:
    send_summaries(now=MORNING)

    notice = Notice.objects.get(recipient=head, kind="department.summary")
    counts = board(network, MORNING).counts
    told = {name: notice.data[name] for name in ("open", "overdue", "within_hour", "unaccepted", "on_hold", "to_rework", "urged")}
    assert told == {name: str(getattr(counts, name)) for name in told}
    assert (told["open"], told["overdue"]) == ("1", "1")
    assert str(order) in notice.data["lines"]


def test_it_is_sent_once_a_morning_whatever_runs_again(order: WorkOrder, head: Staff) -> None:
    for minutes in (0, 10, 119):
        send_summaries(now=MORNING + minutes * MINUTE)
    assert Notice.objects.filter(recipient=head, kind="department.summary").count() == 1

    send_summaries(now=MORNING + dt.timedelta(days=1))
    assert Notice.objects.filter(recipient=head, kind="department.summary").count() == 2


@pytest.mark.parametrize("at", [MORNING - MINUTE, MORNING + dt.timedelta(hours=2), SATURDAY])
def test_not_at_night_not_in_the_afternoon_not_on_a_day_off(order: WorkOrder, head: Staff, at: dt.datetime) -> None:
    send_summaries(now=at)

    assert not Notice.objects.filter(kind="department.summary").exists()


def test_who_is_head_today_gets_it(order: WorkOrder, head: Staff, contact: Staff, network: Department) -> None:
    factories.duty(network, Role.HEAD, contact, MORNING - MINUTE, MORNING + dt.timedelta(hours=9))

    send_summaries(now=MORNING)

    assert list(Notice.objects.filter(kind="department.summary").values_list("recipient", flat=True)) == [contact.pk]


def test_it_arrives_by_mail_with_a_link_to_the_board(
    order: WorkOrder, head: Staff, network: Department, mail_gateway: Gateway, mail: MailPeer, settings: LazySettings
) -> None:
    settings.SITE_ADDRESS = "https://tickets.example.com"
    head.email = "head@example.com"
    head.save()

    send_summaries(now=MORNING)
    outbox.deliver(lambda: MORNING)

    assert Delivery.objects.get().state == "sent"
    letter = email.message_from_bytes(mail.letters[0].content, policy=email.policy.default)
    assert letter["Subject"] == "网络部早报：在途 1，已超时 1，1 小时内到期 0"
    assert f"https://tickets.example.com/boards/{network.code}/" in letter.get_body().get_content()
