"""The only place that locks rows. A ticket's row stands for the ticket, its orders and its clocks."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from workorders.models import Clock, LadderFault, LimitChange, Supervision, Ticket, WorkOrder


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


def claim_due_clocks(now: dt.datetime, limit: int) -> list[int]:
    """Lock the tickets of the clocks whose ladder step is due, the longest due first, and return the clocks' ids.

    What another transaction has locked is left to it: nobody waits, so any number of workers can claim side by side.
    Clocks whose step was put off wait for their time. The clock's row is locked too, so that a clock that was paused or
    stopped since this statement began is not among them.
    """
    put_off = LadderFault.objects.filter(clock=OuterRef("pk"), until__gt=now)
    due = Clock.objects.filter(~Exists(put_off), next_step_at__lte=now).order_by("next_step_at")
    rows = due.select_related("ticket").only("id", "ticket__id")
    return [clock.pk for clock in _claimed(rows, "ticket")[:limit]]


def claim_clock(pk: int) -> bool:
    """Lock the ticket of one clock, if nobody else has it now."""
    rows = Clock.objects.filter(pk=pk).select_related("ticket").only("id", "ticket__id")
    return bool(list(_claimed(rows, "ticket")))


def claim_due_supervisions(now: dt.datetime, limit: int) -> list[int]:
    """Lock the tickets of the supervisions that are owed something by now, and return the supervisions' ids."""
    due = Supervision.objects.filter(check_at__lte=now).order_by("check_at")
    rows = due.select_related("order__ticket").only("id", "order__id", "order__ticket__id")
    return [row.pk for row in _claimed(rows, "order__ticket")[:limit]]


def _claimed[M: (Clock, Supervision)](rows: QuerySet[M], ticket: str) -> QuerySet[M]:
    return rows.select_for_update(of=("self", ticket), skip_locked=True)
