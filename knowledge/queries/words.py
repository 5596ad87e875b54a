"""Articles by what is written in them."""

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from knowledge.models import Article


def with_words(rows: QuerySet[Article], query: str) -> QuerySet[Article]:
    """Return the articles that have what the tsquery asks for."""
    return rows.filter(terms=SearchQuery(query, search_type="raw", config="simple"))
