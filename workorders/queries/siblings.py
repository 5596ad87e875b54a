"""Which tickets are of the same customer. Only the floor above knows customers, so it says how to find them."""

from collections.abc import Callable

from django.db.models import QuerySet

from workorders.enums import TicketState
from workorders.models import Ticket

type Finder = Callable[[Ticket], QuerySet[Ticket]]

_finders: list[Finder] = []


def finds_siblings(finder: Finder) -> Finder:
    """Register how to find all tickets of a ticket's customer, itself among them; the last one registered counts."""
    _finders.append(finder)
    return finder


def siblings(ticket: Ticket) -> QuerySet[Ticket]:
    """Return all tickets of the same customer, `ticket` among them; of a ticket without one, those without one."""
    return _finders[-1](ticket) if _finders else Ticket.objects.all()


def merge_targets(ticket: Ticket) -> QuerySet[Ticket]:
    """Return what `ticket` may be merged into: other open tickets of the same customer and category (rule 14), newest first."""
    others = siblings(ticket).filter(category=ticket.category_id, state__in=TicketState.OPEN).exclude(pk=ticket.pk)
    return others.order_by("-pk")
