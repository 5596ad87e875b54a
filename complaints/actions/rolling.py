"""Keeping the dashboard's daily sums: what changed is taken out as it was and added as it is, and time moves on.

At any instant, for every figure: the rows before `RollupState.upto` are the sums, less what the marked tickets were, plus what
they are. Each step here keeps that true in one statement, so that it holds in every snapshot; nothing waits for it but a change
of the very tickets that are being folded.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F

from complaints.models import RollupBefore, RollupMark, RollupState
from complaints.queries.summed import first_instant
from complaints.rollups.installing import WATCHED
from complaints.rollups.summing import ENTRY, LOCK, SUMMED, TABLES, adding, common

#: The sums stay so far behind the clock, as a page that is being made may have looked at it some seconds ago.
BEHIND = dt.timedelta(minutes=1)
#: One step takes in at most so many changed tickets, and so much time.
TICKETS, SPAN = 2000, dt.timedelta(days=7)

_CHANGE = f"""
    SELECT -1 AS sign, {ENTRY} FROM complaints_rollupbefore WHERE ticket_id = ANY(%(folded)s) AND at < %(since)s
    UNION ALL
    SELECT 1, e.* FROM unnest(%(folded)s::bigint[]) AS f(id) CROSS JOIN LATERAL complaints_entries(f.id) AS e WHERE e.at < %(upto)s
    UNION ALL
    {SUMMED}
"""  # noqa: S608 -- constants
_FOLD = f"""{common(_CHANGE)}, sums AS ({adding("complaints_rollup")} RETURNING 1)
{adding("complaints_rollupspread")}"""


@transaction.atomic
def begin(*, now: dt.datetime) -> None:
    """Forget the sums and begin anew, from the first row on; who writes just now is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _clear(cursor, *TABLES)
        # From here on nobody writes, so this comes after what takes long.
        cursor.execute(f"LOCK TABLE {', '.join(WATCHED)} IN SHARE ROW EXCLUSIVE MODE")
        _clear(cursor, "complaints_rollupmark", "complaints_rollupbefore")
    version = (RollupState.objects.values_list("version", flat=True).first() or 0) + 1
    RollupState.objects.all().delete()
    RollupState.objects.create(upto=first_instant() or now - BEHIND, zone=settings.TIME_ZONE, version=version)


def _clear(cursor: CursorWrapper, *tables: str) -> None:
    for table in tables:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name from the code


def fold(*, now: dt.datetime) -> int:
    """Bring the sums up to a minute before `now`, step by step; return how many steps it took.

    Tickets that somebody is changing at this moment stay marked; where another process folds, nothing is done.
    """
    if RollupState.objects.filter(zone=settings.TIME_ZONE).first() is None:
        begin(now=now)
    steps = 1
    while _step(now):
        steps += 1
    return steps


@transaction.atomic
def _step(now: dt.datetime) -> bool:
    """Take one step, and tell whether there is more to do."""
    if not _is_alone():
        return False
    state = RollupState.objects.get()
    folded = list(
        RollupMark.objects.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:TICKETS],
    )
    upto = max(state.upto, min(state.upto + SPAN, now - BEHIND))
    if not folded and upto == state.upto:
        return False
    _add({"folded": folded, "since": state.upto, "upto": upto, "zone": state.zone})
    RollupBefore.objects.filter(ticket_id__in=folded).delete()
    RollupMark.objects.filter(pk__in=folded).delete()
    RollupState.objects.update(upto=upto, version=F("version") + 1)
    return len(folded) == TICKETS or upto < now - BEHIND


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def _add(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', '256MB', true)")
        cursor.execute(_FOLD, values)
