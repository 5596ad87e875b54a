"""Handing targets down the tree: places, versions of targets that both sides agree, marks for the process, the monthly count."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import kpi, policies
from internal_clients.actions.noting import note
from internal_clients.enums import KpiLevel, KpiMeasure, KpiState
from internal_clients.locking import locked
from internal_clients.models import KpiFigure, KpiItem, KpiMark, KpiNode, KpiSheet
from internal_clients.months import month_of
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.figures import counted
from internal_clients.queries.kpi import below, latest_sheets, sheets_in_force
from journal.notify import notify
from journal.types import Data
from organization.models import Department, Staff
from organization.queries.days import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One row of a draft: what is measured, what it is to reach, where a rate scores nothing, and its weight."""

    measure: str
    target: Decimal
    weight: Decimal
    limit: Decimal = Decimal(0)
    name: str = ""


@transaction.atomic
def plant(*, by: Staff, now: dt.datetime) -> KpiNode:
    """Begin the tree with the company, for which `by` answers. Raises NotAllowed, or Conflict when there is one."""
    require(policies.may_see_node(by, KpiNode(level=KpiLevel.COMPANY)))
    if KpiNode.objects.filter(level=KpiLevel.COMPANY).exists():
        raise Conflict(_("There is a target tree already."))
    node = KpiNode.objects.create(level=KpiLevel.COMPANY, speaker=by)
    note(node, "place", by=by, now=now, data={"level": node.level})
    return node


@transaction.atomic
def add_place(
    *, parent: KpiNode, speaker: Staff, department: Department | None = None, name: str = "", by: Staff, now: dt.datetime
) -> KpiNode:
    """Add a department below the company, a post below a department, or an employee below a post.

    Raises NotAllowed, Conflict when the place is there, or Invalid for somebody of another department.
    """
    parent = locked(KpiNode.objects.all(), parent.pk)
    require(policies.may_add_below(by, parent))
    level = KpiLevel.BELOW[parent.level]
    of = department if level == KpiLevel.DEPARTMENT else parent.department
    if of is None:
        raise Invalid(department=_("Choose the department."))
    if speaker.department_id != of.pk:
        raise Invalid(speaker=_("This person belongs to another department."))
    if level == KpiLevel.POST and not name:
        raise Invalid(name=_("Give the post a name."))
    if KpiNode.objects.filter(_twin(level, parent, speaker, of, name)).exists():
        raise Conflict(_("This place is in the tree already."))
    node = KpiNode.objects.create(parent=parent, level=level, department=of, speaker=speaker, name=name)
    note(node, "place", by=by, now=now, data={"level": level, "parent": parent.pk, "speaker": speaker.username})
    return node


def _twin(level: str, parent: KpiNode, speaker: Staff, department: Department, name: str) -> Q:
    match level:
        case KpiLevel.DEPARTMENT:
            return Q(level=level, department=department)
        case KpiLevel.POST:
            return Q(level=level, parent=parent, name=name)
        case _:
            return Q(level=level, speaker=speaker, is_active=True)


@transaction.atomic
def retire_place(*, node: KpiNode, by: Staff, now: dt.datetime) -> KpiNode:
    """Take an employee, or an empty post, out of the tree; what was agreed and judged stays. Raises NotAllowed or Conflict."""
    node = locked(KpiNode.objects.select_related("parent"), node.pk)
    require(node.parent is not None and policies.may_add_below(by, node.parent))
    if not node.is_active or node.children.filter(is_active=True).exists():
        raise Conflict(_("First take out who is below."))
    node.is_active = False
    node.save(update_fields=["is_active"])
    note(node, "retire", by=by, now=now)
    return node


@transaction.atomic
def draft_targets(*, node: KpiNode, starts_on: dt.date, targets: Sequence[Target], by: Staff, now: dt.datetime) -> KpiSheet:
    """Draft a place's targets, or change the draft or what was objected to; agreed ones stay in force until then.

    Raises NotAllowed, Conflict while a version waits for an answer, or Invalid for a month that is over.
    """
    node = _locked_node(node)
    require(policies.may_set_targets(by, node))
    if starts_on.day != 1 or starts_on < month_of(local_day(now)):
        raise Invalid(starts_on=_("Targets are in force from the first day of a month that is not over."))
    newest = node.sheets.order_by("-version").first()
    if newest and newest.state == KpiState.PROPOSED:
        raise Conflict(_("These targets wait for an answer; they cannot be changed now."))
    if newest and newest.state == KpiState.AGREED and newest.starts_on >= starts_on:
        raise Invalid(starts_on=_("A newer version is in force from that month on."))
    sheet = _open_sheet(node, newest, starts_on, by)
    sheet.items.all().delete()
    KpiItem.objects.bulk_create(_item(sheet, place, each) for place, each in enumerate(targets, start=1))
    data: Data = {"version": sheet.version, "starts_on": f"{starts_on:%Y-%m-%d}", "targets": len(targets)}
    note(node, "draft", by=by, now=now, data=data)
    return sheet


def _locked_node(node: KpiNode) -> KpiNode:
    return locked(KpiNode.objects.select_related("speaker", "department"), node.pk)


def _open_sheet(node: KpiNode, newest: KpiSheet | None, starts_on: dt.date, by: Staff) -> KpiSheet:
    if newest is None or newest.state == KpiState.AGREED:
        version = (newest.version if newest else 0) + 1
        return KpiSheet.objects.create(node=node, version=version, starts_on=starts_on, drafted_by=by)
    newest.starts_on, newest.drafted_by = starts_on, by
    newest.save(update_fields=["starts_on", "drafted_by"])
    return newest


def _item(sheet: KpiSheet, position: int, given: Target) -> KpiItem:
    return KpiItem(
        sheet=sheet,
        position=position,
        measure=given.measure,
        name=given.name,
        target=given.target,
        limit=given.limit if given.measure in KpiMeasure.RATES else Decimal(0),
        weight=given.weight,
    )


def _locked_sheet(sheet: KpiSheet, *states: KpiState) -> KpiSheet:
    """Return the version, its place locked, where it is in one of the states."""
    node = _locked_node(sheet.node)
    sheet = locked(KpiSheet.objects.all(), sheet.pk)
    sheet.node = node
    if sheet.state not in states:
        raise Conflict(_("These targets are “%(state)s”.") % {"state": sheet.get_state_display()})
    return sheet


@transaction.atomic
def put_forward(*, sheet: KpiSheet, by: Staff, now: dt.datetime) -> KpiSheet:
    """Put a draft before whoever answers for the place; it fits the targets above it (domain.md 10).

    Raises NotAllowed, Conflict, or Invalid by the row's field (weight-3, target-1): weights that are not 100, a rate below the
    one above, pieces that together do not reach those above.
    """
    sheet = _locked_sheet(sheet, KpiState.DRAFT, KpiState.OBJECTED)
    require(policies.may_set_targets(by, sheet.node))
    faults = dict(_faults(sheet))
    if faults:
        raise Invalid(**faults)
    sheet.state, sheet.put_forward_by, sheet.put_forward_at, sheet.objection = KpiState.PROPOSED, by, now, ""
    sheet.answered_by = sheet.answered_at = None
    sheet.save()
    note(sheet.node, "put_forward", by=by, now=now, data={"version": sheet.version})
    _tell("kpi.proposed", sheet, sheet.node.speaker, now)
    return sheet


@transaction.atomic
def propose(*, node: KpiNode, starts_on: dt.date, targets: Sequence[Target], by: Staff, now: dt.datetime) -> KpiSheet:
    """Draft a place's targets and put them forward at once; nothing is changed where they do not fit. Raises as both do."""
    sheet = draft_targets(node=node, starts_on=starts_on, targets=targets, by=by, now=now)
    return put_forward(sheet=sheet, by=by, now=now)


def _faults(sheet: KpiSheet) -> Iterator[tuple[str, str]]:
    items = list(sheet.items.all())
    if missing := kpi.missing_weight([item.weight for item in items]):
        total = Decimal(100) - missing
        yield f"weight-{max(len(items), 1)}", _("The weights come to %(total)s; they must come to 100.") % {"total": f"{total:f}"}
    if sheet.node.parent is not None:
        yield from _faults_above(sheet, sheet.node.parent, items)


def _faults_above(sheet: KpiSheet, parent: KpiNode, items: Sequence[KpiItem]) -> Iterator[tuple[str, str]]:
    above = sheets_in_force([parent], sheet.starts_on).get(parent.pk)
    if above is None:
        yield "starts_on", _("The place above has no agreed targets for that month yet.")
        return
    wanted = {item.measure: item for item in above.items.all() if item.measure != KpiMeasure.PROCESS}
    for number, item in enumerate(items, start=1):
        over = wanted.get(item.measure)
        if over is None:
            continue
        if item.spread == kpi.Spread.SAME and not kpi.is_as_good(item.target, over.target, limit=item.limit):
            yield f"target-{number}", _("Above it is %(target)s; below it must be at least as good.") % {"target": over.target}
        if item.spread == kpi.Spread.SPLIT and (short := _short(sheet, parent, over)):
            yield (
                f"target-{number}",
                _("All places here together are %(short)s short of the %(target)s above.")
                % {
                    "short": short,
                    "target": over.target,
                },
            )


def _short(sheet: KpiSheet, parent: KpiNode, over: KpiItem) -> Decimal:
    """Return how many pieces the newest versions of this place and its neighbours lack to the target above."""
    latest = latest_sheets(below(parent)) | {sheet.node_id: sheet}
    return kpi.missing_pieces(
        over.target, [item.target for each in latest.values() for item in each.items.all() if item.measure == over.measure]
    )


@transaction.atomic
def agree(*, sheet: KpiSheet, by: Staff, now: dt.datetime) -> KpiSheet:
    """Agree to what was put forward: it is in force from its month on, and is never changed. Raises NotAllowed or Conflict."""
    sheet = _locked_sheet(sheet, KpiState.PROPOSED)
    require(policies.may_answer_targets(by, sheet.node))
    sheet.state, sheet.answered_by, sheet.answered_at = KpiState.AGREED, by, now
    sheet.save(update_fields=["state", "answered_by", "answered_at"])
    note(sheet.node, "agree", by=by, now=now, data={"version": sheet.version})
    _tell("kpi.answered", sheet, sheet.put_forward_by, now)
    return sheet


@transaction.atomic
def object_to(*, sheet: KpiSheet, objection: str, by: Staff, now: dt.datetime) -> KpiSheet:
    """Object, with the reason; it goes back to whoever put it forward. Raises NotAllowed, Conflict or Invalid."""
    sheet = _locked_sheet(sheet, KpiState.PROPOSED)
    require(policies.may_answer_targets(by, sheet.node))
    if not objection.strip():
        raise Invalid(objection=_("Write what you object to."))
    sheet.state, sheet.answered_by, sheet.answered_at, sheet.objection = KpiState.OBJECTED, by, now, objection
    sheet.save(update_fields=["state", "answered_by", "answered_at", "objection"])
    note(sheet.node, "object", by=by, now=now, data={"version": sheet.version, "reason": objection})
    _tell("kpi.answered", sheet, sheet.put_forward_by, now)
    return sheet


def _tell(kind: str, sheet: KpiSheet, person: Staff | None, now: dt.datetime) -> None:
    data = {"place": str(sheet.node), "starts_on": f"{sheet.starts_on:%Y-%m-%d}", "state": str(KpiState(sheet.state).label)}
    people = [person] if person else []
    notify(kind, key=f"{kind}:{sheet.pk}:{now:%Y%m%d%H%M%S}", to=people, at=now, stream=f"kpinode:{sheet.node_id}", data=data)


@transaction.atomic
def judge(*, item: KpiItem, month: dt.date, passed: Decimal, reason: str, by: Staff, now: dt.datetime) -> KpiMark:
    """Say how many points of a checklist a place passed in a month, and why; a later mark takes the place of this one.

    Raises NotAllowed (nobody judges themselves), or Invalid: what is counted needs no judging, a month that has not begun or in
    which the target is not in force, more points than there are, no reason.
    """
    node = _locked_node(item.sheet.node)
    require(policies.may_judge(by, node))
    in_force = sheets_in_force([node], month).get(node.pk)
    if item.measure != KpiMeasure.PROCESS or in_force is None or in_force.pk != item.sheet_id:
        raise Invalid(_("This target is not judged in that month."))
    if month != month_of(month) or month > local_day(now):
        raise Invalid(month=_("This month has not begun."))
    if not 0 <= passed <= item.target:
        raise Invalid(passed=_("Between 0 and %(points)s points can be passed.") % {"points": f"{item.target.normalize():f}"})
    if not reason.strip():
        raise Invalid(reason=_("Write why."))
    mark = KpiMark.objects.create(item=item, month=month, passed=passed, reason=reason, by=by, at=now)
    data: Data = {"item": item.pk, "month": f"{month:%Y-%m}", "passed": f"{passed:f}", "reason": reason}
    note(node, "judge", by=by, now=now, data=data)
    return mark


@transaction.atomic
def count(*, month: dt.date, now: dt.datetime) -> int:
    """Count a month's measures anew from the work orders' clocks, events and callbacks; return how many rows there are."""
    window = Window(month=month, months=1, now=now)
    rows = [
        KpiFigure(month=month, measure=measure, department_id=department, staff_id=staff, over=over, under=under, counted_at=now)
        for measure in KpiMeasure.COUNTED
        for department, staff, over, under in counted(measure, window)
    ]
    KpiFigure.objects.filter(month=month).delete()
    KpiFigure.objects.bulk_create(rows)
    return len(rows)
