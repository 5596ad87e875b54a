"""Several counts in one query."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

#: Counts of queues stop here, so that a tab costs the same however long its queue is.
COUNT_CAP = 1000


def capped_counts(rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Return how many rows each has, at most `COUNT_CAP`."""
    return exact_counts({name: found.order_by()[:COUNT_CAP] for name, found in rows.items()})


def exact_counts(rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Return how many rows each has."""
    if not rows:
        return {}
    parts: list[str] = []
    arguments: list[Any] = []
    for found in rows.values():
        sql, parameters = found.values("pk").query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 -- only the SQL that Django itself built
        arguments.extend(parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", arguments)
        counts = cursor.fetchone()
    return dict(zip(rows, counts, strict=True))
