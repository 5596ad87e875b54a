"""What the system does by itself with articles."""

from django.utils import timezone
from procrastinate.contrib.django import app

from knowledge.actions.keeping import tell_expiring


@app.periodic(cron="40 8 * * *")
@app.task(queueing_lock="knowledge.tell_expiring", name="knowledge.tell_expiring")
def tell_of_expiring(timestamp: int) -> int:
    """Tell the owners of the articles that expire within 14 days; return how many those are."""
    return tell_expiring(now=timezone.now())
