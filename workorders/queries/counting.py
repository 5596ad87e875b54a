"""Several counts in one query."""

from collections.abc import Mapping, Sequence
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


def rollups(
    rows: QuerySet[Any],
    *,
    sets: Sequence[Sequence[str]],
    measures: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Group the rows in several ways at once, and return a mapping for each group: its columns of that set, and its measures.

    `rows` is a queryset's `values()`; `sets` names its columns, `measures` are SQL aggregates over them.
    """
    columns = sorted({column for chosen in sets for column in chosen})
    if not columns:
        raise ValueError(sets)
    sql, parameters = rows.order_by().query.sql_with_params()
    quoted = [f'"{column}"' for column in columns]
    grouped = ", ".join("(" + ", ".join(f'"{column}"' for column in chosen) + ")" for chosen in sets)
    wanted = [*quoted, f"GROUPING({', '.join(quoted)})", *measures.values()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(wanted)} FROM ({sql}) AS found GROUP BY GROUPING SETS ({grouped})", parameters)  # noqa: S608 -- names of columns and aggregates from the code
        return [_group(columns, list(measures), row) for row in cursor]


def _group(columns: Sequence[str], measures: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """Leave out the columns that the row's set does not have; PostgreSQL marks them by bits, the last column lowest."""
    left_out = row[len(columns)]
    kept = {column: row[place] for place, column in enumerate(columns) if not left_out >> (len(columns) - 1 - place) & 1}
    return kept | dict(zip(measures, row[len(columns) + 1 :], strict=True))
