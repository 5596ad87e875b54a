"""Keeping the rows behind a bulletin's figures with it."""

from collections.abc import Mapping

from django.db import connection

from complaints.queries.bulletins.counting import Counts, found
from complaints.queries.bulletins.measures import Measure
from workorders.queries.figures import Scope


def keep(measure: Measure, scope: Scope, tops: Mapping[int, int], *, bulletin: int) -> Counts:
    """Keep a measure's rows with a bulletin and return how many there are; `tops` has each region's branch."""
    sql, values = found(measure, scope, tops, "array_agg(item ORDER BY item) AS took")
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO complaints_bulletinrows (bulletin_id, "group", key, measure, ids) '  # noqa: S608 -- what Django built, constants
            f'SELECT %s, name, key, %s, took FROM ({sql}) AS kept RETURNING "group", key, cardinality(ids)',
            [bulletin, measure.name, *values],
        )
        return {(name, key): number for name, key, number in cursor}
