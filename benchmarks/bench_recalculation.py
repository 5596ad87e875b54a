"""Measure how many clocks a second are recomputed: one by one, set-based, and beside each the bare SQL of the same writes.

Every department limit is made shorter by a minute, and the open clocks are put under it, each from its own history. The bare
SQL writes the very rows that the recalculation wrote before: clocks, copies of due instants, events with their hashes. Each
way is rolled back. Runs on a database of its own, filled by `synthesize` and dropped again.
`.venv/bin/python benchmarks/bench_recalculation.py [--tickets 20000] [--open 5000] [--singles 500]`.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from itertools import batched
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from organization.models import Staff  # noqa: E402
from workorders.actions.recalculating import preview, recalculate  # noqa: E402
from workorders.models import OlaRule, Ticket  # noqa: E402
from workorders.queries.recalculation import Impact, RuleBook, Targeting, by_limits, open_clocks  # noqa: E402

BATCH = 500
#: Table → the columns that a recalculation writes.
WRITTEN = {
    "workorders_clock": "allowance, used, running_since, due_at, stopped_at, breached_at, calendar_id, calendar_revision, ola_rule_id",
    "workorders_workorder": "due_at",
    "workorders_ticket": "due_at",
}
EVENT = "stream, seq, kind, at, by_id, data, hash"


def timed(run: Callable[[], int]) -> tuple[int, float]:
    """Return what `run` returns and the seconds it takes in a savepoint that is rolled back."""
    with transaction.atomic():
        began = time.perf_counter()
        moved = run()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return moved, took


def shortened() -> Targeting:
    """Make every department limit shorter by a minute from now on."""
    now, before = timezone.now(), set(OlaRule.objects.values_list("pk", flat=True))
    rows = list(OlaRule.objects.all())
    for row in rows:
        row.resolve_minutes, row.acknowledge_minutes = row.resolve_minutes - 1, row.acknowledge_minutes - 1
        row.version, row.effective_from, row.pk, row._state.adding = row.version + 1, now, None, True
    OlaRule.objects.bulk_create(rows)
    made = frozenset(OlaRule.objects.exclude(pk__in=before).values_list("pk", flat=True))
    return by_limits(RuleBook.read(now, without=made), RuleBook.read(now))


def apply(pks: Sequence[int], size: int, targeting: Targeting) -> int:
    """Recompute the tickets' clocks, so many tickets a transaction; return how many moved."""
    now, system = timezone.now(), Staff.objects.system()
    batches = batched(pks, size, strict=False)
    return sum(len(recalculate(tickets=some, targeting=targeting, data={}, by=system, now=now)) for some in batches)


def look(pks: Sequence[int], targeting: Targeting) -> int:
    """Preview the same; return how many would move."""
    impact = Impact()
    for some in batched(pks, BATCH, strict=False):
        preview(tickets=some, targeting=targeting, now=timezone.now(), into=impact)
    return impact.moved


def kept(pks: Sequence[int], targeting: Targeting) -> dict[str, list[tuple]]:
    """Return the rows that a recalculation writes, by table; the recalculation itself is rolled back."""
    rows: dict[str, list[tuple]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM journal_event")
        (last,) = cursor.fetchone()
        for table, columns in WRITTEN.items():
            cursor.execute(f"CREATE TEMP TABLE before_{table} ON COMMIT DROP AS SELECT id, {columns} FROM {table}")
        apply(pks, BATCH, targeting)
        for table, columns in WRITTEN.items():
            cursor.execute(f"SELECT id, {columns} FROM {table} EXCEPT SELECT * FROM before_{table}")
            rows[table] = cursor.fetchall()
        cursor.execute(f"SELECT {EVENT.replace('data', 'data::text')} FROM journal_event WHERE id > %s ORDER BY id", [last])
        rows["journal_event"] = cursor.fetchall()
        transaction.set_rollback(True)
    return rows


def staged(rows: dict[str, list[tuple]]) -> None:
    """Put the rows into tables beside, for the set-based statements to read."""
    with connection.cursor() as cursor:
        for table, columns in [*WRITTEN.items(), ("journal_event", EVENT)]:
            own = columns if table == "journal_event" else f"id, {columns}"
            cursor.execute(f"CREATE TEMP TABLE new_{table} AS SELECT {own} FROM {table} LIMIT 0")
            marks = ", ".join(["%s"] * len(own.split(",")))
            cursor.executemany(f"INSERT INTO new_{table} VALUES ({marks})", rows[table])
            cursor.execute(f"ANALYZE new_{table}")


def bare_set(clocks: int) -> int:
    """Write the staged rows by one statement a table."""
    with connection.cursor() as cursor:
        for table, columns in WRITTEN.items():
            pairs = ", ".join(f"{name} = new.{name}" for name in columns.split(", "))
            cursor.execute(f"UPDATE {table} AS old SET {pairs} FROM new_{table} AS new WHERE new.id = old.id")
        cursor.execute(f"INSERT INTO journal_event ({EVENT}) SELECT {EVENT} FROM new_journal_event")
    return clocks


def bare_single(rows: dict[str, list[tuple]], share: float) -> int:
    """Write a share of the rows by a statement each."""
    with connection.cursor() as cursor:
        for table, columns in WRITTEN.items():
            pairs = ", ".join(f"{name} = %s" for name in columns.split(", "))
            for pk, *values in rows[table][: round(len(rows[table]) * share)]:
                cursor.execute(f"UPDATE {table} SET {pairs} WHERE id = %s", [*values, pk])
        marks = ", ".join(["%s"] * len(EVENT.split(",")))
        events = rows["journal_event"]
        for event in events[: round(len(events) * share)]:
            cursor.execute(f"INSERT INTO journal_event ({EVENT}) VALUES ({marks})", event)
    return round(len(rows["workorders_clock"]) * share)


def measured(singles: int) -> None:
    """Measure every way and print a table."""
    pks = list(Ticket.objects.filter(pk__in=open_clocks().values("ticket")).order_by("pk").values_list("pk", flat=True))
    few = pks[:singles]
    with transaction.atomic():
        targeting = shortened()
        rows = kept(pks, targeting)
        clocks = len(rows["workorders_clock"])
        staged(rows)
        ways: dict[str, Callable[[], int]] = {
            "preview, in batches of 500 tickets": lambda: look(pks, targeting),
            "set-based, in batches of 500 tickets": lambda: apply(pks, BATCH, targeting),
            "bare SQL, one statement a table": lambda: bare_set(clocks),
            "one ticket at a time": lambda: apply(few, 1, targeting),
            "bare SQL, one statement a row": lambda: bare_single(rows, len(few) / len(pks)),
        }
        print(f"{len(pks):,} open tickets, {clocks:,} clocks and {len(rows['journal_event']):,} events to write\n")
        print("| way | clocks | seconds | clocks a second |\n|---|--:|--:|--:|")
        for name, run in ways.items():
            moved, took = timed(run)
            print(f"| {name} | {moved:,} | {took:.2f} | {moved / took:,.0f} |", flush=True)
        transaction.set_rollback(True)


def main() -> int:
    """Measure on a database made for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--open", type=int, default=5_000, help="how many of them are open")
    parser.add_argument("--singles", type=int, default=500, help="how many tickets are done one at a time")
    asked = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("synthesize", tickets=asked.tickets, open=asked.open, months=6, seed=1, workers=1)
        measured(asked.singles)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
