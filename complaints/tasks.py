"""What the system does by itself with complaints: callbacks nobody can make, the early warning, the dashboard's sums."""

from collections.abc import Callable

from django.utils import timezone
from procrastinate.contrib.django import app

from complaints.actions import bulletins, counting
from complaints.actions.answering import climb_due
from complaints.actions.bulletin_calendar import draft_due, draft_specials, remind_readers
from complaints.actions.callbacks import CALL_WITHIN, close_unanswered
from complaints.actions.counting import let_time_pass
from complaints.actions.drawing import draw_due
from complaints.actions.ending import end_overlooked, tell_linked
from complaints.actions.incidents import link_present
from complaints.actions.messaging import send_next
from complaints.actions.overhead_calendar import remind_wanted
from complaints.actions.rehearsing import rehearse
from complaints.actions.rolling import fold
from complaints.actions.telling_inspectors import overdue
from complaints.models import AlertRule, Bulletin, Incident
from complaints.queries.incidents import unfinished
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


@app.task(name="complaints.count_arrivals")
def count_arrivals() -> int:
    """Count what has come in for the early warning; deferred in the transaction that filed it."""
    return _count_all()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="complaints.watch_surges", name="complaints.watch_surges")
def watch_surges(timestamp: int) -> int:
    """Count what a lost job left behind, let open alarms end or climb; return how many arrivals were counted."""
    counted = _count_all()
    let_time_pass(now=timezone.now())
    climb_due(now=timezone.now())
    return counted


def _count_all() -> int:
    total = 0
    while counted := counting.count_arrivals(now=timezone.now()):
        total += counted
    return total


@app.task(name="complaints.rehearse_rule")
def rehearse_rule(rule: int) -> None:
    """Replay a rule over the last 12 months for its page."""
    rehearse(rule=AlertRule.objects.get(pk=rule), now=timezone.now())


@app.task(name="complaints.link_incident")
def link_incident(incident: int) -> int:
    """Link the complaints that an incident found there; return how many."""
    return _in_batches(link_present, incident)


@app.task(name="complaints.answer_incident")
def answer_incident(incident: int) -> int:
    """Write an incident's answer to its complaints; return how many."""
    return _in_batches(tell_linked, incident)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="complaints.watch_incidents", name="complaints.watch_incidents")
def watch_incidents(timestamp: int) -> int:
    """Do for the incidents what a lost job left undone: link what belongs to one, bring its end to who has not heard of it."""
    end_overlooked(now=timezone.now())
    rows = unfinished().values_list("pk", "ended_at")
    return sum(_in_batches(tell_linked if ended_at else link_present, pk) for pk, ended_at in rows)


@app.task(name="complaints.send_messages")
def send_messages() -> int:
    """Send customers what is due; return how many messages were tried."""
    tried = 0
    while send_next(now=timezone.now()):
        tried += 1
    return tried


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="complaints.send_due_messages", name="complaints.send_due_messages")
def send_due_messages(timestamp: int) -> int:
    """Send customers what waited for its time."""
    return send_messages()


def _in_batches(action: Callable[..., int], incident: int) -> int:
    total, found = 0, Incident.objects.select_related("alert__rule", "category", "region", "ticket").get(pk=incident)
    while done := action(incident=found, now=timezone.now()):
        total += done
    return total


@app.periodic(cron="10 6 * * *")
@app.task(queueing_lock="complaints.draft_bulletins", name="complaints.draft_bulletins")
def draft_bulletins(timestamp: int) -> int:
    """Draft the bulletins of the week and the month that are over; return how many."""
    return len(draft_due(now=timezone.now()))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="complaints.draft_special_bulletins", name="complaints.draft_special_bulletins")
def draft_special_bulletins(timestamp: int) -> int:
    """Draft special bulletins for surges that have become red; return how many."""
    return len(draft_specials(now=timezone.now()))


@app.periodic(cron="30 9 * * *")
@app.task(queueing_lock="complaints.remind_bulletin_readers", name="complaints.remind_bulletin_readers")
def remind_bulletin_readers(timestamp: int) -> int:
    """Remind those who have not confirmed a bulletin; return how many."""
    return remind_readers(now=timezone.now())


@app.task(name="complaints.count_bulletin")
def count_bulletin(bulletin: int) -> None:
    """Count a draft's figures; deferred in the transaction that began it."""
    bulletins.count(bulletin=Bulletin.objects.get(pk=bulletin), now=timezone.now())


@app.periodic(cron="45 8 * * *")
@app.task(queueing_lock="complaints.remind_wanted", name="complaints.remind_wanted_answers")
def remind_wanted_answers(timestamp: int) -> int:
    """Remind of the answers that whoever forwarded a complaint wants soon; return of how many."""
    return remind_wanted(now=timezone.now())


@app.periodic(cron="10 1 * * *")
@app.task(queueing_lock="complaints.draw_samples", name="complaints.draw_samples")
def draw_samples(timestamp: int) -> int:
    """Draw the samples for inspection of the periods that are over; return how many inspections that makes."""
    return draw_due(now=timezone.now())


@app.periodic(cron="30 8 * * *")
@app.task(queueing_lock="complaints.tell_overdue_inspections", name="complaints.tell_overdue_inspections")
def tell_overdue_inspections(timestamp: int) -> int:
    """Tell of inspections that were due on the last working day; return how many there are."""
    return overdue(now=timezone.now())
