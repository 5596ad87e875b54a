"""The SLA dashboard's numbers, put together from the figures of the work orders and of the callbacks."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from complaints.queries import rolled
from complaints.queries.gathering import Found, of_rows, summed
from complaints.queries.lines import Line, share
from organization.enums import RegionKind
from organization.models.base import Tree
from organization.trees import upwards
from workorders.queries.figures import Scope
from workorders.queries.groups import EVERYTHING

WEEK = dt.timedelta(days=7)


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
    """Return the figures of `scope`, in at most five queries; the mappings are the nodes by id."""
    tops = {"region": _tops(regions, _place(scope)), "category": _tops(categories, _topic(scope))}
    held = {name: {key: top.pk for key, top in nodes.items()} for name, nodes in tops.items()}
    asked = rolled.sliced(scope, regions, categories)
    found = summed(asked, held) or of_rows(scope, held)
    return Overview(
        total=found.line(EVERYTHING),
        counts=found.total,
        weeks=_weeks(found),
        departments=_departments(found, departments),
        regions=_rolled("region", found, regions, tops["region"]),
        categories=_rolled("category", found, categories, tops["category"]),
    )


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
            (above for above in upwards(node, by_path) if getattr(above, "kind", "") == RegionKind.CITY),
            node,
        )
    return _at_depth(chosen.depth + 1)


def _topic(scope: Scope) -> Level:
    """Return the category that a ticket's counts for: of the first level, or of the next below what is chosen."""
    return _at_depth(scope.category.depth + 1 if scope.category else 1)


def _at_depth(depth: int) -> Level:
    return lambda node, by_path: next((above for above in upwards(node, by_path) if above.depth == depth), node)


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
