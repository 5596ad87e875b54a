"""What an import plays in memory is what the actions would have written."""

import datetime as dt
from typing import Any

import pytest

from complaints.bulk.cast import gathered
from complaints.imports.cases import Interpreter
from complaints.imports.names import gathered_names
from complaints.imports.playing import Player
from complaints.imports.reading import Row
from tests.complaints.imports.conftest import changed, row
from tests.demo.replay import RecordingOffice, play
from tests.demo.test_memory import copied, next_id, snapshot
from workorders.models import Clock, Ticket

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
DONE = {"state": "归档", "closed": "2026-03-03 09:00:01", "note": "已处理"}
ROWS = [
    row(),
    row(no="2", due=""),
    row(no="3", **DONE),
    row(no="4", **DONE | {"closed": "2026-03-03 09:00:02", "note": ""}),
    row(no="5", due="", **DONE),
    row(no="6", due="2026-03-02 09:00:00", **DONE),
    *(row(no=f"7-{number}", **DONE) for number in range(6)),
    row(no="8", dept="", kind="OTH-OTHER-OTHER"),
]


@pytest.mark.parametrize("keys", [{}, {"targets": "policy"}, {"defaults": {"urgency": "urgent"}}])
def test_memory_and_actions_write_the_same_rows(operator: None, keys: dict[str, Any]) -> None:
    mapping, cast = changed(**keys), gathered()
    names = gathered_names(cast)
    interpreter, ids, orders, people = Interpreter(mapping, names, NOW), *map(next_id, TABLES)
    office = RecordingOffice(cast, lambda: next(ids), lambda _ticket: next(orders))
    player = Player(mapping, cast, names, office, lambda: next(people))
    for line, cells in enumerate(ROWS, start=2):
        player.play(interpreter.case(Row(line, cells)))
    expected = copied(office.tickets)

    play(office.script, office.tickets)

    found = snapshot()
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert Ticket.objects.count() == len(ROWS)
    assert Clock.objects.exists()


TABLES = ("workorders_ticket", "workorders_workorder", "complaints_customer")
