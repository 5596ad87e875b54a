"""What who answers for an article does with it: reviews it, says that it is still right, withdraws it, is told in time."""

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed, require
from journal.notify import Occasion, notify, notify_many
from journal.record import record
from journal.types import Data
from knowledge import policies
from knowledge.actions.writing import told
from knowledge.enums import ArticleState, VersionState
from knowledge.locking import lock_article, open_version
from knowledge.models import Article, Version
from knowledge.models.article import TEXTS
from knowledge.queries.expiring import KEPT_FOR, expiring
from organization.models import Staff
from organization.queries.days import local_day


def _in_review(article: Article, read: str | None) -> Version:
    """Return the version in review, if it is the one that was `read`; None means that the caller showed nothing."""
    version = open_version(article)
    if version is None or version.state != VersionState.IN_REVIEW:
        raise Conflict(_("Nothing of this article is in review."))
    if read is not None and read != version.handed_in:
        told = {"number": version.number, "person": version.written_by}
        raise Conflict(_("Version %(number)d by %(person)s was handed in anew after you read it. Please read it again.") % told)
    return version


@transaction.atomic
def publish(
    *, article: Article, valid_until: dt.date | None = None, handed_in: str | None = None, by: Staff, now: dt.datetime
) -> Article:
    """Publish the version in review; it is shown from now on, and holds until `valid_until` or for 180 days.

    `handed_in` is that of the version that was read; None means that the caller showed nothing.
    Raises NotAllowed, Conflict (also where the version was handed in anew since), or Invalid for a day that is past.
    """
    article = lock_article(article.pk)
    version = _in_review(article, handed_in)
    if not policies.may_review(by, article, version):
        raise NotAllowed(_("A version is reviewed by who answers for it and did not write in it."))
    article.valid_until = _valid_until(valid_until, now)
    version.publish(by_id=by.pk, at=now)
    version.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    if article.state == ArticleState.NEW:
        article.publish()
    for name in TEXTS:
        setattr(article, name, getattr(version, name))
    article.shown, article.published_at, article.confirmed_at = version.number, now, None
    article.save(update_fields=[*TEXTS, "state", "shown", "published_at", "confirmed_at", "valid_until"])
    data: Data = {"version": version.number, "valid_until": f"{article.valid_until}"}
    record(article.stream, "article.publish", by=by, at=now, data=data)
    key = f"article:{article.pk}:publish:{version.number}"
    notify("article.published", key=key, to=_writers(version), at=now, stream=article.stream, data=told(article))
    return article


def _valid_until(wanted: dt.date | None, now: dt.datetime) -> dt.date:
    today = timezone.localdate(now)
    if wanted and wanted < today:
        raise Invalid(valid_until=_("This day is past."))
    return wanted or today + KEPT_FOR


def _writers(version: Version) -> list[Staff]:
    return list(Staff.objects.filter(pk__in=version.writers, is_active=True).order_by("pk"))


@transaction.atomic
def send_back(*, article: Article, reason: str, handed_in: str | None = None, by: Staff, now: dt.datetime) -> Version:
    """Give the version in review back to be written again. Raises NotAllowed, Conflict or Invalid.

    Its writers may take it back themselves. `handed_in` is as for `publish`.
    """
    article = lock_article(article.pk)
    version = _in_review(article, handed_in)
    require(policies.may_keep(by, article) or by.pk in version.writers)
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    version.send_back(reason)
    version.save(update_fields=["state", "submitted_at", "returned_for"])
    record(article.stream, "article.send_back", by=by, at=now, data={"version": version.number, "reason": reason})
    to = [person for person in _writers(version) if person.pk != by.pk]
    key = f"article:{article.pk}:return:{version.number}:{now.isoformat()}"
    notify("article.returned", key=key, to=to, at=now, stream=article.stream, data=told(version, reason=reason))
    return version


@transaction.atomic
def confirm_right(*, article: Article, by: Staff, now: dt.datetime) -> Article:
    """Say that a published article is still right: it holds for 180 days from today, or longer where it did.

    Raises NotAllowed or Conflict.
    """
    article = lock_article(article.pk)
    require(policies.may_keep(by, article))
    if article.state != ArticleState.PUBLISHED:
        raise Conflict(_("Only what is published is confirmed."))
    if article.confirmed_at and local_day(article.confirmed_at) == local_day(now):
        raise Conflict(_("This was confirmed today already."))
    until = _valid_until(None, now)
    article.valid_until, article.confirmed_at = max(article.valid_until or until, until), now
    article.save(update_fields=["valid_until", "confirmed_at"])
    record(article.stream, "article.confirm_right", by=by, at=now, data={"valid_until": f"{article.valid_until}"})
    return article


@transaction.atomic
def withdraw(*, article: Article, reason: str, by: Staff, now: dt.datetime) -> Article:
    """Take an article out of the knowledge base, for good; its open version is dropped. Raises NotAllowed, Conflict or Invalid."""
    article = lock_article(article.pk)
    require(policies.may_withdraw(by, article))
    if article.state == ArticleState.WITHDRAWN:
        raise Conflict(_("This article is withdrawn."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    if version := open_version(article):
        version.drop()
        version.save(update_fields=["state"])
    article.withdraw()
    article.withdrawn_by, article.withdrawn_at, article.withdrawn_for = by, now, reason
    article.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_for"])
    record(article.stream, "article.withdraw", by=by, at=now, data={"reason": reason})
    return article


@transaction.atomic
def tell_expiring(*, now: dt.datetime) -> int:
    """Tell who answers for them of the articles that expire within 14 days, once for each date; return how many those are."""
    soon = list(expiring(timezone.localdate(now)))
    with override(settings.LANGUAGE_CODE):
        occasions = [_expiry(article) for article in soon]
    notify_many("article.expiring", occasions, at=now)
    return len(soon)


def _expiry(article: Article) -> Occasion:
    people = tuple(person.pk for person in policies.keepers_of(article))
    key = f"article:{article.pk}:expiring:{article.valid_until}"
    return Occasion(key, people, article.stream, told(article, valid_until=f"{article.valid_until}"))
