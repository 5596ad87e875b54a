"""Showing a customer's full number: who asked is on record."""

import datetime as dt

from complaints import policies
from complaints.models import Complaint
from foundation import transaction
from foundation.errors import NotAllowed
from organization.models import Staff
from workorders.actions.steps import note
from workorders.locking import lock_ticket


@transaction.atomic
def reveal(*, complaint: Complaint, by: Staff, now: dt.datetime) -> tuple[str, str]:
    """Return the customer's number and the contact phone, and record that `by` saw them. Raises NotAllowed."""
    ticket = lock_ticket(complaint.pk)
    if not policies.may_reveal(by, complaint):
        raise NotAllowed
    note(ticket, "reveal", by=by, now=now)
    return complaint.customer.number, complaint.contact_phone
