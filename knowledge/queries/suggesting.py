"""The articles that may help with a case: of its category's branch, or like what the customer says."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from knowledge.models import Article, ArticleUse
from organization.trees import paths_above
from workorders.models import Category
from workorders.queries.weighing import terms_of, weights_of

MOST = 3
#: Articles of other branches are found by so many of the text's terms, those that tell most.
RAREST = 24
#: An article of another branch has so much in common with the text, at the least.
LEAST_ALIKE = 0.15
#: What being of the very category is worth, beside a text in common (1 is everything that tells something): of the one above
#: two thirds, of the first level a third.
OF_CATEGORY = 0.3
#: What as many helped cases within 90 days as count at the most are worth.
OF_USES, MOST_USES = 0.1, 50
COUNTED = dt.timedelta(days=90)

#: So many candidates are weighed exactly: those nearest to the category, and of these the likest by the index's own rank.
MOST_WEIGHED = 60

# The rank is quick and knows nothing of how rare a term is; it only keeps the exact weighing from growing with the articles.
CANDIDATES = """
WITH candidate AS MATERIALIZED (
    SELECT a.id, a.terms, array_position(%(paths)s::varchar[], c.path) AS depth
    FROM knowledge_article a JOIN workorders_category c ON c.id = a.category_id
    WHERE a.state = 'published' AND a.valid_until >= %(today)s
        AND (a.terms @@ %(query)s::tsquery OR a.category_id IN (
            SELECT id FROM workorders_category WHERE path = ANY(%(paths)s::varchar[])))
    ORDER BY ts_rank(a.terms, %(query)s::tsquery) + coalesce(array_position(%(paths)s::varchar[], c.path), 0) * 0.1 DESC, a.id DESC
    LIMIT %(most)s
)
SELECT candidate.id, candidate.depth,
    (SELECT coalesce(sum(w.weight), 0) FROM unnest(tsvector_to_array(candidate.terms)) AS had (term)
        JOIN unnest(%(terms)s::text[], %(weights)s::float8[]) AS w (term, weight) USING (term)),
    (SELECT count(*) FROM knowledge_articleuse u
        WHERE u.article_id = candidate.id AND u.ticket_id IS NOT NULL AND u.at > %(since)s AND u.has_helped)
FROM candidate
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """An article that may help, and what has been said of it for this case."""

    article: Article
    #: Cases that it helped with in the last 90 days.
    helped: int
    use: ArticleUse | None = None


def suggested(category: Category | None, text: str, *, now: dt.datetime, filing_key: str = "", most: int = MOST) -> list[Suggested]:
    """Return the published articles that hold today and fit best, the best first; none where nothing is known of the case.

    Ranked by what the texts have in common, weighed as for similar tickets, by how near the article's category is, and by
    how often it has helped. Four queries at most, whatever there is.
    """
    weights = {term: weight.weight for term, weight in weights_of(terms_of(text)).items()}
    if category is None and not weights:
        return []
    scored = _scored(_candidates(category, weights, now), sum(weights.values()))[:most]
    articles = Article.objects.defer("terms").select_related("category", "department").in_bulk([row[0] for row in scored])
    uses = (
        {use.article_id: use for use in ArticleUse.objects.filter(filing_key=filing_key, article__in=articles)}
        if filing_key
        else {}
    )
    return [Suggested(article=articles[pk], helped=helped, use=uses.get(pk)) for pk, helped in scored if pk in articles]


type Candidate = tuple[int, int | None, float, int]


def _candidates(category: Category | None, weights: dict[str, float], now: dt.datetime) -> list[Candidate]:
    rarest = sorted(weights, key=lambda term: (-weights[term], term))[:RAREST]
    values: dict[str, Any] = {
        "paths": paths_above(category.path) if category else [],
        "today": timezone.localdate(now),
        "query": " | ".join(f"'{term}'" for term in rarest),
        "terms": list(weights),
        "weights": list(weights.values()),
        "since": now - COUNTED,
        "most": MOST_WEIGHED,
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, values)
        return cursor.fetchall()


def _scored(candidates: list[Candidate], whole: float) -> list[tuple[int, int]]:
    """Return id and helped cases, the best first; the newer of two that are as good."""
    found = []
    for pk, depth, shared, helped in candidates:
        alike = shared / whole if whole else 0
        if depth is None and alike < LEAST_ALIKE:
            continue
        used = min(1, math.log1p(helped) / math.log1p(MOST_USES))
        found.append((alike + OF_CATEGORY * (depth or 0) / 3 + OF_USES * used, pk, helped))
    return [row[1:] for row in sorted(found, reverse=True)]
