"""A rule replayed over what came in: what it would have told, and how much of that was confirmed."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from complaints.enums import Outcome
from complaints.models import Alert, AlertRule, Complaint
from complaints.queries.alerts import within
from complaints.queries.series import Series, Trees
from complaints.surge import Alarm, Level, Watcher
from complaints.surge.joining import SAME, covers, is_over, is_wider, join, meet, outgrows
from complaints.watchers import rest_days, watcher_of
from organization.models import Region
from workorders.enums import Channel
from workorders.models import Category

#: How far a rehearsal looks back.
SPAN = dt.timedelta(days=365)
CHUNK = 5000
#: Open alarms are told the time as often, as the job that does so minute by minute lets them end at such marks only.
MARK = dt.timedelta(minutes=5)
#: The page shows so many, the latest first; the number counts all.
SHOWN = 100


@dataclass(slots=True, kw_only=True, eq=False)
class Firing:
    """A surge that the rule would have told, as its alert would be."""

    category: Category
    region: Region
    opened: dt.datetime
    since: dt.datetime
    level: int
    excess: float
    cleared: dt.datetime | None = None


def came_in(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, int, int, int]]:
    """Return when, category, region and customer of the complaints of a period, in their order; batches of staff left out."""
    rows = Complaint.objects.filter(ticket__filed_at__gte=start, ticket__filed_at__lt=end).exclude(ticket__channel=Channel.STAFF)
    columns = ("ticket__filed_at", "ticket__category", "ticket__region", "customer")
    return rows.order_by("ticket__filed_at", "pk").values_list(*columns).iterator(chunk_size=CHUNK)


class Rehearsal:
    """Replays one rule; what its alarms come to is decided as `complaints.actions.sounding` decides it."""

    def __init__(self, rule: AlertRule) -> None:
        self._rule, self._trees, self._is_rest = rule, Trees(), rest_days()
        self._watchers: dict[Series, Watcher] = {}
        #: The series with an open alarm, and the firing that each series feeds or fed last.
        self._open: dict[Series, Watcher] = {}
        self._own: dict[Series, Firing] = {}
        self._ticked: dt.datetime | None = None
        self.firings: list[Firing] = []
        self.complaints = 0

    def run(self, start: dt.datetime, end: dt.datetime) -> list[Firing]:
        """Replay a period and return what would have been told, the oldest first."""
        for at, category, region, customer in came_in(start, end):
            self.complaints += 1
            self._let_time_pass(at)
            for series in self._trees.series_of(self._rule, category, region):
                if series not in self._watchers:
                    self._watchers[series] = watcher_of(self._rule, self._is_rest)
                if alarm := self._watchers[series].feed(at, customer):
                    self._hear(series, alarm)
        self._let_time_pass(end)
        return self.firings

    def _let_time_pass(self, until: dt.datetime) -> None:
        """Tell the open alarms what time it is, mark by mark, so that what ends in between has ended."""
        at = self._ticked or until
        while self._open and at < until:
            at = min(at + MARK, until)
            for series, watcher in list(self._open.items()):
                if alarm := watcher.tick(at):
                    self._hear(series, alarm)
        self._ticked = until

    def _hear(self, series: Series, alarm: Alarm) -> None:
        firing = self._own.get(series)
        if alarm.level == Level.CLEARED:
            self._open.pop(series, None)
            if firing and firing.cleared is None and not any(self._own[each] is firing for each in self._open):
                firing.cleared = alarm.at
            return
        if firing is None or is_over(firing.cleared, alarm.at):
            firing = self._related(series, alarm) or self._opened(series, alarm)
        elif firing.cleared is None:
            self._widen(firing, series, alarm)
        firing.cleared = None
        self._own[series], self._open[series] = firing, self._watchers[series]
        is_its_own = (firing.category.pk, firing.region.pk) == series
        if is_its_own or alarm.level > firing.level:
            firing.excess = max(firing.excess, alarm.excess)
        firing.level = max(firing.level, alarm.level)

    def _opened(self, series: Series, alarm: Alarm) -> Firing:
        category, region = self._nodes(series)
        firing = Firing(
            category=category, region=region, opened=alarm.at, since=alarm.since, level=alarm.level, excess=alarm.excess
        )
        self.firings.append(firing)
        return firing

    def _related(self, series: Series, alarm: Alarm) -> Firing | None:
        """Return the firing under way of the same surge, or the series' own that ended a short while ago."""
        category, region = self._nodes(series)
        going_on = [each for each in self.firings if each.cleared is None]
        recent = [each for each in self.firings if each.cleared and each.cleared > alarm.at - SAME and _on(each, series)]
        recent.sort(key=lambda each: each.cleared or alarm.at)
        found = join([*recent, *going_on], category=category, region=region, excess=alarm.excess)
        if found.alert is None:
            return None
        for other in found.others:
            self._bring_together(found.alert, other)
        if found.moves:
            found.alert.category, found.alert.region = category, region
        return found.alert

    def _widen(self, firing: Firing, series: Series, alarm: Alarm) -> None:
        category, region = self._nodes(series)
        seen = within(firing, firing.since, alarm.at)
        if not is_wider(category, region, firing) or not outgrows(seen.count(), alarm.excess):
            return
        for other in [each for each in self.firings if each is not firing and each.cleared is None]:
            if covers(category, other.category) and covers(region, other.region):
                self._bring_together(firing, other)
        firing.category, firing.region = category, region

    def _bring_together(self, first: Firing, other: Firing) -> None:
        self.firings.remove(other)
        first.level, first.since = max(first.level, other.level), min(first.since, other.since)
        self._own |= {series: first for series, own in self._own.items() if own is other}

    def _nodes(self, series: Series) -> tuple[Category, Region]:
        return self._trees.categories[series[0]], self._trees.regions[series[1]]


def _on(firing: Firing, series: Series) -> bool:
    return (firing.category.pk, firing.region.pk) == series


def rehearsed(rule: AlertRule, now: dt.datetime) -> dict[str, object]:
    """Replay the rule over the last 12 months and return what the page shows of it, as plain data."""
    rehearsal = Rehearsal(rule)
    firings = rehearsal.run(now - SPAN, now)
    known = _confirmed(now - SPAN)
    told = [_plain(firing, _is_confirmed(firing, known)) for firing in firings]
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
        "category": firing.category.pk,
        "region": firing.region.pk,
        "opened": firing.opened.isoformat(),
        "cleared": firing.cleared.isoformat() if firing.cleared else None,
        "level": int(firing.level),
        "excess": round(firing.excess),
        "confirmed": is_confirmed,
    }


def _confirmed(start: dt.datetime) -> list[Alert]:
    """Return the alerts that were real incidents since `start`."""
    over = Q(cleared_at=None) | Q(cleared_at__gte=start)
    return list(Alert.objects.filter(over, outcome=Outcome.INCIDENT).select_related("category", "region").order_by("opened_at"))


def _is_confirmed(firing: Firing, known: list[Alert]) -> bool:
    for alert in known:
        meets = firing.opened <= (alert.cleared_at or firing.opened) and alert.since <= (firing.cleared or alert.since)
        if meets and meet(firing.category, alert.category) and meet(firing.region, alert.region):
            return True
    return False
