"""Telling people: the caller's transaction holds what happened, the inbox rows and the outbox rows, or none of them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from journal.kinds import kinds
from journal.types import Data, Json

#: One statement for any number of people: a row in each inbox, and one in the outbox for each channel that the person
#: has chosen (or the kind's own), that has a gateway, and for which the person has an address.
INSERT = """
WITH told AS (
    INSERT INTO journal_notice (recipient_id, kind, key, stream, data, at)
    SELECT person.id, %(kind)s, occasion.key, occasion.stream, occasion.data, %(at)s
    FROM unnest(%(to)s::bigint[], %(keys)s::varchar[], %(streams)s::varchar[], %(data)s::jsonb[])
        AS occasion (person, key, stream, data)
    JOIN {people} person ON person.id = occasion.person
    WHERE person.is_active ORDER BY person.id, occasion.key
    ON CONFLICT (recipient_id, key) DO NOTHING
    RETURNING id, recipient_id
)
INSERT INTO journal_delivery (notice_id, channel, recipient_id, urgent, state, tries, next_try_at, gateway_ref, last_error)
SELECT told.id, channel, told.recipient_id, %(urgent)s, 'queued', 0, %(at)s, '', ''
FROM told
JOIN {people} person ON person.id = told.recipient_id
LEFT JOIN journal_preference chosen ON chosen.user_id = told.recipient_id AND chosen.kind = %(kind)s
CROSS JOIN LATERAL unnest(COALESCE(chosen.channels, %(channels)s::varchar[])) channel
WHERE channel IN (SELECT gateway.channel FROM journal_gateway gateway WHERE gateway.is_active)
AND CASE {addresses} ELSE TRUE END
ON CONFLICT (notice_id, channel) DO NOTHING
"""

_silent = ContextVar("silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """Tell nobody of what happens within: for taking over what happened elsewhere, long before, and was told there."""
    before = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(before)


def notify(
    kind: str,
    *,
    key: str,
    to: Iterable[AbstractBaseUser],
    at: dt.datetime,
    stream: str = "",
    data: Mapping[str, Json] | None = None,
) -> None:
    """Tell `to` once of the occasion `key`: in the inbox, and through the channels each has chosen.

    `kind` is declared in one of settings.NOTICE_MODULES, `at` an aware datetime, `stream` what it is about, `data` what its
    texts may mention. People without an account that works are left out, and all within `silence`. KeyError for an unknown kind.
    """
    notify_many(kind, [Occasion(key, tuple(_pks(to)), stream, dict(data or {}))], at=at)


class Occasion(NamedTuple):
    """Something that some people are told: by key, the people's ids, the stream it is about, and what texts may mention."""

    key: str
    to: tuple[int, ...]
    stream: str
    data: Data


def notify_many(kind: str, occasions: Iterable[Occasion], *, at: dt.datetime) -> None:
    """Do as `notify` does for many occasions of one kind, in one statement. KeyError for an unknown kind."""
    declared = kinds()[kind]
    rows = [(person, occasion) for occasion in occasions for person in occasion.to]
    if _silent.get() or not rows:
        return
    values: dict[str, Any] = {
        "kind": kind,
        "keys": [occasion.key for _person, occasion in rows],
        "streams": [occasion.stream for _person, occasion in rows],
        "data": [Jsonb(occasion.data) for _person, occasion in rows],
        "to": [person for person, _occasion in rows],
        "at": at,
        "urgent": declared.urgent,
        "channels": list(declared.channels),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        queued = cursor.rowcount
    if queued:
        app.configure_task("journal.deliver").defer()


def _pks(to: Iterable[AbstractBaseUser]) -> list[int]:
    if isinstance(to, QuerySet):
        return list(to.order_by().values_list("pk", flat=True))
    return [person.pk for person in to]


def _statement() -> str:
    user = get_user_model()._meta  # noqa: SLF001 -- Django's documented way to a model's table
    fields = settings.NOTICE_ADDRESSES.items()
    addresses = " ".join(f"WHEN channel = '{channel}' THEN person.{field} <> ''" for channel, field in fields)
    return INSERT.format(people=user.db_table, addresses=addresses)
