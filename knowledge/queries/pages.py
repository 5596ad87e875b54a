"""One article's page: its versions, what it did, what was said of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.text import capfirst

from knowledge.comparing import Stretch, compared
from knowledge.enums import VersionState
from knowledge.models import Article, ArticleUse, Version
from knowledge.models.article import TEXTS
from organization.models import Staff
from workorders import policies as ticket_policies

#: Uses of so long are counted, and so many remarks shown.
COUNTED, MOST_REMARKS = dt.timedelta(days=30), 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What an article did in the last 30 days, by the tickets it was tried on."""

    uses: int = 0
    helped: int = 0
    #: Of those, tickets that were solved at the first point.
    at_once: int = 0

    @property
    def share(self) -> Fraction | None:
        """Return the share of the uses that helped; None without any."""
        return Fraction(self.helped, self.uses) if self.uses else None


def tally(article: Article, now: dt.datetime) -> Tally:
    """Count the article's uses of the last 30 days; one query."""
    return Tally(**_counted(article, now))


def _counted(article: Article, now: dt.datetime) -> dict[str, int]:
    rows = ArticleUse.objects.filter(article=article, ticket__isnull=False, at__gt=now - COUNTED)
    return rows.aggregate(
        uses=Count("pk"),
        helped=Count("pk", filter=Q(has_helped=True)),
        at_once=Count("pk", filter=Q(has_helped=True, ticket__first_point=True)),
    )


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
