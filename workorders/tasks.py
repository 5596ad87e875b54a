"""What the system does by itself, each minute: nothing here decides, it calls the actions whose time has come."""

from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.errors import Conflict
from organization.models import Staff
from workorders.actions.handling import accept_by_silence
from workorders.actions.holding import resume
from workorders.queries.due import holds_over, unanswered

#: At most so many a run; what is left comes a minute later.
BATCH = 500


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.resume_holds", pass_context=False)
def resume_holds(timestamp: int) -> int:
    """Resume the orders whose agreed wait is over; return how many."""
    now = timezone.now()
    return sum(_done(lambda hold=hold: resume(order=hold.order, by=Staff.objects.system(), now=now)) for hold in holds_over(now)[:BATCH])


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.accept_unanswered", pass_context=False)
def accept_unanswered(timestamp: int) -> int:
    """Accept, in the department's name, what nobody answered in time; return how many."""
    now = timezone.now()
    return sum(_done(lambda order=order: accept_by_silence(order=order, now=now)) for order in unanswered(now)[:BATCH])


def _done(act: object) -> bool:
    """Run one action; somebody who was faster is no error."""
    try:
        act()
    except Conflict:
        return False
    return True
