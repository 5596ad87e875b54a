"""Quiet hours, the limit per person, digests, languages."""

import datetime as dt
import json
from urllib.parse import parse_qs

import pytest

from journal.models import Delivery, Gateway, Preference, Reader
from journal.quiet import quiet_end
from organization.models import Staff
from tests.conftest import NOW, SHANGHAI
from tests.journal.conftest import MINUTE, Clock, states, tell
from tests.journal.peers import MailPeer, WebPeer

pytestmark = pytest.mark.django_db
NIGHT = NOW.replace(hour=23)
MORNING = (NIGHT + dt.timedelta(days=1)).replace(hour=7)


def texts(web: WebPeer) -> list[str]:
    return [parse_qs(request.body.decode())["content"][0] for request in web.requests]


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ((21, 59), None),
        ((22, 0), (3, 7, 0)),
        ((0, 30), (2, 7, 0)),
        ((6, 59), (2, 7, 0)),
        ((7, 0), None),
    ],
)
def test_quiet_hours_pass_midnight(at: tuple[int, int], end: tuple[int, int, int] | None) -> None:
    moment = dt.datetime(2026, 11, 2, *at, tzinfo=SHANGHAI)
    expected = end and dt.datetime(2026, 11, *end, tzinfo=SHANGHAI)

    assert quiet_end(moment, dt.time(22), dt.time(7)) == expected


def test_quiet_hours_within_a_day_and_none() -> None:
    noon = dt.datetime(2026, 11, 2, 12, 30, tzinfo=SHANGHAI)

    assert quiet_end(noon, dt.time(12), dt.time(13)) == noon.replace(hour=13, minute=0)
    assert quiet_end(noon, dt.time(13), dt.time(14)) is None
    assert quiet_end(noon, dt.time(12), dt.time(12)) is None


def test_no_reminder_at_midnight_but_an_urgent_one(reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock) -> None:
    """Pitfall 32: reminders at midnight; quiet hours hold them, and what is urgent pierces them."""
    clock.at = NIGHT
    tell(reader, at=NIGHT)
    tell(reader, kind="order.urged", key="two", at=NIGHT)

    assert clock.send() == 1
    assert "催办" in texts(web)[0]
    assert Delivery.objects.get(state="queued").next_try_at == MORNING
    clock.at = MORNING
    assert clock.send() == 1


def test_a_persons_own_quiet_hours_hold(reader: Staff, handler: Staff, sms_gateway: Gateway, clock: Clock) -> None:
    handler.phone = "13900000002"
    handler.save()
    Reader.objects.create(user=reader, quiet_from=dt.time(8), quiet_until=dt.time(10))
    tell(reader, handler)

    assert clock.send() == 1
    assert Delivery.objects.get(state="queued").next_try_at == NOW.replace(hour=10)


def test_after_downtime_what_piled_up_comes_as_one_message(
    reader: Staff, mail_gateway: Gateway, mail: MailPeer, clock: Clock
) -> None:
    """Pitfalls 29 and 30: after downtime, or once much is overdue, hundreds of mails at once."""
    for index in range(40):
        tell(reader, key=f"{index}", number=f"2611020000{index:02}")

    assert clock.send(MINUTE) == 1
    assert len(mail.letters) == 1
    rows = Delivery.objects.order_by("pk")
    assert {row.state for row in rows} == {"sent"}
    assert [row.folded_into_id for row in rows] == [None] + [rows[0].pk] * 39


def test_two_at_once_are_two_messages(reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock) -> None:
    tell(reader, key="one")
    tell(reader, key="two")

    assert clock.send() == 2


def test_a_digest_says_how_many_and_names_them(reader: Staff, connect: object, web: WebPeer, clock: Clock) -> None:
    connect("webhook", f"webhook://127.0.0.1:{web.port}/?secret=x")
    Preference.objects.create(user=reader, kind="order.dispatched", channels=["webhook"])
    for index in range(12):
        tell(reader, key=f"{index}", number=f"2611020000{index:02}")

    assert clock.send() == 1
    said = json.loads(web.requests[0].body)
    assert (said["kind"], said["subject"]) == ("digest", "您有 12 条新通知")
    assert len(said["text"].splitlines()) == 10
    assert "261102000000" in said["text"]


def test_more_than_the_hourly_limit_waits_and_comes_as_one_digest(
    reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock, settings: object
) -> None:
    settings.NOTICE_HOURLY_LIMIT = 2
    for index in range(14):
        tell(reader, key=f"{index}", at=NOW + index * MINUTE)
        clock.at = NOW + index * MINUTE
        clock.send()

    assert len(web.requests) == 2
    assert clock.send(47 * MINUTE) == 1
    assert texts(web)[-1] == "您还有 12 条新通知，请登录系统查看。"
    assert set(states()) == {"sent"}


def test_urgent_messages_pass_the_limit_one_by_one(reader: Staff, sms_gateway: Gateway, clock: Clock, settings: object) -> None:
    settings.NOTICE_HOURLY_LIMIT = 1
    for index in range(4):
        tell(reader, kind="order.urged", key=f"{index}")

    assert clock.send() == 4


def test_a_failed_digest_is_tried_again_as_a_whole(reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock) -> None:
    web.status = 503
    for index in range(5):
        tell(reader, key=f"{index}")

    assert clock.send() == 0
    assert set(states()) == {"failed"}
    web.status = 200
    assert clock.send(MINUTE) == 1


@pytest.mark.parametrize(
    ("own", "chosen", "start"), [("zh-hans", "", "【新工单】"), ("en", "", "New work order"), ("zh-hans", "en", "New work order")]
)
def test_each_person_is_told_in_their_language(
    reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock, own: str, chosen: str, start: str
) -> None:
    Reader.objects.create(user=reader, language=own)
    Preference.objects.create(user=reader, kind="order.dispatched", channels=["sms"], language=chosen)
    tell(reader)

    clock.send()
    assert texts(web)[0].startswith(start)
