"""Finding customers, and what they complained about before."""

import datetime as dt

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Reverse
from django.db.models.lookups import StartsWith

from complaints.models import Complaint, Customer
from complaints.numbers import bare
from foundation.searching import name_query
from organization.queries.search import called
from workorders.enums import TicketState
from workorders.models import Category

#: A complaint repeats an earlier one of the same customer and category made this long before (domain: 重复投诉率).
REPEAT_AFTER = dt.timedelta(hours=1)
REPEAT_WITHIN = dt.timedelta(days=30)
#: Shorter numbers would match too many customers to be of use.
MIN_DIGITS = 3
#: People know the last four digits by heart; fewer would match too many.
MIN_TAIL = 4


def found(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Return the customers with `text` in their name, in characters or pinyin initials, or as number's beginning or end.

    A number takes three digits from its beginning, four from its end.
    """
    if not bare(text).isdecimal():
        # Ordered by what no index has: else the planner might read all customers by number to find the few of that name.
        return called(customers, name_query(text), "name").order_by(Concat("number", Value("")))
    return customers.filter(_numbered(bare(text))).order_by("number")


def _numbered(digits: str) -> Q | StartsWith:
    if len(digits) < MIN_DIGITS:
        return Q(pk__in=[])
    begins = Q(number__startswith=digits)
    return begins | Q(ends_with(digits)) if len(digits) >= MIN_TAIL else begins


def ends_with(digits: str) -> StartsWith:
    """Return the condition that the number ends with `digits`, in the form that its index answers."""
    return StartsWith(Reverse("number"), digits[::-1])


def complaints_of(text: str) -> QuerySet[Complaint]:
    """Return the complaints of the customers whose name begins with `text`, or whose number is or ends with its digits."""
    term, digits = text.strip(), bare(text)
    if not digits.isdecimal():
        named = Q(name__startswith=term) if term else Q(pk__in=[])
    else:
        named = Q(ends_with(digits)) if len(digits) >= MIN_TAIL else Q(pk__in=[])
    return Complaint.objects.filter(customer__in=Customer.objects.filter(named))


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
