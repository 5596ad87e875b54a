"""The countable rows as SQL: what each ticket adds to which figure, when, and for whom.

The same definitions as `workorders.queries.figures` and `complaints.queries.satisfaction`, which show the rows behind the
numbers; tests and `manage.py verify` hold both equal. The text is also the body of the database function `complaints_entries`,
which the triggers call: who changes it installs it anew in a migration.

`part`: 0 counts in every sum; 1 in sums without, 2 in sums with the dimension department: a ticket counts once for itself and
once for each department that has or had an order. `since`: the row takes back what another row of the same ticket (or order)
counted at that instant, as where both lie in the period it is to count once.
"""

from complaints.rollups.measures import BIN, FAMILIES, MEASURES

COLUMNS = (
    "ticket_id",
    "at",
    "since",
    "part",
    "department_id",
    "region_id",
    "category_id",
    "urgency",
    "family",
    "n1",
    "n2",
    "n3",
    "n4",
    "bin",
)

_OF_TICKET = "t.region_id, t.category_id, t.urgency"
_DUE = "COALESCE(c.due_at, c.breached_at)"
_LATE = "(c.stopped_at IS NULL OR c.breached_at IS NOT NULL)"
#: The round in which a ticket was merged (also if answered with the other since), or cancelled in time, has no customer's clock.
_COUNTED = """c.kind = 'overall' AND NOT (c.episode = t.round AND (t.merged_into_id IS NOT NULL
        OR (t.state = 'cancelled' AND c.breached_at IS NULL)))"""

_LEGS = f"""
    SELECT c.ticket_id, {_DUE} AS at, NULL::timestamptz AS since, 0 AS part, o.department_id, {_OF_TICKET},
        c.kind::text AS family, 1 AS n1, (NOT {_LATE})::int AS n2, (o.send_back_count > 0)::int AS n3,
        (c.stopped_at IS NOT NULL)::int AS n4,
        CASE WHEN c.kind = 'resolve' AND c.stopped_at IS NOT NULL THEN {BIN.format(used="c.used")} END AS bin
    FROM workorders_clock c JOIN workorders_workorder o ON o.id = c.order_id JOIN workorders_ticket t ON t.id = c.ticket_id
    WHERE c.kind IN ('acknowledge', 'resolve') AND {_DUE} IS NOT NULL
        AND (o.state <> 'voided' OR (t.state = 'cancelled' AND o.finished_at > {_DUE} AND NOT EXISTS (
            SELECT FROM workorders_returnrequest r WHERE r.order_id = o.id AND r.ruling = 'upheld')))
"""  # noqa: S608 -- constants

_RETURNS = f"""
    SELECT o.ticket_id, r.requested_at, NULL, 0, o.department_id, {_OF_TICKET},
        'returns', 1, (r.ruling = 'upheld')::int, 0, 0, NULL
    FROM workorders_returnrequest r JOIN workorders_workorder o ON o.id = r.order_id
        JOIN workorders_ticket t ON t.id = o.ticket_id
"""  # noqa: S608 -- constants


def _returned_again(condition: str, numbers: str) -> str:
    """Return the rows that take an order's earlier return back, of those that fulfil a condition on the request `q`."""
    return f"""
    SELECT o.ticket_id, r.requested_at, p.at, 0, o.department_id, {_OF_TICKET}, 'returns', {numbers}, 0, 0, NULL
    FROM workorders_returnrequest r JOIN workorders_workorder o ON o.id = r.order_id
        JOIN workorders_ticket t ON t.id = o.ticket_id
        JOIN LATERAL (SELECT max(q.requested_at) AS at FROM workorders_returnrequest q
            WHERE q.order_id = r.order_id AND (q.requested_at, q.id) < (r.requested_at, r.id) AND {condition}) p ON p.at IS NOT NULL
    WHERE {condition.replace("q.", "r.")}
"""  # noqa: S608 -- constants


_SAID = f"""
    SELECT t.id, b.at, NULL, 0, COALESCE((
            SELECT l.department_id FROM workorders_workorder l
            WHERE l.ticket_id = t.id AND l.role = 'lead' AND l.state = 'completed' AND l.round <= b.round
            ORDER BY l.seq DESC LIMIT 1), 0), {_OF_TICKET},
        'said', 1, (b.satisfaction >= 3)::int, b.solved::int, 0, NULL
    FROM complaints_callback b JOIN workorders_ticket t ON t.id = b.complaint_id
    WHERE b.outcome = 'reached'
"""  # noqa: S608 -- constants

_CASES = f"""
    SELECT t.id AS ticket_id, t.filed_at AS at, NULL::timestamptz AS since, {_OF_TICKET},
        'filed' AS family, 1 AS n1, (t.round > 0)::int AS n2
    FROM workorders_ticket t
    UNION ALL
    SELECT t.id, t.closed_at, NULL, {_OF_TICKET}, 'closed', 1, 0
    FROM workorders_ticket t WHERE t.closed_at IS NOT NULL
    UNION ALL
    SELECT c.ticket_id, {_DUE}, NULL, {_OF_TICKET}, 'overall', 1, {_LATE}::int
    FROM workorders_clock c JOIN workorders_ticket t ON t.id = c.ticket_id
    WHERE {_COUNTED} AND {_DUE} IS NOT NULL
"""  # noqa: S608 -- constants


def _due_again(condition: str, numbers: str) -> str:
    """Return the rows that take back what an earlier round's clock `c` counted, of clocks that fulfil a condition."""
    counted = f"{_COUNTED} AND {_DUE} IS NOT NULL AND {condition}"
    earlier = counted.replace("c.", "q.")
    return f"""
    SELECT c.ticket_id, {_DUE}, p.at, {_OF_TICKET}, 'overall', {numbers}
    FROM workorders_clock c JOIN workorders_ticket t ON t.id = c.ticket_id
        JOIN LATERAL (SELECT max({_DUE.replace("c.", "q.")}) AS at FROM workorders_clock q
            WHERE q.ticket_id = c.ticket_id AND ({_DUE.replace("c.", "q.")}, q.id) < ({_DUE}, c.id) AND {earlier}) p
            ON p.at IS NOT NULL
    WHERE t.round > 0 AND {counted}
"""  # noqa: S608 -- constants


#: Every row; to be narrowed by `ticket_id` or by `at`, for both of which there are indexes.
ENTRIES = f"""
    SELECT legs.* FROM ({_LEGS}) AS legs
    UNION ALL {_RETURNS}
    UNION ALL {_returned_again("true", "-1, 0")}
    UNION ALL {_returned_again("q.ruling = 'upheld'", "0, -1")}
    UNION ALL {_SAID}
    UNION ALL
    SELECT y.ticket_id, y.at, y.since, d.part, d.department_id, y.region_id, y.category_id, y.urgency,
        y.family, y.n1, y.n2, 0, 0, NULL
    FROM ({_CASES} UNION ALL {_due_again("true", "-1, 0")} UNION ALL {_due_again(_LATE, "0, -1")}) AS y
        CROSS JOIN LATERAL (
            SELECT 1 AS part, 0::bigint AS department_id
            UNION ALL
            SELECT DISTINCT 2, own.department_id FROM workorders_workorder own WHERE own.ticket_id = y.ticket_id) AS d
"""  # noqa: S608 -- constants

#: SQL: each measure of an entry.
OF_ENTRY = {
    measure: f"(CASE WHEN family = '{family}' THEN n{place} ELSE 0 END)"
    for family, measures in FAMILIES.items()
    for place, measure in enumerate(measures, start=1)
}
assert tuple(OF_ENTRY) == MEASURES
