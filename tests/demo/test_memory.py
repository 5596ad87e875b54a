"""Rows made in memory are the rows that the actions make: same states, clocks, events and hashes."""

import datetime as dt
import random
from dataclasses import replace
from itertools import count

import pytest
from django.db import connection, transaction

from complaints.bulk import copying
from complaints.bulk.cast import gathered
from complaints.bulk.rows import TicketRow
from complaints.demo.director import Director
from complaints.demo.planning import Planner, customers, filing_times
from complaints.demo.stage import Stage
from complaints.demo.wording import Wording
from complaints.models import Customer
from tests.demo.replay import RecordingOffice, play
from workorders.rebuild import differences

START = dt.datetime(2026, 10, 26, 1, 0, tzinfo=dt.UTC)
TICKETS = 60


def next_id(table: str) -> count:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return count(cursor.fetchone()[0] + 1)


def lived(seed: int, tickets: int, end: dt.datetime) -> RecordingOffice:
    """Play some tickets in memory, with the ids that the database will give next."""
    draw, cast = random.Random(seed), gathered()
    callers = customers(tickets // 2, 1, [f"1000{index:07d}" for index in range(tickets)], cast, draw)
    planner, ids, order_ids = Planner(cast, callers), next_id("workorders_ticket"), next_id("workorders_workorder")
    office, stage = RecordingOffice(cast, lambda: next(ids), lambda _ticket: next(order_ids)), Stage()
    director = Director(cast, office, stage, Wording({city.code: city.name for city in cast.cities}), draw)
    times = filing_times(tickets, START, end - dt.timedelta(hours=6), draw)
    for index, at in enumerate(times):
        plan = planner.plan(at, f"memory-{index}", draw)
        if index % 10 == 0:
            again = planner.again(plan, at + dt.timedelta(minutes=70), f"memory-again-{index}", draw)
            plan = replace(plan, again=again)
        director.file(plan)
    stage.run(end)
    return office


def snapshot() -> dict[str, list[tuple]]:
    """Return every row of the copied tables, without the ids that nothing points at."""
    return {
        model.__name__: sorted(model.objects.values_list(*columns), key=repr)
        for model, columns in copying.TABLES
        if model is not Customer
    }


class Undone(Exception):
    pass


def copied(tickets: list[TicketRow]) -> dict[str, list[tuple]]:
    """Copy the tickets in, look, and take them out again."""
    sheets, seen = copying.Sheets(gathered()), {}
    sheets.add_customers({ticket.customer.pk: ticket.customer for ticket in tickets}.values())
    for ticket in tickets:
        sheets.add(ticket)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                sheets.write(cursor)
            seen = snapshot()
            assert list(differences()) == []
            raise Undone
    except Undone:
        return seen


@pytest.mark.parametrize("seed", [1, 2])
def test_memory_and_actions_write_the_same_rows(operator: None, seed: int) -> None:
    office = lived(seed, TICKETS, START + dt.timedelta(days=12))
    expected = copied(office.tickets)

    play(office.script, office.tickets)

    found = snapshot()
    for name, rows in expected.items():
        assert found[name] == rows, name
    kinds = {event.kind for ticket in office.tickets for event in ticket.events}
    assert len(kinds) >= 30
