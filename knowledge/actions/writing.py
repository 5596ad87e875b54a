"""Writing articles: the first version, later ones, and handing them in."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from foundation.masking import mask_text
from journal.notify import notify
from journal.record import record
from journal.types import Data
from knowledge import policies
from knowledge.enums import ArticleState, VersionState
from knowledge.locking import lock_article, open_version
from knowledge.models import Article, Version
from knowledge.models.article import TEXTS
from organization.models import Department, Staff
from workorders.locking import lock_key
from workorders.models import Category, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an article says."""

    title: str
    category: Category
    question: str
    answer: str
    steps: str = ""

    def check(self) -> None:
        """Raise Invalid where something that every article has is missing."""
        missing = {name: _("Write something.") for name in ("title", "question", "answer") if not getattr(self, name).strip()}
        if missing:
            raise Invalid(**missing)

    def written_in(self, row: Article | Version) -> None:
        """Write the words into an article or a version, which the caller saves; long numbers are masked."""
        for name in TEXTS:
            text = getattr(self, name)
            setattr(row, name, mask_text(text) if isinstance(text, str) else text)


@transaction.atomic
def write_article(
    *,
    department: Department,
    words: Words,
    source: Ticket | None = None,
    filing_key: str = "",
    submit: bool = False,
    by: Staff,
    now: dt.datetime,
) -> Article:
    """Begin an article that `department` will own; with `submit` it goes to its review in the same step.

    `filing_key` makes it count once: the same key again returns the first article, and refuses other words.
    Raises NotAllowed, Conflict where the `source` is not solved, or Invalid by field.
    """
    require(policies.may_write_for(by, department))
    if source and not policies.may_make_from(by, source):
        raise Conflict(_("An article is made of a ticket whose customer has the answer."))
    words.check()
    if filing_key and (first := _filed(filing_key, words)):
        return first
    article = Article(department=department, source=source, filing_key=filing_key, written_by=by, written_at=now)
    words.written_in(article)
    article.save()
    version = Version(article=article, number=1, written_by=by, written_at=now, writers=[by.pk])
    words.written_in(version)
    version.save()
    data: Data = {"version": 1, "department": department.code, "ticket": source.pk if source else None}
    record(article.stream, "article.write", by=by, at=now, data=data)
    if submit:
        _hand_in(article, version, by, now)
    return article


def _filed(filing_key: str, words: Words) -> Article | None:
    """Return the article that was made under this key, if it began with these words; wait for who is making it now."""
    lock_key(filing_key)
    first = Article.objects.filter(filing_key=filing_key).defer("terms").first()
    if first is None:
        return None
    said, again = first.versions.get(number=1), Version()
    words.written_in(again)
    if any(getattr(said, name) != getattr(again, name) for name in TEXTS):
        raise Conflict(_("This page was kept already as “%(title)s”; open that article to go on writing.") % {"title": first.title})
    return first


@transaction.atomic
def revise(
    *, article: Article, words: Words, change: str = "", base: str | None = None, submit: bool = False, by: Staff, now: dt.datetime
) -> Version:
    """Write in the open version, or begin the next one; what is published is shown until that has passed its review.

    `base` is the stamp of the version that the words began from; None means that the caller showed nothing.
    Raises NotAllowed, Conflict for what is withdrawn, in review or was written by others since `base`, or Invalid by field.
    """
    article = lock_article(article.pk)
    require(policies.may_revise(by, article))
    version = _writable(article)
    last = article.versions.select_related("written_by").order_by("-number")[0]
    if base is not None and base != last.stamp:
        raise Conflict(_overtaken(last))
    words.check()
    if article.shown and not change.strip():
        raise Invalid(change=_("Say what changed and why."))
    if version is None:
        version = Version(article=article, number=last.number + 1)
    words.written_in(version)
    version.change, version.written_by, version.written_at = mask_text(change), by, now
    version.writers = sorted({*version.writers, by.pk})
    version.save()
    if article.state == ArticleState.NEW:
        words.written_in(article)
        article.save(update_fields=list(TEXTS))
    record(article.stream, "article.revise", by=by, at=now, data={"version": version.number, "change": version.change})
    if submit:
        _hand_in(article, version, by, now)
    return version


def _overtaken(last: Version) -> str:
    at = date_format(timezone.localtime(last.written_at), "Y-m-d H:i")
    told = {"person": last.written_by, "number": last.number, "at": at}
    return _("%(person)s wrote version %(number)d at %(at)s, after you began. Compare it with yours, then keep that again.") % told


def _writable(article: Article) -> Version | None:
    """Return the draft that may be written in; None where a new version may be begun."""
    if article.state == ArticleState.WITHDRAWN:
        raise Conflict(_("This article is withdrawn."))
    version = open_version(article)
    if version and version.state == VersionState.IN_REVIEW:
        raise Conflict(
            _("Version %(number)d is being reviewed; it is written in again when it comes back.") % {"number": version.number}
        )
    return version


@transaction.atomic
def submit(*, article: Article, by: Staff, now: dt.datetime) -> Version:
    """Hand the draft in for its review. Raises NotAllowed, or Conflict where there is none."""
    article = lock_article(article.pk)
    require(policies.may_revise(by, article))
    version = _writable(article)
    if version is None:
        raise Conflict(_("There is nothing to review; write a new version first."))
    return _hand_in(article, version, by, now)


def _hand_in(article: Article, version: Version, by: Staff, now: dt.datetime) -> Version:
    version.submit(at=now)
    version.save(update_fields=["state", "submitted_at", "returned_for"])
    record(article.stream, "article.submit", by=by, at=now, data={"version": version.number})
    key = f"article:{article.pk}:submit:{version.number}:{now.isoformat()}"
    to = policies.reviewers_for(article, version)
    notify("article.submitted", key=key, to=to, at=now, stream=article.stream, data=told(version, writer=str(version.written_by)))
    return version


def told(row: Article | Version, **more: str) -> Data:
    """Return what notices about an article mention."""
    return {"title": row.title, "category": row.category.name, **more}
