"""What the agent should see before filing: what this customer complained about before, and whether this has been filed."""

import datetime as dt

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from complaints import policies
from complaints.models import Complaint, Customer
from organization.models import Staff
from workorders.enums import TicketState
from workorders.models import Category

#: A complaint of the same second-level category counts as a likely duplicate for this long, even when closed.
SAME_MATTER_WITHIN = dt.timedelta(hours=24)
#: Set aside: another ticket carries the matter, or the customer withdrew it.
SET_ASIDE = (TicketState.MERGED, TicketState.CANCELLED)


def duplicates(
    user: Staff,
    customer: Customer,
    category: Category,
    now: dt.datetime,
    *,
    number: str = "",
) -> QuerySet[Complaint]:
    """Return what is likely the same matter and visible to `user`, newest first.

    That is every open ticket of this customer and category, and every one of the same second level filed in the last
    24 hours. With the `number` of the customer who is on the line, open ones of other regions too, to be urged but not read.
    """
    second_level = category.path.rstrip("/").rpartition("/")[0] + "/"
    same = Q(ticket__category=category, ticket__state__in=TicketState.OPEN)
    near = Q(ticket__category__path__startswith=second_level, ticket__filed_at__gt=now - SAME_MATTER_WITHIN)
    reached = policies.complaints_visible_to(user)
    if number:
        reached = Complaint.objects.filter(Q(pk__in=reached) | Q(pk__in=policies.callable_again(user, number)))
    mine = reached.filter(same | near, customer=customer)
    return (
        mine.exclude(ticket__state__in=SET_ASIDE)
        .select_related("customer", "ticket__category", "ticket__region")
        .order_by("-ticket")
    )


def earlier(user: Staff, customer: Customer) -> QuerySet[Complaint]:
    """Return the customer's complaints that `user` may read, newest first, with their tickets."""
    mine = policies.complaints_visible_to(user).filter(customer=customer)
    return mine.select_related("ticket__category", "ticket__region").order_by("-ticket")


def open_count(customer: Customer) -> int:
    """Return how many of the customer's tickets are open, in whatever region."""
    return Complaint.objects.filter(customer=customer, ticket__state__in=TicketState.OPEN).count()


def with_open_counts(user: Staff, customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Add `open_count`, the number of the customer's open tickets that `user` may read, and the region."""
    mine = policies.complaints_visible_to(user).filter(customer=OuterRef("pk"), ticket__state__in=TicketState.OPEN)
    counted = mine.order_by().values("customer").annotate(n=Count("pk")).values("n")
    return customers.select_related("region").annotate(open_count=Coalesce(Subquery(counted), 0))
