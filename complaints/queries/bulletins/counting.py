"""Counting a measure for the whole, every branch, department and kind at once; the rows stay in the database."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from complaints.queries.bulletins.measures import CATEGORY, CAUSE, DEPARTMENT, PLACE, REGION, WHOLE, Measure
from workorders.queries.figures import Scope

#: Group → SQL of its key, and what must be known for it.
KEYS = {
    WHOLE: ("''", "true"),
    REGION: ("top::text", "top IS NOT NULL"),
    DEPARTMENT: ("unit::text", "unit IS NOT NULL"),
    CATEGORY: ("topic::text", "true"),
    PLACE: ("topic || '.' || top", "top IS NOT NULL"),
    CAUSE: ("topic || '.' || reason", "reason <> ''"),
}

#: Group and key → how many.
type Counts = dict[tuple[str, str], int]


def found(measure: Measure, scope: Scope, tops: Mapping[int, int], selected: str) -> tuple[str, list[Any]]:
    """Return the SQL of one row a group, `selected` being what is taken of it."""
    rows, values = measure.rows(scope)
    parts = [
        f"SELECT '{group}' AS name, {key} AS key, {selected} FROM found WHERE {known} GROUP BY 1, 2"  # noqa: S608 -- constants
        for group, (key, known) in KEYS.items()
        if group in {WHOLE, *measure.groups}
    ]
    # One row at least, so that the list has types where there are no regions.
    places = ", ".join(["(NULL::bigint, NULL::bigint)", *(f"({region}, {top})" for region, top in tops.items())])
    sql = f"""
        WITH found AS MATERIALIZED (
            SELECT listed.*, above.top FROM ({rows}) AS listed
            LEFT JOIN (VALUES {places}) AS above(region, top) ON above.region = listed.place)
        SELECT name, key, took FROM ({" UNION ALL ".join(parts)}) AS counted
    """  # noqa: S608 -- what Django built, constants and numbers
    return sql, list(values)


def count(measure: Measure, scope: Scope, tops: Mapping[int, int]) -> Counts:
    """Return how many rows a measure has, without keeping them."""
    sql, values = found(measure, scope, tops, "count(*) AS took")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {(name, key): number for name, key, number in cursor}
