"""Time a department's score and all scores of one month beside the one aggregate that reads the month's clocks.

Run it on a database with tickets and a scheme (`synthesize`, `load_scheme`), once with few months and once with many of the same
density: the time must follow the month's orders, not the table.

    DATABASE_FOLDER=.data/bench/1000000 python benchmarks/bench_scoring.py --period 2026-10 [--department NETWORK]
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from foundation.durations import midnight  # noqa: E402
from internal_clients.months import next_month, parsed  # noqa: E402
from internal_clients.queries.reckoning import reckon  # noqa: E402
from internal_clients.queries.schemes import scheme_for  # noqa: E402

AGGREGATE = """
    SELECT o.department_id, count(*), count(*) FILTER (WHERE c.stopped_at IS NOT NULL AND c.breached_at IS NULL)
    FROM workorders_clock c JOIN workorders_workorder o ON o.id = c.order_id JOIN workorders_ticket t ON t.id = c.ticket_id
    WHERE c.kind = 'resolve' AND coalesce(c.due_at, c.breached_at) >= %s AND coalesce(c.due_at, c.breached_at) < %s
    GROUP BY o.department_id
"""


def best(work: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of some runs, in seconds."""
    found = []
    for _number in range(times):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--period", required=True)
    parser.add_argument("--department", default="NETWORK")
    chosen = parser.parse_args()
    month, now = parsed(chosen.period), timezone.now()
    scheme = scheme_for(month)
    if scheme is None:
        sys.exit("no scheme is in force; load one with load_scheme")

    def aggregate() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(AGGREGATE, [midnight(month), midnight(next_month(month))])
            return cursor.fetchall()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workorders_workorder")
        (everything,) = cursor.fetchone()
    due = sum(row[1] for row in aggregate())
    one, alone, everybody = (
        best(aggregate),
        best(lambda: reckon(scheme, month, now, only=[chosen.department])),
        best(lambda: reckon(scheme, month, now)),
    )
    print(
        f"{everything:,} orders, {due:,} due in {chosen.period}: aggregate {one * 1000:.0f} ms, {chosen.department} {alone * 1000:.0f} ms,"
    )
    print(f"  every department {everybody * 1000:.0f} ms ({everybody / due * 1e6:.0f} µs an order)")


if __name__ == "__main__":
    main()
