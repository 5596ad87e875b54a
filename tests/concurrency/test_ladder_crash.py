"""Workers that die in the middle of a step: nothing is lost, nothing is done twice."""

import datetime as dt
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from foundation.errors import DomainError
from journal.models import Event, Notice
from organization.models import Department, Region, Staff
from tests import factories
from tests.concurrency.climber import climb
from tests.conftest import NOW
from workorders.actions import closing, handling, holding, supervising, urging
from workorders.actions.escalating import fire_due
from workorders.actions.supervising import judge_late_reports
from workorders.events import CLIMBS
from workorders.models import Category, Clock, LadderFault, StepFired, Supervision, WorkOrder
from workorders.rebuild import differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits", "ladders", "manager")]
KILLS, TICKETS, LIMIT = 50, 40, 5
HOUR = dt.timedelta(hours=1)
#: The time that passes in the story; the last steps of an order come three days after it was sent out.
SPAN = 84 * HOUR


def database() -> dict[str, Any]:
    """Return how another process reaches the test's own database."""
    wanted = ("NAME", "USER", "HOST", "PORT", "PASSWORD")
    return {"ENGINE": "django.db.backends.postgresql", **{name: connection.settings_dict[name] for name in wanted}}


class Load(threading.Thread):
    """People who work on the orders all the while, at the story's time."""

    def __init__(self, seed: int, people: dict[str, Staff], now: Callable[[], dt.datetime]) -> None:
        super().__init__(daemon=True)
        self.draw, self.people, self.now = random.Random(seed), people, now
        self.stopping, self.done = threading.Event(), Counter[str]()
        self.errors: list[Exception] = []

    def run(self) -> None:
        orders = list(WorkOrder.objects.order_by("pk"))
        try:
            while not self.stopping.wait(self.draw.uniform(0.005, 0.04)):
                self.act(self.draw.choice(orders), self.draw.choice(list(ACTS)))
        except Exception as error:  # noqa: BLE001 -- told to the test, which fails
            self.errors.append(error)
        finally:
            connection.close()

    def act(self, order: WorkOrder, name: str) -> None:
        try:
            ACTS[name](order, self.people, self.now())
            self.done[name] += 1
        except DomainError:
            self.done["refused"] += 1


type Act = Callable[[WorkOrder, dict[str, Staff], dt.datetime], object]
ACTS: dict[str, Act] = {
    "accept": lambda order, who, now: handling.accept(order=order, by=who["handler"], now=now),
    "assign": lambda order, who, now: handling.assign(order=order, assignee=who["colleague"], by=who["head"], now=now),
    "urge": lambda order, who, now: urging.urge(order=order, by=who["agent"], now=now),
    "hold": lambda order, who, now: holding.request_hold(
        order=order, reason="wait_external", evidence="等待物业", until=now + HOUR, by=who["contact"], now=now
    ),
    "resume": lambda order, who, now: holding.resume(order=order, by=who["contact"], now=now),
    "report": lambda order, who, now: supervising.report_progress(order=order, text="处理中", by=who["handler"], now=now),
    "answer": lambda order, who, now: supervising.answer_supervision(order=order, answer="今晚修复", by=who["head"], now=now),
    "escalate": lambda order, who, now: (
        urging.escalate(ticket=order.ticket, urgency="urgent", reason="媒体关注", by=who["duty"], now=now)
        if order.pk % 9 == 0
        else None
    ),
    "reply": lambda order, who, now: (
        handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=who["contact"], now=now)
        if order.pk % 7 == 0
        else None
    ),
    "cancel": lambda order, who, now: (
        closing.cancel(ticket=order.ticket, reason="客户撤诉", by=who["duty"], now=now) if order.pk % 11 == 0 else None
    ),
}


@contextmanager
def working(loads: list[Load]) -> Iterator[None]:
    for load in loads:
        load.start()
    yield
    for load in loads:
        load.stopping.set()
    for load in loads:
        load.join()


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, Staff]:
    names = ("agent", "officer", "handler", "colleague", "contact", "head", "duty")
    return {name: request.getfixturevalue(name) for name in names}


def test_workers_killed_fifty_times_at_random_points_lose_nothing_and_double_nothing(
    category: Category, jinan: Region, network: Department, people: dict[str, Staff]
) -> None:
    Staff.objects.system()
    for number in range(TICKETS):
        at = NOW - number * HOUR / 4
        factories.dispatched(factories.ticket(category, jinan, people["agent"], at), network, by=people["officer"], at=at)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.climber"])
    story = context.RawValue("d", NOW.timestamp())
    draw = random.Random(50)
    loads = [Load(seed, people, lambda: dt.datetime.fromtimestamp(story.value, dt.UTC)) for seed in (1, 2)]

    longest = 3 * measured(lambda: fire_due(now=NOW, limit=LIMIT))
    begun, killed = StepFired.objects.count(), 0
    with working(loads):
        for time_number in range(1, KILLS + 1):
            ready = context.RawValue("i", 0)
            worker = context.Process(target=climb, args=(database(), story, ready, LIMIT), daemon=True)
            worker.start()
            while not ready.value:
                assert worker.is_alive()
                time.sleep(0.002)
            story.value += SPAN.total_seconds() / KILLS
            time.sleep(draw.uniform(0, longest))
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
            killed += worker.exitcode == -signal.SIGKILL
            # Beside other work a batch takes longer than it did alone: some must get as far as their end.
            if time_number % 10 == 0 and StepFired.objects.count() == begun:
                longest *= 2
    end = dt.datetime.fromtimestamp(story.value, dt.UTC)
    taken_while_dying = StepFired.objects.count() - begun
    finish(end)

    assert killed == KILLS
    assert [load.errors for load in loads] == [[], []]
    assert sum((load.done for load in loads), Counter()).total() > KILLS
    assert taken_while_dying > 0
    exactly_once(end)


def measured(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes here and now, so that workers die in the middle of what they do."""
    begun = time.monotonic()
    assert call()
    return time.monotonic() - begun


def finish(now: dt.datetime) -> None:
    """Let one healthy worker do what is left. Locks of the dead are gone as soon as their connection is."""
    idle = 0
    while idle < 3:
        idle = 0 if fire_due(now=now) + judge_late_reports(now=now) else idle + 1
        time.sleep(0.05)


def exactly_once(end: dt.datetime) -> None:
    """Hold steps, events and notices to each other."""
    assert list(differences()) == []
    assert not LadderFault.objects.exists()
    assert not Clock.objects.filter(next_step_at__lte=end).exists()
    levels: dict[int, list[int]] = {}
    for clock, level in StepFired.objects.order_by("clock", "level").values_list("clock", "level"):
        levels.setdefault(clock, []).append(level)
    assert all(found == list(range(1, found[-1] + 1)) for found in levels.values())
    assert Event.objects.filter(kind__in=CLIMBS).count() == StepFired.objects.count()

    sent = {f"ladder:{clock}:{level}" for clock, level in StepFired.objects.filter(skipped=False).values_list("clock", "level")}
    notices = Counter(Notice.objects.filter(key__startswith="ladder:").values_list("key", flat=True))
    events = Event.objects.filter(kind__in=("order.ladder_step", "ticket.ladder_step"))
    assert set(notices) == sent
    assert notices.total() == sum(len(event.data["told"].split("、")) for event in events)
    assert Event.objects.filter(kind="order.supervise").count() == Supervision.objects.count()
    late = sum(Supervision.objects.values_list("late_reports", flat=True))
    assert Event.objects.filter(kind="order.report_late").count() == late > 0


def test_a_real_worker_killed_at_work_leaves_its_clocks_to_the_next(
    category: Category, jinan: Region, network: Department, people: dict[str, Staff]
) -> None:
    for _number in range(10):
        at = dt.datetime.now(dt.UTC) - 13 * HOUR
        factories.dispatched(factories.ticket(category, jinan, people["agent"], at), network, by=people["officer"], at=at)
    connection.close()

    with worker() as first:
        time.sleep(0.3)
        first.kill()
    from workorders.tasks import help_climbing

    help_climbing.defer()
    with worker() as second:
        deadline = time.monotonic() + 60
        while Clock.objects.filter(next_step_at__lte=dt.datetime.now(dt.UTC)).exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        second.terminate()

    assert StepFired.objects.filter(clock__kind="resolve", level=1).count() == 10
    assert list(differences()) == []


@contextmanager
def worker() -> Iterator[subprocess.Popen]:
    """Run the product's own worker on the test's database."""
    where = database()
    url = f"postgres://{where['USER']}@/{where['NAME']}?host={where['HOST']}&port={where['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
