"""What has a name, by name or pinyin initials; colleagues also by number."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, Model, QuerySet

from organization.models import Staff
from organization.searching.hits import Found, Hit, Sought


class Named(Func):
    """A name's terms, in the form on which the index stands."""

    function = "search_name"
    output_field = SearchVectorField()


def called[T: Model](rows: QuerySet[T], query: str, *columns: str) -> QuerySet[T]:
    """Return the rows whose name, in `columns` as the index has them, fits the tsquery."""
    if not query:
        return rows.filter(pk__in=[])
    named: QuerySet[Any] = rows.alias(called=Named(*columns))
    return named.filter(called=SearchQuery(query, search_type="raw", config="simple"))


def page_of[T: Model](rows: Iterable[T], most: int, hit: Callable[[T], Hit], place: Callable[[T], object]) -> Found:
    """Return one page of `most` rows out of `most` + 1, and where the next begins."""
    found = list(rows)
    after = str(place(found[most - 1])) if len(found) > most else ""
    return Found(hits=[hit(row) for row in found[:most]], after=after)


def people(_user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find colleagues at work by name or number, as the API lists them: no phone, no login data."""
    rows = called(Staff.objects.filter(is_active=True), sought.name_query, "name", "name_en", "username")
    page = rows.filter(username__gt=after).select_related("department").order_by("username")[: most + 1]
    return page_of(page, most, lambda row: _person(row, sought), lambda row: row.username)


def _person(row: Staff, sought: Sought) -> Hit:
    facts = [row.username, *([str(row.department)] if row.department else [])]
    return Hit(pk=row.pk, title=sought.marked(str(row)), facts=facts)
