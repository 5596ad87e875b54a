"""Writing the journal: the caller's transaction holds both the change and its event, or neither."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.backends.utils import CursorWrapper

from foundation.transaction import notes
from journal.models import Event, digest
from journal.types import Data, Json

# Every action writes at least one event; as plain SQL that takes a third of the time that it takes by way of a model.
LAST = "SELECT seq, hash FROM journal_event WHERE stream = %s ORDER BY seq DESC LIMIT 1"
APPEND = """
    INSERT INTO journal_event (stream, seq, kind, at, by_id, data, hash) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


def record(
    stream: str,
    kind: str,
    *,
    by: AbstractBaseUser | None,
    at: dt.datetime,
    data: Mapping[str, Json] | None = None,
) -> Event:
    """Append an event to `stream` and return it.

    `by` is the person who acted (None only for what happens before any person exists), `at` an aware datetime.
    The caller holds the lock of what the stream belongs to; where it does not, the unique (stream, seq) refuses a fork.
    """
    content: Data = dict(data or {})
    by_id = by.pk if by else None
    with connection.cursor() as cursor:
        seq, previous = _last(cursor, stream)
        seq += 1
        chained = digest(previous, stream=stream, seq=seq, kind=kind, at=at, by=by_id, data=content)
        cursor.execute(APPEND, [stream, seq, kind, at, by_id, json.dumps(content), chained])
        pk = cursor.fetchone()[0]
    notes()[f"journal {stream}"] = (seq, chained)
    names = ["id", "stream", "seq", "kind", "at", "by_id", "data", "hash"]
    return Event.from_db(connection.alias, names, [pk, stream, seq, kind, at, by_id, content, chained])


def _last(cursor: CursorWrapper, stream: str) -> tuple[int, str]:
    """Return sequence and hash of the stream's last event: what this action wrote is the last until it ends, else it is read."""
    known = notes().get(f"journal {stream}")
    if known is not None:
        return cast("tuple[int, str]", known)
    cursor.execute(LAST, [stream])
    return cursor.fetchone() or (0, "")


class Entry(NamedTuple):
    """An event to be written."""

    stream: str
    kind: str
    at: dt.datetime
    data: Data


def record_many(entries: Iterable[Entry], *, by: AbstractBaseUser | None) -> None:
    """Append many events in the order given: two queries, whatever their number and their streams.

    The caller holds the locks of all the streams.
    """
    wanted = list(entries)
    if not wanted:
        return
    last, by_id, events = _ends({entry.stream for entry in wanted}), by.pk if by else None, []
    for entry in wanted:
        seq, previous = last.get(entry.stream, (0, ""))
        event = Event(stream=entry.stream, seq=seq + 1, kind=entry.kind, at=entry.at, by_id=by_id, data=entry.data)
        event.hash = event.digest_after(previous)
        events.append(event)
        last[entry.stream] = (event.seq, event.hash)
    Event.objects.bulk_create(events)
    notes().update({f"journal {stream}": end for stream, end in last.items()})


def _ends(streams: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return sequence and hash of the last event of each stream that has one."""
    ends = Event.objects.filter(stream__in=list(streams)).order_by("stream", "-seq").distinct("stream")
    return {stream: (seq, chained) for stream, seq, chained in ends.values_list("stream", "seq", "hash")}
