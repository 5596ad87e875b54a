"""What the terms of a text tell: the fewer tickets have one, the more."""

import math
from dataclasses import dataclass

from django.db import connection

from foundation.searching import is_chinese, pairs, runs

#: So many different terms of a text are compared; more says nothing more.
MOST_TERMS = 120
#: What more than a third of all tickets have tells nothing.
TOO_COMMON = 1 / 3

# What the last ANALYZE found: the share of tickets that have a term, of the most common ones; else at most `rarest`.
FREQUENCIES = """
WITH known AS (
    SELECT unnest(most_common_elems::text::text[]) AS term, unnest(most_common_elem_freqs) AS share
    FROM pg_stats WHERE schemaname = ANY(current_schemas(false)) AND tablename = 'workorders_searchentry' AND attname = 'terms'
)
SELECT term, share, (SELECT min(share) FROM known) FROM known WHERE term = ANY(%s)
UNION ALL SELECT '', 0, (SELECT min(share) FROM known)
"""


def terms_of(text: str) -> list[str]:
    """Return the terms by which a text is compared: pairs of Chinese characters, and words; numbers tell nothing."""
    found: dict[str, None] = {}
    for run in runs(text):
        if is_chinese(run):
            found |= dict.fromkeys(pairs(run))
        elif not run.isdecimal():
            found[run] = None
    return list(found)[:MOST_TERMS]


@dataclass(frozen=True, slots=True)
class Weight:
    """What a term says: at most this share of tickets have it, and its weight."""

    share: float
    is_known: bool

    @property
    def weight(self) -> float:
        """Return the inverse document frequency, in nats."""
        return -math.log(self.share)


def weights_of(terms: list[str]) -> dict[str, Weight]:
    """Return the terms that tell something; without statistics all tell the same."""
    if not terms:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FREQUENCIES, [terms])
        rows = cursor.fetchall()
    rarest = rows[-1][2] or 0.01
    shares = {term: share for term, share, _rarest in rows[:-1]}
    weights = {term: Weight(shares.get(term, rarest / 2), term in shares) for term in terms}
    return {term: weight for term, weight in weights.items() if weight.share < TOO_COMMON}
