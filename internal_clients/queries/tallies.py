"""Counting rows by department in the database: one statement an indicator and window."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from internal_clients.enums import EvidenceKind
from internal_clients.formulas import LESS_IS_BETTER
from internal_clients.queries.evidence import SOURCES
from internal_clients.queries.evidence.base import Rows, Window
from internal_clients.scoring import Counts

COLUMNS = '"owner", "item", "over", "under"'


#: What appeals changed: a row is left out, counted as kept, or charged to another department (domain.md 7.1.6). A ruling holds
#: in the windows with the month it was made for: what is counted month after month (A5) is contested month by month.
#: The rows are planned by themselves: beside the join, the planner takes them for a single one and loops over whole tables.
_RULED = """
    WITH found AS MATERIALIZED ({rows})
    SELECT found.kind, coalesce(ruled.belongs_to_id, found."owner") AS "owner", found.item,
        CASE WHEN ruled.outcome = 'overturned' THEN {kept} ELSE found."over" END AS "over", found."under"
    FROM found
    LEFT JOIN (
        SELECT DISTINCT ON (appeal.kind, appeal.object_id, appeal.department_id)
            appeal.kind, appeal.object_id, appeal.department_id, final.outcome, final.belongs_to_id
        FROM internal_clients_appeal appeal
        CROSS JOIN LATERAL (
            SELECT appeal.final_outcome AS outcome, appeal.final_belongs_to_id AS belongs_to_id WHERE appeal.final_outcome <> ''
            UNION ALL
            SELECT appeal.outcome, appeal.belongs_to_id WHERE appeal.final_outcome = ''
        ) AS final
        JOIN internal_clients_scorecard card ON card.id = appeal.card_id
        JOIN internal_clients_scorerun run ON run.id = card.run_id
        JOIN internal_clients_period period ON period.id = run.period_id
        WHERE appeal.about = 'row' AND appeal.formula = %s AND final.outcome IN ('excluded', 'overturned', 'reattributed')
            AND period.month BETWEEN %s AND %s
        ORDER BY appeal.kind, appeal.object_id, appeal.department_id, coalesce(appeal.final_at, appeal.ruled_at) DESC
    ) AS ruled ON ruled.kind = found.kind AND ruled.object_id = found.item AND ruled.department_id = found."owner"
    WHERE ruled.outcome IS DISTINCT FROM 'excluded'
"""


def counted(key: str, window: Window) -> tuple[str, list[Any]]:
    """Return the rows that count for an indicator in the window, after what appeals changed."""
    rows, parameters = compiled(SOURCES[key](window))
    kept = "0" if key in LESS_IS_BETTER else 'found."under"'
    return _RULED.format(rows=rows, kept=kept), [*parameters, key, window.first_day, window.month]


def compiled(parts: Iterable[Rows]) -> tuple[str, list[Any]]:
    """Return one statement with the rows of all parts as kind, owner, item, over, under; only SQL that Django itself built."""
    statements: list[str] = []
    parameters: list[Any] = []
    for part in parts:
        sql, arguments = part.query.query.sql_with_params()
        statements.append(f"SELECT %s::text AS kind, {COLUMNS} FROM ({sql}) AS part")  # noqa: S608 -- only the SQL that Django itself built
        parameters.extend([str(part.kind), *arguments])
    return " UNION ALL ".join(statements), parameters


#: A row as text that is the same whether it is counted or has been stored.
_ROW = """kind || ' ' || item || ' ' || "over"::numeric(24, 10) || ' ' || "under"::numeric(24, 10)"""
_DIGEST = f"""encode(sha256(convert_to(string_agg({_ROW}, E'\\n' ORDER BY kind, item, "over", "under"), 'UTF8')), 'hex')"""


def digests(key: str, window: Window) -> dict[int, str]:
    """Return, by department, a SHA-256 over the very rows that an indicator counts in the window."""
    sql, parameters = counted(key, window)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "owner", {_DIGEST} FROM ({sql}) AS found GROUP BY "owner"', parameters)  # noqa: S608 -- only the SQL that Django itself built
        return dict(cursor.fetchall())


def stored_digests(run: int) -> dict[int, str]:
    """Return, by score line, the same digest over the rows that were stored."""
    sql = f"""
        SELECT line, {_DIGEST} FROM (
            SELECT line_id AS line, kind, object_id AS item, evidence.numerator AS "over", evidence.denominator AS "under"
            FROM internal_clients_evidence evidence
            JOIN internal_clients_scoreline line ON line.id = evidence.line_id
            JOIN internal_clients_partscore part ON part.id = line.part_score_id
            JOIN internal_clients_scorecard card ON card.id = part.card_id
            WHERE card.run_id = %s
        ) AS found GROUP BY line
    """  # noqa: S608 -- no value in it
    with connection.cursor() as cursor:
        cursor.execute(sql, [run])
        return dict(cursor.fetchall())


def keep_evidence(key: str, window: Window, lines: dict[int, int]) -> None:
    """Store the rows that an indicator counts in the window, each under its department's line; voices in no order of arrival."""
    sql, parameters = counted(key, window)
    owners = list(lines)
    statement = f"""
        INSERT INTO internal_clients_evidence (line_id, kind, object_id, numerator, denominator)
        SELECT chosen.line, found.kind, found.item, found."over", found."under"
        FROM ({sql}) AS found JOIN unnest(%s::bigint[], %s::bigint[]) AS chosen(owner, line) ON chosen.owner = found."owner"
        ORDER BY found.kind, CASE WHEN found.kind = ANY(%s) THEN 0 ELSE found.item END, found."over", found."under"
    """  # noqa: S608 -- only the SQL that Django itself built
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, owners, [lines[owner] for owner in owners], list(EvidenceKind.VOICES)])


def tally(key: str, window: Window) -> dict[int, Counts]:
    """Return what an indicator counts of each department in the window."""
    sql, parameters = counted(key, window)
    measures = 'sum("over"), sum("under"), count(*) FILTER (WHERE "under" > 0)'
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "owner", {measures} FROM ({sql}) AS found GROUP BY "owner"', parameters)  # noqa: S608 -- likewise
        return {
            owner: Counts(numerator=Decimal(over), denominator=Decimal(under), sample=sample)
            for owner, over, under, sample in cursor.fetchall()
        }
