"""What the system does by itself, each minute: nothing here decides, it calls the actions whose time has come."""

from collections.abc import Callable
from itertools import batched

from django.db.models import Model, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.errors import Conflict
from journal.types import Data
from organization.models import Staff
from workorders.actions.changing import run_apply, run_preview
from workorders.actions.escalating import fire_due
from workorders.actions.handling import accept_by_silence
from workorders.actions.holding import resume
from workorders.actions.recalculating import recalculate
from workorders.actions.summarizing import send_summaries
from workorders.actions.supervising import judge_late_reports
from workorders.models import LimitChange
from workorders.queries.due import helpers_needed, holds_over, unanswered
from workorders.queries.recalculation import behind_holidays, by_calendar

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


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.climb_ladders", name="workorders.climb_ladders")
def climb_ladders(timestamp: int) -> int:
    """Take every ladder step that is due, and call other workers to help where there are many; return on how many clocks."""
    for _helper in range(helpers_needed(timezone.now())):
        help_climbing.defer()
    return _until_done(fire_due)


@app.task(name="workorders.help_climbing")
def help_climbing() -> int:
    """Take ladder steps beside the other workers; return on how many clocks."""
    return _until_done(fire_due)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.judge_reports", name="workorders.judge_reports")
def judge_reports(timestamp: int) -> int:
    """Write down which reports and answers under supervision are late; return for how many orders."""
    return _until_done(judge_late_reports)


def _until_done(act: Callable[..., int]) -> int:
    """Repeat a batch until nothing is due that no other worker has."""
    done = 0
    while count := act(now=timezone.now()):
        done += count
    return done


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="workorders.send_summaries", name="workorders.send_summaries")
def summarize_mornings(timestamp: int) -> int:
    """Send the heads their morning summaries where it is morning; return for how many departments it is."""
    return send_summaries(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.follow_holidays", name="workorders.follow_holidays")
def follow_holidays(timestamp: int) -> int:
    """Count open clocks anew where a holiday notice has come in since they began; return how many moved."""
    now, system, moved = timezone.now(), Staff.objects.system(), 0
    for calendar, tickets in behind_holidays():
        for batch in batched(tickets, BATCH, strict=False):
            data: Data = {"calendar": calendar.code}
            moved += len(recalculate(tickets=batch, targeting=by_calendar(calendar), data=data, by=system, now=now))
    return moved


@app.task(name="workorders.preview_limits")
def preview_limits(change_id: int) -> None:
    """Tell what a change of limits would do to the open clocks."""
    if change := LimitChange.objects.select_related("by").filter(pk=change_id).first():
        run_preview(change=change, now=timezone.now())


@app.task(name="workorders.apply_limits")
def apply_limits(change_id: int) -> None:
    """Apply a change of limits."""
    if change := LimitChange.objects.select_related("by").filter(pk=change_id).first():
        run_apply(change=change, now=timezone.now())


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
