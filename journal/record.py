"""Writing the journal: the caller's transaction holds both the change and its event, or neither."""

import datetime
from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection

from journal.models import Event, digest
from journal.types import Data, Json


def record(
    stream: str, kind: str, *, by: AbstractBaseUser | None, at: datetime.datetime, data: Mapping[str, Json] | None = None,
) -> Event:
    """Append an event to `stream` and return it.

    `by` is the person who acted (None only for what happens before any person exists), `at` an aware datetime.
    Serialised per stream by an advisory lock that ends with the transaction, so the chain has no forks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])
    last = Event.objects.filter(stream=stream).order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, "")
    content: Data = dict(data or {})
    by_id = by.pk if by else None
    chained = digest(previous, stream=stream, seq=seq, kind=kind, at=at, by=by_id, data=content)
    return Event.objects.create(stream=stream, seq=seq, kind=kind, at=at, by_id=by_id, data=content, hash=chained)
