"""Whether the dashboard's daily sums are what the rows say (`manage.py verify`), and where they have to begin."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from complaints.models import RollupState
from complaints.rollups.summing import LOCK, SUMMED, TABLES, common, sums_of

#: So many days are compared at once.
DAYS = 14


def first_instant() -> dt.datetime | None:
    """Return when the first row of any figure counts."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT least(
                (SELECT min(filed_at) FROM workorders_ticket), (SELECT min(closed_at) FROM workorders_ticket),
                (SELECT min(COALESCE(due_at, breached_at)) FROM workorders_clock WHERE kind = 'acknowledge'),
                (SELECT min(COALESCE(due_at, breached_at)) FROM workorders_clock WHERE kind = 'resolve'),
                (SELECT min(COALESCE(due_at, breached_at)) FROM workorders_clock WHERE kind = 'overall'),
                (SELECT min(requested_at) FROM workorders_returnrequest), (SELECT min(at) FROM complaints_callback))
        """)
        row = cursor.fetchone()
    return row[0] if row else None


def sum_differences() -> Iterator[str]:
    """Yield a sentence for every daily sum that differs from the rows; nothing where no sums were made.

    Nobody folds meanwhile: each statement sees the rows, the marks and the sums of one instant.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        state = RollupState.objects.first()
        if state is None:
            return
        zone = ZoneInfo(state.zone)
        for first, last in _spans(state.upto.astimezone(zone).date()):
            since, end = (dt.datetime.combine(day, dt.time(), zone) for day in (first, last))
            values = {
                "since": since,
                "upto": min(end, state.upto),
                "zone": state.zone,
                "folded": [],
                "first": first,
                "last": last,
            }
            for table in TABLES:
                yield from _differing(table, values)


def _spans(last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield the days to compare, from the first that has a sum or a row on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT least((SELECT min(day) FROM complaints_rollup), %s::date)", [first_instant()])
        row = cursor.fetchone()
    day = row[0] - dt.timedelta(days=1) if row and row[0] else last
    while day <= last:
        end = day + dt.timedelta(days=DAYS)
        yield day, end
        day = end


def _differing(table: str, values: dict[str, Any]) -> Iterator[str]:
    key, columns = TABLES[table]
    names = ", ".join([*key, *columns])
    some = " OR ".join(f"{column} <> 0" for column in columns)
    kept = f"SELECT {names} FROM {table} WHERE day >= %(first)s AND day < %(last)s AND ({some})"  # noqa: S608 -- constants
    wanted = f"SELECT {names} FROM ({sums_of(table)}) AS wanted"  # noqa: S608 -- constants
    compared = f"""{common(SUMMED)}, kept AS ({kept}), wanted AS MATERIALIZED ({wanted})
        (SELECT false, * FROM kept EXCEPT SELECT false, * FROM wanted)
        UNION ALL (SELECT true, * FROM wanted EXCEPT SELECT true, * FROM kept)"""  # noqa: S608 -- constants
    with connection.cursor() as cursor:
        cursor.execute(compared, values)
        for is_wanted, *found in cursor:
            place = ", ".join(f"{name} {value}" for name, value in zip(key, found[: len(key)], strict=True))
            sums = {name: value for name, value in zip(columns, found[len(key) :], strict=True) if value}
            yield f"daily sum of {place}: {'the rows say' if is_wanted else 'kept are'} {sums}"
