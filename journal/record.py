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


class Entry(NamedTuple):
    """An event to be appended with others."""

    stream: str
    kind: str
    data: Data


def record_all(entries: Iterable[Entry], *, by: AbstractBaseUser | None, at: dt.datetime) -> list[Event]:
    """Append many events at once, in order, as `record` would one by one. The caller holds the locks of their streams."""
    listed = list(entries)
    tails = Event.objects.filter(stream__in={entry.stream for entry in listed}).order_by("stream", "-seq").distinct("stream")
    last = {stream: (seq, chained) for stream, seq, chained in tails.values_list("stream", "seq", "hash")}
    events, by_id = [], by.pk if by else None
    for stream, kind, data in listed:
        seq, previous = last.get(stream, (0, ""))
        chained = digest(previous, stream=stream, seq=seq + 1, kind=kind, at=at, by=by_id, data=data)
        last[stream] = (seq + 1, chained)
        events.append(Event(stream=stream, seq=seq + 1, kind=kind, at=at, by_id=by_id, data=data, hash=chained))
    return Event.objects.bulk_create(events)


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
