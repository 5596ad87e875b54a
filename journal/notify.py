"""Telling people: the caller's transaction holds what happened, the inbox rows and the outbox rows, or none of them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from journal.kinds import kinds
from journal.types import Json

#: One statement for any number of people: a row in each inbox, and one in the outbox for each channel that the person
#: has chosen (or the kind's own), that has a gateway, and for which the person has an address.
INSERT = """
WITH told AS (
    INSERT INTO journal_notice (recipient_id, kind, key, stream, data, at)
    SELECT person.id, %(kind)s, %(key)s, %(stream)s, %(data)s, %(at)s
    FROM {people} person WHERE person.id = ANY(%(to)s) AND person.is_active ORDER BY person.id
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
    declared = kinds()[kind]
    if _silent.get():
        return
    people = _pks(to)
    if not people:
        return
    values: dict[str, Any] = {
        "kind": kind,
        "key": key,
        "stream": stream,
        "data": Jsonb(dict(data or {})),
        "at": at,
        "to": people,
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
