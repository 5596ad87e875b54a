"""Another category for a ticket under way: its open clocks are recomputed from their own history."""

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from journal.types import Data
from organization.models import Region, Staff
from workorders import policies
from workorders.actions.recalculating import recalculate
from workorders.actions.steps import note
from workorders.enums import TicketState
from workorders.locking import lock_ticket
from workorders.models import Category, Ticket
from workorders.models.category import LEAF_DEPTH
from workorders.queries.recalculation import RuleBook, by_limits
from workorders.signals import moved


@transaction.atomic
def recategorize(*, ticket: Ticket, category: Category, reason: str, by: Staff, now: dt.datetime) -> Ticket:
    """Correct the category (改类): what a limit says otherwise for the new one moves, what is stopped does not.

    Raises NotAllowed, Conflict on a finished ticket, or Invalid for a category that is no leaf or the same, or no reason.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "recategorize", ticket)
    if ticket.state in TicketState.FINAL:
        raise Conflict(_("%(ticket)s is already %(state)s.") % {"ticket": ticket, "state": ticket.get_state_display()})
    if category.depth != LEAF_DEPTH:
        raise Invalid(category=_("Choose a category of the third level."))
    if category.pk == ticket.category_id:
        raise Invalid(category=_("The ticket has this category already."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    before, ticket.category = ticket.category, category
    data = {"category": category.code, "category_before": before.code, "reason": reason}
    note(ticket, "recategorize", by=by, now=now, data=data)
    return follow(ticket, before, ticket.region, by=by, now=now)


def follow(ticket: Ticket, category: Category, region: Region, *, by: Staff, now: dt.datetime) -> Ticket:
    """Recompute the clocks of a locked ticket that has just been moved from this `category` and `region`, and let others know."""
    moved.send(Ticket, ticket=ticket, category=category, region=region)
    book = RuleBook.read(now)
    targeting = by_limits(book, book, was=lambda case: replace(case, category_path=category.path, region_path=region.path))
    data: Data = {"category": ticket.category.code, "region": ticket.region.code}
    recalculate(tickets=[ticket.pk], targeting=targeting, data=data, by=by, now=now)
    ticket.refresh_from_db(fields=["due_at"])
    return ticket
