"""Peers to send to, gateways that lead to them, and people with numbers."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from journal.enums import Channel
from journal.models import Delivery, Gateway
from journal.notify import notify
from journal.outbox import deliver
from organization.models import Staff
from tests.conftest import NOW
from tests.journal.peers import MailPeer, Smsc, WebPeer

MINUTE = dt.timedelta(minutes=1)
DATA = {"number": "261102000001", "subject": "家里没有信号", "department": "网络部"}


class Clock:
    """The time as the test says it is."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> dt.datetime:
        return self.at

    def send(self, after: dt.timedelta = dt.timedelta()) -> int:
        """Deliver some time later, without jitter."""
        self.at += after
        return deliver(self, chance=lambda: 0.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def web() -> Iterator[WebPeer]:
    peer = WebPeer()
    yield peer
    peer.close()


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    peer = MailPeer()
    yield peer
    peer.close()


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    peer = Smsc()
    yield peer
    peer.close()


@pytest.fixture
def sms_gateway(connect: Callable, web: WebPeer) -> Gateway:
    web.answer = b'{"code":0,"id":"A1"}'
    ok = "%22code%22:0"
    return connect(Channel.SMS, f"smshttp://127.0.0.1:{web.port}/send?number={{to}}&ok={ok}&ref=%22id%22:%22(.*?)%22&rto=0.5")


@pytest.fixture
def mail_gateway(connect: Callable, mail: MailPeer) -> Gateway:
    return connect(Channel.EMAIL, f"mailto://127.0.0.1:{mail.port}?from=ts@example.com&to={{to}}&mode=insecure")


@pytest.fixture
def reader(contact: Staff) -> Staff:
    """A department's contact with a number and an address."""
    contact.phone, contact.email = "13900000001", "contact@example.com"
    contact.save()
    return contact


def tell(*people: Staff, kind: str = "order.dispatched", key: str = "one", at: dt.datetime = NOW, **data: str) -> None:
    notify(kind, key=key, to=people, at=at, data=DATA | data)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))
