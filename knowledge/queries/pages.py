"""One article's page: its versions, what it did, what was said of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst

from knowledge.comparing import Stretch, compared
from knowledge.enums import VersionState
from knowledge.models import Article, ArticleUse, Version
from knowledge.models.article import TEXTS
from knowledge.queries.counting import Tally, counted, tallied
from organization.models import Staff
from workorders import policies as ticket_policies

#: So many remarks are shown.
MOST_REMARKS = 10


def tally(article: Article, now: dt.datetime) -> Tally:
    """Count the article's uses of the last 30 days; one query."""
    return Tally(**tallied(ArticleUse.objects.filter(counted(now), article=article)))


def versions_of(article: Article, *, is_worker: bool) -> list[Version]:
    """Return the versions, the newest first; those not published only to who works on the article."""
    rows = article.versions.select_related("written_by", "reviewed_by", "category").order_by("-number")
    return list(rows if is_worker else rows.filter(state=VersionState.PUBLISHED))


@dataclass(frozen=True, slots=True)
class Difference:
    """One text of an article that is not as it was, in pieces."""

    label: str
    stretches: list[Stretch]


def differences(old: Version, new: Version) -> list[Difference]:
    """Return what the newer version says otherwise, text by text."""
    return list(_differences(old, new))


def _differences(old: Version, new: Version) -> Iterator[Difference]:
    for name in TEXTS:
        before, after = str(getattr(old, name)), str(getattr(new, name))
        if before != after:
            yield Difference(capfirst(str(label_of(name))), compared(before, after))


def label_of(name: str) -> str | Promise:
    """Return a text's words."""
    return Version._meta.get_field(name).verbose_name  # type: ignore[union-attr]  # noqa: SLF001 -- its documented way


def remarks(article: Article) -> list[ArticleUse]:
    """Return the newest remarks on how the article did, each with its ticket."""
    rows = ArticleUse.objects.filter(article=article, ticket__isnull=False).exclude(remark="")
    return list(rows.select_related("by", "ticket").order_by("-at", "-pk")[:MOST_REMARKS])


def readable(user: Staff, uses: list[ArticleUse]) -> set[int]:
    """Return the ids of those of the uses' tickets that the person may read; one query."""
    wanted = [use.ticket_id for use in uses if use.ticket_id]
    return set(ticket_policies.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
