"""A complaint comes in and is noted for the early warning, in its own transaction and in constant time; a job counts it."""

from procrastinate.contrib.django import app

from complaints.models import Arrival, Complaint
from organization.models import Region
from workorders.enums import Channel
from workorders.models import Category, Ticket

#: One at a time: the job holds every series it touches.
COUNTING = "complaints.count_arrivals"


def arrive(complaint: Complaint) -> None:
    """Note a complaint just filed; what staff enter in batches is no sign of a surge."""
    ticket = complaint.ticket
    if ticket.channel != Channel.STAFF:
        _note(ticket, complaint.customer_id, ticket.category, ticket.region)
        _have_counted()


def move_arrival(*, ticket: Ticket, category: Category, region: Region) -> None:
    """Have a ticket that had this category and region counted where it belongs now; one that is no complaint is nowhere."""
    customer = Complaint.objects.filter(pk=ticket.pk).values_list("customer", flat=True).first()
    if customer is None or ticket.channel == Channel.STAFF:
        return
    _note(ticket, customer, category, region, is_withdrawn=True)
    _note(ticket, customer, ticket.category, ticket.region)
    _have_counted()


def _note(ticket: Ticket, customer: int, category: Category, region: Region, *, is_withdrawn: bool = False) -> None:
    Arrival.objects.create(
        ticket=ticket, category=category, region=region, customer_id=customer, at=ticket.filed_at, is_withdrawn=is_withdrawn
    )


def _have_counted() -> None:
    app.configure_task(COUNTING, lock=COUNTING).defer()
