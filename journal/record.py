"""Writing the journal: the caller's transaction holds both the change and its event, or neither."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser

from journal.models import Event, digest
from journal.types import Data, Json


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
    last = Event.objects.filter(stream=stream).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, "")
    content: Data = dict(data or {})
    by_id = by.pk if by else None
    chained = digest(previous, stream=stream, seq=seq, kind=kind, at=at, by=by_id, data=content)
    return Event.objects.create(stream=stream, seq=seq, kind=kind, at=at, by_id=by_id, data=content, hash=chained)


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
    ends = Event.objects.filter(stream__in={entry.stream for entry in wanted})
    last = {
        stream: (seq, chained)
        for stream, seq, chained in ends.order_by("stream", "-seq").distinct("stream").values_list("stream", "seq", "hash")
    }
    by_id, events = by.pk if by else None, []
    for entry in wanted:
        seq, previous = last.get(entry.stream, (0, ""))
        event = Event(stream=entry.stream, seq=seq + 1, kind=entry.kind, at=entry.at, by_id=by_id, data=entry.data)
        event.hash = event.digest_after(previous)
        events.append(event)
        last[entry.stream] = (event.seq, event.hash)
    Event.objects.bulk_create(events)
