"""The SLA dashboard's numbers, put together from the figures of the work orders and of the callbacks."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from complaints.queries import satisfaction
from complaints.queries.satisfaction import Said
from organization.enums import RegionKind
from organization.models.base import Tree
from workorders.queries import figures, groups
from workorders.queries.figures import Scope
from workorders.queries.groups import EVERYTHING, Group, Tally, Times

WEEK = dt.timedelta(days=7)


def share(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole, exactly; None where there is nothing."""
    return Fraction(part, whole) if whole else None


@dataclass(slots=True, kw_only=True)
class Line:
    """One group's figures: a line of a table."""

    label: str = ""
    #: The node or week that the line is of; and whether it is of the node alone, what lies below having lines of its own.
    key: Any = None
    is_itself: bool = False
    tally: Tally = field(default_factory=Tally)
    said: Said = field(default_factory=Said)
    times: Times = (None, None)
    #: Filed, returned, open and overdue, by the figure's name.
    counts: Counter[str] = field(default_factory=Counter)
    address: str = ""

    @property
    def filed(self) -> int:
        """Return how many tickets were filed."""
        return self.counts["filed"]

    @property
    def acknowledge_share(self) -> Fraction | None:
        """Return the share of orders accepted in time."""
        return share(self.tally.acknowledge_met, self.tally.acknowledge_due)

    @property
    def resolve_share(self) -> Fraction | None:
        """Return the share of orders replied to in time."""
        return share(self.tally.resolve_met, self.tally.resolve_due)

    @property
    def satisfied_share(self) -> Fraction | None:
        """Return the share of customers reached who were satisfied."""
        return share(self.said.satisfied, self.said.reached)

    @property
    def solved_share(self) -> Fraction | None:
        """Return the share of customers reached who call the matter solved."""
        return share(self.said.solved, self.said.reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything the dashboard shows."""

    total: Line
    counts: dict[str, int]
    departments: list[Line]
    regions: list[Line]
    categories: list[Line]
    weeks: list[Line]

    @property
    def overall_share(self) -> Fraction | None:
        """Return the share of customers who were answered in time."""
        return share(self.counts["overall_met"], self.counts["overall_due"])


def overview(
    scope: Scope, *, departments: Mapping[int, Any], regions: Mapping[int, Any], categories: Mapping[int, Any]
) -> Overview:
    """Return the figures of `scope` in five queries; the mappings are the nodes by id."""
    tops = {"region": _tops(regions, _place(scope)), "category": _tops(categories, _topic(scope))}
    found = Found(
        tallies=groups.tallies(scope),
        times=groups.times(scope, {name: {key: top.pk for key, top in held.items()} for name, held in tops.items()}),
        said=satisfaction.said(scope),
        counts=groups.counted(scope),
    )
    return Overview(
        total=found.line(EVERYTHING),
        counts=figures.counted(scope),
        weeks=_weeks(found),
        departments=_departments(found, departments),
        regions=_rolled("region", found, regions, tops["region"]),
        categories=_rolled("category", found, categories, tops["category"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All figures by group, as they were counted."""

    tallies: Mapping[Group, Tally]
    times: Mapping[Group, Times]
    said: Mapping[Group, Said]
    counts: Mapping[Group, Counter[str]]

    def keys(self, name: str) -> list[Any]:
        """Return the keys of the groups of a kind; None, where a figure belongs to no group of it, is none."""
        every = dict.fromkeys([*self.tallies, *self.said, *self.counts])
        return [key for group, key in every if group == name and key is not None]

    def line(self, group: Group, **named: Any) -> Line:
        """Return the line of one group."""
        line = Line(times=self.times.get(group, (None, None)), **named)
        self.add(group, line)
        return line

    def add(self, group: Group, line: Line) -> None:
        """Add what can be added of a group to a line."""
        line.tally.add(self.tallies.get(group, Tally()))
        line.said.add(self.said.get(group, Said()))
        line.counts.update(self.counts.get(group, Counter()))


def _departments(found: Found, departments: Mapping[int, Any]) -> list[Line]:
    """Return a line for each department with legs or callbacks, the busiest first."""
    lines = [found.line(("department", key), label=str(departments[key]), key=departments[key]) for key in found.keys("department")]
    return sorted(lines, key=lambda line: (-line.tally.resolve_due, line.key.code))


type Level = Callable[[Tree, Mapping[str, Tree]], Tree]


def _place(scope: Scope) -> Level:
    """Return the region that a ticket's counts for: its city branch, or the next level below what is chosen."""
    chosen = scope.region
    if chosen is None or chosen.kind in {RegionKind.PROVINCE, RegionKind.REGION}:
        return lambda node, by_path: next(
            (above for above in _upwards(node, by_path) if getattr(above, "kind", "") == RegionKind.CITY),
            node,
        )
    return _at_depth(chosen.depth + 1)


def _topic(scope: Scope) -> Level:
    """Return the category that a ticket's counts for: of the first level, or of the next below what is chosen."""
    return _at_depth(scope.category.depth + 1 if scope.category else 1)


def _at_depth(depth: int) -> Level:
    return lambda node, by_path: next((above for above in _upwards(node, by_path) if above.depth == depth), node)


def _upwards(node: Tree, by_path: Mapping[str, Tree]) -> list[Tree]:
    """Return the node and everything above it, itself first."""
    parts = node.path.rstrip("/").split("/")
    paths = ["/".join(parts[:depth]) + "/" for depth in range(len(parts), 0, -1)]
    return [by_path[path] for path in paths if path in by_path]


def _tops(nodes: Mapping[int, Any], level: Level) -> dict[int, Any]:
    """Return the node in whose line each node is counted."""
    by_path = {node.path: node for node in nodes.values()}
    return {key: level(node, by_path) for key, node in nodes.items()}


def _rolled(name: str, found: Found, nodes: Mapping[int, Any], tops: Mapping[int, Any]) -> list[Line]:
    """Add the tree's nodes up in the lines of their tops; what lies above that level has a line of its own."""
    lines: dict[int, Line] = {}
    for key in found.keys(name):
        top = tops[key]
        if top.pk not in lines:
            lines[top.pk] = Line(label=str(top), key=top, times=found.times.get((name, top.pk), (None, None)))
        found.add((name, key), lines[top.pk])
    for line in lines.values():
        line.is_itself = any(nodes[key].path.startswith(line.key.path) and top is not line.key for key, top in tops.items())
    return sorted(lines.values(), key=lambda line: (-line.filed, -line.tally.resolve_due, line.key.path))


def _weeks(found: Found) -> list[Line]:
    """Return a line for each week from the first to the last in which anything is counted."""
    weeks = sorted(found.keys("week"))
    if not weeks:
        return []
    span = (weeks[-1] - weeks[0]) // WEEK
    mondays = [weeks[0] + number * WEEK for number in range(span + 1)]
    return [found.line(("week", monday), label=f"{monday:%m-%d}", key=monday) for monday in mondays]
