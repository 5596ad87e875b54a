"""Plausible bulk data at COPY speed: lives played in memory by several processes, written straight into the tables.

Nearly all tickets are finished; the open ones are as many as asked for, whatever the size, so that the queues of a large
database hold the same work as those of a small one. What is made depends on the seed, not on the number of processes.
A chunk knows nothing of the others: a customer's repeated complaint is recognised within a chunk only.
"""

import datetime as dt
import multiprocessing
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any

import psycopg
from django.db import connection

from complaints.bulk.cast import Cast, gathered
from complaints.bulk.copying import Sheets, check_columns
from complaints.bulk.memory.closing import Office
from complaints.bulk.rows import CustomerRow, TicketRow
from complaints.demo.director import Director
from complaints.demo.loading import MONTH, RECENT_PLANS, next_id, set_next_id
from complaints.demo.plan import Plan
from complaints.demo.planning import AGAIN_SHARE, DAY, MINUTE, REPEAT_SHARE, Planner, customers, filing_times
from complaints.demo.stage import Stage
from complaints.demo.wording import Wording
from complaints.models import Customer
from foundation.statistics import refresh_statistics
from workorders.models import Ticket, WorkOrder

CHUNK = 2000
#: Customers' numbers: 1000 and a running number; no subscriber's number begins so.
PREFIX, DIGITS = "1000", 7
TICKETS_PER_CUSTOMER = 3
#: A ticket's orders get ids out of a block of this size, so that processes need not agree on them.
ORDERS_PER_TICKET = 16
#: Open tickets were filed at the most this long ago, most of them lately; finished ones at the least so long ago.
OPEN_WITHIN, FINISHED_BEFORE = 4 * DAY, 3 * 60 * MINUTE
#: How often a life is drawn anew that does not end as wanted; after so many, the front line is made to solve at once what was
#: to be finished, which still takes a callback in time.
ATTEMPTS, FREE_ATTEMPTS = 60, 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every process needs."""

    cast: Cast
    callers: Sequence[CustomerRow]
    first_ticket: int
    first_order: int
    seed: int
    now: dt.datetime
    #: Connection parameters, as psycopg takes them.
    database: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One ticket to be: its place among all, when it was filed, and whether it is to be open."""

    index: int
    at: dt.datetime
    is_open: bool


def synthesize(
    *,
    tickets: int,
    months: int,
    seed: int,
    open_tickets: int,
    now: dt.datetime,
    workers: int,
    done: Callable[[int], None],
) -> None:
    """Write so many tickets; `done` is called with the number of each chunk that has been written."""
    check_columns()
    now = now.replace(microsecond=0)
    slots = _slots(tickets, months, min(open_tickets, tickets // 2), random.Random(seed), now)
    with connection.cursor() as cursor:
        job = Job(
            cast=gathered(),
            seed=seed,
            now=now,
            first_ticket=next_id(cursor, Ticket),
            first_order=next_id(cursor, WorkOrder),
            callers=_callers(tickets, next_id(cursor, Customer), seed),
            database=dict(connection.get_connection_params()),
        )
    _copy_customers(job)
    _share_out(job, list(batched(slots, CHUNK, strict=False)), workers, done)
    with connection.cursor() as cursor:
        set_next_id(cursor, Customer, Ticket, WorkOrder)
    refresh_statistics()


def _callers(tickets: int, first: int, seed: int) -> list[CustomerRow]:
    count = tickets // TICKETS_PER_CUSTOMER + 1
    numbers = [f"{PREFIX}{first + index:0{DIGITS}d}" for index in range(count)]
    return customers(count, first, numbers, gathered(), random.Random(seed))


def _slots(tickets: int, months: int, open_tickets: int, draw: random.Random, now: dt.datetime) -> list[Slot]:
    """Return all tickets to be, in the order of their filing."""
    start = now - months * MONTH
    finished = [(at, False) for at in filing_times(tickets - open_tickets, start, now - FINISHED_BEFORE, draw)]
    ages = (OPEN_WITHIN * draw.betavariate(1, 5) + MINUTE for _number in range(open_tickets))
    waiting = [((now - age).replace(microsecond=0), True) for age in ages]
    return [Slot(index=index, at=at, is_open=is_open) for index, (at, is_open) in enumerate(sorted([*finished, *waiting]))]


def _copy_customers(job: Job) -> None:
    sheets = Sheets()
    sheets.add_customers(job.callers)
    with psycopg.connect(**job.database) as target, target.cursor() as cursor:
        sheets.write(cursor)


def _share_out(job: Job, chunks: list[tuple[Slot, ...]], workers: int, done: Callable[[int], None]) -> None:
    """Let the processes write chunk after chunk."""
    if workers == 1:
        with closing(_Worker(job)) as worker:
            for chunk in chunks:
                done(worker.write(chunk))
        return
    connection.close()
    with multiprocessing.get_context("fork").Pool(workers, _begin, (job,)) as pool:
        for count in pool.imap_unordered(_write, chunks):
            done(count)


class _Worker:
    """Plays and writes chunks over a connection of its own."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._connection = psycopg.connect(**job.database)
        self._planner = Planner(job.cast, job.callers)
        self._filed: dict[tuple[int, int], list[TicketRow]] = {}
        self._plans: list[Plan] = []
        self._wording = Wording({city.code: city.name for city in job.cast.cities})
        with self._connection.cursor() as cursor:
            _skip_checks(cursor)
        self._connection.commit()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def write(self, slots: Sequence[Slot]) -> int:
        """Play the tickets of a chunk and copy them in one transaction; return how many."""
        sheets = Sheets()
        for ticket in self._played(slots):
            sheets.add(ticket)
        with self._connection.cursor() as cursor:
            sheets.write(cursor)
        self._connection.commit()
        return len(slots)

    def _played(self, slots: Sequence[Slot]) -> Iterator[TicketRow]:
        self._filed, self._plans = {}, []
        waiting = list(reversed(slots))
        while waiting:
            slot = waiting.pop()
            draw = random.Random(self._job.seed << 40 | slot.index)
            again = None
            if waiting and not slot.is_open and not waiting[-1].is_open and draw.random() < AGAIN_SHARE:
                again = waiting.pop()
            yield from self._life(slot, again, draw)

    def _life(self, slot: Slot, again: Slot | None, draw: random.Random) -> list[TicketRow]:
        """Draw lives until one ends as wanted; the last is made to."""
        plan = self._plan(slot, again, draw, forced=False)
        office = self._play(plan, draw)
        for attempt in range(1, ATTEMPTS):
            if all(ticket.is_open == slot.is_open for ticket in office.tickets):
                break
            plan = self._plan(slot, again, draw, forced=attempt >= FREE_ATTEMPTS)
            office = self._play(plan, draw)
        self._plans.append(plan)
        for key, tickets in office.filed.items():
            self._filed.setdefault(key, []).extend(tickets)
        return office.tickets

    def _play(self, plan: Plan, draw: random.Random) -> Office:
        keys = iter([plan.filing_key, plan.again.filing_key] if plan.again else [plan.filing_key])
        office = Office(self._job.cast, lambda: int(next(keys).rpartition("-")[2]), self._order_id, self._filed)
        stage = Stage()
        Director(self._job.cast, office, stage, self._wording, draw).file(plan)
        stage.run(self._job.now)
        return office

    def _order_id(self, ticket: TicketRow) -> int:
        if len(ticket.legs) >= ORDERS_PER_TICKET:
            message = f"{ticket.number} has more than {ORDERS_PER_TICKET} orders"
            raise ValueError(message)
        return self._job.first_order + (ticket.pk - self._job.first_ticket) * ORDERS_PER_TICKET + len(ticket.legs)

    def _plan(self, slot: Slot, again: Slot | None, draw: random.Random, *, forced: bool) -> Plan:
        plan = self._planner.plan(slot.at, f"bulk-{self._job.first_ticket + slot.index}", draw)
        if self._plans and draw.random() < REPEAT_SHARE:
            plan = self._planner.repeat(plan, draw.choice(self._plans[-RECENT_PLANS:]), draw)
        if forced and not slot.is_open:
            plan = replace(plan, at_once=True)
        if again:
            key = f"bulk-{self._job.first_ticket + again.index}"
            plan = replace(plan, again=self._planner.again(plan, again.at, key, draw))
        return plan


def _skip_checks(cursor: psycopg.Cursor) -> None:
    """Leave out foreign-key checks where the role may: what is written here refers to what was read or written here."""
    cursor.execute("SELECT current_setting('is_superuser')")
    row = cursor.fetchone()
    if row and row[0] == "on":
        cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET synchronous_commit = off")


_worker: list[_Worker] = []


def _begin(job: Job) -> None:
    _worker.append(_Worker(job))


def _write(chunk: Sequence[Slot]) -> int:
    return _worker[0].write(chunk)
