"""Departments, people and places by name, pinyin initials or number."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, Model, Q, QuerySet

from organization.models import Department, Region, Staff
from organization.searching.hits import NOTHING, Found, Hit, Sought


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


def departments(_user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find departments by name or code; everybody may know them."""
    if not sought.name_query:
        return NOTHING
    named = called(Department.objects.all(), sought.name_query, "name", "name_en").values("pk")
    rows = Department.objects.filter(Q(pk__in=named) | Q(code__iexact=sought.text), code__gt=after, is_active=True)
    return page_of(rows.select_related("head").order_by("code")[: most + 1], most, lambda row: _department(row, sought), _code)


def _code(row: Department | Region) -> str:
    return row.code


def _department(row: Department, sought: Sought) -> Hit:
    facts = [row.code, row.get_kind_display(), *([str(row.head)] if row.head else [])]
    return Hit(pk=row.pk, title=sought.marked(str(row)), facts=facts)


def people(_user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find colleagues at work by name or number, as the API lists them: no phone, no login data."""
    rows = called(Staff.objects.filter(is_active=True), sought.name_query, "name", "name_en", "username")
    page = rows.filter(username__gt=after).select_related("department").order_by("username")[: most + 1]
    return page_of(page, most, lambda row: _person(row, sought), lambda row: row.username)


def _person(row: Staff, sought: Sought) -> Hit:
    facts = [row.username, *([str(row.department)] if row.department else [])]
    return Hit(pk=row.pk, title=sought.marked(str(row)), facts=facts)
