"""The demo's alerts: what the early warning would have told of the bursts, replayed, and what people made of it."""

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from complaints.actions.answering import acknowledge, conclude
from complaints.actions.incidents import link_present, open_incident
from complaints.actions.rehearsing import rehearse
from complaints.actions.sounding import sound
from complaints.demo.loading import RECENT
from complaints.enums import Method, Outcome
from complaints.models import Alert, AlertRule, Incident, Watch
from complaints.policies import told_departments
from complaints.queries.rehearsing import MARK, came_in
from complaints.queries.series import Series, Trees
from complaints.surge import Alarm, Level, Watcher
from complaints.watchers import rest_days, watcher_of
from journal.notify import silence
from organization.enums import DepartmentKind
from organization.models import Department, Staff

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
#: How far back complaints are replayed, and what makes a series worth it: so many of a kind in a city within hours.
SPAN, BURST, WITHIN = 60 * DAY, 7, 4 * HOUR
CAUSES = {
    "NET": (Outcome.INCIDENT, "市政施工挖断光缆，已熔接恢复"),
    "BILL": (Outcome.PLANNED, "出账系统割接，出账通知延迟"),
}
ANNOUNCEMENT = "本市部分基站因光缆中断退服，正在抢修，请向客户致歉并告知预计恢复时间，无需重复派单。"

#: The last two days are so many times as dense as the others.
THICKER = 8

type Came = tuple[dt.datetime, int, int, int]


def make(now: dt.datetime) -> None:
    """Replay what came in, and let the duty officer answer the alerts: each outcome once, one incident under way."""
    duty = Staff.objects.get(username="duty")
    rule = _rules(duty)
    with silence():
        _Replay(rule, list(came_in(now - SPAN, now))).run(now)
        for alert in Alert.objects.filter(merged_into=None, cleared_at__isnull=False).select_related("category", "region"):
            _conclude(alert, duty)
        going_on = list(Alert.objects.filter(merged_into=None, cleared_at=None).order_by("-excess"))
        if going_on:
            _open_incident(going_on[0], duty, now)
    rehearse(rule=AlertRule.objects.get(method=Method.FIXED), now=now)


def _rules(duty: Staff) -> AlertRule:
    """Give the rules their owner, and add a classic one of those operators know."""
    values = {"method": Method.FIXED, "count": 8, "minutes": 120, "category_depth": 3, "region_kind": "city", "owner": duty}
    AlertRule.objects.get_or_create(name="同城同类 2 小时 8 件", defaults={**values, "is_active": False})
    rule = AlertRule.objects.get(method=Method.ADAPTIVE)
    rule.owner = duty
    rule.save(update_fields=["owner"])
    return rule


class _Replay:
    """Feeds the series around the bursts, at the complaints' own times, as the job of each minute would."""

    def __init__(self, rule: AlertRule, came: list[Came]) -> None:
        self._rule, self._trees, self._is_rest = rule, Trees(), rest_days()
        bursts = set(_bursts(came))
        self._came = [each for each in came if each[1:3] in bursts or not _is_extra(each, came[-1][0])]
        wanted = {series for leaf in bursts for series in self._trees.series_of(rule, *leaf)}
        self._rows: dict[Series, tuple[Watch, Watcher]] = {series: self._row(series) for series in sorted(wanted)}

    def _row(self, series: Series) -> tuple[Watch, Watcher]:
        category, region = self._trees.categories[series[0]], self._trees.regions[series[1]]
        watch = Watch.objects.create(rule=self._rule, category=category, region=region, state=b"")
        return watch, watcher_of(self._rule, self._is_rest)

    def run(self, now: dt.datetime) -> None:
        """Replay everything up to `now`, and keep what the detectors have learnt."""
        before = now
        for at, category, region, customer in self._came:
            self._pass(before, at)
            for series in self._trees.series_of(self._rule, category, region):
                if series in self._rows:
                    watch, watcher = self._rows[series]
                    self._hear(watch, watcher.feed(at, customer))
            before = at
        self._pass(before, now)
        for watch, watcher in self._rows.values():
            watch.state, watch.is_open = watcher.saved(), watcher.is_open
        Watch.objects.bulk_update([watch for watch, _watcher in self._rows.values()], ["state", "is_open"])

    def _pass(self, before: dt.datetime, until: dt.datetime) -> None:
        """Let the open alarms end in between."""
        while before < until and any(watcher.is_open for _watch, watcher in self._rows.values()):
            before = min(before + MARK, until)
            for watch, watcher in self._rows.values():
                if watcher.is_open:
                    self._hear(watch, watcher.tick(before))

    def _hear(self, watch: Watch, alarm: Alarm | None) -> None:
        if alarm:
            sound(watch, alarm, now=alarm.at)
            watch.is_open = alarm.level != Level.CLEARED


def _bursts(came: Iterable[Came]) -> Iterator[Series]:
    """Yield the categories and regions in which many came within hours."""
    lately: dict[Series, deque[dt.datetime]] = defaultdict(deque)
    for at, category, region, _customer in came:
        times = lately[category, region]
        times.append(at)
        while times[0] < at - WITHIN:
            times.popleft()
        if len(times) == BURST:
            yield category, region


def _is_extra(came: Came, last: dt.datetime) -> bool:
    """Tell whether a complaint is one of those that make the demo's last days denser than life: to the warning they were a surge."""
    return came[0] > last - RECENT and came[3] % THICKER > 0


def _lead(alert: Alert) -> Department:
    told = told_departments(alert)
    return Department.objects.get(pk=told[0]) if told else Department.objects.filter(kind=DepartmentKind.SUPPORT).order_by("pk")[0]


def _conclude(alert: Alert, duty: Staff) -> None:
    outcome, cause = CAUSES.get(alert.category.path.split("/")[0], (Outcome.NOTHING, ""))
    department = _lead(alert) if outcome == Outcome.INCIDENT else None
    at = (alert.cleared_at or alert.opened_at) + HOUR
    conclude(alert=alert, outcome=outcome, cause=cause, department=department, by=duty, now=at)


def _open_incident(alert: Alert, duty: Staff, now: dt.datetime) -> Incident:
    """Take the largest surge in hand and make an incident of it."""
    acknowledge(alert=alert, by=duty, now=now - dt.timedelta(minutes=12))
    back = (now + 3 * HOUR).replace(minute=0, second=0, microsecond=0)
    begun = now - dt.timedelta(minutes=9)
    incident = open_incident(alert=alert, lead=_lead(alert), announcement=ANNOUNCEMENT, expected_at=back, by=duty, now=begun)
    while link_present(incident=incident, now=now):
        pass
    return incident
