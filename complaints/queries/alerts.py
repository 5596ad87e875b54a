"""What the pages of the early warning show."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone

from complaints import policies
from complaints.enums import Outcome
from complaints.models import Alert, AlertRule, Complaint, Watch
from complaints.surge import Watcher
from complaints.watchers import rest_days, watcher_of
from organization.models import Region, Staff
from organization.trees import paths_above
from workorders.enums import Channel
from workorders.models import Category
from workorders.queries.queues import Place

PAGE_SIZE = 50
LATEST = 20
SIMILAR = 10
HOUR = dt.timedelta(hours=1)
#: The chart begins this long before the surge, and shows at most so many hours from there.
BEFORE, HOURS = 24 * HOUR, 96
#: The heat table shows the last hours of the surge.
HEAT_HOURS = 12
RELATED = ("category", "region", "rule", "acknowledged_by", "concluded_by", "department")


def open_alerts() -> QuerySet[Alert]:
    """Return the surges that go on."""
    return Alert.objects.filter(cleared_at=None, merged_into=None)


def page(*, is_open: bool, after: Place | None) -> tuple[list[Alert], Place | None]:
    """Return one page of alerts, the newest first, after a place, and where the next begins (None on the last)."""
    rows = open_alerts() if is_open else Alert.objects.filter(cleared_at__isnull=False, merged_into=None)
    if after and after.due_at:
        rows = rows.filter(Q(opened_at__lt=after.due_at) | Q(opened_at=after.due_at, pk__lt=after.pk))
    related = (*RELATED, "incident__ticket")
    found = list(rows.select_related(*related).order_by("-opened_at", "-pk").fetch_mode(models.FETCH_RAISE)[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, None
    return found[:PAGE_SIZE], Place(found[PAGE_SIZE - 1].opened_at, found[PAGE_SIZE - 1].pk)


def found_alert(pk: int) -> Alert | None:
    """Return the alert with what its page shows, or None."""
    incident = ("incident__ticket", "incident__opened_by", "incident__ended_by")
    return Alert.objects.select_related(*RELATED, "merged_into", *incident).filter(pk=pk).first()


def complaints_of(alert: Alert) -> QuerySet[Complaint]:
    """Return the complaints of the alert's kind and region from its beginning to its end."""
    return within(alert, alert.since, alert.cleared_at)


class Shown(Protocol):
    """What is shown on a series: an alert, or what a preview found."""

    @property
    def category(self) -> Category: ...  # noqa: D102
    @property
    def region(self) -> Region: ...  # noqa: D102


def within(alert: Shown, start: dt.datetime, end: dt.datetime | None) -> QuerySet[Complaint]:
    """Return the complaints of the alert's series in a period; what staff entered in batches is left out."""
    rows = Complaint.objects.filter(
        ticket__category__path__startswith=alert.category.path,
        ticket__region__path__startswith=alert.region.path,
        ticket__filed_at__gte=start,
    ).exclude(ticket__channel=Channel.STAFF)
    return rows.filter(ticket__filed_at__lte=end) if end else rows


def latest(user: Staff, alert: Alert) -> list[Complaint]:
    """Return the latest complaints of the alert that the person may read."""
    visible = complaints_of(alert).filter(pk__in=policies.complaints_visible_to(user).values("pk"))
    related = ("ticket__category", "ticket__region", "customer", "incident_link")
    return list(visible.select_related(*related).order_by("-ticket__filed_at", "-pk")[:LATEST])


class Hour(NamedTuple):
    """One hour of the series: seen, normal (None where the rule does not know), and whether the surge was on."""

    at: dt.datetime
    seen: int
    normal: float | None
    is_surge: bool


class Heat(NamedTuple):
    """One place of the heat table: each hour's complaints with its shade from 0 to 5, and the sum."""

    place: Region
    cells: list[tuple[int, int]]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The series around the surge, and where its complaints came from."""

    hours: list[Hour]
    heat_hours: list[dt.datetime]
    heat: list[Heat]


def course(alert: Alert, now: dt.datetime) -> Course:
    """Return the alert's series by the hour and its places, in four queries."""
    start = _hour(alert.since - BEFORE)
    end = min(start + HOURS * HOUR, (alert.cleared_at or now) + 2 * HOUR, now)
    counted = within(alert, start, end).annotate(hour=TruncHour("ticket__filed_at"))
    rows = counted.order_by().values_list("hour", "ticket__region").annotate(number=Count("pk"))
    counts = {(hour, region): number for hour, region, number in rows}
    hours = [start + number * HOUR for number in range(int((end - start) / HOUR) + 1)]
    return Course(hours=_hours(alert, hours, counts, now), **_heat(alert, hours, counts))


def _hours(alert: Alert, hours: Sequence[dt.datetime], counts: dict[tuple[dt.datetime, int], int], now: dt.datetime) -> list[Hour]:
    seen: Counter[dt.datetime] = Counter()
    for (hour, _region), number in counts.items():
        seen[hour] += number
    until, watcher = alert.cleared_at or now, _watcher(alert)
    return [
        Hour(
            at=hour,
            seen=seen[hour],
            normal=watcher.normal_hour(hour) if watcher else None,
            is_surge=hour + HOUR > alert.since and hour <= until,
        )
        for hour in hours
    ]


def _watcher(alert: Alert) -> Watcher | None:
    watch = Watch.objects.filter(rule=alert.rule_id, category=alert.category_id, region=alert.region_id).first()
    if watch is None or not watch.state:
        return None
    watcher = watcher_of(alert.rule, rest_days())
    watcher.load(bytes(watch.state))
    return watcher


def _heat(alert: Alert, hours: Sequence[dt.datetime], counts: dict[tuple[dt.datetime, int], int]) -> dict[str, list]:
    """Return the complaints by place, one level below the alert's region, for the last hours of the surge."""
    surge = [hour for hour in hours if hour + HOUR > alert.since][:HEAT_HOURS]
    regions = {region.pk: region for region in Region.objects.filter(path__startswith=alert.region.path)}
    by_path = {region.path: region for region in regions.values()}
    table: dict[int, Counter[dt.datetime]] = {}
    for (hour, region), number in counts.items():
        if hour in surge:
            table.setdefault(_below(alert, regions[region], by_path).pk, Counter())[hour] += number
    most = max((number for row in table.values() for number in row.values()), default=1)
    heat = [_row(regions[pk], [row[hour] for hour in surge], most) for pk, row in table.items()]
    return {"heat_hours": surge, "heat": sorted(heat, key=lambda each: (-each.total, each.place.path))}


def _below(alert: Alert, region: Region, by_path: dict[str, Region]) -> Region:
    paths = paths_above(region.path)
    return by_path.get(paths[min(len(paths), alert.region.depth + 1) - 1], region)


def _row(place: Region, counts: list[int], most: int) -> Heat:
    return Heat(place, [(number, -(-5 * number // most)) for number in counts], sum(counts))


def _hour(at: dt.datetime) -> dt.datetime:
    return timezone.localtime(at).replace(minute=0, second=0, microsecond=0)


def similar(alert: Alert) -> list[Alert]:
    """Return past alerts of the same kind, of a wider or a narrower one, the newest first."""
    kind = Q(category__path__in=paths_above(alert.category.path)) | Q(category__path__startswith=alert.category.path)
    past = Alert.objects.filter(kind, merged_into=None, cleared_at__isnull=False).exclude(pk=alert.pk)
    return list(past.select_related(*RELATED).order_by("-opened_at", "-pk")[:SIMILAR])


def rules_with_record() -> Iterable[AlertRule]:
    """Return the rules with how often each fired, and how many of that was confirmed or nothing."""
    return (
        AlertRule.objects.select_related("owner", "category", "region")
        .prefetch_related("departments")
        .annotate(
            fired=Count("alerts", filter=Q(alerts__merged_into=None)),
            confirmed=Count("alerts", filter=Q(alerts__outcome=Outcome.INCIDENT)),
            nothing=Count("alerts", filter=Q(alerts__outcome=Outcome.NOTHING)),
        )
        .order_by("-is_active", "name")
    )
