"""A worker of its own process: it wakes for a notice, and killed in the middle of sending it loses nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import timezone

from journal import claims, outbox
from journal.models import Delivery, Gateway, Preference
from organization.models import Staff
from tests.journal.conftest import tell
from tests.journal.peers import WebPeer

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def worker() -> Iterator[Callable[[], subprocess.Popen]]:
    """Start a worker on the test's database; its process is ended after the test."""
    to = connection.settings_dict
    place = urlencode({"host": to["HOST"], "port": to["PORT"]} | ({"password": to["PASSWORD"]} if to["PASSWORD"] else {}))
    address = f"postgres://{to['USER']}@/{to['NAME']}?{place}"
    started: list[subprocess.Popen] = []

    def _start() -> subprocess.Popen:
        command = [sys.executable, "manage.py", "procrastinate", "worker"]
        environment = {**os.environ, "DATABASE_URL": address}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL))
        return started[-1]

    yield _start
    for process in started:
        process.kill()
        process.wait()
    with connection.cursor() as cursor:  # not a table that the test's end empties
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


@pytest.fixture
def hook(connect: Callable[[str, str], Gateway], reader: Staff, web: WebPeer) -> Gateway:
    Preference.objects.create(user=reader, kind="order.urged", channels=["webhook"])
    return connect("webhook", f"webhook://127.0.0.1:{web.port}/?secret=x&rto=60")


def test_a_worker_killed_while_sending_loses_nothing_and_doubles_no_row(
    reader: Staff, hook: Gateway, web: WebPeer, worker: Callable[[], subprocess.Popen]
) -> None:
    web.silent_seconds = 30
    tell(reader, kind="order.urged", at=timezone.now())
    process = worker()
    until(lambda: len(web.requests) == 1)

    process.send_signal(signal.SIGKILL)
    process.wait()
    web.silent_seconds = 0
    row = Delivery.objects.get()
    assert (row.state, row.tries) == ("sending", 1)
    later = timezone.now() + 2 * claims.LEASE
    assert claims.rescue(later) == 1
    assert outbox.deliver(lambda: later) == 1

    row.refresh_from_db()
    assert (row.state, row.tries, Delivery.objects.count()) == ("sent", 2, 1)
    assert [json.loads(request.body)["id"] for request in web.requests] == [f"delivery:{row.pk}"] * 2


def test_a_worker_wakes_for_a_notice(reader: Staff, hook: Gateway, web: WebPeer, worker: Callable[[], subprocess.Popen]) -> None:
    worker()
    tell(reader, kind="order.urged", at=timezone.now())

    until(lambda: Delivery.objects.get().state == "sent")
    assert len(web.requests) == 1
