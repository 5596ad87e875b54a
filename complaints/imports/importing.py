"""Taking a file in: looked through once, then filed batch by batch."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from pathlib import Path

import psycopg
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from complaints.bulk.cast import Cast, gathered
from complaints.bulk.copying import Sheets, check_columns
from complaints.bulk.memory.closing import Office
from complaints.imports.cases import Case, Interpreter, read
from complaints.imports.mapping import BadMapping, FileMapping
from complaints.imports.names import Names, gathered_names, make_categories, make_departments, make_regions
from complaints.imports.playing import Player
from complaints.imports.report import Report
from complaints.models import Customer
from foundation.statistics import refresh_statistics
from workorders.locking import lock_key
from workorders.models import SlaRule, Ticket, WorkOrder

#: Rows a transaction.
BATCH = 2000


class NotSaved(Exception):
    """The database refused a batch: nothing of it is there, the batches before it are."""


def take(
    path: Path,
    mapping: FileMapping,
    *,
    encoding: str | None = None,
    dry_run: bool = False,
    now: dt.datetime,
    looked: Callable[[int], object] = lambda _rows: None,
    progress: Callable[[int], object] = lambda _rows: None,
) -> Report:
    """File every row that can be one and was not filed before; `dry_run` only says what would become of them.

    `looked` is told how many rows there are, `progress` how many more are done. Raises Unreadable, BadMapping or NotSaved.
    """
    check_columns()
    if not SlaRule.objects.exists():
        raise BadMapping("there are no limits yet: run load_reference first")
    names = gathered_names(gathered(), mapping.source)
    interpreter, report = Interpreter(mapping, names, now), Report()
    found = (each for each in read(path, interpreter, encoding))
    count = 0
    for batch in batched(found, BATCH, strict=False):
        count += len(batch)
        if dry_run:
            _only_counted(batch, report)
    looked(count)
    if not dry_run:
        _make(mapping, interpreter)
        cast = gathered()
        names = gathered_names(cast, mapping.source)
        for batch in batched(read(path, Interpreter(mapping, names, now), encoding), BATCH, strict=False):
            _file(batch, mapping, cast, names, report)
            progress(len(batch))
        refresh_statistics()
    return report


@transaction.atomic
def _make(mapping: FileMapping, interpreter: Interpreter) -> None:
    missing = interpreter.missing
    make_categories(mapping, missing.categories)
    make_regions(mapping, missing.regions)
    make_departments(mapping, missing.departments)


def _sorted_out(batch: Sequence[Case | tuple[int, str]], report: Report) -> list[Case]:
    """Note what is refused or was taken before, and return the rest."""
    cases = [each for each in batch if isinstance(each, Case)]
    for line, reason in (each for each in batch if not isinstance(each, Case)):
        report.refuse(line, reason)
    keys = [case.key for case in cases]
    present = set(Ticket.objects.filter(filing_key__in=keys).values_list("filing_key", flat=True))
    report.skipped += len(present)
    return [case for case in cases if case.key not in present]


def _only_counted(batch: Sequence[Case | tuple[int, str]], report: Report) -> None:
    report.taken += len(_sorted_out(batch, report))


def _file(batch: Sequence[Case | tuple[int, str]], mapping: FileMapping, cast: Cast, names: Names, report: Report) -> None:
    """File a batch in one transaction."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # A second import of the same source waits here, and then finds what this one has filed.
            lock_key(f"import:{mapping.source}")
            cases = _sorted_out(batch, report)
            if cases:
                _copy(cases, mapping, cast, names, cursor)
    except (DatabaseError, psycopg.Error) as error:  # COPY speaks to psycopg itself
        lines = [each.line if isinstance(each, Case) else each[0] for each in batch]
        why = str(error).partition("\n")[0]
        message = f"lines {lines[0]} to {lines[-1]} were not saved: {why}; those before are, and a second run goes on from there"
        raise NotSaved(message) from error
    report.taken += len(cases)


def _copy(cases: list[Case], mapping: FileMapping, cast: Cast, names: Names, cursor: CursorWrapper) -> None:
    tickets, orders, customers = (_ids(cursor, model, len(cases)) for model in (Ticket, WorkOrder, Customer))
    office = Office(cast, lambda: next(tickets), lambda _ticket: next(orders))
    player, sheets = Player(mapping, cast, names, office, lambda: next(customers)), Sheets()
    for case in cases:
        ticket = player.play(case)
        sheets.add_customers([ticket.customer])
        sheets.add(ticket)
    sheets.write(cursor.cursor)


def _ids(cursor: CursorWrapper, model: type[Model], count: int) -> Iterator[int]:
    """Return ids that the table's sequence gives to nobody else."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count])
    return iter([row[0] for row in cursor.fetchall()])
