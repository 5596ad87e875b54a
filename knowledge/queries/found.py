"""Articles as the one search box shows them."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from foundation import searching
from knowledge import policies
from knowledge.models import Article
from knowledge.queries.listing import with_open_state
from knowledge.queries.words import with_words
from organization.models import Staff
from organization.searching.hits import NOTHING, Found, Hit, Sought

#: Where the words stand: in the title, in what the customer says, elsewhere.
TITLE, QUESTION, ELSEWHERE = 3, 2, 1


def articles(user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find articles by any of their texts: the title's before the customer's words before others, each newest first.

    What has expired or was withdrawn is found by those who may see it, and marked.
    """
    if not sought.query:
        return NOTHING
    rows = list(_page(_ranked(with_words(policies.visible_to(user), sought.query), sought.text), after)[: most + 1])
    last = rows[most - 1] if len(rows) > most else None
    return Found(hits=[_hit(row, sought) for row in rows[:most]], after=f"{last.rank}~{last.pk}" if last else "")


def _ranked(rows: QuerySet[Article], text: str) -> QuerySet[Any]:
    whens = [
        When(terms=SearchQuery(searching.query(text, weights), search_type="raw", config="simple"), then=Value(rank))
        for rank, weights in ((TITLE, "A"), (QUESTION, "AB"))
    ]
    ranked: QuerySet[Any] = rows.annotate(rank=Case(*whens, default=Value(ELSEWHERE), output_field=IntegerField()))
    return with_open_state(ranked).defer("terms").select_related("category", "department").order_by("-rank", "-pk")


def _page(rows: QuerySet[Any], after: str) -> QuerySet[Any]:
    rank, _tilde, pk = after.partition("~")
    if not (rank.isdecimal() and pk.isdecimal() and len(rank) < 3 and len(pk) < 19):
        return rows
    return rows.filter(Q(rank__lt=int(rank)) | Q(rank=int(rank), pk__lt=int(pk)))


def _hit(row: Article, sought: Sought) -> Hit:
    texts = [
        (_("what the customer says"), row.question),
        (_("answer to the customer"), row.answer),
        (_("steps for the agent"), row.steps),
    ]
    where, text = next(((name, text) for name, text in texts if sought.is_in(text)), texts[0])
    standing = row.standing(timezone.localdate(), row.open_state)  # type: ignore[attr-defined]  # annotated by with_open_state
    return Hit(
        pk=row.pk,
        title=sought.marked(row.title),
        url=reverse("knowledge:article", args=[row.pk]),
        state=(standing.badge, str(standing.label)),
        facts=[str(row.category), str(row.department)],
        where=capfirst(where),
        snippet=sought.snippet(text),
    )
