"""What people do with an alert: acknowledge it, say what it turned out to be; and what happens when nobody does."""

import datetime as dt

from django.utils.translation import gettext as _

from complaints import policies
from complaints.actions.counting import KEY, awake
from complaints.actions.warning import tell, tell_again
from complaints.enums import AlertLevel, Outcome
from complaints.models import Alert, Watch
from complaints.watchers import rest_days
from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.record import record
from organization.models import Department, Staff
from workorders.locking import lock_key


@transaction.atomic
def acknowledge(*, alert: Alert, by: Staff, now: dt.datetime) -> Alert:
    """Take an alert in hand, by name: it climbs no further by itself, and rises by size only.

    Raises NotAllowed, or Conflict when it is over or somebody was faster.
    """
    alert = _locked(alert, by)
    if not alert.is_open:
        raise Conflict(_("This alert is over."))
    if alert.acknowledged_by:
        raise Conflict(_("%(name)s has acknowledged it already.") % {"name": alert.acknowledged_by})
    alert.acknowledged_by, alert.acknowledged_at, alert.climbs_at = by, now, None
    alert.save(update_fields=["acknowledged_by", "acknowledged_at", "climbs_at"])
    is_rest = rest_days()
    for watch in alert.watches.filter(is_open=True).select_related("rule"):
        watcher = awake(watch, is_rest)
        watcher.hush()
        Watch.objects.filter(pk=watch.pk).update(state=watcher.saved())
    record(alert.stream, "alert.acknowledge", by=by, at=now)
    return alert


@transaction.atomic
def conclude(
    *, alert: Alert, outcome: str, cause: str = "", department: Department | None = None, by: Staff, now: dt.datetime
) -> Alert:
    """Say what an alert turned out to be; a real incident needs its cause and the department. Nothing there teaches the series.

    Raises NotAllowed, Conflict while it goes on (except that nothing is there), or Invalid by field.
    """
    alert = _locked(alert, by)
    if outcome not in Outcome.values:
        raise Invalid(outcome=_("Choose what it turned out to be."))
    if alert.is_open and outcome != Outcome.NOTHING:
        raise Conflict(_("The surge goes on; conclude it when it is over."))
    if outcome != Outcome.NOTHING and not cause.strip():
        raise Invalid(cause=_("Give the cause."))
    if outcome == Outcome.INCIDENT and department is None:
        raise Invalid(department=_("Name the responsible department."))
    if outcome == Outcome.NOTHING and alert.outcome != Outcome.NOTHING:
        _teach(alert)
    department = None if outcome == Outcome.NOTHING else department
    alert.outcome, alert.cause, alert.department = outcome, cause, department
    alert.concluded_by, alert.concluded_at = by, now
    alert.climbs_at = None
    alert.save(update_fields=["outcome", "cause", "department", "concluded_by", "concluded_at", "climbs_at"])
    data = {"outcome": outcome, "cause": cause, "department": department.code if department else ""}
    record(alert.stream, "alert.conclude", by=by, at=now, data=data)
    return alert


def _teach(alert: Alert) -> None:
    is_rest = rest_days()
    for watch in alert.watches.select_related("rule"):
        watcher = awake(watch, is_rest)
        watcher.learn_nothing_there()
        watcher.hush()
        Watch.objects.filter(pk=watch.pk).update(state=watcher.saved())


def _locked(alert: Alert, by: Staff) -> Alert:
    """Lock the alert against the counting and others, and return it as it now is. Raises NotAllowed."""
    lock_key(KEY)
    alert = Alert.objects.select_related("category", "region", "rule", "acknowledged_by").get(pk=alert.pk)
    if not policies.may_answer_alert(by, alert):
        raise NotAllowed(_("Alerts are answered by the complaint centre and the departments concerned."))
    return alert


@transaction.atomic
def climb_due(*, now: dt.datetime) -> int:
    """Tell the next level's people of what nobody has acknowledged in time, the level unchanged; return how many."""
    lock_key(KEY)
    due = Alert.objects.filter(climbs_at__lte=now, cleared_at=None, merged_into=None).select_related("category", "region", "rule")
    alerts = list(due.order_by("pk"))
    for alert in alerts:
        if alert.told_level >= AlertLevel.RED:
            tell_again(alert, now=now)
        else:
            tell(alert, alert.told_level + 1, now=now)
        record(alert.stream, "alert.climb", by=Staff.objects.system(), at=now, data={"told": alert.told_level})
    return len(alerts)
