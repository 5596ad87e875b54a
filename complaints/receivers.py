"""What complaints do when something happens to their tickets, and what they know of them."""

import datetime as dt

from django.db.models import QuerySet
from django.dispatch import receiver

from complaints.actions.arriving import move_arrival
from complaints.actions.ending import end_with_master
from complaints.actions.following import follow_reopened
from complaints.models import Complaint
from complaints.queries.bulletins.sealing import seal_differences
from complaints.queries.customers import complaints_of
from complaints.queries.similar import search_differences
from complaints.queries.summed import sum_differences
from knowledge.queries.prefilling import names_people
from organization.models import Region, Staff
from workorders.models import Category, Ticket
from workorders.queries.finding import finds_by_text
from workorders.queries.siblings import finds_siblings
from workorders.rebuild import checked_too
from workorders.signals import ended, moved, reopened

checked_too(sum_differences)
checked_too(search_differences)
checked_too(seal_differences)


@receiver(reopened, dispatch_uid="complaints.follow_reopened")
def on_reopened(*, ticket: Ticket, new: Ticket, **_named: object) -> None:
    """Take the customer along to the ticket that was filed anew."""
    follow_reopened(ticket=ticket, new=new)


@receiver(moved, dispatch_uid="complaints.move_arrival")
def on_moved(*, ticket: Ticket, category: Category, region: Region, **_named: object) -> None:
    """Count the complaint in the series it belongs to."""
    move_arrival(ticket=ticket, category=category, region=region)


@receiver(ended, dispatch_uid="complaints.end_with_master")
def on_ended(*, ticket: Ticket, by: Staff, now: dt.datetime, **_named: object) -> None:
    """End the incident whose master ticket this was."""
    end_with_master(ticket=ticket, by=by, now=now)


@finds_by_text
def of_customer_named(text: str) -> QuerySet[Ticket]:
    """Return the tickets of the customers whose number ends with the text, or whose name begins with it."""
    return Ticket.objects.filter(pk__in=complaints_of(text).values("ticket"))


@names_people
def customer_and_contact(ticket: Ticket) -> list[str]:
    """Return the names of the customer and of the contact of `ticket`."""
    rows = Complaint.objects.filter(pk=ticket.pk).values_list("customer__name", "contact_name")
    return [name for row in rows for name in row]


@finds_siblings
def of_same_customer(ticket: Ticket) -> QuerySet[Ticket]:
    """Return all tickets of the customer of `ticket`; of one that is no complaint, those that are none."""
    customer = Complaint.objects.filter(pk=ticket.pk).values_list("customer", flat=True).first()
    if customer is None:
        return Ticket.objects.filter(complaint=None)
    return Ticket.objects.filter(complaint__customer=customer)
