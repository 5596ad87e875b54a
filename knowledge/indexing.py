"""The database's own part of the search: what an article is found by. A generated column keeps it with every change of a text."""

INSTALL = """
CREATE OR REPLACE FUNCTION knowledge_terms(title text, question text, answer text, steps text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 6000
RETURN search_terms(title, 'A') || search_terms(question, 'B') || search_terms(answer || ' ' || steps, 'C');
"""
REMOVE = "DROP FUNCTION IF EXISTS knowledge_terms(text, text, text, text)"
