"""What a complaint adds to its ticket's terms: the place and the contact's name; kept by a trigger."""

INSTALL = """
CREATE OR REPLACE FUNCTION complaints_index_complaint() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $trigger$
DECLARE
    told text := concat_ws(' ', NEW.place, NEW.contact_name);
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE workorders_searchentry SET beside = told, terms = terms || search_terms(told, 'D')
        WHERE ticket_id = NEW.ticket_id;
    ELSE
        UPDATE workorders_searchentry SET beside = told WHERE ticket_id = NEW.ticket_id;
        PERFORM workorders_index(NEW.ticket_id, NEW.ticket_id);
    END IF;
    RETURN NULL;
END $trigger$;
CREATE TRIGGER search_filed AFTER INSERT ON complaints_complaint
    FOR EACH ROW WHEN (NOT search_waits()) EXECUTE FUNCTION complaints_index_complaint();
CREATE TRIGGER search_changed AFTER UPDATE OF place, contact_name ON complaints_complaint
    FOR EACH ROW WHEN ((OLD.place, OLD.contact_name) IS DISTINCT FROM (NEW.place, NEW.contact_name))
    EXECUTE FUNCTION complaints_index_complaint();
"""
REMOVE = """
DROP TRIGGER IF EXISTS search_changed ON complaints_complaint;
DROP TRIGGER IF EXISTS search_filed ON complaints_complaint;
DROP FUNCTION IF EXISTS complaints_index_complaint();
"""

#: Enters tickets with what their complaints add; the condition tells which.
ENTER = """
INSERT INTO workorders_searchentry (ticket_id, beside, terms)
SELECT t.id, said.beside, workorders_terms(t, said.beside)
FROM workorders_ticket t LEFT JOIN complaints_complaint c ON c.ticket_id = t.id
CROSS JOIN LATERAL (SELECT concat_ws(' ', c.place, c.contact_name) AS beside) AS said
WHERE {condition}
ON CONFLICT (ticket_id) DO UPDATE SET beside = excluded.beside, terms = excluded.terms
"""
#: Those that were copied while the triggers were left out.
ENTER_THESE = ENTER.format(condition="t.id = ANY(%s)")

#: What was there before the index: entered without it, which takes a fraction of the time.
BACKFILL = f"""
DROP INDEX searchentry_terms;
{ENTER.format(condition="true")};
SET CONSTRAINTS ALL IMMEDIATE;
CREATE INDEX searchentry_terms ON workorders_searchentry USING gin (terms);
"""

#: What of the index is not as the texts are.
WRONG = """
SELECT t.number FROM workorders_ticket t LEFT JOIN workorders_searchentry s ON s.ticket_id = t.id
LEFT JOIN complaints_complaint c ON c.ticket_id = t.id
WHERE s.beside IS DISTINCT FROM concat_ws(' ', c.place, c.contact_name) OR s.terms IS DISTINCT FROM workorders_terms(t, s.beside)
ORDER BY t.id
"""
