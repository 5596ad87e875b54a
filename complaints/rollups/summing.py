"""Entries summed up by day and by every set of dimensions, as SQL."""

from complaints.rollups.entries import COLUMNS, ENTRIES, OF_ENTRY
from complaints.rollups.measures import APART, BIN_COLUMNS, COARSE, COARSE_COLUMNS, DIMENSIONS, MEASURES, SETS, TOO_FINE

#: The columns by which the tables' rows are unique, and those that are summed.
KEY = ("kind", "day", *DIMENSIONS)
TABLES = {
    "complaints_rollup": ((*KEY, "since"), (*MEASURES, *COARSE_COLUMNS)),
    "complaints_rollupspread": ((*KEY, "coarse"), BIN_COLUMNS),
}
#: Any number: who holds this advisory lock is the one that changes the sums.
LOCK = 0x0DA5_4B0A
ENTRY = ", ".join(COLUMNS)

#: What the sums have: the entries before `upto` of the tickets that are not marked, and what the marked ones were.
SUMMED = f"""
    SELECT 1 AS sign, e.* FROM ({ENTRIES}) AS e WHERE e.at >= %(since)s AND e.at < %(upto)s
        AND NOT EXISTS (SELECT FROM complaints_rollupmark m WHERE m.ticket_id = e.ticket_id)
    UNION ALL
    SELECT 1, {ENTRY} FROM complaints_rollupbefore
    WHERE at >= %(since)s AND at < %(upto)s AND ticket_id <> ALL(%(folded)s)
"""  # noqa: S608 -- constants

_OF_SET = ", ".join(
    f"CASE WHEN kind & {bit} > 0 THEN {name} ELSE {"''" if name == 'urgency' else 0} END AS {name}"
    for name, bit in DIMENSIONS.items()
)
_MEASURED = ", ".join(
    [
        *(f"sum(sign * {value})::int AS {measure}" for measure, value in OF_ENTRY.items()),
        *(f"sum(sign) FILTER (WHERE bin / {COARSE} = {place})::int AS {name}" for place, name in enumerate(COARSE_COLUMNS)),
    ]
)
_SPREAD = ", ".join(
    f"sum(sign) FILTER (WHERE mod(bin, {COARSE}) = {place})::int AS {name}" for place, name in enumerate(BIN_COLUMNS)
)
_PLACE = "day, part, department, region, category, urgency, apart"
#: The sets of two of department, region and category, which are never those of everything in a scope.
_PAIRED = [bits for bits in SETS if (bits & TOO_FINE).bit_count() > 1]


def common(entries: str) -> str:
    """Return the common table expressions that sum signed entries up as finely as they go."""
    return f"""
    WITH change AS MATERIALIZED (
        SELECT sign, part, department_id AS department, region_id AS region, category_id AS category, urgency,
            family, n1, n2, n3, n4, bin, CASE WHEN family = 'overall' AND since IS NOT NULL THEN {APART} ELSE 0 END AS apart,
            (at AT TIME ZONE %(zone)s)::date AS day, (since AT TIME ZONE %(zone)s)::date AS since
        FROM ({entries}) AS entries
    ), complaints_rollup_finest AS MATERIALIZED (
        SELECT {_PLACE}, since, {_MEASURED} FROM change GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ), complaints_rollupspread_finest AS MATERIALIZED (
        SELECT {_PLACE}, bin / {COARSE} AS coarse, {_SPREAD} FROM change WHERE bin IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )"""  # noqa: S608 -- constants


def sums_of(table: str) -> str:
    """Return the rows that a table of sums has to have for the entries of `common`; without those that are zero."""
    key, columns = TABLES[table]
    sums = ", ".join(f"COALESCE(sum({name}), 0)::int AS {name}" for name in columns)
    some = " OR ".join(f"COALESCE(sum({name}), 0) <> 0" for name in columns)
    return f"""
    SELECT kind + apart AS kind, day, {_OF_SET}, {key[-1]}, {sums}
    FROM {table}_finest CROSS JOIN unnest(ARRAY{list(SETS)}) AS kind
    WHERE part <> CASE WHEN kind & {DIMENSIONS["department"]} > 0 THEN 1 ELSE 2 END
        AND (apart = 0 OR kind <> ALL(ARRAY{_PAIRED}))
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING {some}"""  # noqa: S608 -- constants


def adding(table: str) -> str:
    """Return the SQL that adds the sums of the entries of `common` to a table."""
    key, columns = TABLES[table]
    names = ", ".join([*key, *columns])
    more = ", ".join(f"{column} = {table}.{column} + EXCLUDED.{column}" for column in columns)
    return f"INSERT INTO {table} ({names}) {sums_of(table)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {more}"
