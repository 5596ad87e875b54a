"""What the system does by itself, each minute: nothing here decides, it calls the actions whose time has come."""

from collections.abc import Callable

from django.db.models import Model, QuerySet
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
@app.task(queueing_lock="workorders.resume_holds", name="workorders.resume_holds")
def resume_holds(timestamp: int) -> int:
    """Resume the orders whose agreed wait is over; return how many."""
    now, system = timezone.now(), Staff.objects.system()
    return _each(holds_over(now), lambda hold: resume(order=hold.order, by=system, now=now))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.accept_unanswered", name="workorders.accept_unanswered")
def accept_unanswered(timestamp: int) -> int:
    """Accept, in the department's name, what nobody answered in time; return how many."""
    now = timezone.now()
    return _each(unanswered(now), lambda order: accept_by_silence(order=order, now=now))


def _each[M: Model](rows: QuerySet[M], act: Callable[[M], object]) -> int:
    """Run an action on each row; somebody who was faster is no error."""
    done = 0
    for row in rows[:BATCH]:
        try:
            act(row)
        except Conflict:
            continue
        done += 1
    return done
