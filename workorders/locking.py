"""The only place that locks rows. A ticket's row stands for the ticket, its orders and its clocks."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from workorders.models import LimitChange, Ticket, WorkOrder


def lock_key(key: str) -> None:
    """Let only one transaction at a time work under `key`, until it ends: the second finds what the first has filed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [key])


def lock_ticket(pk: int) -> Ticket:
    """Lock and return the ticket as it now is."""
    return _fresh().get(pk=pk)


def lock_tickets(pks: Iterable[int]) -> dict[int, Ticket]:
    """Lock several tickets, always in the order of their ids, so that two merges cannot wait for each other."""
    return {ticket.pk: ticket for ticket in _fresh().filter(pk__in=set(pks)).order_by("pk")}


def lock_order(pk: int) -> WorkOrder:
    """Lock the order's ticket and return the order as it now is, with its ticket."""
    ticket = _fresh().get(orders=pk)
    order = WorkOrder.objects.select_related("department").get(pk=pk)
    order.ticket = ticket
    return order


def lock_change(pk: int) -> LimitChange:
    """Lock and return a change of limits as it now is."""
    return LimitChange.objects.select_for_update(of=("self",)).select_related("by").get(pk=pk)


def _fresh() -> QuerySet[Ticket]:
    return Ticket.objects.select_for_update(of=("self",)).select_related("category", "region")
