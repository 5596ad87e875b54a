"""Keyset pages: a page costs the same however far back it lies, and never shifts under new rows."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """The API's pages: newest first, 50 rows unless `page_size` asks for up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
