"""What PostgreSQL's planner believes of the tables, brought up to date after bulk work."""

from django.db import connection, transaction


def refresh_statistics() -> None:
    """ANALYZE every table once the rows that were written are kept.

    Not sooner: an ANALYZE that is rolled back with its rows leaves the planner believing that they are there, or that a table
    which fills up next is empty.
    """
    transaction.on_commit(_analyze)


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
