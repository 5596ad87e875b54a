"""The outbox's jobs: sending at once, each minute what is due again, and giving back what dead workers held."""

from django.utils import timezone
from procrastinate.contrib.django import app

from journal import claims, outbox


@app.task(name="journal.deliver")
def deliver() -> int:
    """Send what is due; deferred in the transaction that queued a message."""
    return outbox.deliver(timezone.now)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="journal.deliver_due", name="journal.deliver_due")
def deliver_due(timestamp: int) -> int:
    """Give back what dead workers held, and send what waited for its time."""
    claims.rescue(timezone.now())
    return outbox.deliver(timezone.now)
