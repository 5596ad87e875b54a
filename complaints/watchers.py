"""Detectors made from rules: the numbers are the rule's, the week is the installation's."""

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from complaints.enums import Method
from complaints.models import AlertRule
from complaints.surge import ControlChart, Detector, FixedRule, Watcher
from complaints.surge.rhythm import is_weekend
from organization.models import CalendarDay


def rest_days() -> Callable[[dt.date], bool]:
    """Return what tells a day of rest from a working day, by the holiday notices; one query."""
    special = dict(CalendarDay.objects.values_list("date", "is_workday"))
    return lambda day: not special[day] if day in special else is_weekend(day)


def watcher_of(rule: AlertRule, is_rest: Callable[[dt.date], bool]) -> Watcher:
    """Return a fresh detector of the rule."""
    zone = timezone.get_default_timezone()
    match rule.method:
        case Method.FIXED:
            return FixedRule(count=rule.count, minutes=rule.minutes)
        case Method.CHART:
            return ControlChart(least=rule.count, zone=zone, is_rest=is_rest)
        case _:
            return Detector(zone=zone, is_rest=is_rest, yearly=rule.yearly)
