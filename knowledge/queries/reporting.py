"""Which articles are used and which are not, and where one is missing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from knowledge.enums import ArticleState
from knowledge.models import Article, ArticleUse
from knowledge.queries.counting import COUNTED, Tally, counted, tallied
from knowledge.queries.expiring import expiring
from workorders.models import Category

#: So much of each list is shown.
MOST = 15
#: So long an article has had to be found before it counts as never used.
SETTLED = dt.timedelta(days=30)

# A category lacks an article where none that holds is at it or above it.
MISSING = """
SELECT c.id, filed.n FROM (
    SELECT t.category_id, count(*) AS n FROM workorders_ticket t WHERE t.filed_at > %(since)s GROUP BY t.category_id
) AS filed JOIN workorders_category c ON c.id = filed.category_id
WHERE NOT EXISTS (
    SELECT 1 FROM knowledge_article a JOIN workorders_category above ON above.id = a.category_id
    WHERE a.state = 'published' AND a.valid_until >= %(today)s AND starts_with(c.path, above.path)
) ORDER BY filed.n DESC, c.path LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """A category with complaints and no article, and how many were filed in 30 days."""

    category: Category
    filed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Tally):
    """The knowledge base in figures."""

    held: int
    in_review: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the report shows."""

    whole: Whole
    used: list[Article]
    unused: list[Article]
    expiring: list[Article]
    expired: list[Article]
    gaps: list[Gap]


def report(now: dt.datetime) -> Report:
    """Report on the last 30 days; eight queries, whatever there is."""
    today = timezone.localdate(now)
    published = Article.objects.filter(state=ArticleState.PUBLISHED).defer("terms").select_related("category", "department")
    held = published.filter(valid_until__gte=today)
    return Report(
        whole=_whole(now, held),
        used=list(_with_uses(published, now).filter(uses_counted__gt=0).order_by("-uses_counted", "-pk")[:MOST]),
        unused=list(_unused(held, now)[:MOST]),
        expiring=list(expiring(today)[:MOST]),
        expired=list(published.filter(valid_until__lt=today).order_by("-valid_until", "-pk")[:MOST]),
        gaps=_gaps(now, today),
    )


def _with_uses(rows: QuerySet[Article], now: dt.datetime) -> QuerySet[Any]:
    """Return the articles with their uses, those that helped, and those of tickets that were solved at the first point."""
    counts = counted(now, "uses__")
    return rows.annotate(
        uses_counted=Count("uses", filter=counts),
        uses_helped=Count("uses", filter=counts & Q(uses__has_helped=True)),
        uses_at_once=Count("uses", filter=counts & Q(uses__has_helped=True, uses__ticket__first_point=True)),
    )


def _unused(held: QuerySet[Article], now: dt.datetime) -> QuerySet[Article]:
    """Return what has been published for 30 days or longer, and was used by nobody in these."""
    used = ArticleUse.objects.filter(counted(now), article=OuterRef("pk"))
    return held.filter(~Exists(used), published_at__lte=now - SETTLED).order_by(F("published_at").asc(), "pk")


def _whole(now: dt.datetime, held: QuerySet[Article]) -> Whole:
    in_review = Article.objects.filter(versions__state="in_review").count()
    return Whole(held=held.count(), in_review=in_review, **tallied(ArticleUse.objects.filter(counted(now))))


def _gaps(now: dt.datetime, today: dt.date) -> list[Gap]:
    with connection.cursor() as cursor:
        cursor.execute(MISSING, {"since": now - COUNTED, "today": today, "most": MOST})
        rows = cursor.fetchall()
    found = Category.objects.select_related("parent").in_bulk([pk for pk, _filed in rows])
    return [Gap(found[pk], filed) for pk, filed in rows]
