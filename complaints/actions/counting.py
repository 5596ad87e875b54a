"""Counting what came in: every series it belongs to, every rule that watches it; one job at a time."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from complaints.actions.sounding import sound
from complaints.models import AlertRule, Arrival, Watch
from complaints.queries.series import Series, Trees
from complaints.surge import Alarm, Watcher
from complaints.watchers import rest_days, watcher_of
from foundation import transaction
from workorders.locking import lock_key

#: Arrivals a transaction.
BATCH = 500
KEY = "complaints.surge"

type Key = tuple[int, Series]


@transaction.atomic
def count_arrivals(*, now: dt.datetime) -> int:
    """Feed what has come in to the detectors, sound what they tell, and return how many arrivals were counted."""
    lock_key(KEY)
    arrivals = list(Arrival.objects.order_by("at", "pk")[:BATCH])
    if not arrivals:
        return 0
    desk = Desk(arrivals)
    for arrival in arrivals:
        for watch, watcher in desk.watching(arrival):
            if arrival.is_withdrawn:
                watcher.forget(arrival.at, arrival.customer_id)
            elif alarm := watcher.feed(arrival.at, arrival.customer_id):
                desk.hear(watch, watcher, alarm, now)
    desk.save()
    Arrival.objects.filter(pk__in=[arrival.pk for arrival in arrivals]).delete()
    return len(arrivals)


@transaction.atomic
def let_time_pass(*, now: dt.datetime) -> int:
    """Tell the detectors with an open alarm what time it is, sound what they tell, and return how many there are."""
    lock_key(KEY)
    is_rest = rest_days()
    watches = list(Watch.objects.filter(is_open=True).select_related("rule", "category", "region").order_by("pk"))
    for watch in watches:
        watcher = awake(watch, is_rest)
        if alarm := watcher.tick(now):
            sound(watch, alarm, now=now)
        watch.state, watch.is_open = watcher.saved(), watcher.is_open
    Watch.objects.bulk_update(watches, ["state", "is_open"])
    return len(watches)


def awake(watch: Watch, is_rest: Callable[[dt.date], bool]) -> Watcher:
    """Return the series' detector as it was saved."""
    watcher = watcher_of(watch.rule, is_rest)
    if watch.state:
        watcher.load(bytes(watch.state))
    return watcher


class Desk:
    """The series that a batch of arrivals touches, read and written once."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self._rules = list(AlertRule.objects.filter(is_active=True).order_by("pk"))
        self._trees, self._is_rest = Trees(), rest_days()
        keys = {key for arrival in arrivals for key in self._keys(arrival)}
        self._watches = self._found(keys)
        self._watchers = {key: awake(watch, self._is_rest) for key, watch in self._watches.items()}

    def watching(self, arrival: Arrival) -> Iterable[tuple[Watch, Watcher]]:
        """Return the series of an arrival with their detectors."""
        return [(self._watches[key], self._watchers[key]) for key in self._keys(arrival)]

    def hear(self, watch: Watch, watcher: Watcher, alarm: Alarm, now: dt.datetime) -> None:
        """Sound what a detector tells."""
        sound(watch, alarm, now=now)
        watch.is_open = watcher.is_open

    def save(self) -> None:
        """Keep what the detectors have learnt."""
        for key, watch in self._watches.items():
            watch.state, watch.is_open = self._watchers[key].saved(), self._watchers[key].is_open
        Watch.objects.bulk_update(self._watches.values(), ["state", "is_open"], batch_size=500)

    def _keys(self, arrival: Arrival) -> list[Key]:
        return [
            (rule.pk, series)
            for rule in self._rules
            for series in self._trees.series_of(rule, arrival.category_id, arrival.region_id)
        ]

    def _found(self, keys: set[Key]) -> dict[Key, Watch]:
        """Return the rows of the series, those never seen before made."""
        made = [Watch(rule_id=rule, category_id=series[0], region_id=series[1], state=b"") for rule, series in sorted(keys)]
        Watch.objects.bulk_create(made, ignore_conflicts=True)
        topics, places = {series[0] for _rule, series in keys}, {series[1] for _rule, series in keys}
        rows = Watch.objects.filter(rule__in=self._rules, category__in=topics, region__in=places)
        found = {(row.rule_id, (row.category_id, row.region_id)): row for row in rows.select_related("alert")}
        rules = {rule.pk: rule for rule in self._rules}
        for row in found.values():
            row.rule, row.category, row.region = (
                rules[row.rule_id], self._trees.categories[row.category_id], self._trees.regions[row.region_id],
            )  # fmt: skip
        return {key: row for key, row in found.items() if key in keys}
