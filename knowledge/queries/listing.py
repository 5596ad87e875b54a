"""The list of articles: which of them, in which order, page by page."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from foundation import searching
from knowledge import policies
from knowledge.enums import ArticleState, Standing, VersionState
from knowledge.models import Article, ArticleUse, Version
from knowledge.queries.counting import counted
from knowledge.queries.expiring import TOLD_BEFORE
from knowledge.queries.words import with_words
from organization.models import Staff
from workorders.models import Category

PAGE_SIZE = 25
#: What the list offers beside the states: what the person wrote or answers for, what waits for them, what expires soon.
MINE, TO_REVIEW, EXPIRING = "mine", "to_review", "expiring"
OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the list is narrowed to."""

    text: str = ""
    category: Category | None = None
    #: A `Standing`, or one of the above.
    show: str = ""


def with_open_state(rows: QuerySet[Article]) -> QuerySet[Any]:
    """Return the articles with the state of the version that is being written or reviewed, as `open_state`."""
    opened = Version.objects.filter(article=OuterRef("pk"), state__in=OPEN).values("state")[:1]
    return rows.annotate(open_state=Subquery(opened))


def listed(user: Staff, chosen: Chosen, now: dt.datetime, after: str = "") -> tuple[list[Article], str]:
    """Return one page of the articles that the person may read, and where the next begins ("" on the last).

    The newest first; of those that expire soon, the first to expire. Each has its uses of 30 days (`uses_counted`).
    """
    rows: QuerySet[Any] = _narrowed(with_open_state(policies.visible_to(user)), user, chosen, timezone.localdate(now))
    soonest = chosen.show == EXPIRING
    rows = _after(rows, after, soonest=soonest).order_by(*(["valid_until", "pk"] if soonest else ["-pk"]))
    rows = rows.annotate(uses_counted=_uses(now)).defer("terms").select_related("category", "department")
    page: list[Article] = list(rows[: PAGE_SIZE + 1])
    last = page[PAGE_SIZE - 1] if len(page) > PAGE_SIZE else None
    place = (f"{last.valid_until}~{last.pk}" if soonest else str(last.pk)) if last else ""
    return page[:PAGE_SIZE], place


def _uses(now: dt.datetime) -> Coalesce:
    uses = ArticleUse.objects.filter(counted(now), article=OuterRef("pk"))
    return Coalesce(Subquery(uses.order_by().values("article").annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _after(rows: QuerySet[Article], after: str, *, soonest: bool) -> QuerySet[Article]:
    day, _tilde, pk = after.rpartition("~")
    if not (pk.isdecimal() and len(pk) < 19):
        return rows
    if not soonest:
        return rows.filter(pk__lt=int(pk))
    try:
        place = dt.date.fromisoformat(day)
    except ValueError:
        return rows
    return rows.filter(Q(valid_until__gt=place) | Q(valid_until=place, pk__gt=int(pk)))


def _narrowed(rows: QuerySet[Article], user: Staff, chosen: Chosen, today: dt.date) -> QuerySet[Article]:
    if chosen.text:
        query = searching.query(chosen.text)
        rows = with_words(rows, query) if query else rows.none()
    if chosen.category:
        rows = rows.filter(category__path__startswith=chosen.category.path)
    return rows.filter(_shown(user, chosen.show, today))


def _to_review(user: Staff) -> QuerySet[Version]:
    """Return the versions in review that this person may publish or send back."""
    kept = Version.objects.filter(state=VersionState.IN_REVIEW, article__in=policies.kept_by(user))
    return kept.exclude(Q(writers__contains=[user.pk]) | Q(written_by=user.pk))


def waiting_count(user: Staff) -> int:
    """Return how many versions wait for this person's review."""
    return _to_review(user).count()


def _shown(user: Staff, show: str, today: dt.date) -> Q:
    published = Q(state=ArticleState.PUBLISHED)
    ways = {
        MINE: Q(written_by=user.pk) | (Q(department=user.department_id) if user.department_id else Q(pk__in=[])),
        TO_REVIEW: Q(pk__in=_to_review(user).values("article")),
        EXPIRING: published & Q(valid_until__gte=today, valid_until__lte=today + TOLD_BEFORE),
        Standing.DRAFT: Q(open_state=VersionState.DRAFT),
        Standing.IN_REVIEW: Q(open_state=VersionState.IN_REVIEW),
        Standing.PUBLISHED: published & Q(valid_until__gte=today),
        Standing.EXPIRED: published & Q(valid_until__lt=today),
        Standing.WITHDRAWN: Q(state=ArticleState.WITHDRAWN),
    }
    return ways.get(show, ~Q(state=ArticleState.WITHDRAWN))
