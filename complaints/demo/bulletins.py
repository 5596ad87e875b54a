"""The demo operator's bulletins: last month's and last week's published, this week's in the making; users of nine months."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from complaints.actions import bulletins
from complaints.actions.subscribers import enter_users
from complaints.bulletins.periods import DAY, Span, before, month_of, week_of
from complaints.enums import BulletinKind
from complaints.models import Bulletin
from organization.enums import RegionKind
from organization.models import Region, Staff

TEXTS = tomllib.loads((Path(__file__).parent / "bulletins.toml").read_text(encoding="utf-8"))
HOUR = dt.timedelta(hours=1)
MONTHS = 9
#: Users in thousands, and by how many more a month.
USERS = {
    "qd": (461, 2),
    "yt": (304, 1),
    "wf": (368, 1),
    "jn": (432, 2),
    "zb": (210, -1),
    "ta": (226, 1),
    "ji": (337, 1),
    "ly": (413, 1),
}


def make(now: dt.datetime) -> None:
    """Make the bulletins through the actions, each step at its own time."""
    staff = {person.username: person for person in Staff.objects.filter(username__in=("officer", "supervisor", "duty"))}
    _users(staff["officer"], now)
    today = timezone.localtime(now).date()
    month, week = before(month_of(today)), before(week_of(today))
    for kind, span in ((BulletinKind.MONTHLY, month), (BulletinKind.WEEKLY, week)):
        _published(kind, span, staff, now)
    begun = bulletins.draft(kind=BulletinKind.WEEKLY, span=week_of(today), by=Staff.objects.system(), now=now)
    begun = bulletins.count(bulletin=begun, now=now)
    _written(begun, TEXTS["draft"], staff["officer"], now)


def _users(by: Staff, now: dt.datetime) -> None:
    """Enter the users of the months that are over."""
    span = month_of(timezone.localtime(now).date())
    cities = {region.path.rstrip("/").rpartition("/")[2]: region for region in Region.objects.filter(kind=RegionKind.CITY)}
    for number in range(MONTHS):
        span = before(span)
        entered = [
            (cities[key], span.start, (base - number * more) * 1000 + 137 * place)
            for place, (key, (base, more)) in enumerate(USERS.items())
            if key in cities
        ]
        enter_users(entered=entered, by=by, now=now)


def _published(kind: str, span: Span, staff: Mapping[str, Staff], now: dt.datetime) -> None:
    """Draft in the early morning after the period, write in the forenoon, publish in the afternoon."""
    morning = dt.datetime.combine(span.end, dt.time(6, 10), timezone.get_default_timezone())
    at = [min(morning + hours * HOUR, now) for hours in (0, 3, 5, 9, 10)]
    made = bulletins.draft(kind=kind, span=span, by=Staff.objects.system(), now=at[0])
    made = bulletins.count(bulletin=made, now=at[0])
    made = _written(made, TEXTS[kind], staff["officer"], at[1])
    made = bulletins.submit(bulletin=made, by=staff["officer"], now=at[2])
    made = bulletins.sign(bulletin=made, by=staff["supervisor"], now=at[3])
    made = bulletins.publish(bulletin=made, by=staff["duty"], now=at[4])
    _read(made, at[4], now)
    bulletins.remind(bulletin=made, by=staff["officer"], now=min(at[4] + 2 * DAY, now))


def _read(made: Bulletin, told: dt.datetime, now: dt.datetime) -> None:
    """Let two of three readers confirm within the next two days; the head and the manager of the printed logins are left to do it."""
    for place, each in enumerate(made.readers.select_related("staff").order_by("pk")):
        if place % 3 and each.staff.username not in {"head", "manager"}:
            bulletins.confirm_read(bulletin=made, by=each.staff, now=min(told + (2 + 3 * place) * HOUR, now))


def _written(made: Bulletin, texts: Mapping[str, str], by: Staff, now: dt.datetime) -> Bulletin:
    named = _names(made.figures)
    if named is None:
        return made
    return bulletins.edit(bulletin=made, texts={name: text.strip().format(**named) for name, text in texts.items()}, by=by, now=now)


def _names(figures: Mapping[str, Any]) -> dict[str, str] | None:
    """Return whom the texts are about; None where too little happened."""
    branches = [line for line in figures["regions"] if "overall" in line["ranks"]]
    units = [line for line in figures["departments"] if "overall" in line["ranks"]]
    issues = [figures["hot"]["details"][key] for key in (*figures["hot"]["rising"], *figures["hot"]["volume"])]
    if not branches or not units or not issues or not issues[0]["places"]:
        return None
    slow = min(units, key=lambda line: float(line["rates"]["leg_on_time"]))
    best, worst = branches[0], branches[-1]
    return {
        "best": best["name"],
        "best_rate": best["rates"]["on_time"],
        "best_satisfied": best["rates"].get("satisfied", "–"),
        "worst": worst["name"],
        "worst_rate": worst["rates"]["on_time"],
        "unit": units[0]["name"],
        "slow": slow["name"],
        "slow_rate": slow["rates"]["leg_on_time"],
        "issue": issues[0]["name"],
        "place": issues[0]["places"][0]["name"],
    }
