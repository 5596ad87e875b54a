"""Customers as the one search box shows them: with masked numbers, to those who may look customers up."""

from django.urls import reverse

from complaints import policies
from complaints.models import Customer
from complaints.queries.customers import found
from foundation.masking import mask_number
from organization.models import Staff
from organization.queries.search import page_of
from organization.searching.hits import NOTHING, Found, Hit, Sought


def customers(user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find the customers that the person may look up by name, pinyin initials, or beginning or end of the number."""
    if not policies.may_search_customers(user):
        return NOTHING
    rows = found(policies.customers_visible_to(user), sought.text).filter(number__gt=after).select_related("region")[: most + 1]
    return page_of(rows, most, lambda row: _customer(row, sought), lambda row: row.number)


def _customer(row: Customer, sought: Sought) -> Hit:
    name = row.name or mask_number(row.number)
    facts = [mask_number(row.number), row.get_tier_display(), str(row.region)]
    return Hit(pk=row.pk, title=sought.marked(name), url=reverse("complaints:customer", args=[row.pk]), facts=facts)
