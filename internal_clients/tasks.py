"""What the system does by itself with internal requests, each hour."""

from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.errors import Conflict
from internal_clients.actions.requests import CONFIRM_WITHIN, close_unconfirmed
from internal_clients.queries.requests import unconfirmed

BATCH = 500


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="internal_clients.close_silent", name="internal_clients.close_silent")
def close_silent(timestamp: int) -> int:
    """Close what was answered three days ago and not spoken of; return how many. Somebody who was faster is no error."""
    now, closed = timezone.now(), 0
    for request in unconfirmed(now, CONFIRM_WITHIN)[:BATCH]:
        try:
            close_unconfirmed(request=request, now=now)
        except Conflict:
            continue
        closed += 1
    return closed
