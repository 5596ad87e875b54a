"""The one door to a callback, for the page and the API: refuses a stale page, checks the input, runs the action."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from complaints.actions.callbacks import record_callback
from complaints.forms import CallbackForm
from complaints.models import Callback, Complaint
from organization.models import Staff
from workorders.locking import lock_ticket
from workorders.menu import FormInvalid
from workorders.queries.changes import refuse_stale


def call_back(
    user: Staff,
    complaint: Complaint,
    *,
    data: Mapping[str, object],
    now: dt.datetime,
) -> Callback:
    """Record the attempt that `data` describes; its `seen` is the number of the last event the person saw, if any.

    Raises NotAllowed, Conflict (also for the second of two submissions of one page), or Invalid by field.
    """
    form = CallbackForm(data)
    with transaction.atomic():
        ticket = lock_ticket(complaint.pk)
        if not form.is_valid():
            raise FormInvalid(form)
        entered = dict(form.cleaned_data)
        refuse_stale(ticket, entered.pop("seen"))
        return record_callback(complaint=complaint, by=user, now=now, **entered)
