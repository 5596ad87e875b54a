"""From alarms to alerts: one alert a surge, updated in place, shown on the series that explains it."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from complaints.actions.warning import tell, tell_over, tell_reopened
from complaints.models import Alert, Watch
from complaints.queries.alerts import within
from complaints.surge import Alarm, Level
from complaints.surge.joining import SAME, is_over, is_wider, join, outgrows
from journal.record import record
from journal.types import Data
from organization.models import Staff


def sound(watch: Watch, alarm: Alarm, *, now: dt.datetime) -> Alert | None:
    """Do what an alarm of a series asks for: open, raise or clear its alert. The caller counts alone."""
    if alarm.level == Level.CLEARED:
        return _cleared(watch, alarm, now)
    alert = _own(watch)
    if alert is None or is_over(alert.cleared_at, alarm.at):
        alert = _related(watch, alarm, now)
    elif alert.cleared_at is None:
        _widen(alert, watch, alarm, now)
    if alert is None:
        alert = _opened(watch, alarm, now)
    elif alert.cleared_at is not None:
        _take_up_again(alert, alarm, now)
    _attach(watch, alert)
    _update(alert, watch, alarm, now)
    return alert


def _own(watch: Watch) -> Alert | None:
    """Return the alert that the series feeds, also one that has just ended."""
    alert = Alert.objects.select_related("category", "region", "rule").filter(watches=watch).first()
    while alert and alert.merged_into_id:
        alert = Alert.objects.select_related("category", "region", "rule").get(pk=alert.merged_into_id)
    return alert


def _attach(watch: Watch, alert: Alert) -> None:
    if watch.alert_id != alert.pk:
        watch.alert = alert
        watch.save(update_fields=["alert"])
    if not watch.is_open:
        watch.is_open = True
        watch.save(update_fields=["is_open"])


def _opened(watch: Watch, alarm: Alarm, now: dt.datetime) -> Alert:
    alert = Alert.objects.create(
        rule=watch.rule,
        category=watch.category,
        region=watch.region,
        level=alarm.level,
        since=alarm.since,
        opened_at=alarm.at,
        raised_at=alarm.at,
        seen=alarm.seen,
        expected=alarm.expected,
        minutes=alarm.minutes,
        excess=alarm.excess,
    )
    _record(alert, "open", now, level=int(alarm.level), seen=alarm.seen)
    return alert


def _take_up_again(alert: Alert, alarm: Alarm, now: dt.datetime) -> None:
    alert.cleared_at = None
    alert.save(update_fields=["cleared_at"])
    _record(alert, "reopen", now, level=int(alarm.level))
    tell_reopened(alert, at=alarm.at, now=now)


def _related(watch: Watch, alarm: Alarm, now: dt.datetime) -> Alert | None:
    """Return the open alert of the same surge: of a wider series, or of narrower ones that this one brings together."""
    every = Alert.objects.select_related("category", "region", "rule")
    recent = Q(cleared_at=None) | Q(cleared_at__gt=alarm.at - SAME, category=watch.category, region=watch.region)
    known = every.filter(recent, merged_into=None).order_by("cleared_at", "opened_at", "pk")
    found = join(known, category=watch.category, region=watch.region, excess=alarm.excess)
    if found.alert is None:
        return None
    if found.others:
        _bring_together(found.alert, found.others, now)
    if found.moves:
        _move(found.alert, watch, now)
    return found.alert


def _widen(alert: Alert, watch: Watch, alarm: Alarm, now: dt.datetime) -> None:
    """Show an alert on a wider series that feeds it once the narrower one no longer explains it, with all others below."""
    if not is_wider(watch.category, watch.region, alert) or not outgrows(
        within(alert, alert.since, alarm.at).count(), alarm.excess
    ):
        return
    going_on = Alert.objects.filter(cleared_at=None, merged_into=None).exclude(pk=alert.pk).order_by("opened_at", "pk")
    below = going_on.filter(category__path__startswith=watch.category.path, region__path__startswith=watch.region.path)
    _bring_together(alert, list(below.select_related("category", "region", "rule")), now)
    _move(alert, watch, now)


def _bring_together(first: Alert, others: Sequence[Alert], now: dt.datetime) -> None:
    for other in others:
        other.merged_into = first
        other.climbs_at = None
        other.save(update_fields=["merged_into", "climbs_at"])
        Watch.objects.filter(alert=other).update(alert=first)
        if other.level > first.level:
            first.level, first.raised_at = other.level, now
        first.told_level = max(first.told_level, other.told_level)
        _record(other, "merge", now, into=first.pk)
    first.since = min([first.since, *(each.since for each in others)])
    first.save(update_fields=["level", "raised_at", "told_level", "since"])


def _move(alert: Alert, watch: Watch, now: dt.datetime) -> None:
    alert.category, alert.region, alert.rule = watch.category, watch.region, watch.rule
    alert.save(update_fields=["category", "region", "rule"])
    _record(alert, "move", now, category=watch.category.code, region=watch.region.code)


def _update(alert: Alert, watch: Watch, alarm: Alarm, now: dt.datetime) -> None:
    """Take over what the alarm says, and tell whom a higher level concerns."""
    is_its_own = (alert.category_id, alert.region_id) == (watch.category_id, watch.region_id)
    if is_its_own or alarm.level > alert.level:
        alert.seen, alert.expected, alert.minutes = alarm.seen, alarm.expected, alarm.minutes
        alert.excess = max(alert.excess, alarm.excess)
    if alarm.level > alert.level:
        alert.level, alert.raised_at, alert.repeats = int(alarm.level), alarm.at, 0
        _record(alert, "rise", now, level=int(alarm.level), seen=alarm.seen)
    alert.save()
    if alert.told_level < alert.level:
        tell(alert, alert.level, now=now)


def _cleared(watch: Watch, alarm: Alarm, now: dt.datetime) -> Alert | None:
    """End the alert when the last of its series is back to normal."""
    alert = _own(watch)
    watch.is_open = False
    watch.save(update_fields=["is_open"])
    if alert is None or alert.cleared_at is not None or alert.watches.filter(is_open=True).exists():
        return alert
    alert.cleared_at, alert.climbs_at = alarm.at, None
    alert.save(update_fields=["cleared_at", "climbs_at"])
    _record(alert, "clear", now, excess=round(alert.excess))
    tell_over(alert, now=now)
    return alert


def _record(alert: Alert, kind: str, now: dt.datetime, **data: object) -> None:
    content: Data = dict(data)  # type: ignore[arg-type]  # the callers give plain values
    record(alert.stream, f"alert.{kind}", by=Staff.objects.system(), at=now, data=content)
