"""Complaints whose customers could not be asked in time."""

import datetime as dt

from django.db.models import QuerySet

from complaints.models import Complaint
from workorders.enums import TicketState


def unanswered(now: dt.datetime, within: dt.timedelta) -> QuerySet[Complaint]:
    """Return the complaints that have awaited a callback for longer than `within`, the oldest first."""
    waiting = Complaint.objects.filter(ticket__state=TicketState.AWAITING_CALLBACK, ticket__replied_at__lt=now - within)
    return waiting.select_related("ticket").order_by("ticket__replied_at")
