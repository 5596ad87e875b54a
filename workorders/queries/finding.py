"""Finding tickets by what people remember: the end of the number, and what the floors above know beside it."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.db.models.functions import Reverse
from django.db.models.lookups import StartsWith

from workorders.models import Ticket

#: Fewer digits would match too many.
MIN_TAIL = 4
#: A search that finds more is no search; the newest are shown.
MOST_FOUND = 500

type Finder = Callable[[str], QuerySet[Ticket]]

_finders: list[Finder] = []


def finds_by_text(finder: Finder) -> Finder:
    """Register another way to find tickets by what was typed; what the reader may see is not its concern."""
    _finders.append(finder)
    return finder


def found_by_text(text: str) -> list[int]:
    """Return the ids of the newest tickets that are found otherwise than by the beginning of their number or by subject."""
    tails = [ends_with(text)] if text.isdecimal() and len(text) >= MIN_TAIL else []
    return sorted({*found_by_floors(text), *(pk for found in tails for pk in _newest(found))})


def found_by_floors(text: str) -> set[int]:
    """Return the ids of the newest tickets that the floors above find by what they know beside them."""
    return {pk for finder in _finders for pk in _newest(finder(text))}


def _newest(found: QuerySet[Ticket]) -> QuerySet[Ticket, int]:
    return found.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]


def ends_with(digits: str) -> QuerySet[Ticket]:
    """Return the tickets whose number ends with `digits`, in the form that the index answers."""
    return Ticket.objects.filter(StartsWith(Reverse("number"), digits[::-1]))
