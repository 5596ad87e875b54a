"""Targets are handed down, agreed by both sides, and measured from what people's hands did."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients import policies
from internal_clients.actions import kpi as actions
from internal_clients.actions.kpi import Target
from internal_clients.models import KpiFigure, KpiItem, KpiMark, KpiNode, KpiSheet
from internal_clients.queries.kpi import Gap, adding_up, gaps_below, latest_sheets, standings, upwards
from journal.models import Event, Notice
from organization.enums import Role
from organization.models import Department, Staff
from tests import factories
from tests.conftest import NOW
from tests.internal_clients.conftest import OCTOBER, put, targets
from workorders.actions.handling import reply
from workorders.actions.reviewing import approve, send_back
from workorders.models import WorkOrder

D = Decimal
NOVEMBER = dt.date(2026, 11, 1)


def gaps(sheet: KpiSheet, *below: KpiNode) -> list[Gap]:
    return gaps_below(sheet, below, latest_sheets(below))


def test_targets_are_agreed_by_both_sides_and_never_changed(
    tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff, handler: Staff
) -> None:
    sheet = agreed["employee"]

    assert (sheet.state, sheet.put_forward_by, sheet.answered_by) == ("agreed", head, handler)
    assert [each.kind for each in Event.objects.filter(stream=f"kpinode:{tree['employee'].pk}").order_by("seq")] == [
        "kpinode.place",
        "kpinode.draft",
        "kpinode.put_forward",
        "kpinode.agree",
    ]
    assert Notice.objects.filter(kind="kpi.proposed", recipient=handler).count() == 1
    for rows, change in ((KpiSheet.objects, {"starts_on": NOVEMBER}), (KpiItem.objects, {"weight": D(1)})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_an_objection_goes_back_with_its_reason_and_what_is_changed_is_put_forward_anew(
    tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff, handler: Staff
) -> None:
    sheet = put(tree["employee"], head, targets(20), NOW, NOVEMBER)
    with pytest.raises(Invalid):
        actions.object_to(sheet=sheet, objection=" ", by=handler, now=NOW)
    with pytest.raises(Conflict):
        actions.draft_targets(node=tree["employee"], starts_on=NOVEMBER, targets=targets(18), by=head, now=NOW)
    actions.object_to(sheet=sheet, objection="本月只有我一人值班", by=handler, now=NOW)

    again = put(tree["employee"], head, targets(14), NOW, NOVEMBER)

    assert (again.pk, again.version, again.state, again.objection) == (sheet.pk, 2, "proposed", "")
    (october,), (november,) = standings([tree["employee"]], OCTOBER), standings([tree["employee"]], NOVEMBER)
    assert (october.sheet, november.sheet) == (agreed["employee"], agreed["employee"])
    actions.agree(sheet=again, by=handler, now=NOW)
    (october,), (november,) = standings([tree["employee"]], OCTOBER), standings([tree["employee"]], NOVEMBER)
    assert (october.sheet, november.sheet) == (agreed["employee"], again)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (targets(11), {"target-1"}),
        (targets(12, on_time=94), {"target-2"}),
        (targets(12)[:2], {"weight-2"}),
        (targets(13, on_time=96), set()),
    ],
)
def test_what_does_not_fit_above_is_told_at_its_field(
    given: list[Target], fields: set[str], tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff
) -> None:
    sheet = actions.draft_targets(node=tree["employee"], starts_on=NOVEMBER, targets=given, by=head, now=NOW)

    found = set()
    try:
        actions.put_forward(sheet=sheet, by=head, now=NOW)
    except Invalid as error:
        found = set(error.errors)
    assert found == fields


def test_pieces_are_split_among_neighbours(
    tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff, manager: Staff, network: Department
) -> None:
    wider = put(tree["post"], head, targets(20), NOW, NOVEMBER)
    actions.agree(sheet=wider, by=tree["post"].speaker, now=NOW)
    assert [(each.item.measure, each.short) for each in gaps(wider, tree["employee"])] == [("pieces", 8)]
    second = factories.staff("3009", "处理人九", network, [Role.HANDLER])
    place = actions.add_place(parent=tree["post"], speaker=second, by=head, now=NOW)

    with pytest.raises(Invalid):
        put(place, head, targets(7), NOW, NOVEMBER)
    put(place, head, targets(8), NOW, NOVEMBER)

    assert gaps(wider, tree["employee"], place) == []


def test_each_side_does_its_own_part_only(
    tree: dict[str, KpiNode], manager: Staff, head: Staff, handler: Staff, stranger: Staff
) -> None:
    for by in (handler, manager, stranger):
        with pytest.raises(NotAllowed):
            actions.draft_targets(node=tree["employee"], starts_on=NOVEMBER, targets=targets(1), by=by, now=NOW)
    with pytest.raises(NotAllowed):
        actions.draft_targets(node=tree["department"], starts_on=NOVEMBER, targets=targets(1), by=head, now=NOW)
    with pytest.raises(Invalid):
        actions.draft_targets(node=tree["company"], starts_on=OCTOBER, targets=targets(1), by=manager, now=NOW)
    sheet = put(tree["company"], manager, targets(1), NOW, NOVEMBER)
    with pytest.raises(NotAllowed):
        actions.agree(sheet=sheet, by=head, now=NOW)
    with pytest.raises(Invalid):
        actions.add_place(parent=tree["post"], speaker=stranger, by=head, now=NOW)
    with pytest.raises(Conflict):
        actions.add_place(parent=tree["post"], speaker=handler, by=head, now=NOW)


def test_a_head_judges_the_process_with_a_reason_and_nobody_themselves(
    tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff, handler: Staff
) -> None:
    item = agreed["employee"].items.get(measure="process")
    given = {"item": item, "month": OCTOBER, "now": NOW}
    with pytest.raises(NotAllowed):
        actions.judge(passed=D(20), reason="好", by=handler, **given)
    for passed, reason in ((D(21), "好"), (D(18), " ")):
        with pytest.raises(Invalid):
            actions.judge(passed=passed, reason=reason, by=head, **given)
    actions.judge(passed=D(10), reason="两次缺席晨会", by=head, **given)
    actions.judge(passed=D(18), reason="查实只缺一次", by=head, **given)

    (standing,) = standings([tree["employee"]], OCTOBER)
    assert (standing.lines[2].score, standing.lines[2].mark.reason) == (D("90.00"), "查实只缺一次")
    with pytest.raises(DatabaseError), transaction.atomic():
        KpiMark.objects.update(passed=D(20))


def test_measures_are_what_ones_hands_did_and_add_up(
    legs: list[WorkOrder],
    tree: dict[str, KpiNode],
    agreed: dict[str, KpiSheet],
    head: Staff,
    handler: Staff,
    contact: Staff,
    officer: Staff,
) -> None:
    for number, order in enumerate(legs):
        order.refresh_from_db()
        at = order.replied_at or NOW
        if number == 2:
            send_back(order=order, defects="口径不清", by=officer, now=at)
            order.refresh_from_db()
            reply(order=order, result="补充", cause="coverage", liability="operator", by=contact, now=at + dt.timedelta(hours=1))
            order.refresh_from_db()
        if number < 11:
            approve(order=order, by=officer, now=at + dt.timedelta(hours=2))
    actions.count(month=OCTOBER, now=NOW)

    found = {
        (each.measure, each.staff.name if each.staff else ""): (each.over, each.under)
        for each in KpiFigure.objects.select_related("staff")
    }
    assert found == {
        ("pieces", handler.name): (10, 10),
        ("pieces", contact.name): (1, 1),
        ("on_time", handler.name): (9, 11),
        ("on_time", contact.name): (1, 1),
        ("accepted", handler.name): (12, 12),
        ("rework", handler.name): (1, 11),
    }
    chain = standings(upwards(tree["employee"]), OCTOBER)
    pieces, on_time = adding_up(chain)
    assert [(line.over, line.under) for line in on_time.lines if line] == [(9, 11), (9, 11), (10, 12), (10, 12)]
    assert [line.score for line in pieces.lines if line] == [D("83.33"), D("83.33"), D("91.67"), D("91.67")]
    assert actions.count(month=OCTOBER, now=NOW) == KpiFigure.objects.count() == 6


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    roles=st.sets(st.sampled_from([Role.MANAGER, Role.HEAD, Role.HANDLER, Role.SUPERVISOR, Role.SYSTEM])), place=st.integers(0, 2)
)
def test_the_predicate_and_the_queryset_agree(
    roles: set[str], place: int, tree: dict[str, KpiNode], network: Department, finance: Department, handler: Staff
) -> None:
    handler.roles, handler.department = sorted(roles), [network, finance, None][place]

    seen = set(policies.nodes_visible_to(handler))

    assert seen == {node for node in KpiNode.objects.all() if policies.may_see_node(handler, node)}
