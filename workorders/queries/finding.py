"""Finding tickets by what people remember: words of their texts, numbers, and what the floors above know beside it."""

from collections.abc import Callable

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from foundation.searching import query
from workorders.models import Ticket
from workorders.queries.search import newest

#: A search that finds more is no search; the newest are shown.
MOST_FOUND = 500

type Finder = Callable[[str], QuerySet[Ticket]]

_finders: list[Finder] = []


def finds_by_text(finder: Finder) -> Finder:
    """Register another way to find tickets by what was typed; what the reader may see is not its concern."""
    _finders.append(finder)
    return finder


def found_by_floors(text: str) -> set[int]:
    """Return the ids of the newest tickets that the floors above find by what they know beside them."""
    newest_found = (finder(text).order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND] for finder in _finders)
    return {pk for pks in newest_found for pk in pks}


def with_text(text: str, way: str = "") -> Q:
    """Return the condition that the ticket, reached by `way`, has the text in any of its own, in its number or its customer's.

    Few tickets are named one by one; what many have is left to the condition, as a list of the newest meets it soon.
    """
    candidates, beside = newest(query(text)), found_by_floors(text)
    if candidates.is_all:
        return Q(**{f"{way}pk__in": sorted(beside.union(candidates.pks))})
    fits = Q(**{f"{way}search_entry__terms": SearchQuery(query(text), search_type="raw", config="simple")})
    return fits | Q(**{f"{way}pk__in": sorted(beside)}) if beside else fits
