"""Reopening a closed complaint (重开): the same matter of the same customer as a new ticket, linked to the closed one."""

import datetime as dt

from django.db import transaction

from complaints.models import Complaint
from organization.models import Staff
from workorders.actions.closing import reopen


@transaction.atomic
def reopen_complaint(*, complaint: Complaint, reason: str, filing_key: str, by: Staff, now: dt.datetime) -> Complaint:
    """File the closed complaint's matter anew within 30 days, with its customer, and return the new complaint.

    `filing_key` makes it count once. Raises NotAllowed, Conflict when it is not closed or closed for longer, or Invalid
    without a reason.
    """
    ticket = reopen(ticket=complaint.ticket, reason=reason, filing_key=filing_key, by=by, now=now)
    again, _made = Complaint.objects.get_or_create(
        ticket=ticket,
        defaults={
            "customer": complaint.customer,
            "contact_name": complaint.contact_name,
            "contact_phone": complaint.contact_phone,
            "place": complaint.place,
            "occurred_at": complaint.occurred_at,
        },
    )
    again.ticket = ticket
    return again
