"""The outbox: once, in the transaction, to everybody it should reach, whatever breaks on the way."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from journal import claims
from journal.backoff import LONGEST, MOST_TRIES, wait
from journal.enums import Channel
from journal.models import Delivery, Gateway, Notice, Preference
from journal.notify import notify
from journal.outbox import deliver
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.journal.conftest import DATA, MINUTE, Clock, states, tell
from tests.journal.peers import MailPeer, WebPeer
from workorders.models import Category

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def jobs() -> int:
    return ProcrastinateJob.objects.filter(task_name="journal.deliver").count()


def test_without_gateways_a_notice_is_in_the_inbox_alone(reader: Staff) -> None:
    tell(reader)

    assert (Notice.objects.count(), Delivery.objects.count(), jobs()) == (1, 0, 0)


def test_one_occasion_is_told_once_and_another_of_its_kind_again(reader: Staff, sms_gateway: Gateway) -> None:
    """Pitfall 31: "once a day per type" swallows a second, different event."""
    tell(reader, key="order.urged:1:1")
    tell(reader, key="order.urged:1:1")
    tell(reader, key="order.urged:1:2")

    assert (Notice.objects.count(), Delivery.objects.count()) == (2, 2)


def test_a_rollback_takes_notice_message_and_job_with_it(reader: Staff, sms_gateway: Gateway) -> None:
    with transaction.atomic():
        tell(reader)
        assert (Notice.objects.count(), Delivery.objects.count(), jobs()) == (1, 1, 1)
        transaction.set_rollback(True)

    assert (Notice.objects.count(), Delivery.objects.count(), jobs()) == (0, 0, 0)


@pytest.mark.parametrize("number", [1, 40])
def test_telling_costs_two_queries_however_many_are_told(
    network: Department, sms_gateway: Gateway, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    people = [
        Staff(username=f"8{index:03}", name="处理人", department=network, roles=["handler"], phone=f"139{index:08}")
        for index in range(number)
    ]
    Staff.objects.bulk_create(people)

    with django_assert_num_queries(2):
        notify("order.dispatched", key="many", to=people, at=NOW, data=DATA)
    assert Delivery.objects.count() == number


def test_only_channels_with_a_gateway_and_an_address_are_used(
    reader: Staff, handler: Staff, sms_gateway: Gateway, connect: Callable
) -> None:
    off = connect(Channel.EMAIL, "mailto://127.0.0.1?to={to}")
    Gateway.objects.filter(pk=off.pk).update(is_active=False)
    tell(reader, handler)

    found = Delivery.objects.values_list("recipient__username", "channel")
    assert list(found) == [("3003", "sms")]


def test_a_persons_choice_replaces_the_kinds_channels(reader: Staff, sms_gateway: Gateway, mail_gateway: Gateway) -> None:
    Preference.objects.create(user=reader, kind="order.dispatched", channels=["email"])
    tell(reader, key="one")
    tell(reader, kind="order.assigned", key="two")

    found = set(Delivery.objects.values_list("notice__kind", "channel"))
    assert found == {("order.dispatched", "email"), ("order.assigned", "sms"), ("order.assigned", "email")}


def test_people_without_a_working_account_are_not_told(reader: Staff, sms_gateway: Gateway) -> None:
    reader.is_active = False
    reader.save()
    tell(reader, Staff.objects.system())

    assert Notice.objects.count() == 0


def test_a_message_goes_out_and_keeps_the_gateways_number(reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock) -> None:
    tell(reader)

    assert clock.send() == 1
    assert clock.send() == 0
    row = Delivery.objects.get()
    assert (row.state, row.gateway_ref, row.tries, row.sent_at, row.gateway) == ("sent", "A1", 1, NOW, sms_gateway)
    assert len(web.requests) == 1


def test_a_failing_gateway_is_tried_again_later_and_recovers(
    reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock
) -> None:
    web.status = 503
    tell(reader)

    assert clock.send() == 0
    row = Delivery.objects.get()
    assert (row.state, row.next_try_at - NOW, row.last_error[:8]) == ("failed", dt.timedelta(seconds=30), "HTTP 503")
    web.status = 200
    assert clock.send(dt.timedelta(seconds=20)) == 0
    assert clock.send(dt.timedelta(seconds=10)) == 1
    sms_gateway.refresh_from_db()
    assert (states(), sms_gateway.failures, sms_gateway.rests_until) == (["sent"], 0, None)


def test_a_hanging_gateway_is_asked_once_a_rest_and_the_others_keep_their_tries(
    reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock
) -> None:
    web.silent_seconds = 1.5
    for index in range(5):
        tell(reader, kind="order.urged", key=f"{index}")

    assert clock.send() == 0
    assert len(web.requests) == 1
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [0, 0, 0, 0, 1]
    web.silent_seconds = 0
    assert clock.send(MINUTE) == 5


def test_one_bad_recipient_does_not_stop_the_others(
    reader: Staff, handler: Staff, colleague: Staff, mail_gateway: Gateway, mail: MailPeer, clock: Clock
) -> None:
    """Pitfall: one bad recipient or gateway blocks everybody else's messages."""
    for person, address in ((handler, "gone@example.com"), (colleague, "colleague@example.com")):
        person.email = address
        person.save()
    mail.refused.add("gone@example.com")
    tell(handler, colleague, reader)

    assert clock.send() == 2
    assert {each.rcpt_tos[0] for each in mail.letters} == {"colleague@example.com", "contact@example.com"}
    assert Delivery.objects.get(state="failed").recipient == handler
    mail_gateway.refresh_from_db()
    assert mail_gateway.failures == 0


def test_one_bad_gateway_does_not_stop_the_other_channel(
    reader: Staff, sms_gateway: Gateway, mail_gateway: Gateway, web: WebPeer, mail: MailPeer, clock: Clock
) -> None:
    web.silent_seconds = 1.5
    tell(reader)

    assert clock.send() == 1
    assert len(mail.letters) == 1
    assert dict(Delivery.objects.values_list("channel", "state")) == {"sms": "failed", "email": "sent"}


def test_a_second_gateway_takes_over_while_the_first_rests(
    reader: Staff, sms_gateway: Gateway, connect: Callable, web: WebPeer, clock: Clock
) -> None:
    sms_gateway.url = "smshttp://127.0.0.1:1/?number={to}"
    sms_gateway.save()
    second = connect(Channel.SMS, f"smshttp://127.0.0.1:{web.port}/?number={{to}}", "spare")
    for index in range(3):
        tell(reader, kind="order.urged", key=f"{index}")

    assert clock.send() == 2
    assert clock.send(MINUTE / 2) == 1
    assert set(Delivery.objects.values_list("gateway", flat=True)) == {second.pk}


def test_a_message_is_given_up_after_its_last_try_and_can_be_sent_again(
    reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock
) -> None:
    web.answer = b'{"code":9}'
    tell(reader, kind="order.urged")

    for _each in range(MOST_TRIES):
        clock.send(2 * HOUR)
    assert (states(), len(web.requests)) == (["dead"], MOST_TRIES)
    assert clock.send(24 * HOUR) == 0
    assert len(web.requests) == MOST_TRIES


@pytest.mark.parametrize(("failures", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (50, 3600)])
def test_waits_double_up_to_the_longest(failures: int, seconds: int) -> None:
    assert wait(failures, 0.0) == dt.timedelta(seconds=seconds)
    assert wait(failures, 0.0) <= wait(failures, 0.5) < LONGEST * 1.3


def test_what_a_dead_worker_held_is_sent_again_and_never_doubled_as_a_row(
    reader: Staff, sms_gateway: Gateway, clock: Clock
) -> None:
    tell(reader)
    claims.claim("sms", NOW)

    assert states() == ["sending"]
    assert claims.rescue(NOW + claims.LEASE) == 0
    assert claims.rescue(NOW + claims.LEASE + MINUTE) == 1
    assert clock.send(claims.LEASE + MINUTE) == 1
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("sent", 2)


def test_a_message_that_kills_its_worker_is_given_up(reader: Staff, sms_gateway: Gateway) -> None:
    tell(reader)

    for number in range(MOST_TRIES):
        at = NOW + number * HOUR
        assert claims.claim("sms", at)
        claims.rescue(at + HOUR / 2)
    assert states() == ["dead"]


def test_what_was_taken_by_another_worker_meanwhile_is_not_marked(reader: Staff, sms_gateway: Gateway, web: WebPeer) -> None:
    tell(reader)
    rows = claims.claim("sms", NOW)
    claims.rescue(NOW + HOUR)
    claims.claim("sms", NOW + HOUR)
    claims.release(rows)

    assert web.requests == []
    assert Delivery.objects.get().claimed_at == NOW + HOUR


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_message_once(network: Department, sms_gateway: Gateway, web: WebPeer) -> None:
    people = [
        Staff(username=f"8{index:03}", name="处理人", department=network, roles=["handler"], phone=f"139{index:08}")
        for index in range(120)
    ]
    Staff.objects.bulk_create(people)
    notify("order.dispatched", key="many", to=people, at=timezone.now() - HOUR, data=DATA)
    sent: list[int] = []

    def work() -> None:
        sent.append(deliver(lambda: NOW))
        connections.close_all()

    Delivery.objects.update(next_try_at=NOW)
    workers = [threading.Thread(target=work) for _each in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with connection.cursor() as cursor:  # committed, and not a table that the test's end empties
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert (sum(sent), len(web.requests)) == (120, 120)
    assert len({request.body for request in web.requests}) == 120
    assert set(states()) == {"sent"}


def test_an_urgent_message_overtakes_a_crowd(
    network: Department, reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock
) -> None:
    people = [
        Staff(username=f"8{index:03}", name="处理人", department=network, roles=["handler"], phone=f"139{index:08}")
        for index in range(60)
    ]
    Staff.objects.bulk_create(people)
    notify("order.dispatched", key="many", to=people, at=NOW, data=DATA)
    tell(reader, kind="order.urged", at=NOW)

    clock.send()
    assert b"13900000001" in web.requests[0].body


@pytest.mark.usefixtures("limits")
def test_a_bulk_of_tickets_made_in_memory_tells_nobody(category: Category, jinan: Region, sms_gateway: Gateway) -> None:
    from pathlib import Path

    import complaints.bulk

    sources = Path(complaints.bulk.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if "journal.notify" in path.read_text(encoding="utf-8")] == []


def test_no_row_escapes_the_tables_own_rules(reader: Staff, sms_gateway: Gateway) -> None:
    tell(reader)

    with connection.cursor() as cursor, pytest.raises(Exception, match="delivery_claimed"), transaction.atomic():
        cursor.execute("UPDATE journal_delivery SET state = 'sending'")


def test_a_message_for_somebody_who_lost_the_right_to_read_is_withheld(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    reader: Staff,
    network: Department,
    finance: Department,
    limits: None,
    sms_gateway: Gateway,
    web: WebPeer,
    clock: Clock,
) -> None:
    """Pitfall 34: internal text leaks; who may be told is asked when the message is sent."""
    factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    reader.department = finance
    reader.save()

    assert clock.send() == 0
    assert (states(), web.requests) == (["withheld"], [])
