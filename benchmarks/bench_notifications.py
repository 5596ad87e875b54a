"""Measure notices: how many are told by one statement, and how many one worker sends to a peer that answers at once.

Runs on a database of its own, made and dropped again on the server that the environment names (the embedded one where it
names none). Beside each figure stands the bare work: the same rows by plain SQL, the same posts without an outbox.
`.venv/bin/python benchmarks/bench_notifications.py [--people 50000] [--messages 1000] [--workers 1]`.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

import requests  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from journal.models import Delivery, Gateway, Notice, Preference  # noqa: E402
from journal.notify import notify  # noqa: E402
from journal.outbox import deliver  # noqa: E402
from organization.models import Calendar, Department, Staff  # noqa: E402


class Peer(BaseHTTPRequestHandler):
    """Says yes to everything at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Read and answer."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def serve(port: "multiprocessing.Queue[int]") -> None:
    """Be the peer, in a process of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    port.put(server.server_address[1])
    server.serve_forever()


def told(people: list[Staff]) -> tuple[float, float]:
    """Return the seconds for telling all, and for inserting the same rows by bare SQL."""
    now = timezone.now()
    began = time.perf_counter()
    notify("order.urged", key="bench", to=people, at=now, data={"number": "261104000012", "subject": "家里没有信号"})
    ours = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_notice (LIKE journal_notice INCLUDING ALL)")
        cursor.execute("CREATE TABLE bare_delivery (LIKE journal_delivery INCLUDING ALL)")
        began = time.perf_counter()
        cursor.execute("INSERT INTO bare_notice SELECT * FROM journal_notice")
        cursor.execute("INSERT INTO bare_delivery SELECT * FROM journal_delivery")
        return ours, time.perf_counter() - began


def work() -> None:
    """Deliver until nothing is left."""
    deliver(timezone.now)
    connections.close_all()


def sent(messages: int, workers: int) -> float:
    """Return the seconds that the workers take for so many messages."""
    keep = Delivery.objects.order_by("pk").values_list("pk", flat=True)[:messages]
    Delivery.objects.exclude(pk__in=list(keep)).delete()
    connections.close_all()
    began = time.perf_counter()
    crew = [multiprocessing.get_context("fork").Process(target=work) for _each in range(workers)]
    for worker in crew:
        worker.start()
    for worker in crew:
        worker.join()
    took = time.perf_counter() - began
    states = set(Delivery.objects.values_list("state", flat=True))
    if states != {"sent"}:
        raise SystemExit(f"not everything was sent: {states}")
    return took


def bare(messages: int, port: int) -> tuple[float, float]:
    """Return the seconds for the same posts alone, and for one claim and one mark a message in plain SQL."""
    body = json.dumps({"id": "delivery:1", "subject": "催办 261104000012", "text": "请尽快处理" * 8}).encode()
    began = time.perf_counter()
    for _each in range(messages):
        requests.post(f"http://127.0.0.1:{port}/", data=body, timeout=4)
    posts = time.perf_counter() - began
    pks = list(Delivery.objects.values_list("pk", flat=True))
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for pk in pks:
            cursor.execute("UPDATE bare_delivery SET state = 'sending', claimed_at = now() WHERE id = %s", [pk])
            cursor.execute("UPDATE bare_delivery SET state = 'sent', claimed_at = NULL, sent_at = now() WHERE id = %s", [pk])
    return posts, time.perf_counter() - began


def measured(people: int, messages: int, workers: int, port: int) -> None:
    """Make the people, measure, and print."""
    department = Department.objects.create(
        code="BENCH", name="网络部", kind="support", calendar=Calendar.objects.create(code="BENCH", name="行政班")
    )
    made = [Staff(username=f"b{index}", name="处理人", department=department, roles=["handler"]) for index in range(people)]
    made = Staff.objects.bulk_create(made, batch_size=5000)
    Preference.objects.bulk_create(
        [Preference(user=each, kind="order.urged", channels=["webhook"]) for each in made], batch_size=5000
    )
    gateway = Gateway(channel="webhook", name="bench")
    gateway.url = f"webhook://127.0.0.1:{port}/?secret=bench"
    gateway.save()
    ours, plain = told(made)
    print(f"tell {Notice.objects.count():,} people at once: {ours:.2f} s; the same rows by bare SQL: {plain:.2f} s")
    took = sent(messages, workers)
    posts, sql = bare(messages, port)
    rate = messages / took
    print(f"send {messages:,} messages, {workers} worker(s): {took:.2f} s, {rate:.0f}/s, {rate / workers:.0f}/s a worker")
    print(f"bare: the posts alone {messages / posts:.0f}/s; claim and mark in SQL alone {messages / sql:.0f}/s")


def main() -> int:
    """Measure on a database made for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--messages", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    port: multiprocessing.Queue[int] = multiprocessing.get_context("fork").Queue()
    peer = multiprocessing.get_context("fork").Process(target=serve, args=(port,), daemon=True)
    peer.start()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measured(asked.people, asked.messages, asked.workers, port.get())
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        peer.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
