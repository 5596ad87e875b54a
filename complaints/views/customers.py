"""Customers: finding them, what they complained about, and showing a number that is otherwise masked."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from complaints import policies
from complaints.actions.revealing import reveal as reveal_number
from complaints.numbers import is_phone
from complaints.queries import repeating
from complaints.queries.customers import found
from complaints.queries.duplicates import earlier, open_count, with_open_counts
from complaints.views.parts import LONGEST_QUERY
from foundation.errors import NotAllowed
from organization.requests import StaffRequest
from workorders import policies as ticket_policies

PAGE = 25
#: What the list of customers who complain again can be narrowed to.
DAYS, LEAST = (30, 7, 60), (2, 3, 5)
#: The customer page lists this many complaints; the ticket search has the rest.
LISTED = 50


@require_GET
def search(request: StaffRequest) -> HttpResponse:
    """List the customers who fit what was typed; one of another region only for the whole number, and in part."""
    if not policies.may_search_customers(request.user):
        raise NotAllowed
    query = request.GET.get("find", "").replace("\0", "").strip()[:LONGEST_QUERY]
    after = request.GET.get("after", "").replace("\0", "")
    visible = with_open_counts(request.user, policies.customers_visible_to(request.user))
    page = list(found(visible, query).filter(number__gt=after)[: PAGE + 1])
    caller = policies.customer_on_the_line(request.user, query) if is_phone(query) and not page and not after else None
    context = {
        "query": query,
        "customers": page[:PAGE],
        "elsewhere": caller,
        "elsewhere_open": open_count(caller) if caller else 0,
        "after": page[PAGE - 1].number if len(page) > PAGE else "",
        "may_file": ticket_policies.may_file(request.user),
    }
    return render(request, "complaints/customers.html", context)


@require_GET
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one customer with the complaints that the person may read."""
    if not policies.may_search_customers(request.user):
        raise NotAllowed
    person = policies.get_customer(request.user, pk)
    complaints = list(earlier(request.user, person)[: LISTED + 1])
    for complaint in complaints:
        complaint.customer = person
    context = {
        "customer": person,
        "complaints": complaints[:LISTED],
        "has_more": len(complaints) > LISTED,
        "revealing": next((each for each in complaints if policies.may_reveal(request.user, each)), None),
        "open_count": sum(each.ticket.is_open for each in complaints),
        "now": timezone.now(),
        "may_file": ticket_policies.may_file(request.user),
    }
    return render(request, "complaints/customer.html", context)


@require_GET
def repeaters(request: StaffRequest) -> HttpResponse:
    """List the customers who complained most often lately."""
    if not policies.may_read_repeaters(request.user):
        raise NotAllowed
    days, least = _chosen(request, "days", DAYS), _chosen(request, "least", LEAST)
    rows, number = repeating.repeaters(request.user, days=days, least=least, now=timezone.now())
    context = {"rows": rows, "number": number, "days": days, "least": least, "spans": DAYS, "leasts": LEAST}
    context["may_open"] = policies.may_search_customers(request.user)
    return render(request, "complaints/repeaters.html", context)


def _chosen(request: StaffRequest, name: str, choices: tuple[int, ...]) -> int:
    """Return what was chosen, the first of the choices where nothing or something else was."""
    return next((choice for choice in choices if str(choice) == request.GET.get(name)), choices[0])


@require_POST
@never_cache
def reveal(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the full number and the contact phone once; the ticket's journal says to whom."""
    complaint = policies.get_complaint(request.user, pk)
    number, phone = reveal_number(complaint=complaint, by=request.user, now=timezone.now())
    context = {"complaint": complaint, "number": number, "phone": phone}
    return render(request, f"complaints/revealed.html{'#numbers' if request.htmx else ''}", context)
