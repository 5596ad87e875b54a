"""The database's own part of the search: a ticket's terms, the triggers that keep them, and the newest tickets that fit a query.

Beside its texts a ticket has terms that say whose it is, so that a search reads no more of the index than the reader may see:
'@e12' the 12th era of tickets, '@r7' its region, '@f3' who filed it, '@d5' a department that has or had an order, '@a' answered.
"""

#: Tickets of an era: the index is read era by era, newest first, for what too many tickets have.
ERA = 4096
#: At most so many eras in one look.
WIDEST = 128
#: So many of a ticket's notes are found.
MOST_NOTES = 50

TEXTS = f"""
CREATE OR REPLACE FUNCTION workorders_terms(t workorders_ticket, beside text) RETURNS tsvector
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $terms$
BEGIN
    RETURN search_terms(concat_ws(' ', t.number, t.subject), 'A')
        || search_terms(concat_ws(' ', t.description, t.wanted), 'B')
        || search_terms(concat_ws(' ', t.answer, (
            SELECT string_agg(concat_ws(' ', o.question, o.result), ' ' ORDER BY o.seq)
            FROM workorders_workorder o WHERE o.ticket_id = t.id
        )), 'C')
        || search_terms(concat_ws(' ', beside, (
            SELECT string_agg(text, ' ') FROM (
                SELECT e.data ->> 'text' AS text FROM journal_event e
                WHERE e.stream = 'ticket:' || t.id AND e.kind = 'ticket.note' ORDER BY e.seq LIMIT {MOST_NOTES}
            ) AS notes
        )), 'D')
        || array_to_tsvector(ARRAY['@e' || t.id / {ERA}, '@r' || t.region_id, '@f' || t.filed_by_id]
            || CASE WHEN t.answer <> '' THEN ARRAY['@a'] ELSE '{{}}' END
            || ARRAY(SELECT DISTINCT '@d' || o.department_id FROM workorders_workorder o WHERE o.ticket_id = t.id));
END $terms$;
"""  # noqa: S608 -- constants

#: Writes the terms of the tickets between two ids (both included) that differ from what is kept; returns how many.
INDEX = """
CREATE OR REPLACE FUNCTION workorders_index(first bigint, last bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $index$
DECLARE
    written bigint;
BEGIN
    INSERT INTO workorders_searchentry AS kept (ticket_id, beside, terms)
    SELECT t.id, coalesce(s.beside, ''), workorders_terms(t, coalesce(s.beside, ''))
    FROM workorders_ticket t LEFT JOIN workorders_searchentry s ON s.ticket_id = t.id
    WHERE t.id BETWEEN first AND last
    ON CONFLICT (ticket_id) DO UPDATE SET terms = excluded.terms WHERE kept.terms IS DISTINCT FROM excluded.terms;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $index$;
"""

#: Bulk data is copied table by table and entered once, at the end; its transaction says so (`WAITS`).
WAITS = "SET LOCAL search.waits = 'on'"
WAITS_NO_MORE = "SET LOCAL search.waits = 'off'"

TRIGGERS = """
CREATE OR REPLACE FUNCTION search_waits() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('search.waits', true), '') = 'on';

CREATE OR REPLACE FUNCTION workorders_index_ticket() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $trigger$
BEGIN
    PERFORM workorders_index(NEW.id, NEW.id);
    RETURN NULL;
END $trigger$;

CREATE OR REPLACE FUNCTION workorders_index_order() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $trigger$
BEGIN
    PERFORM workorders_index(NEW.ticket_id, NEW.ticket_id);
    RETURN NULL;
END $trigger$;

CREATE OR REPLACE FUNCTION workorders_index_note() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $trigger$
BEGIN
    PERFORM workorders_index(substr(NEW.stream, 8)::bigint, substr(NEW.stream, 8)::bigint);
    RETURN NULL;
END $trigger$;

CREATE TRIGGER search_filed AFTER INSERT ON workorders_ticket
    FOR EACH ROW WHEN (NOT search_waits()) EXECUTE FUNCTION workorders_index_ticket();
CREATE TRIGGER search_changed
    AFTER UPDATE OF number, subject, description, wanted, answer, region_id, filed_by_id ON workorders_ticket
    FOR EACH ROW WHEN ((OLD.number, OLD.subject, OLD.description, OLD.wanted, OLD.answer, OLD.region_id, OLD.filed_by_id)
        IS DISTINCT FROM (NEW.number, NEW.subject, NEW.description, NEW.wanted, NEW.answer, NEW.region_id, NEW.filed_by_id))
    EXECUTE FUNCTION workorders_index_ticket();
CREATE TRIGGER search_ordered AFTER INSERT ON workorders_workorder
    FOR EACH ROW WHEN (NOT search_waits()) EXECUTE FUNCTION workorders_index_order();
CREATE TRIGGER search_changed AFTER UPDATE OF question, result, department_id, ticket_id ON workorders_workorder
    FOR EACH ROW WHEN ((OLD.question, OLD.result, OLD.department_id, OLD.ticket_id)
        IS DISTINCT FROM (NEW.question, NEW.result, NEW.department_id, NEW.ticket_id))
    EXECUTE FUNCTION workorders_index_order();
CREATE TRIGGER search_noted AFTER INSERT ON journal_event
    FOR EACH ROW WHEN (NEW.kind = 'ticket.note' AND NOT search_waits()) EXECUTE FUNCTION workorders_index_note();
"""

#: The ids of the tickets that fit, all of them where they are at most `most`; else the newest that many, found era by era, so
#: that what all tickets have costs no more. The newest are looked at first: what is common is found there, and its list need not
#: be read. The planner knows too little of phrases to be left the choice of a scan.
NEWEST = f"""
CREATE OR REPLACE FUNCTION workorders_newest(wanted tsquery, most int) RETURNS TABLE (ticket_id bigint, is_all boolean)
LANGUAGE plpgsql STABLE ROWS 200 SET search_path FROM CURRENT SET enable_seqscan = off AS $newest$
DECLARE
    found bigint[] := '{{}}';
    anywhere bigint[];
    era bigint := (SELECT max(s.ticket_id) / {ERA} FROM workorders_searchentry s);
    width int := 2;
BEGIN
    WHILE era >= 0 AND cardinality(found) <= most LOOP
        found := found || ARRAY(
            SELECT id FROM (
                SELECT s.ticket_id AS id FROM workorders_searchentry s WHERE s.terms @@ (wanted && (
                    SELECT string_agg('''@e' || e || '''', '|') FROM generate_series(greatest(era - width + 1, 0), era) AS e
                )::tsquery) OFFSET 0
            ) AS fitting ORDER BY id DESC LIMIT most + 1 - cardinality(found)
        );
        IF anywhere IS NULL AND cardinality(found) <= most THEN
            anywhere := ARRAY(SELECT s.ticket_id FROM workorders_searchentry s WHERE s.terms @@ wanted LIMIT most + 1);
            IF cardinality(anywhere) <= most THEN
                RETURN QUERY SELECT id, true FROM unnest(anywhere) AS id;
                RETURN;
            END IF;
        END IF;
        era := era - width;
        width := least(width * 2, {WIDEST});
    END LOOP;
    RETURN QUERY SELECT id, false FROM unnest(found[1:most]) AS id;
END $newest$;
"""  # noqa: S608 -- constants

#: Terms do not compress well, and are read whole: they stay in the row. What the planner and `similar_solved` know of how many
#: tickets have a term is the most common 3000.
STORAGE = """
ALTER TABLE workorders_searchentry ALTER COLUMN terms SET STORAGE MAIN;
ALTER TABLE workorders_searchentry ALTER COLUMN terms SET STATISTICS 300;
"""

FUNCTIONS = TEXTS + INDEX + NEWEST
REMOVE = """
DROP TRIGGER IF EXISTS search_noted ON journal_event;
DROP TRIGGER IF EXISTS search_changed ON workorders_workorder;
DROP TRIGGER IF EXISTS search_ordered ON workorders_workorder;
DROP TRIGGER IF EXISTS search_changed ON workorders_ticket;
DROP TRIGGER IF EXISTS search_filed ON workorders_ticket;
DROP FUNCTION IF EXISTS search_waits();
DROP FUNCTION IF EXISTS workorders_index_note();
DROP FUNCTION IF EXISTS workorders_index_order();
DROP FUNCTION IF EXISTS workorders_index_ticket();
DROP FUNCTION IF EXISTS workorders_newest(tsquery, int);
DROP FUNCTION IF EXISTS workorders_index(bigint, bigint);
DROP FUNCTION IF EXISTS workorders_terms(workorders_ticket, text);
"""
