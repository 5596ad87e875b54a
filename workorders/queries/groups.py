"""The dashboard's figures by department, region, category and week: one query for each kind of figure.

Definitions are in docs/reference/figures.md; each number counts the rows that its figure's link shows.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, F, QuerySet, Value, When
from django.db.models.functions import Cast, TruncWeek
from django.utils import timezone

from workorders.enums import ClockKind
from workorders.queries import figures
from workorders.queries.counting import rollups
from workorders.queries.figures import DUE, KEPT, Scope, due_legs


@dataclass(slots=True, kw_only=True)
class Tally:
    """The departments' promises of one group of legs."""

    acknowledge_due: int = 0
    acknowledge_met: int = 0
    resolve_due: int = 0
    resolve_met: int = 0
    rework: int = 0
    timed: int = 0

    @property
    def acknowledge_late(self) -> int:
        """Return how many were not accepted in time."""
        return self.acknowledge_due - self.acknowledge_met

    @property
    def resolve_late(self) -> int:
        """Return how many had no result in time."""
        return self.resolve_due - self.resolve_met

    def add(self, other: "Tally") -> None:
        """Add another group."""
        for name in ("acknowledge_due", "acknowledge_met", "resolve_due", "resolve_met", "rework", "timed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


type Group = tuple[str, Any]

EVERYTHING: Group = ("", None)
GROUPS = ("department", "region", "category", "week")


def week_of(at: Any) -> TruncWeek:
    """Return the Monday, here, of the week in which an instant lies."""
    return TruncWeek(at, tzinfo=timezone.get_default_timezone())


def group_of(row: Mapping[str, Any]) -> Group:
    """Return the group that a row of a rollup is of."""
    name = next((group for group in GROUPS if group in row), "")
    key = timezone.make_aware(row["week"], timezone.get_default_timezone()) if name == "week" else row.get(name)
    return name, key


def tallies(scope: Scope) -> dict[Group, Tally]:
    """Return the tally of everything, and by department, region, category (ids) and week (its Monday), in one query."""
    rows = due_legs(scope, ClockKind.ACKNOWLEDGE, ClockKind.RESOLVE).values(
        "kind",
        "stopped_at",
        department=F("order__department"),
        region=F("ticket__region"),
        category=F("ticket__category"),
        week=week_of(DUE),
        kept=Case(When(KEPT, then=Value(1)), default=Value(0)),
        sent_back=F("order__send_back_count"),
    )
    found = rollups(
        rows,
        sets=[("kind",), *(("kind", group) for group in GROUPS)],
        measures={
            "due": "count(*)",
            "met": "sum(kept)",
            "rework": "count(*) FILTER (WHERE sent_back > 0)",
            "timed": "count(stopped_at)",
        },
    )
    return _by_group(found)


def _by_group(found: Iterable[dict[str, Any]]) -> dict[Group, Tally]:
    groups: dict[Group, Tally] = {EVERYTHING: Tally()}
    for row in found:
        tally = groups.setdefault(group_of(row), Tally())
        if row["kind"] == ClockKind.ACKNOWLEDGE:
            tally.acknowledge_due, tally.acknowledge_met = row["due"], row["met"]
        else:
            tally.resolve_due, tally.resolve_met, tally.rework, tally.timed = row["due"], row["met"], row["rework"], row["timed"]
    return groups


type Times = tuple[dt.timedelta | None, dt.timedelta | None]
#: For region and category: which node's line (id) a node (id) is counted in.
type Tops = Mapping[str, Mapping[int, int]]


def times(scope: Scope, tops: Tops) -> dict[Group, Times]:
    """Return the median and the 90th percentile (interpolated) of the working time that results took.

    Of everything, by department and week, and by the lines of regions and categories, for which `tops` says what they hold.
    """
    done = due_legs(scope, ClockKind.RESOLVE).filter(stopped_at__isnull=False)
    found = rollups(
        done.values(
            "used",
            department=F("order__department"),
            region=_top("ticket__region", tops["region"]),
            category=_top("ticket__category", tops["category"]),
            week=week_of(DUE),
        ),
        sets=[(), *((group,) for group in GROUPS)],
        measures={"both": "percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY used)"},
    )
    return {group_of(row): tuple(row["both"] or (None, None)) for row in found}


def _top(way: str, tops: Mapping[int, int]) -> Case:
    held: dict[int, list[int]] = {}
    for node, top in tops.items():
        held.setdefault(top, []).append(node)
    return Case(
        *(When(**{f"{way}__in": nodes}, then=Value(top)) for top, nodes in held.items()), output_field=BigIntegerField(null=True)
    )


#: Figures that do not look at the period, so that no week has them.
OF_NOW = frozenset({"open_legs", "overdue"})
#: What the columns are called in the query, where a model has fields of the groups' own names.
COLUMNS = {"unit": "department", "place": "region", "topic": "category", "week": "week"}


def counted(scope: Scope) -> dict[Group, Counter[str]]:
    """Return by group how many rows the figures have that stand in no tally: filed, open, overdue, returned."""
    parts = [
        _legs("open_legs", figures.open_legs(scope)),
        _legs("overdue", figures.overdue(scope)),
        _legs("sent_overdue", figures.sent_overdue(scope)),
        _columns(
            "returns", figures.asked_back(scope), thing="order", unit="order__department", way="order__ticket__", at="requested_at"
        ),
        _columns("filed", figures.filed(scope), thing="pk", unit="", way="", at="filed_at"),
        _columns("filed_open", figures.filed_open(scope), thing="pk", unit="", way="", at="filed_at"),
    ]
    found = rollups(
        parts[0].union(*parts[1:], all=True),
        sets=[("figure", column) for column in COLUMNS],
        measures={"number": "count(DISTINCT thing)"},
    )
    groups: dict[Group, Counter[str]] = {}
    for row in found:
        group = group_of({COLUMNS.get(column, column): value for column, value in row.items()})
        if group[1] is not None and not (group[0] == "week" and row["figure"] in OF_NOW):
            groups.setdefault(group, Counter())[row["figure"]] += row["number"]
    return groups


def _legs(figure: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return _columns(figure, rows, thing="pk", unit="department", way="ticket__", at="dispatched_at")


def _columns(figure: str, rows: QuerySet[Any], *, thing: str, unit: str, way: str, at: str) -> QuerySet[Any, Any]:
    return rows.order_by().values(
        figure=Value(figure),
        thing=F(thing),
        unit=F(unit) if unit else Cast(Value(None), BigIntegerField()),
        place=F(f"{way}region"),
        topic=F(f"{way}category"),
        week=week_of(at),
    )
