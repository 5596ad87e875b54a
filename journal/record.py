"""Writing the journal: the caller's transaction holds both the change and its event, or neither."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser

from journal.models import Event, digest
from journal.types import Data, Json


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
    last = Event.objects.filter(stream=stream).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, "")
    content: Data = dict(data or {})
    by_id = by.pk if by else None
    chained = digest(previous, stream=stream, seq=seq, kind=kind, at=at, by=by_id, data=content)
    return Event.objects.create(stream=stream, seq=seq, kind=kind, at=at, by_id=by_id, data=content, hash=chained)
