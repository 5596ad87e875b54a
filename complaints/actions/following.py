"""Keeping the customer with the matter when its ticket gets a successor."""

from complaints.models import Complaint
from workorders.models import Ticket


def follow_reopened(*, ticket: Ticket, new: Ticket) -> Complaint | None:
    """Give `new`, which takes `ticket` up again, the same customer, contact, place and time; None where it has no customer.

    The caller has locked both and records the event. It is no repeat complaint: the customer is counted once.
    """
    earlier = Complaint.objects.filter(pk=ticket.pk).first()
    if earlier is None:
        return None
    return Complaint.objects.create(
        ticket=new,
        customer_id=earlier.customer_id,
        contact_name=earlier.contact_name,
        contact_phone=earlier.contact_phone,
        place=earlier.place,
        occurred_at=earlier.occurred_at,
    )
