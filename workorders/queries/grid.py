"""The department limits as a grid: what holds in each cell, where it comes from, what is in draft, and what is missing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from organization.enums import DepartmentKind
from organization.models import Department
from workorders.enums import Urgency
from workorders.models import Category, LimitChange, LimitEdit, OlaRule
from workorders.queries.coverage import customer_limits, department_limits, faults
from workorders.targets import Case, Rule, choose, ties

#: Rows go down to this level of the category tree; deeper limits are the administration's.
GRID_DEPTH = 2


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One department × category × urgency."""

    urgency: str
    #: What holds: the cell's own limit, or the one it inherits; None is a gap.
    limit: OlaRule | None
    is_own: bool
    edit: LimitEdit | None

    @property
    def words(self) -> str:
        """Return the urgency in words."""
        return str(Urgency(self.urgency).label)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One category, or all of them."""

    category: Category | None
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One department's limits, or everybody's, and what is wrong with any."""

    department: Department | None
    rows: list[Row]
    gaps: list[tuple[Department, Category]]
    conflicts: list[str]


def takers() -> list[Department]:
    """Return the departments that take orders."""
    return list(Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).select_related("calendar").order_by("code"))


def grid(department: Department | None, draft: LimitChange | None, at: dt.datetime) -> Grid:
    """Return the grid of `department` (None: the limits for all) at `at`, with the draft's edits marked."""
    limits = {limit.pk: limit for limit in department_limits(at)}
    rules = [limit.rule for limit in limits.values()]
    categories = list(Category.objects.filter(is_active=True).order_by("path"))
    edits = _edits(draft)
    shown: list[Category | None] = [None, *(category for category in categories if category.depth <= GRID_DEPTH)]
    rows = [
        Row(category=category, cells=[_cell(department, category, urgency, rules, limits, edits) for urgency in Urgency.values])
        for category in shown
    ]
    first = [category for category in categories if category.depth == 1]
    return Grid(department=department, rows=rows, gaps=_gaps(first, rules, at), conflicts=_conflicts(limits, rules, at))


def _edits(draft: LimitChange | None) -> Mapping[tuple[int | None, int | None, str], LimitEdit]:
    if draft is None:
        return {}
    edits = draft.edits.select_related("department", "category")
    return {(edit.department_id, edit.category_id, edit.urgency): edit for edit in edits}


def _plain(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules that hold for every channel, tier and region, which is what the grid shows."""
    return [rule for rule in rules if not (rule.scope.channel or rule.scope.tier or rule.scope.region_path)]


def _case(department: Department | None, category: Category | None, urgency: str) -> Case:
    path = category.path if category else ""
    key = department.pk if department else None
    return Case(department_id=key, category_path=path, urgency=urgency, channel="-", tier="-", region_path="")


def _cell(
    department: Department | None,
    category: Category | None,
    urgency: str,
    rules: list[Rule],
    limits: Mapping[int, OlaRule],
    edits: Mapping[tuple[int | None, int | None, str], LimitEdit],
) -> Cell:
    case = _case(department, category, urgency)
    rule = choose(_plain(rules), case, dt.datetime.max.replace(tzinfo=dt.UTC))
    own = rule is not None and (rule.scope.department_id, rule.scope.category_path) == (case.department_id, case.category_path)
    edit = edits.get((case.department_id, category.pk if category else None, urgency))
    return Cell(urgency=urgency, limit=limits[rule.id] if rule else None, is_own=own, edit=edit)


def _gaps(categories: list[Category], rules: list[Rule], at: dt.datetime) -> list[tuple[Department, Category]]:
    """Return departments and main categories for which some urgency has no limit: such an order could not be dispatched."""
    return [
        (department, category)
        for department in takers()
        for category in categories
        if any(choose(_plain(rules), _case(department, category, urgency), at) is None for urgency in Urgency.values)
    ]


def _conflicts(limits: Mapping[int, OlaRule], rules: list[Rule], at: dt.datetime) -> list[str]:
    tied = [f"{limits[one.id]} ↔ {limits[other.id]}" for one, other in ties(rules, at)]
    return [*tied, *faults(customer_limits(at), limits.values())]
