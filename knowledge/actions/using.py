"""Saying what a suggested article did for a case."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from foundation.masking import mask_text
from journal.types import Data
from knowledge import policies
from knowledge.enums import ArticleState, VersionState
from knowledge.models import Article, ArticleUse
from organization.models import Staff
from workorders.actions.steps import note
from workorders.locking import lock_key, lock_ticket
from workorders.models import Ticket


@transaction.atomic
def say_use(
    *,
    article: Article,
    version: int,
    filing_key: str,
    has_helped: bool,
    remark: str = "",
    ticket: Ticket | None = None,
    by: Staff,
    now: dt.datetime,
) -> ArticleUse:
    """Say whether an article helped with a case: with its `ticket`, or by its filing key before it is filed.

    It is kept once a case and article; who says otherwise later is right. `version` is the one that was read; long numbers
    in the `remark` are masked. Raises NotAllowed, Conflict, or Invalid for a version that was never shown.
    """
    require(policies.may_use(by, ticket))
    lock_key(filing_key)
    if article.state != ArticleState.PUBLISHED:
        raise Conflict(_("Only what is published is used."))
    if not article.versions.filter(number=version, state=VersionState.PUBLISHED).exists():
        raise Invalid(version=_("This article was never shown in that version."))
    if ticket is None:
        ticket = _filed(filing_key, by)
    said = {"version": version, "has_helped": has_helped, "remark": mask_text(remark), "ticket": ticket, "by": by, "at": now}
    use, _is_new = ArticleUse.objects.update_or_create(article=article, filing_key=filing_key, defaults=said)
    if ticket:
        _note(lock_ticket(ticket.pk), use, by, now)
    return use


def _filed(filing_key: str, by: Staff) -> Ticket | None:
    """Return the ticket that the page has been filed as meanwhile, where this person may see it."""
    ticket = Ticket.objects.filter(filing_key=filing_key).first()
    require(ticket is None or policies.may_use(by, ticket))
    return ticket


@transaction.atomic
def link_uses(*, ticket: Ticket, by: Staff, now: dt.datetime) -> int:
    """Give what was said while a ticket was being entered to the ticket, from where it counts; return how many articles."""
    uses = list(ArticleUse.objects.filter(filing_key=ticket.filing_key, ticket=None).select_related("article").order_by("pk"))
    if uses:
        ticket = lock_ticket(ticket.pk)
    for use in uses:
        use.ticket = ticket
        use.save(update_fields=["ticket"])
        _note(ticket, use, by, now)
    return len(uses)


def _note(ticket: Ticket, use: ArticleUse, by: Staff, now: dt.datetime) -> None:
    data: Data = {"article": use.article_id, "text": use.article.title, "remark": use.remark}
    note(ticket, "article_helped" if use.has_helped else "article_no_help", by=by, now=now, data=data)
