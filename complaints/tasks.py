"""What the system does by itself with complaints: each hour, and each minute for the dashboard."""

from django.utils import timezone
from procrastinate.contrib.django import app

from complaints.actions.callbacks import CALL_WITHIN, close_unanswered
from complaints.actions.rolling import fold
from complaints.queries.unanswered import unanswered
from foundation.errors import Conflict

BATCH = 500


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="complaints.close_uncalled", name="complaints.close_uncalled")
def close_uncalled(timestamp: int) -> int:
    """Close what awaited a callback for three days; return how many. Somebody who was faster is no error."""
    now, closed = timezone.now(), 0
    for complaint in unanswered(now, CALL_WITHIN)[:BATCH]:
        try:
            close_unanswered(complaint=complaint, now=now)
        except Conflict:
            continue
        closed += 1
    return closed


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="complaints.fold_sums", name="complaints.fold_sums")
def fold_sums(timestamp: int) -> int:
    """Bring the dashboard's daily sums up to date; return how many steps it took."""
    return fold(now=timezone.now())
