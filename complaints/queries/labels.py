"""What the floors above know of an alert: work that was planned while it went on labels it, and hides nothing."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from complaints.models import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Something planned, by whom and when: what may explain the alerts of a department in that time."""

    department: int
    text: str
    start: dt.datetime
    end: dt.datetime


type Labeller = Callable[[Collection[int], dt.datetime, dt.datetime], Sequence[Label]]

_labellers: list[Labeller] = []


def labels_alerts(labeller: Labeller) -> Labeller:
    """Register who tells, for the ids of some departments and a period, what was planned then."""
    _labellers.append(labeller)
    return labeller


def labels_of(concerned: Mapping[Alert, Collection[int]], now: dt.datetime) -> dict[int, list[Label]]:
    """Return, by the alert's id, what the departments concerned had planned while it went on; one query a labeller."""
    departments = {each for ids in concerned.values() for each in ids}
    if not departments:
        return {}
    start = min(alert.since for alert in concerned)
    end = max(alert.cleared_at or now for alert in concerned)
    known = [label for labeller in _labellers for label in labeller(departments, start, end)]
    return {alert.pk: [each for each in known if _meets(each, alert, ids, now)] for alert, ids in concerned.items()}


def _meets(label: Label, alert: Alert, departments: Collection[int], now: dt.datetime) -> bool:
    return label.department in departments and label.start <= (alert.cleared_at or now) and alert.since <= label.end
