"""The database's own part: texts become terms, names become terms and pinyin initials, on every path that writes them.

Chinese has no spaces, so a text's terms are its pairs of adjacent characters, with their places, and the last character of each
run by itself: any two or more characters are found as a phrase, one by the beginning of a pair. Words and numbers are terms as
they stand; numbers also from behind, so that their tail is the beginning of a term. `foundation.searching` asks in the same form.
"""

from organization.searching.initials import initials_by_character

#: A text beyond so many characters is found by its beginning.
LONGEST_TEXT = 12_000

# Both are functions of their arguments alone, so that indexes may stand on them. The places end where PostgreSQL's end.
TERMS = f"""
CREATE OR REPLACE FUNCTION search_terms(given text, weight text DEFAULT 'D') RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000 SET search_path FROM CURRENT AS $terms$
BEGIN
    RETURN (
        WITH letters AS MATERIALIZED (
            SELECT letter, place, CASE
                WHEN code BETWEEN 13312 AND 40959 OR code BETWEEN 12352 AND 12543 OR code BETWEEN 63744 AND 64255
                    OR code BETWEEN 131072 AND 205743 OR code IN (12293, 12295) THEN 2
                WHEN code BETWEEN 97 AND 122 OR code BETWEEN 48 AND 57 OR code BETWEEN 192 AND 8191 THEN 1
                ELSE 0 END AS kind
            FROM (
                SELECT letter, place, ascii(letter) AS code
                FROM unnest(string_to_array(
                    lower(left(normalize(given, NFKC), {LONGEST_TEXT}) COLLATE "C"), NULL)) WITH ORDINALITY AS l (letter, place)
            ) AS coded
        ),
        pairs AS (
            SELECT CASE WHEN lead(kind) OVER following = 2 THEN letter || lead(letter) OVER following ELSE letter END AS term,
                place, kind
            FROM letters WINDOW following AS (ORDER BY place)
        ),
        words AS (
            SELECT string_agg(letter, '' ORDER BY place) AS term, min(place) AS place
            FROM (SELECT letter, place, place - row_number() OVER (ORDER BY place) AS run FROM letters WHERE kind = 1) AS runs
            GROUP BY run
        ),
        terms AS (
            SELECT term, place FROM pairs WHERE kind = 2
            UNION ALL SELECT term, place FROM words
            UNION ALL SELECT part[1], place FROM words, regexp_matches(term, '\\d+|\\D+', 'g') AS part
                WHERE term ~ '\\d' AND term ~ '\\D'
            UNION ALL SELECT '~' || reverse(part[1]), place FROM words, regexp_matches(term, '\\d{{4,}}', 'g') AS part
        )
        SELECT coalesce(string_agg('''' || left(term, 200) || ''':' || least(place, 16383) || weight, ' '), '')::tsvector FROM terms
    );
END $terms$;
"""  # noqa: S608 -- constants


def name_function() -> str:
    """Return the SQL of `search_name`, which holds the initials of every character that has some.

    A name's initials are pairs like those of its characters, one for each way to read both: '/zs' for 张三, and for 长乐
    '/zl' and '/zy' besides '/cl' and '/cy'.
    """
    return f"""
CREATE OR REPLACE FUNCTION search_name(VARIADIC given text[]) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 5000 SET search_path FROM CURRENT AS $name$
DECLARE
    whole text := (SELECT string_agg(part, ' ') FROM unnest(given) AS part);
BEGIN
    RETURN search_terms(whole, 'A') || (
        WITH read AS (
            SELECT place, string_to_array('{initials_by_character()}'::jsonb ->> letter, NULL) AS initials
            FROM unnest(string_to_array(whole, NULL)) WITH ORDINALITY AS l (letter, place)
        ),
        pairs AS (SELECT place, initials, lead(initials) OVER (ORDER BY place) AS following FROM read)
        SELECT coalesce(string_agg('''/' || one || other || ''':' || least(place, 16383), ' '), '')::tsvector
        FROM pairs, unnest(initials) AS one, unnest(following) AS other
    );
END $name$;
"""  # noqa: S608 -- constants


REMOVE = """
DROP FUNCTION IF EXISTS search_name(VARIADIC text[]);
DROP FUNCTION IF EXISTS search_terms(text, text);
"""


def install() -> str:
    """Return the SQL that makes both functions."""
    return TERMS + name_function()
