"""The SLA dashboard's numbers, put together from the figures of the work orders and of the callbacks."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from complaints.queries import satisfaction
from complaints.queries.satisfaction import Said
from organization.enums import RegionKind
from organization.models.base import Tree
from workorders.queries import figures
from workorders.queries.figures import EVERYTHING, Scope, Tally, Times

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
    filed: int = 0
    address: str = ""

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
    tallies, spent, said = figures.tallies(scope), figures.times(scope), satisfaction.said(scope)
    filed = figures.filed_by(scope)
    total = Line(tally=tallies[EVERYTHING], times=spent.get(None, (None, None)))
    for each in said.values():
        total.said.add(each)
    place, topic = _place(scope), _topic(scope)
    return Overview(
        total=total,
        counts=figures.counted(scope),
        weeks=_weeks(scope, tallies),
        departments=_departments(tallies, spent, said, departments),
        regions=_rolled("region", tallies, filed, regions, place),
        categories=_rolled("category", tallies, filed, categories, topic),
    )


def _departments(
    tallies: Mapping[figures.Group, Tally],
    spent: Mapping[int | None, Times],
    said: Mapping[int | None, Said],
    departments: Mapping[int, Any],
) -> list[Line]:
    """Return a line for each department with legs or callbacks, the busiest first."""
    keys = {key for name, key in tallies if name == "department"} | {key for key in said if key}
    lines = [
        Line(
            label=str(departments[key]),
            key=departments[key],
            tally=tallies.get(("department", key), Tally()),
            said=said.get(key, Said()),
            times=spent.get(key, (None, None)),
        )
        for key in keys
    ]
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


def _rolled(
    name: str,
    tallies: Mapping[figures.Group, Tally],
    filed: Mapping[figures.Group, int],
    nodes: Mapping[int, Any],
    level: Level,
) -> list[Line]:
    """Add the tree's nodes up at a level; what lies above that level has a line of its own."""
    by_path = {node.path: node for node in nodes.values()}
    tops = {key: level(node, by_path) for key, node in nodes.items()}
    lines: dict[int, Line] = {}
    for group in dict.fromkeys([*tallies, *filed]):
        if group[0] == name:
            top = tops[group[1]]
            line = lines.setdefault(top.pk, Line(label=str(top), key=top))
            line.tally.add(tallies.get(group, Tally()))
            line.filed += filed.get(group, 0)
    for line in lines.values():
        line.is_itself = any(nodes[key].path.startswith(line.key.path) and top is not line.key for key, top in tops.items())
    return sorted(lines.values(), key=lambda line: (-line.filed, -line.tally.resolve_due, line.key.path))


def _weeks(scope: Scope, tallies: Mapping[figures.Group, Tally]) -> list[Line]:
    """Return a line for each week from the first to the last in which something fell due."""
    found = {key: tally for (name, key), tally in tallies.items() if name == "week"}
    if not found:
        return []
    weeks, lines = sorted(found), []
    monday = weeks[0]
    while monday <= weeks[-1]:
        lines.append(Line(label=f"{monday:%m-%d}", key=monday, tally=found.get(monday, Tally())))
        monday += WEEK
    return lines
