#!/usr/bin/env python3
"""Measure what the early warning adds to a complaint, beside the bare INSERT, and what counting it costs the job.

Runs on a database of its own, made and dropped again on the server that the environment names (the embedded one where it
names none). `.venv/bin/python benchmarks/bench_arrivals.py [--complaints 1000]`.
"""

import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from complaints.actions.arriving import arrive  # noqa: E402
from complaints.actions.counting import count_arrivals  # noqa: E402
from complaints.actions.filing import Facts, file_complaint  # noqa: E402
from complaints.models import Arrival, Complaint, Watch  # noqa: E402
from organization.enums import Role  # noqa: E402
from organization.models import Staff  # noqa: E402

BARE = """INSERT INTO complaints_arrival (ticket_id, category_id, region_id, customer_id, at, is_withdrawn)
    VALUES (%s, %s, %s, %s, %s, false)"""


def each(rows: list[Complaint], run: Callable[[Complaint], object]) -> float:
    """Return the microseconds that `run` takes for one row, in one transaction."""
    start = time.perf_counter()
    with transaction.atomic():
        for row in rows:
            run(row)
    return (time.perf_counter() - start) / len(rows) * 1e6


def bare(row: Complaint) -> None:
    """Write what is noted of an arrival, without a thought."""
    ticket = row.ticket
    with connection.cursor() as cursor:
        cursor.execute(BARE, [ticket.pk, ticket.category_id, ticket.region_id, row.customer_id, ticket.filed_at])


def counting(size: int, rows: list[Complaint]) -> float:
    """Return the microseconds a complaint that the job takes for batches of `size`."""
    took = 0.0
    for first in range(0, len(rows), size):
        for row in rows[first : first + size]:
            bare(row)
        start = time.perf_counter()
        count_arrivals(now=timezone.now())
        took += time.perf_counter() - start
    return took / len(rows) * 1e6


def filing(rows: list[Complaint]) -> float:
    """Return the microseconds of filing a complaint as the page does, all told."""
    agent = Staff.objects.filter(roles__contains=[Role.AGENT], is_active=True).order_by("pk")[0]
    now = timezone.now() + dt.timedelta(seconds=1)

    def file(row: Complaint) -> None:
        facts = Facts(
            customer=row.customer,
            contact_phone=row.contact_phone,
            category=row.ticket.category,
            channel="hotline",
            region=row.ticket.region,
            subject="bench",
            description="bench",
        )
        file_complaint(facts=facts, filing_key=f"bench:{row.pk}", by=agent, now=now)

    return each(rows, file)


def measured(number: int) -> None:
    """Measure and print a table."""
    related = ("ticket__category", "ticket__region", "customer")
    rows = list(Complaint.objects.select_related(*related).order_by("pk")[:number])
    bare_insert, noted = each(rows, bare), each(rows, arrive)
    Arrival.objects.all().delete()
    whole = filing(rows[: number // 5])
    Arrival.objects.all().delete()
    counting(500, rows)
    many, few = counting(500, rows), counting(1, rows[: number // 5])
    print("| what | µs a complaint |\n|---|--:|")
    print(f"| bare INSERT of the arrival | {bare_insert:,.0f} |")
    print(f"| noting it: the row, and the job that counts it | {noted:,.0f} |")
    print(f"| filing a complaint, all told | {whole:,.0f} |")
    print(f"| counting, 500 at once ({Watch.objects.count():,} series) | {many:,.0f} |")
    print(f"| counting, one at a time | {few:,.0f} |")


def main() -> int:
    """Measure on a database made for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--complaints", type=int, default=1000)
    asked = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("synthesize", tickets=asked.complaints, months=2, seed=1, workers=1)
        measured(asked.complaints)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
