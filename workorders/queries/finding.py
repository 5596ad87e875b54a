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
    ways = [finder(text) for finder in _finders]
    if text.isdecimal() and len(text) >= MIN_TAIL:
        ways.append(ends_with(text))
    return sorted({pk for found in ways for pk in found.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]})


def ends_with(digits: str) -> QuerySet[Ticket]:
    """Return the tickets whose number ends with `digits`, in the form that the index answers."""
    return Ticket.objects.filter(StartsWith(Reverse("number"), digits[::-1]))
