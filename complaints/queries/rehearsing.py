"""A rule replayed over what came in: what it would have told, and how much of that was confirmed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from complaints.enums import Outcome
from complaints.models import Alert, AlertRule, Complaint
from complaints.queries.series import Series, Trees, covers
from complaints.surge import Alarm, Level, Watcher
from complaints.watchers import rest_days, watcher_of
from workorders.enums import Channel

#: How far a rehearsal looks back.
SPAN = dt.timedelta(days=365)
CHUNK = 5000
#: The page shows so many, the latest first; the number counts all.
SHOWN = 100


@dataclass(slots=True, kw_only=True)
class Firing:
    """A surge that the rule would have told."""

    series: Series
    opened: dt.datetime
    level: int
    excess: float
    cleared: dt.datetime | None = None


def came_in(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, int, int, int]]:
    """Return when, category, region and customer of the complaints of a period, in their order; batches of staff left out."""
    rows = Complaint.objects.filter(ticket__filed_at__gte=start, ticket__filed_at__lt=end).exclude(ticket__channel=Channel.STAFF)
    columns = ("ticket__filed_at", "ticket__category", "ticket__region", "customer")
    return rows.order_by("ticket__filed_at", "pk").values_list(*columns).iterator(chunk_size=CHUNK)


class Rehearsal:
    """Replays one rule; firings of one surge are brought together as its alerts would be."""

    def __init__(self, rule: AlertRule) -> None:
        self._rule, self._trees, self._is_rest = rule, Trees(), rest_days()
        self._watchers: dict[Series, Watcher] = {}
        self._open: dict[Series, Firing] = {}
        self.firings: list[Firing] = []
        self.complaints = 0

    def run(self, start: dt.datetime, end: dt.datetime) -> list[Firing]:
        """Replay a period and return what would have been told, the oldest first."""
        for at, category, region, customer in came_in(start, end):
            self.complaints += 1
            for series in self._trees.series_of(self._rule, category, region):
                if series not in self._watchers:
                    self._watchers[series] = watcher_of(self._rule, self._is_rest)
                if alarm := self._watchers[series].feed(at, customer):
                    self._hear(series, alarm)
        for series in list(self._open):
            if alarm := self._watchers[series].tick(end):
                self._hear(series, alarm)
        return self.firings

    def _hear(self, series: Series, alarm: Alarm) -> None:
        if alarm.level == Level.CLEARED:
            if firing := self._open.pop(series, None):
                firing.cleared = alarm.at
            return
        firing = self._open.get(series) or self._same(series)
        if firing is None:
            firing = Firing(series=series, opened=alarm.at, level=alarm.level, excess=alarm.excess)
            self.firings.append(firing)
        self._open[series] = firing
        firing.cleared = None
        firing.level, firing.excess = max(firing.level, alarm.level), max(firing.excess, alarm.excess)

    def _same(self, series: Series) -> Firing | None:
        """Return the firing under way in a wider or narrower series, if any."""
        return next((firing for other, firing in self._open.items() if self.touch(series, other)), None)

    def touch(self, one: Series, other: Series) -> bool:
        """Tell whether two series have complaints in common."""
        topics = self._trees.categories[one[0]], self._trees.categories[other[0]]
        places = self._trees.regions[one[1]], self._trees.regions[other[1]]
        return all(covers(a, b) or covers(b, a) for a, b in (topics, places))


def rehearsed(rule: AlertRule, now: dt.datetime) -> dict[str, object]:
    """Replay the rule over the last 12 months and return what the page shows of it, as plain data."""
    rehearsal = Rehearsal(rule)
    firings = rehearsal.run(now - SPAN, now)
    known = _confirmed(now - SPAN)
    told = [_plain(firing, _is_confirmed(firing, known, rehearsal)) for firing in firings]
    return {
        "from": (now - SPAN).isoformat(),
        "to": now.isoformat(),
        "complaints": rehearsal.complaints,
        "fired": len(told),
        "confirmed": sum(bool(each["confirmed"]) for each in told),
        "firings": told[::-1][:SHOWN],
    }


def _plain(firing: Firing, is_confirmed: bool) -> dict[str, object]:  # noqa: FBT001 -- one of the row's columns
    return {
        "category": firing.series[0],
        "region": firing.series[1],
        "opened": firing.opened.isoformat(),
        "cleared": firing.cleared.isoformat() if firing.cleared else None,
        "level": int(firing.level),
        "excess": round(firing.excess),
        "confirmed": is_confirmed,
    }


def _confirmed(start: dt.datetime) -> list[Alert]:
    """Return the alerts that were real incidents since `start`."""
    over = Q(cleared_at=None) | Q(cleared_at__gte=start)
    return list(Alert.objects.filter(over, outcome=Outcome.INCIDENT).order_by("opened_at"))


def _is_confirmed(firing: Firing, known: list[Alert], rehearsal: Rehearsal) -> bool:
    for alert in known:
        meets = firing.opened <= (alert.cleared_at or firing.opened) and alert.since <= (firing.cleared or alert.since)
        if meets and rehearsal.touch(firing.series, (alert.category_id, alert.region_id)):
            return True
    return False
