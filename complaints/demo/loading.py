"""The demo's half year: planned, played in memory at its own times, and copied into the tables."""

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from complaints.bulk.cast import Cast, gathered
from complaints.bulk.copying import Sheets, check_columns
from complaints.bulk.memory.closing import Office
from complaints.bulk.rows import CustomerRow
from complaints.demo.director import Director
from complaints.demo.pending import leave_returns
from complaints.demo.plan import Plan
from complaints.demo.planning import AGAIN_SHARE, DAY, MINUTE, REPEAT_SHARE, Planner, customers, filing_times
from complaints.demo.stage import Stage
from complaints.demo.wording import Wording
from complaints.models import Customer
from workorders.models import Ticket, WorkOrder

#: The demo's customers have numbers that no operator has given out: 1380000 and a running number.
PREFIX, MOST_CUSTOMERS = "1380000", 10_000
MONTH = 30 * DAY
#: The last two days are denser, and the last two hours have complaints at any time of day, so that the queues are alive.
RECENT_SHARE, RECENT = 0.08, 2 * DAY
FRESH_SHARE, FRESH_LEAST, FRESH = 0.01, 40, 120 * MINUTE
#: A repeat is of one of so many complaints before.
RECENT_PLANS = 400
#: Incidents that many complain of at once: days ago, hours, how many, about what, in which cities (by position).
BURSTS = (
    (41.3, 3, 45, "NET", (0,)),
    (25.6, 2, 12, "VAS", (5,)),
    (12.2, 4, 30, "BILL", (3, 4)),
    (0.06, 3, 40, "NET", (1, 6, 7)),
    (0.03, 1, 12, "FEE", (2,)),
)


def load(*, tickets: int, months: int, seed: int, now: dt.datetime) -> int:
    """Load about so many tickets filed in the months before `now` (UTC), and return how many there are."""
    check_columns()
    with transaction.atomic(), connection.cursor() as cursor:
        first = [next_id(cursor, model) for model in (Customer, Ticket, WorkOrder)]
        cast = gathered()
        callers, office = told(cast, tickets=tickets, months=months, seed=seed, now=now, first=first)
        sheets = Sheets(cast)
        sheets.add_customers(callers)
        for ticket in office.tickets:
            sheets.add(ticket)
        sheets.write(cursor.cursor)
        set_next_id(cursor, Customer, Ticket, WorkOrder)
    return len(office.tickets)


def told(
    cast: Cast,
    *,
    tickets: int,
    months: int,
    seed: int,
    now: dt.datetime,
    first: Sequence[int],
) -> tuple[list[CustomerRow], Office]:
    """Return the customers and what became of their complaints; `first` are the first ids of customers, tickets, orders."""
    draw, now = random.Random(seed), now.replace(microsecond=0)
    callers = customers(min(tickets // 2 + 1, MOST_CUSTOMERS), first[0], _numbers(), cast, draw)
    ticket_ids, order_ids = count(first[1]), count(first[2])
    office, stage = Office(cast, lambda: next(ticket_ids), lambda _ticket: next(order_ids)), Stage()
    wording = Wording({city.code: city.name for city in cast.cities})
    director = Director(cast, office, stage, wording, draw)
    for plan in plans(Planner(cast, callers), cast, callers, tickets, now - months * MONTH, now, draw):
        director.file(plan)
    stage.run(now)
    leave_returns(office, cast, wording, draw, now=now)
    return callers, office


def plans(
    planner: Planner,
    cast: Cast,
    callers: list[CustomerRow],
    tickets: int,
    start: dt.datetime,
    now: dt.datetime,
    draw: random.Random,
) -> Iterable[Plan]:
    """Yield the complaints in the order of their filing."""
    bursts = [plan for burst in BURSTS for plan in _burst(planner, cast, callers, burst, now, draw)] if tickets > 1000 else []
    recent, few = int(tickets * RECENT_SHARE), max(int(tickets * FRESH_SHARE), min(FRESH_LEAST, tickets // 10))
    times = filing_times(tickets - recent - few - len(bursts), start, now, draw) + filing_times(recent, now - RECENT, now, draw)
    found = [planner.plan(at, "", draw) for at in times]
    fresh = [replace(planner.plan(at, "", draw), to_triage=draw.random() < 0.4) for at in _fresh(few, now, draw)]
    before: list[Plan] = []
    for index, drawn in enumerate(sorted([*found, *fresh, *bursts], key=lambda plan: plan.at)):
        plan = replace(drawn, filing_key=f"demo-{index}")
        if before and draw.random() < REPEAT_SHARE:
            plan = planner.repeat(plan, draw.choice(before[-RECENT_PLANS:]), draw)
        before.append(plan)
        yield _with_again(planner, plan, now, draw)


def _fresh(few: int, now: dt.datetime, draw: random.Random) -> list[dt.datetime]:
    return [now - dt.timedelta(seconds=draw.randrange(30, int(FRESH.total_seconds()))) for _number in range(few)]


def _with_again(planner: Planner, plan: Plan, now: dt.datetime, draw: random.Random) -> Plan:
    again_at = plan.at + draw.randrange(20, 300) * MINUTE
    if draw.random() >= AGAIN_SHARE or again_at >= now:
        return plan
    return replace(plan, again=planner.again(plan, again_at, f"{plan.filing_key}-again", draw))


def _burst(
    planner: Planner,
    cast: Cast,
    callers: list[CustomerRow],
    burst: tuple[float, int, int, str, tuple[int, ...]],
    now: dt.datetime,
    draw: random.Random,
) -> Iterable[Plan]:
    """Yield what many say of one incident: the same places, the same matter, within hours."""
    days_ago, hours, many, top, positions = burst
    cities = {cast.cities[position % len(cast.cities)].pk for position in positions}
    concerned = [caller for caller in callers if caller.region in cities]
    start = now - days_ago * DAY
    first = planner.plan(start.replace(microsecond=0), "", draw, top=top, customer=draw.choice(concerned))
    for _number in range(many):
        at = min(start + dt.timedelta(seconds=int(draw.betavariate(1.5, 3) * hours * 3600)), now - MINUTE)
        caller = draw.choice(concerned)
        plan = planner.plan(at.replace(microsecond=0), "", draw, top=top, customer=caller)
        yield replace(plan, leaf=first.leaf)


def _numbers() -> list[str]:
    return [f"{PREFIX}{index:04d}" for index in range(MOST_CUSTOMERS)]


def next_id(cursor: CursorWrapper, model: type[Model]) -> int:
    """Return the id that the table would give next."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
    return int(cursor.fetchone()[0])


def set_next_id(cursor: CursorWrapper, *models: type[Model]) -> None:
    """Let the tables go on after the highest id they have."""
    for model in models:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}",  # noqa: S608
            [table],
        )
