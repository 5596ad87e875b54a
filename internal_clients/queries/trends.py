"""Every department's total over a year of months, and what the internal clients said of the departments."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.db.models.fetch_modes import FETCH_RAISE

from internal_clients.models import InternalRequest, Rating, Scorecard
from internal_clients.months import months_before
from internal_clients.queries.requests import visible_to
from internal_clients.queries.scorecards import newest_runs
from organization.models import Department, Staff

MONTHS = 12
#: A mean of fewer marks would tell one rater what the other gave.
LEAST_VOICES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One department's totals, month by month; None where it was not scored."""

    department: Department
    totals: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The months, the earliest first, and a line for each department that was scored in any of them."""

    months: tuple[dt.date, ...]
    lines: list[Line]


def trend(until: dt.date) -> Trend:
    """Return the totals of the twelve months up to and with `until`, from the first that was scored, trial runs left out.

    The best of the last month comes first.
    """
    months = tuple(months_before(until, back) for back in reversed(range(MONTHS)))
    runs = newest_runs(months).values("pk")
    cards = Scorecard.objects.filter(run__in=runs).select_related("department", "run__period").fetch_mode(FETCH_RAISE)
    totals: dict[Department, dict[dt.date, Decimal | None]] = {}
    for card in cards:
        totals.setdefault(card.department, {})[card.run.period.month] = card.total
    first = min((month for found in totals.values() for month in found), default=until)
    months = tuple(month for month in months if month >= first)
    lines = [Line(department=one, totals=tuple(found.get(month) for month in months)) for one, found in totals.items()]
    return Trend(months=months, lines=sorted(lines, key=_best_first))


def _best_first(line: Line) -> tuple[bool, Decimal, str]:
    last = line.totals[-1]
    return last is None, -(last or Decimal(0)), line.department.code


def _unit(user: Staff, person: str) -> Q:
    """Match the colleagues of the person's own unit: the same department in the same region."""
    same = {f"{person}__department": user.department_id, f"{person}__region": user.region_id}
    return Q(**same, **{f"{person}__department__isnull": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a unit's raters said of a department in one month: the mean of their marks, how many, and one's own."""

    month: dt.date
    department: str
    mean: float | None
    voices: int
    own: int | None


def marks_given(user: Staff, until: dt.date) -> list[Given]:
    """Return the monthly marks of the person's own unit over twelve months, without names, the newest first.

    Of fewer than three raters there is no mean: one of two could work out the other's mark.
    """
    since = months_before(until, MONTHS - 1)
    ours = Q(rater__staff=user) | _unit(user, "rater__staff")
    rows = (
        Rating.objects.filter(ours, month__gte=since)
        .values("month", "department")
        .annotate(mean=Avg("score"), voices=Count("pk"), own=Max("score", filter=Q(rater__staff=user)))
        .order_by("-month", "department__code")
    )
    names = Department.objects.in_bulk({row["department"] for row in rows})
    return [
        Given(
            month=row["month"],
            department=str(names[row["department"]]),
            mean=row["mean"] if row["voices"] >= LEAST_VOICES or (row["voices"] == 1 and row["own"]) else None,
            voices=row["voices"],
            own=row["own"],
        )
        for row in rows
    ]


def requests_rated(user: Staff) -> QuerySet[InternalRequest]:
    """Return the internal requests of the person's own unit that were confirmed with marks, the newest first."""
    ours = Q(ticket__filed_by=user) | _unit(user, "ticket__filed_by")
    return visible_to(user).filter(ours, confirmed_at__isnull=False).fetch_mode(FETCH_RAISE)
