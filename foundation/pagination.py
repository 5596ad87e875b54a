"""Keyset pages: a page costs the same however far back it lies, and never shifts under new rows."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class NewestFirst(CursorPagination):
    """The API's pages: newest first, 50 rows unless `page_size` asks for up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> Any:
        """Return one page; a cursor that was typed or cut is refused."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as error:
            raise ParseError(_("This is not a cursor that a page gave.")) from error


def behind[Rows: QuerySet[Any]](rows: Rows, pk: int) -> Rows:
    """Return what comes behind the row with that key, in rows ordered by one field and the key, both falling.

    Nothing comes behind a row that is not there.
    """
    newest = str(rows.query.order_by[0]).removeprefix("-")
    place = rows.filter(pk=pk).order_by().values(newest)[:1]
    return rows.filter(Q(**{f"{newest}__lt": place}) | Q(**{newest: place, "pk__lt": pk}))
