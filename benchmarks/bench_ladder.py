"""Measure the ladders' tick: by what is due, not by what is open; and a minute in which very many steps fall due.

Runs on a database of its own, made and dropped again on the server that the environment names (the embedded one where it
names none). Beside the rush stands the bare SQL that writes the same rows.
`.venv/bin/python benchmarks/bench_ladder.py [--open 10000,1000000] [--due 100] [--rush 50000] [--workers 1,2]`.
"""

import argparse
import datetime as dt
import multiprocessing
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from journal.models import Event, Notice  # noqa: E402
from organization.models import Department, Region, Staff  # noqa: E402
from workorders.actions.escalating import fire_due  # noqa: E402
from workorders.models import Category, Clock, StepFired, Ticket, WorkOrder  # noqa: E402

ROUNDS = 7
HALF_DAY, HOUR = dt.timedelta(hours=12), dt.timedelta(hours=1)
#: A ticket, a work order in somebody's hands, and its resolve clock of 24 natural hours, from one number to another.
ROWS = (
    """INSERT INTO workorders_ticket (id, number, state, category_id, urgency, channel, tier, region_id, subject, description,
        wanted, answer, filed_by_id, filed_at, first_point, round, statutory_at, filing_key)
    SELECT n, 'B' || n, 'in_progress', %(category)s, 'normal', 'hotline', 'standard', %(region)s, 'bench', '', '', '',
        %(agent)s, %(at)s, false, 0, %(at)s, 'bench-' || n FROM generate_series(%(first)s, %(last)s) n""",
    """INSERT INTO workorders_workorder (id, ticket_id, seq, department_id, role, state, round, question, assignee_id,
        dispatched_by_id, dispatched_at, result, cause, liability, customer_contacted, urge_count, send_back_count)
    SELECT n, n, 1, %(department)s, 'lead', 'accepted', 0, '', %(handler)s, %(agent)s, %(at)s, '', '', '', false, 0, 0
    FROM generate_series(%(first)s, %(last)s) n""",
    """INSERT INTO workorders_clock (ticket_id, order_id, kind, episode, allowance, started_at, used, running_since, due_at,
        next_step_at)
    SELECT n, n, 'resolve', 0, interval '24 hours', %(at)s + spread, interval '0', %(at)s + spread,
        %(at)s + spread + interval '24 hours', %(at)s + spread + interval '12 hours'
    FROM generate_series(%(first)s, %(last)s) n, LATERAL (SELECT n %% 36000 * interval '1 second' AS spread) s""",
    """INSERT INTO journal_event (stream, seq, kind, at, by_id, data, hash)
    SELECT 'ticket:' || n, 1, 'ticket.file', %(at)s, %(agent)s, '{"state": "draft"}', md5(n::text)
    FROM generate_series(%(first)s, %(last)s) n""",
)
#: What a rush writes, without a thought: the step, its event with a hash, the notice, and the next instant.
BARE = """
WITH due AS MATERIALIZED (SELECT id, ticket_id, order_id FROM workorders_clock WHERE next_step_at <= %(now)s),
taken AS (INSERT INTO bare_step (clock_id, level, due_at, fired_at, skipped) SELECT id, 1, %(now)s, %(now)s, false FROM due),
told AS (INSERT INTO bare_event (stream, seq, kind, at, by_id, data, hash)
    SELECT 'ticket:' || ticket_id, 2, 'order.ladder_step', %(now)s, %(agent)s,
        jsonb_build_object('state', 'accepted', 'clock', 'resolve', 'level', 1, 'step', '50%%', 'told', 'bench',
            'order', order_id, 'seq', 1),
        encode(sha256((ticket_id || 'order.ladder_step')::bytea), 'hex') FROM due),
noticed AS (INSERT INTO bare_notice (recipient_id, kind, key, stream, data, at)
    SELECT %(handler)s, 'clock.warning', 'ladder:' || id || ':1', 'ticket:' || ticket_id,
        '{"number": "B", "subject": "bench", "department": "bench", "department_en": "bench", "due_at": ""}', %(now)s FROM due)
UPDATE bare_clock clock SET next_step_at = %(next)s FROM due WHERE clock.id = due.id
"""
TABLES = {"bare_step": StepFired, "bare_event": Event, "bare_notice": Notice, "bare_clock": Clock}


def people() -> dict[str, int]:
    """Make the demo operator without tickets, and return the ids that rows need."""
    call_command("demo_data", tickets=0, stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    department = Department.objects.get(code="NETWORK")
    return {
        "department": department.pk,
        "handler": Staff.objects.filter(department=department, roles__contains=["handler"]).first().pk,
        "agent": Staff.objects.filter(roles__contains=["agent"]).first().pk,
        "category": Category.objects.filter(children=None).first().pk,
        "region": Region.objects.filter(kind="city").first().pk,
    }


def fill(first: int, last: int, at: dt.datetime, known: dict[str, int]) -> None:
    """Make open orders with numbers from `first` to `last`, sent out within ten hours from `at`."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in ROWS:
            cursor.execute(statement, {**known, "first": first, "last": last, "at": at})
        cursor.execute("SET session_replication_role = DEFAULT")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE workorders_clock, workorders_ticket, workorders_workorder, journal_event")


def let_fall_due(many: int, at: dt.datetime, skip: int = 0) -> None:
    """Let `many` clocks that have taken no step reach half of their time at `at`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_clock SET started_at = %(begun)s, running_since = %(begun)s, due_at = %(due)s, next_step_at = %(at)s "
            "WHERE id IN (SELECT id FROM workorders_clock WHERE next_step_at > %(late)s "
            "AND id NOT IN (SELECT clock_id FROM workorders_stepfired) ORDER BY id OFFSET %(skip)s LIMIT %(many)s)",
            {"begun": at - HALF_DAY, "due": at + HALF_DAY, "at": at, "late": at + HOUR, "many": many, "skip": skip},
        )


def tick(due: int, now: dt.datetime) -> float:
    """Return the seconds of a tick in which so many steps are due, the median of some."""
    took = []
    for _round in range(ROUNDS):
        let_fall_due(due, now - dt.timedelta(seconds=30))
        began = time.perf_counter()
        done = 0
        while count := fire_due(now=now):
            done += count
        took.append(time.perf_counter() - began)
        assert done == due, (done, due)
    return statistics.median(took[1:])


def climb(now: dt.datetime, settings: dict[str, object], start: object, done: object) -> None:
    """Be a worker."""
    connection.close()
    connection.settings_dict.update(settings)
    connection.ensure_connection()
    start.wait()
    began, batches = time.perf_counter(), []
    while fired := fire_due(now=now):
        batches.append((time.perf_counter() - began, fired))
    done.put(batches)


def rush(many: int, workers: int, now: dt.datetime) -> tuple[float, float]:
    """Return the seconds in which so many workers take `many` steps that fall due at once, and 99 of 100 of them."""
    let_fall_due(many, now - dt.timedelta(seconds=30))
    context = multiprocessing.get_context("fork")
    start, done = context.Barrier(workers + 1), context.Queue()
    settings = dict(connection.settings_dict)
    connection.close()
    processes = [context.Process(target=climb, args=(now, settings, start, done), daemon=True) for _worker in range(workers)]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    batches = [batch for _worker in processes for batch in done.get()]
    took = time.perf_counter() - began
    for process in processes:
        process.join()
    return took, reached(batches, many)


def reached(batches: list[tuple[float, int]], many: int) -> float:
    """Return after how many seconds 99 of 100 steps were written, their notices queued."""
    total, at = 0, {}
    for seconds, count in sorted(batches):
        total += count
        at[total] = seconds
    assert total == many, batches
    return next(seconds for so_far, seconds in at.items() if so_far >= many * 0.99)


def bare(many: int, now: dt.datetime, known: dict[str, int]) -> float:
    """Return the seconds for the same rows by plain SQL, in tables with the same indexes."""
    let_fall_due(many, now - dt.timedelta(seconds=30))
    with connection.cursor() as cursor:
        for name, model in TABLES.items():
            cursor.execute(f"CREATE TABLE {name} (LIKE {model._meta.db_table} INCLUDING ALL)")
        cursor.execute(
            "INSERT INTO bare_clock OVERRIDING SYSTEM VALUE SELECT * FROM workorders_clock WHERE next_step_at <= %s", [now]
        )
        began = time.perf_counter()
        cursor.execute(BARE, {**known, "now": now, "next": now + HOUR})
        took = time.perf_counter() - began
        assert cursor.rowcount == many
        for name in TABLES:
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute("UPDATE workorders_clock SET next_step_at = NULL WHERE next_step_at <= %s", [now])
    return took


def measured(sizes: list[int], due: int, many: int, workers: list[int]) -> None:
    """Measure and print."""
    known, now, first, ticks = people(), timezone.now(), 1, []
    Staff.objects.system()
    for size in sizes:
        fill(first, size, now, known)
        first = size + 1
        ticks.append(tick(due, now))
        print(f"tick with {due} due of {Clock.objects.count():,} open: {ticks[-1] * 1000:.1f} ms", flush=True)
    if len(ticks) > 1:
        print(f"growth from {sizes[0]:,} to {sizes[-1]:,} open: {ticks[-1] / ticks[0]:.2f}×", flush=True)
    needed = many * (len(workers) + 1) + due * ROUNDS * len(sizes)
    if needed > first - 1:
        fill(first, needed, now, known)
    plain = bare(many, now, known)
    print(f"{many:,} due at once: the same rows by bare SQL, one statement: {plain:.2f} s", flush=True)
    for count in workers:
        took, most = rush(many, count, now)
        print(f"{many:,} due at once, {count} worker(s): {took:.1f} s, {many / took:.0f}/s, {took / plain:.1f}× bare", flush=True)
        print(
            f"  tick to queued notice, p99: {most:.1f} s; a tick begins each minute, so up to 60 s more from the due instant",
            flush=True,
        )
    assert StepFired.objects.count() == due * ROUNDS * len(sizes) + many * len(workers)
    assert Ticket.objects.count() == WorkOrder.objects.count()


def main() -> int:
    """Measure on a database made for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--open", default="10000,1000000")
    parser.add_argument("--due", type=int, default=100)
    parser.add_argument("--rush", type=int, default=50_000)
    parser.add_argument("--workers", default="1,2")
    asked = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measured(
            [int(size) for size in asked.open.split(",")], asked.due, asked.rush, [int(count) for count in asked.workers.split(",")]
        )
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
