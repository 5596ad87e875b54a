"""Finding customers, and what they complained about before."""

import datetime as dt

from django.db.models import Q, QuerySet

from complaints.models import Complaint, Customer
from workorders.enums import TicketState
from workorders.models import Category

#: A complaint repeats an earlier one of the same customer and category made this long before (domain: 重复投诉率).
REPEAT_AFTER = dt.timedelta(hours=1)
REPEAT_WITHIN = dt.timedelta(days=30)
#: Shorter numbers would match too many customers to be of use.
MIN_DIGITS = 3


def found(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Return the customers whose number or name begins with `text`, numbers first."""
    term = text.strip()
    if not term:
        return customers.none()
    matching = Q(name__startswith=term)
    digits = term.replace(" ", "").replace("-", "")
    if len(digits) >= MIN_DIGITS:
        matching |= Q(number__startswith=digits)
    return customers.filter(matching).order_by("number")


def history(customer: Customer) -> QuerySet[Complaint]:
    """Return the customer's complaints, newest first, with their tickets."""
    related = ("ticket__category", "ticket__region")
    return Complaint.objects.filter(customer=customer).select_related(*related).order_by("-ticket")


def repeated(customer: Customer, category: Category, now: dt.datetime) -> Complaint | None:
    """Return the complaint that one filed `now` would repeat, or None."""
    return (
        Complaint.objects.filter(
            customer=customer,
            ticket__category=category,
            ticket__filed_at__gte=now - REPEAT_WITHIN,
            ticket__filed_at__lt=now - REPEAT_AFTER,
        )
        .exclude(ticket__state__in=[TicketState.MERGED, TicketState.CANCELLED])
        .order_by("-ticket")
        .first()
    )
