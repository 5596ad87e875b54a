"""Who is told of an alert: each level reaches further up, and climbs where nobody acknowledges it."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import override

from complaints.enums import AlertLevel
from complaints.models import Alert
from complaints.policies import told_departments
from journal.models import Notice
from journal.notify import notify
from journal.types import Data
from organization.enums import Role
from organization.models import Staff
from organization.queries.duty import BRANCH, COMPANY, Directory

#: Within how long each level must be acknowledged before the next level's people are told (domain, section 8).
ACKNOWLEDGE_WITHIN = {
    AlertLevel.BLUE: dt.timedelta(minutes=30),
    AlertLevel.YELLOW: dt.timedelta(minutes=20),
    AlertLevel.ORANGE: dt.timedelta(minutes=15),
    AlertLevel.RED: dt.timedelta(minutes=10),
}
#: Red is repeated as often, to everybody who was told.
REPEATS = 6


def audience(alert: Alert, level: int, now: dt.datetime) -> list[Staff]:
    """Return everybody whom a level concerns, each level's people with those of the levels below.

    Blue: the departments' duty officers (their contacts where nobody has that duty) and the centre's; yellow: their heads;
    orange: the branch's management; red: the company's.
    """
    directory, departments = Directory.loaded(now), told_departments(alert)
    people = directory.centre()
    for department in departments:
        people += directory.acting(department, Role.DUTY) or directory.acting(department, Role.CONTACT)
    if level >= AlertLevel.YELLOW:
        people += _each(directory, departments, Role.HEAD)
    if level >= AlertLevel.ORANGE:
        people += directory.managers(alert.region_id, BRANCH)
        people += _each(directory, directory.centres, Role.HEAD)
    if level >= AlertLevel.RED:
        people += directory.managers(alert.region_id, COMPANY)
    return list({person.pk: person for person in people}.values())


def _each(directory: Directory, departments: Iterable[int], role: str) -> list[Staff]:
    return [person for department in departments for person in directory.acting(department, role)]


def tell(alert: Alert, level: int, *, now: dt.datetime) -> None:
    """Tell the people of a level, each once a level of the alert, and say when it climbs on unless somebody acknowledges."""
    _notify(alert, level, f"surge:{alert.pk}:{alert.level}", now)
    alert.told_level = max(alert.told_level, level)
    alert.climbs_at = None if alert.acknowledged_at else now + ACKNOWLEDGE_WITHIN[AlertLevel(level)]
    alert.save(update_fields=["told_level", "climbs_at"])


def tell_again(alert: Alert, *, now: dt.datetime) -> None:
    """Repeat red to everybody it concerns, up to six times."""
    alert.repeats += 1
    _notify(alert, AlertLevel.RED, f"surge:{alert.pk}:{alert.level}:again{alert.repeats}", now)
    alert.climbs_at = now + ACKNOWLEDGE_WITHIN[AlertLevel.RED] if alert.repeats < REPEATS else None
    alert.save(update_fields=["repeats", "climbs_at"])


def tell_reopened(alert: Alert, *, at: dt.datetime, now: dt.datetime) -> None:
    """Tell everybody who was told that it goes on after all, once for each time; unless acknowledged, it climbs on from here."""
    notify("surge.again", key=f"surge:{alert.pk}:reopened:{int(at.timestamp())}", to=_told(alert), at=now, stream=alert.stream,
           data=about(alert))  # fmt: skip
    if not alert.acknowledged_at:
        alert.climbs_at = now + ACKNOWLEDGE_WITHIN[AlertLevel(max(alert.told_level, AlertLevel.BLUE))]
        alert.save(update_fields=["climbs_at"])


def _told(alert: Alert) -> QuerySet[Staff]:
    """Return the people who were told of the alert, or of one that was brought together in it."""
    streams = [each.stream for each in (alert, *alert.merged.all())]
    told = Notice.objects.filter(kind="surge.alert", stream__in=streams).values("recipient")
    return Staff.objects.filter(pk__in=told, is_active=True)


def tell_over(alert: Alert, *, now: dt.datetime) -> None:
    """Tell everybody who was told that it is over, with a summary."""
    data = about(alert) | {"since_at": alert.since.isoformat(), "cleared_at": (alert.cleared_at or now).isoformat()}
    key = f"surge:{alert.pk}:over:{int((alert.cleared_at or now).timestamp())}"
    notify("surge.over", key=key, to=_told(alert), at=now, stream=alert.stream, data=data)


def _notify(alert: Alert, level: int, key: str, now: dt.datetime) -> None:
    to = audience(alert, level, now)
    notify("surge.alert", key=key, to=to, at=now, stream=alert.stream, data=about(alert))


def about(alert: Alert) -> Data:
    """Return what a message about an alert may mention."""
    level = AlertLevel(alert.level)
    return {
        "level": _said(level, "zh-hans"),
        "level_en": _said(level, "en"),
        "category": alert.category.name,
        "category_en": alert.category.name_en or alert.category.name,
        "region": alert.region.name,
        "region_en": alert.region.name_en or alert.region.name,
        "seen": str(alert.seen),
        "expected": f"{alert.expected:.1f}",
        "minutes": str(alert.minutes),
        "excess": f"{alert.excess:.0f}",
    }


def _said(level: AlertLevel, language: str) -> str:
    with override(language):
        return str(level.label)
