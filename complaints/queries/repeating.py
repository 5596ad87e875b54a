"""Customers who complain again and again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet, Window

from complaints import policies
from complaints.models import Complaint, Customer
from complaints.queries.customers import REPEAT_WITHIN
from complaints.queries.duplicates import SET_ASIDE
from organization.models import Staff
from workorders.enums import TicketState

#: So many customers are listed, so many complaints of each.
MOST, SHOWN = 50, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeater:
    """A customer with the complaints of the time looked at."""

    customer: Customer
    number: int
    open: int
    #: Complaints of the same kind as an earlier one of at most 30 days before (重复投诉).
    repeats: int
    newest_at: dt.datetime
    complaints: list[Complaint]


def lately(customers: Iterable[int], now: dt.datetime) -> dict[int | None, int]:
    """Return how many complaints each of these customers made in the last 30 days."""
    filed = Complaint.objects.filter(customer__in=set(customers), ticket__filed_at__gte=now - REPEAT_WITHIN)
    counted = filed.exclude(ticket__state__in=SET_ASIDE).values("customer").annotate(number=Count("pk"))
    return dict(counted.values_list("customer", "number"))


def repeaters(user: Staff, *, days: int, least: int, now: dt.datetime) -> tuple[list[Repeater], int]:
    """Return the customers with at least so many complaints that `user` may read in the last `days`, and how many they are.

    Most complaints first, the newest first among as many; the first 50, each with their newest six. What was merged or
    cancelled does not count. Three queries.
    """
    filed = _filed(user, now - dt.timedelta(days=days))
    counted = (
        filed.values("customer")
        .annotate(
            number=Count("pk"),
            open=Count("pk", filter=Q(ticket__state__in=TicketState.OPEN)),
            again=Count("repeat_of"),
            newest_at=Max("ticket__filed_at"),
        )
        .filter(number__gte=least)
        .annotate(customers=Window(Count("*")))
        .order_by("-number", "-newest_at", "customer")
    )
    rows = list(counted[:MOST])
    pks = [row["customer"] for row in rows]
    customers = Customer.objects.select_related("region").in_bulk(pks)
    own = _newest(filed, pks)
    found = [
        Repeater(
            customer=customers[row["customer"]],
            number=row["number"],
            open=row["open"],
            repeats=row["again"],
            newest_at=row["newest_at"],
            complaints=own[row["customer"]],
        )
        for row in rows
    ]
    return found, rows[0]["customers"] if rows else 0


def _filed(user: Staff, since: dt.datetime) -> QuerySet[Complaint]:
    filed = policies.complaints_visible_to(user).filter(ticket__filed_at__gte=since)
    return filed.exclude(ticket__state__in=SET_ASIDE)


def _newest(filed: QuerySet[Complaint], customers: list[int]) -> dict[int, list[Complaint]]:
    rows = filed.filter(customer__in=customers).select_related("ticket__category", "ticket__region").order_by("-ticket")
    own: dict[int, list[Complaint]] = defaultdict(list)
    for complaint in rows:
        if len(own[complaint.customer_id]) < SHOWN:
            own[complaint.customer_id].append(complaint)
    return own
