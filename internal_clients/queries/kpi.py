"""The target tree as a page reads it: who is where, which targets are in force, what was reached, and how it adds up."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Max, QuerySet, Sum, prefetch_related_objects

from internal_clients import kpi
from internal_clients.enums import KpiLevel, KpiMeasure, KpiState
from internal_clients.models import KpiFigure, KpiItem, KpiMark, KpiNode, KpiSheet

type Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One target with what was reached of it."""

    item: KpiItem
    over: Decimal
    under: Decimal
    mark: KpiMark | None
    score: Decimal | None

    @property
    def is_count(self) -> bool:
        """Tell whether the target is a number of pieces."""
        return self.item.measure == KpiMeasure.PIECES

    @property
    def is_process(self) -> bool:
        """Tell whether a head judges it."""
        return self.item.measure == KpiMeasure.PROCESS

    @property
    def percent(self) -> Decimal | None:
        """Return a rate's value in per cent; None for what is no rate, or of nothing."""
        return None if self.is_count or self.is_process or not self.under else 100 * self.over / self.under


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a place stands in a month: the targets in force, each with its line, and the total; both empty without targets."""

    node: KpiNode
    sheet: KpiSheet | None
    lines: tuple[Line, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """Return the place's KPI score of the month, to 0.01; None where nothing can be judged."""
        return kpi.total(
            reckoned(line.item, line.over, line.under, known=not line.is_process or bool(line.mark)) for line in self.lines
        )

    def line(self, measure: str) -> Line | None:
        """Return the line of a counted measure, or None."""
        return next((line for line in self.lines if line.item.measure == measure), None)


def reckoned(item: KpiItem, over: Decimal, under: Decimal, *, known: bool = True) -> kpi.Item:
    """Return a target as the arithmetic reads it."""
    return kpi.Item(
        spread=item.spread, weight=item.weight, target=item.target, limit=item.limit, over=over, under=under, known=known
    )


@dataclass(slots=True)
class Counts:
    """What was counted in a month: by department, and person by person where asked."""

    departments: dict[tuple[str, int], Pair] = field(default_factory=dict)
    people: dict[tuple[str, int, int], Pair] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    counted_at: dt.datetime | None = None

    def of(self, node: KpiNode, measure: str) -> tuple[Decimal, Decimal]:
        """Return numerator and denominator of a place."""
        return _summed(self._pairs(node, measure))

    def _pairs(self, node: KpiNode, measure: str) -> Iterable[Pair]:
        department = node.department_id or 0
        match node.level:
            case KpiLevel.COMPANY:
                return [pair for (name, _department), pair in self.departments.items() if name == measure]
            case KpiLevel.DEPARTMENT:
                return [self.departments.get((measure, department), (0, 0))]
            case KpiLevel.POST:
                return [self.people.get((measure, department, person), (0, 0)) for person in self.members[node.pk]]
            case _:
                return [self.people.get((measure, department, node.speaker_id), (0, 0))]


def _summed(pairs: Iterable[Pair]) -> tuple[Decimal, Decimal]:
    found = list(pairs)
    return Decimal(sum(over for over, _under in found)), Decimal(sum(under for _over, under in found))


def counts_of(nodes: Sequence[KpiNode], month: dt.date) -> Counts:
    """Read what was counted for some places: three queries, whatever their number."""
    figures, counts = KpiFigure.objects.filter(month=month), Counts()
    by_department = figures.values("measure", "department").annotate(o=Sum("over"), u=Sum("under"), at=Max("counted_at"))
    for measure, department, over, under, at in by_department.values_list("measure", "department", "o", "u", "at"):
        counts.departments[measure, department], counts.counted_at = (over, under), at
    near = {node.department_id for node in nodes if node.level in {KpiLevel.POST, KpiLevel.EMPLOYEE}}
    if near:
        own = figures.filter(department__in=near, staff__isnull=False)
        for measure, department, staff, over, under in own.values_list("measure", "department", "staff", "over", "under"):
            counts.people[measure, department, staff] = (over, under)
        employees = KpiNode.objects.filter(level=KpiLevel.EMPLOYEE, department__in=near, is_active=True)
        for parent, speaker in employees.values_list("parent", "speaker"):
            counts.members[parent or 0].add(speaker)
    return counts


def sheets_in_force(nodes: Iterable[KpiNode], month: dt.date) -> dict[int, KpiSheet]:
    """Return the newest agreed version of each place that is in force in the month, with its targets."""
    agreed = KpiSheet.objects.filter(node__in=[node.pk for node in nodes], state=KpiState.AGREED, starts_on__lte=month)
    found = agreed.order_by("node", "-starts_on").distinct("node").prefetch_related("items")
    return {sheet.node_id: sheet for sheet in found}


def latest_sheets(nodes: Iterable[KpiNode]) -> dict[int, KpiSheet]:
    """Return the newest version of each place, agreed or not, with its targets."""
    found = KpiSheet.objects.filter(node__in=[node.pk for node in nodes]).order_by("node", "-version").distinct("node")
    return {sheet.node_id: sheet for sheet in found.prefetch_related("items")}


@dataclass(frozen=True, slots=True)
class Board:
    """What a page shows of some places in a month."""

    standings: list[Standing]
    #: The newest version of each place, agreed or not.
    latest: dict[int, KpiSheet]
    counted_at: dt.datetime | None


def board(nodes: Sequence[KpiNode], month: dt.date) -> Board:
    """Return where each place stands in a month, and its newest version: six queries, whatever their number."""
    counts, (in_force, latest) = counts_of(nodes, month), _versions(nodes, month)
    newest = KpiMark.objects.filter(month=month, item__sheet__in=[sheet.pk for sheet in in_force.values()])
    marks = {mark.item_id: mark for mark in newest.order_by("item_id", "-pk").distinct("item_id").select_related("by")}
    found = [_standing(node, in_force.get(node.pk), counts, marks) for node in nodes]
    return Board(found, latest, counts.counted_at)


def standings(nodes: Sequence[KpiNode], month: dt.date) -> list[Standing]:
    """Return where each place stands in a month."""
    return board(nodes, month).standings


def _versions(nodes: Sequence[KpiNode], month: dt.date) -> tuple[dict[int, KpiSheet], dict[int, KpiSheet]]:
    """Return the version in force in the month, and the newest one, of each place, with their targets."""
    in_force: dict[int, KpiSheet] = {}
    latest: dict[int, KpiSheet] = {}
    for sheet in KpiSheet.objects.filter(node__in=[node.pk for node in nodes]).order_by("node", "version"):
        latest[sheet.node_id] = sheet
        if sheet.state == KpiState.AGREED and sheet.starts_on <= month:
            in_force[sheet.node_id] = sheet
    prefetch_related_objects([*{sheet.pk: sheet for sheet in (*in_force.values(), *latest.values())}.values()], "items")
    return in_force, latest


def _standing(node: KpiNode, sheet: KpiSheet | None, counts: Counts, marks: dict[int, KpiMark]) -> Standing:
    if sheet is None:
        return Standing(node, None)
    return Standing(node, sheet, tuple(_line(node, item, counts, marks.get(item.pk)) for item in sheet.items.all()))


def _line(node: KpiNode, item: KpiItem, counts: Counts, mark: KpiMark | None) -> Line:
    if item.measure == KpiMeasure.PROCESS:
        over, under = (mark.passed if mark else Decimal(0)), item.target
    else:
        over, under = counts.of(node, item.measure)
    known = item.measure != KpiMeasure.PROCESS or mark is not None
    return Line(item, over, under, mark, kpi.score(reckoned(item, over, under, known=known)))


def with_names(nodes: QuerySet[KpiNode]) -> QuerySet[KpiNode]:
    """Read places with what their names are made of."""
    return nodes.select_related("department", "speaker")


#: A place with everything above it and what their names are made of, in one query.
ABOVE = tuple(
    f"{prefix}{name}"
    for prefix in ("", "parent__", "parent__parent__", "parent__parent__parent__")
    for name in ("department", "speaker")
)


def upwards(node: KpiNode) -> list[KpiNode]:
    """Return a place and those above it, the company last; one read with `ABOVE` asks no more."""
    chain = [node]
    while (parent := chain[-1].parent) is not None:
        chain.append(parent)
    return chain


@dataclass(frozen=True, slots=True)
class AddedUp:
    """How one counted measure adds up: the line of each place from the person to the company, None where it has no such target."""

    item: KpiItem
    lines: tuple[Line | None, ...]


def adding_up(chain: Sequence[Standing]) -> list[AddedUp]:
    """Return how the first place's counted measures add up to those above it."""
    own = [line for line in chain[0].lines if not line.is_process]
    return [AddedUp(line.item, tuple(each.line(line.item.measure) for each in chain)) for line in own]


def below(node: KpiNode) -> list[KpiNode]:
    """Return the active places right below, in the order they were added."""
    return list(with_names(KpiNode.objects.filter(parent=node, is_active=True)).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that does not fit between a place's targets and those below it; `short` is in pieces."""

    item: KpiItem
    short: Decimal = Decimal(0)
    worse: KpiNode | None = None


def gaps_below(sheet: KpiSheet, children: Sequence[KpiNode], latest: Mapping[int, KpiSheet]) -> list[Gap]:
    """Return where the newest targets of the places below (`latest`, by place) do not carry a version's targets."""
    found: list[Gap] = []
    for item in sheet.items.all():
        own = [(node, each) for node in children for each in _same(latest.get(node.pk), item.measure)]
        if item.spread == kpi.Spread.SPLIT and children:
            short = kpi.missing_pieces(item.target, [each.target for _node, each in own])
            found += [Gap(item, short=short)] if short else []
        elif item.spread == kpi.Spread.SAME:
            found += [Gap(item, worse=node) for node, each in own if not kpi.is_as_good(each.target, item.target, limit=each.limit)]
    return found


def _same(sheet: KpiSheet | None, measure: str) -> list[KpiItem]:
    return [item for item in sheet.items.all() if item.measure == measure] if sheet else []
