"""Writing the journal: the caller's transaction holds both the change and its event, or neither."""

import datetime as dt
from collections.abc import Mapping

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
