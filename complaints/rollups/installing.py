"""The database's own part: the function that tells a ticket's entries, and the triggers that keep them before they change."""

from complaints.rollups.entries import COLUMNS, ENTRIES

#: Table → SQL: the ticket of its row `changed`.
WATCHED = {
    "workorders_ticket": "changed.id",
    "workorders_workorder": "changed.ticket_id",
    "workorders_clock": "changed.ticket_id",
    "workorders_returnrequest": "(SELECT o.ticket_id FROM workorders_workorder o WHERE o.id = changed.order_id)",
    "complaints_callback": "changed.complaint_id",
}

FUNCTION = f"""
CREATE OR REPLACE FUNCTION complaints_entries(concerned bigint)
RETURNS TABLE (ticket_id bigint, at timestamptz, since timestamptz, part int, department_id bigint, region_id bigint,
    category_id bigint, urgency varchar, family text, n1 int, n2 int, n3 int, n4 int, bin int)
LANGUAGE plpgsql STABLE ROWS 8 AS $entries$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT e.* FROM ({ENTRIES}) AS e WHERE e.ticket_id = concerned;
END $entries$;
"""  # noqa: S608 -- constants

#: A ticket's entries are kept as they are in the sums, once, before the first change after they were summed. Whoever changes
#: the ticket holds the mark until the end, so that it cannot be folded in between; what marks at the same time waits here.
MARK = f"""
CREATE OR REPLACE FUNCTION complaints_mark(concerned bigint) RETURNS void LANGUAGE plpgsql AS $mark$
BEGIN
    IF NOT EXISTS (SELECT FROM complaints_rollupstate) THEN
        RETURN;
    END IF;
    LOOP
        PERFORM FROM complaints_rollupmark m WHERE m.ticket_id = concerned FOR SHARE;
        EXIT WHEN FOUND;
        INSERT INTO complaints_rollupmark (ticket_id) VALUES (concerned) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            INSERT INTO complaints_rollupbefore ({", ".join(COLUMNS)}) SELECT * FROM complaints_entries(concerned);
            EXIT;
        END IF;
    END LOOP;
END $mark$;
"""  # noqa: S608 -- constants


def trigger(table: str) -> str:
    """Return the SQL that has a table's changes marked."""
    return f"""
CREATE OR REPLACE FUNCTION complaints_mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $trigger$
DECLARE
    changed {table};
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := NEW;
    ELSE
        changed := OLD;
    END IF;
    PERFORM complaints_mark({WATCHED[table]});
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $trigger$;
CREATE OR REPLACE TRIGGER complaints_rollup_mark BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION complaints_mark_{table}();
"""


INSTALL = "\n".join([FUNCTION, MARK, *map(trigger, WATCHED)])
REMOVE = "\n".join(
    [
        *(f"DROP TRIGGER complaints_rollup_mark ON {table}; DROP FUNCTION complaints_mark_{table}();" for table in WATCHED),
        "DROP FUNCTION complaints_mark(bigint); DROP FUNCTION complaints_entries(bigint);",
    ]
)
