"""What the system does by itself with internal requests, surveys, targets and appeals."""

from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.errors import Conflict
from internal_clients.actions import appealing
from internal_clients.actions.kpi import count
from internal_clients.actions.requests import CONFIRM_WITHIN, close_unconfirmed
from internal_clients.actions.surveys import close_survey, remind
from internal_clients.enums import SurveyState
from internal_clients.models import Period, Survey
from internal_clients.months import month_of, months_before
from internal_clients.queries.appeals import periods_behind, waiting
from internal_clients.queries.requests import unconfirmed
from organization.models import Staff
from organization.queries.days import local_day

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


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="internal_clients.keep_surveys", name="internal_clients.keep_surveys")
def keep_surveys(timestamp: int) -> int:
    """Remind of the open survey two days before its last day, and close it when that is over; return how many were moved on."""
    now, moved = timezone.now(), 0
    for survey in Survey.objects.filter(state=SurveyState.OPEN):
        try:
            if local_day(now) > survey.ends_on:
                close_survey(survey=survey, by=Staff.objects.system(), now=now)
            else:
                remind(survey=survey, now=now)
        except Conflict:
            continue
        moved += 1
    return moved


#: Until this day of the next month a month is still counted: visits and answers come in late.
COUNTED_UNTIL = 10


@app.periodic(cron="40 * * * *")
@app.task(queueing_lock="internal_clients.count_measures", name="internal_clients.count_measures")
def count_measures(timestamp: int) -> int:
    """Count this month's measures for the target tree anew, and last month's until the 10th; return how many rows there are."""
    now = timezone.now()
    today = local_day(now)
    months = [month_of(today)]
    if today.day <= COUNTED_UNTIL:
        months.append(months_before(months[0], 1))
    return sum(count(month=month, now=now) for month in months)


@app.task(name="internal_clients.recount")
def recount(period: int) -> bool:
    """Score a month anew after a ruling; return whether there was anything to count. What fails is done by the hour's run."""
    try:
        return appealing.recount(period=Period.objects.get(pk=period), now=timezone.now()) is not None
    except Conflict:
        return False


@app.periodic(cron="35 * * * *")
@app.task(queueing_lock="internal_clients.keep_appeals", name="internal_clients.keep_appeals")
def keep_appeals(timestamp: int) -> int:
    """Remind of rulings that are due, tell of overdue ones, and count rulings that no run has counted; return how many."""
    now, done = timezone.now(), 0
    for appeal in waiting():
        try:
            appealing.remind(appeal=appeal, now=now)
        except Conflict:
            continue
        done += 1
    return done + sum(recount(period.pk) for period in periods_behind())
