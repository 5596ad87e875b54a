"""How many open clocks a second a change of limits moves: one by one, in batches, and the bare UPDATE beside them.

Run on bulk data: ``manage.py synthesize --tickets 20000 --months 3 --seed 1``, then
``python benchmarks/bench_recalculation.py [tickets]``. Everything is rolled back.
"""

import os
import sys
import time
from collections.abc import Callable
from itertools import batched
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from organization.models import Staff  # noqa: E402
from workorders.actions.recalculating import preview, recalculate  # noqa: E402
from workorders.models import Clock, OlaRule, Ticket  # noqa: E402
from workorders.queries.recalculation import Impact, RuleBook, by_limits, open_clocks  # noqa: E402

BATCH = 500


def timed(name: str, run: Callable[[], int]) -> None:
    """Run in a transaction that is rolled back, and print clocks a second."""
    with transaction.atomic():
        began = time.perf_counter()
        moved = run()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    print(f"{name:12} {moved:7d} clocks {took:8.2f} s {moved / took:10.0f} clocks/s")


def main() -> int:
    """Shorten every department limit by a minute and move the open clocks."""
    count, now, system = int(sys.argv[1]) if len(sys.argv) > 1 else 2000, timezone.now(), Staff.objects.system()
    pks = list(Ticket.objects.filter(pk__in=open_clocks().values("ticket")).order_by("pk").values_list("pk", flat=True)[:count])
    rows = [
        OlaRule.objects.select_related("category", "region", "department__calendar").get(pk=rule.pk)
        for rule in OlaRule.objects.all()
    ]
    for row in rows:
        row.resolve_minutes -= 1
        row.acknowledge_minutes -= 1
        row.pk = None
        row.version, row.effective_from = row.version + 1, now
        row._state.adding = True
    with transaction.atomic():
        OlaRule.objects.bulk_create(rows)
        made = frozenset(row.pk for row in rows)
        targeting = by_limits(RuleBook.read(now, without=made), RuleBook.read(now))

        def apply(size: int, limit: int) -> int:
            return sum(
                len(recalculate(tickets=batch, targeting=targeting, data={}, by=system, now=now))
                for batch in batched(pks[:limit], size, strict=False)
            )

        def look() -> int:
            impact = Impact()
            for batch in batched(pks, BATCH, strict=False):
                preview(tickets=batch, targeting=targeting, now=now, into=impact)
            return impact.moved

        timed(
            "bare UPDATE", lambda: Clock.objects.filter(ticket__in=pks, running_since__isnull=False).update(due_at=timezone.now())
        )
        timed("preview", look)
        timed("one by one", lambda: apply(1, len(pks) // 10))
        timed("batch", lambda: apply(BATCH, len(pks)))
        transaction.set_rollback(True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
