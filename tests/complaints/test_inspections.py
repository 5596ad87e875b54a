"""Inspection: what is drawn and given to whom, what an inspection does, how a department objects."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from complaints import inspection_policies as policies
from complaints.actions.contesting import contest, decide
from complaints.actions.drawing import draw, draw_due, reassign
from complaints.actions.inspecting import Given, inspect
from complaints.actions.inspection_plans import Item, save_checklist, save_plan
from complaints.actions.telling_inspectors import overdue
from complaints.bulletins.periods import DAY, Span
from complaints.models import Checklist, Draw, Inspection, Mark, SamplingPlan
from complaints.models.finding import LEAST_POINTS, MOST_POINTS
from complaints.queries.inspections import results
from complaints.queries.inspections.listing import Wanted, for_penalties, made
from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions.sanctions import decide_sanction, propose_sanction
from internal_clients.rules import MANUAL_PENALTY, PENALTY_RANGE
from journal.models import Notice
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.actions.handling import accept, reply
from workorders.actions.reviewing import approve
from workorders.enums import OrderState
from workorders.models import Category, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)
QUERIES = {"inspections": 3, "inspected": 5, "inspection_results": 10, "inspection_plans": 6}
LATER = NOW + DAY
TODAY = Span(NOW.date(), NOW.date() + DAY)
ITEMS = (Item("原因说明清楚", 30, False, "H01"), Item("已联系客户", 10, False, "H02"), Item("未泄露用户信息", 60, True, "Z01"))


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, network: Department, officer: Staff, contact: Staff) -> WorkOrder:
    ticket = factories.ticket(category, jinan, agent, NOW, urgency="urgent")
    order = factories.dispatched(ticket, network, by=officer, at=NOW)
    accept(order=order, by=contact, now=NOW)
    return reply(order=order, result="基站已修复", cause="network", liability="operator", by=contact, now=NOW + HOUR)


@pytest.fixture
def other(centre: Department) -> Staff:
    return factories.staff("2003", "质检员二", centre, [Role.REVIEWER])


@pytest.fixture
def checklist(duty: Staff) -> Checklist:
    return save_checklist(name="回单质检", what="reply", pass_score=80, items=ITEMS, by=duty, now=NOW - DAY)


@pytest.fixture
def plan(checklist: Checklist, duty: Staff) -> SamplingPlan:
    values = {"name": "每日抽检", "checklist": checklist, "percent": 100, "double_percent": 100, "active_from": NOW.date()}
    return save_plan(values=values, inspectors=[], by=duty, now=NOW - DAY)


@pytest.fixture
def first(plan: SamplingPlan, order: WorkOrder, officer: Staff, other: Staff, head: Staff) -> Inspection:
    draw(plan=plan, span=TODAY, now=LATER)
    return Inspection.objects.select_related("inspector").get(first=None)


def answers(inspection: Inspection, *given: str) -> dict[int, Given]:
    pks = inspection.checklist.items.values_list("pk", flat=True)
    return {pk: Given(answer, "缺" if answer == "missed" else "") for pk, answer in zip(pks, given, strict=True)}


def failing(inspection: Inspection, **more: object) -> Inspection:
    given = {"answers": answers(inspection, "missed", "met", "met"), "remark": "未说明原因", **more}
    return inspect(inspection=inspection, by=inspection.inspector, now=LATER, **given)


def test_a_period_is_drawn_once_and_a_share_twice_by_another(first: Inspection, plan: SamplingPlan) -> None:
    assert draw(plan=plan, span=TODAY, now=LATER) is None
    assert draw_due(now=LATER + 7 * DAY) == 0

    made, second = Draw.objects.get(start=TODAY.start), first.second
    assert (made.pool, made.size, made.seed) == (1, 1, f"{plan.seed}:{TODAY.start}")
    assert (made.rule["percent"], made.rule["number"], made.rule["all_major"]) == (100, None, True)
    assert {first.inspector.username, second.inspector.username} == {"2001", "2003"}
    assert first.due_on == dt.date(2026, 11, 6)
    assert Notice.objects.filter(kind="inspection.assigned").count() == 2


def test_a_plan_catches_up_with_periods_that_were_missed(plan: SamplingPlan, order: WorkOrder, officer: Staff) -> None:
    assert draw_due(now=LATER + 2 * DAY) == 1
    assert Draw.objects.count() == 3


def test_nobody_is_given_their_own_work(plan: SamplingPlan, order: WorkOrder, contact: Staff, officer: Staff) -> None:
    contact.roles = [*contact.roles, Role.REVIEWER]
    contact.save()
    draw(plan=plan, span=TODAY, now=LATER)

    found = Inspection.objects.get()
    assert found.inspector == officer
    with pytest.raises(Invalid):
        reassign(
            inspection=found,
            inspector=contact,
            by=factories.staff("2009", "主任", officer.department, [Role.SUPERVISOR]),
            now=LATER,
        )


def test_what_is_overdue_is_told_once_to_the_inspector_and_to_who_gives_it_out(first: Inspection, centre: Department) -> None:
    keeper = factories.staff("3001", "督办", centre, [Role.SUPERVISOR])
    due = dt.datetime.combine(first.due_on, dt.time(9), SHANGHAI)

    assert [overdue(now=due), overdue(now=due + 3 * DAY), overdue(now=due + 3 * DAY), overdue(now=due + 4 * DAY)] == [0, 2, 2, 0]

    told = Counter(Notice.objects.filter(kind="inspection.overdue").values_list("recipient", flat=True))
    assert (told[first.inspector_id], told[first.second.inspector_id], told[keeper.pk]) == (1, 1, 2)


def test_a_failure_is_sent_back_and_told_and_points_proposed(
    first: Inspection, order: WorkOrder, contact: Staff, head: Staff
) -> None:
    failing(first, sends_back=True, points=Decimal("1.5"))

    first.refresh_from_db()
    order.refresh_from_db()
    assert (first.score, first.is_passed, first.points, order.state) == (Decimal("70.00"), False, Decimal("1.5"), OrderState.REWORK)
    assert set(Notice.objects.filter(kind="inspection.failed").values_list("recipient", flat=True)) == {contact.pk, head.pk}


def test_what_the_flow_does_not_permit_is_refused_and_nothing_kept(first: Inspection, order: WorkOrder, officer: Staff) -> None:
    approve(order=order, by=officer, now=NOW + 2 * HOUR)

    with pytest.raises(Conflict, match="已"):
        failing(first, sends_back=True)
    assert not Mark.objects.exists()


def test_a_page_that_is_stale_says_that_the_reply_is_no_longer_to_be_sent_back(
    first: Inspection, order: WorkOrder, officer: Staff, client: Client, later: None
) -> None:
    given = {f"item_{pk}": "missed" for pk in answers(first, "na", "na", "na")}
    given |= {name.replace("item", "note"): "缺" for name in given} | {"step": "inspect", "remark": "未说明", "sends_back": "on"}
    approve(order=order, by=officer, now=NOW + 2 * HOUR)
    client.force_login(first.inspector)

    found = client.post(reverse("complaints:inspection", args=[first.pk]), given)
    assert (found.status_code, "已不能退回返工" in found.content.decode()) == (409, True)
    assert not Mark.objects.exists()


def test_every_item_wants_an_answer_and_what_is_missing(first: Inspection) -> None:
    given = {pk: Given("missed" if place == 0 else "") for place, pk in enumerate(answers(first, "na", "na", "na"))}
    with pytest.raises(Invalid) as error:
        inspect(inspection=first, answers=given, by=first.inspector, now=LATER)
    assert len(error.value.errors) == 3
    with pytest.raises(Invalid):
        inspect(inspection=first, answers=answers(first, "na", "na", "na"), by=first.inspector, now=LATER)
    with pytest.raises(Invalid):
        inspect(inspection=first, answers=answers(first, "met", "met", "met"), points=Decimal(1), by=first.inspector, now=LATER)


def test_a_second_click_is_told_who_was_faster_and_strangers_may_not(first: Inspection, contact: Staff) -> None:
    for person in (contact, first.second.inspector):
        with pytest.raises(NotAllowed):
            inspect(inspection=first, answers=answers(first, "met", "met", "met"), by=person, now=LATER)
    failing(first)
    with pytest.raises(Conflict, match=first.inspector.name):
        failing(first)


def test_neither_inspector_of_a_pair_sees_the_other_until_both_are_done(first: Inspection) -> None:
    blind = first.second.inspector
    failing(first)
    assert not policies.visible_to(blind).filter(pk=first.pk).exists()
    failing(first.second)

    assert policies.visible_to(blind).filter(pk=first.pk).exists()
    assert results.agreements(blind, Span(NOW.date(), NOW.date() + 9 * DAY))[0].overall.percent == 100


def test_predicates_and_querysets_agree(
    first: Inspection, cast: list[Staff], contact: Staff, stranger: Staff, manager: Staff, duty: Staff
) -> None:
    failing(first)
    contest(inspection=first, reason="已说明", by=cast[0], now=LATER)
    rows = list(Inspection.objects.select_related("order__ticket__region", "objection"))
    for person in (*cast, contact, stranger, manager, duty):
        assert set(policies.visible_to(person)) == {each for each in rows if policies.may_read(person, each)}, person
        assert set(policies.to_inspect(person)) == {each for each in rows if policies.may_inspect(person, each)}
        theirs = {each.pk for each in rows if hasattr(each, "objection") and policies.may_decide(person, each)}
        assert {each.pk for each in policies.to_decide(person)} == theirs
    # Whoever is still to judge the same work hears neither of the score nor of the objection.
    blind = first.second.inspector
    assert not policies.to_decide(blind).exists()
    assert not Notice.objects.filter(kind="inspection.contested", recipient=blind).exists()
    failing(first.second)
    assert policies.to_decide(blind).exists()


@pytest.fixture
def cast(head: Staff, officer: Staff, other: Staff) -> list[Staff]:
    return [head, officer, other]


def test_an_objection_is_raised_once_in_time_by_the_head(first: Inspection, head: Staff, contact: Staff) -> None:
    failing(first)
    with pytest.raises(NotAllowed):
        contest(inspection=first, reason="已说明", by=contact, now=LATER)
    with pytest.raises(Conflict):
        contest(inspection=first, reason="已说明", by=head, now=LATER + 4 * DAY)
    contest(inspection=first, reason="已说明", by=head, now=LATER + 3 * DAY)
    with pytest.raises(Conflict, match=head.name):
        contest(inspection=first, reason="已说明", by=head, now=LATER)


def test_another_inspector_corrects_the_marks_and_both_stay(first: Inspection, head: Staff) -> None:
    failing(first, points=Decimal(2))
    failing(first.second)
    contest(inspection=first, reason="原因在附件中", by=head, now=LATER)
    other, corrected = first.second.inspector, answers(first, "met", "met", "met")
    with pytest.raises(NotAllowed):
        decide(inspection=first, outcome="denied", reason="不成立", by=first.inspector, now=LATER)
    with pytest.raises(Invalid):
        decide(inspection=first, outcome="corrected", reason="", answers=corrected, by=other, now=LATER)
    found = decide(inspection=first, outcome="corrected", reason="属实", answers=corrected, by=other, now=LATER)

    first.refresh_from_db()
    assert (first.score, first.is_passed, first.points) == (Decimal("100.00"), True, None)
    assert (found.score_before, found.points_before) == (Decimal("70.00"), Decimal(2))
    mark = first.marks.get(item__defect="H01")
    assert (mark.answer, mark.counted) == ("missed", "met")
    with pytest.raises(DatabaseError), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(answer="met")


def test_a_void_finding_counts_nowhere(first: Inspection, head: Staff, duty: Staff) -> None:
    span = Span(NOW.date(), NOW.date() + 9 * DAY)
    failing(first, points=Decimal(2))
    counted = Wanted(span=span, result="counted")
    assert (results.total(duty, span).number, results.by_defect(duty, span)[0].code) == (1, "H01")
    assert made(duty, counted).count() == 1
    third = factories.staff("2008", "质检员三", first.inspector.department, [Role.REVIEWER])
    contest(inspection=first, reason="抽错工单", by=head, now=LATER)
    decide(inspection=first, outcome="voided", reason="属实", by=third, now=LATER)

    assert (results.total(duty, span).number, results.by_defect(duty, span)) == (0, [])
    assert (made(duty, counted).count(), made(duty, Wanted(span=span, result="void")).count()) == (0, 1)
    assert not for_penalties(dt.date(2027, 1, 1)).exists()


def test_a_standing_failure_makes_one_penalty_of_two_people(
    first: Inspection, network: Department, duty: Staff, manager: Staff
) -> None:
    failing(first, points=Decimal(2))
    given = {
        "department": network,
        "month": dt.date(2026, 11, 1),
        "code": MANUAL_PENALTY,
        "points": Decimal(2),
        "facts": "质检不合格",
    }
    given |= {"evidence": first.number, "finding": first, "by": duty}
    with pytest.raises(Conflict):
        propose_sanction(**given, now=LATER)
    made = propose_sanction(**given, now=LATER + 7 * DAY)
    with pytest.raises(Conflict):
        propose_sanction(**given, now=LATER + 7 * DAY)
    decide_sanction(sanction=made, approve=False, reason="已整改", by=manager, now=LATER + 7 * DAY)

    assert propose_sanction(**given, now=LATER + 8 * DAY).finding == first
    assert PENALTY_RANGE == (LEAST_POINTS, MOST_POINTS)


def test_a_changed_checklist_is_a_new_version_that_plans_follow(
    first: Inspection, plan: SamplingPlan, duty: Staff, head: Staff
) -> None:
    old = first.checklist
    with pytest.raises(NotAllowed):
        save_checklist(name="", what="reply", pass_score=90, items=ITEMS, replaces=old, by=head, now=LATER)
    new = save_checklist(name="", what="reply", pass_score=90, items=ITEMS[:2], replaces=old, by=duty, now=LATER)

    plan.refresh_from_db()
    first.refresh_from_db()
    assert (str(new), plan.checklist, first.checklist) == ("回单质检 v2", new, old)
    with pytest.raises(Conflict, match=duty.name):
        save_checklist(name="", what="reply", pass_score=70, items=ITEMS, replaces=old, by=duty, now=LATER)


@pytest.fixture
def later(db: None) -> Iterator[None]:
    with time_machine.travel(LATER):
        yield


def test_the_pages_from_the_queue_to_the_decision(first: Inspection, head: Staff, client: Client, later: None) -> None:
    page, items = reverse("complaints:inspection", args=[first.pk]), list(answers(first, "na", "na", "na"))
    given = {"step": "inspect", **{f"item_{pk}": "met" for pk in items}, f"item_{items[0]}": "missed"}
    client.force_login(first.inspector)
    assert first.order.ticket.subject in client.get(reverse("complaints:inspections")).content.decode()
    assert "基站已修复" in client.get(page).content.decode()
    assert client.post(page, given).status_code == 422
    given |= {f"note_{items[0]}": "只写已处理", "remark": "未说明原因"}
    assert client.post(page, {**given, "points": "1", "sends_back": "on"}).status_code == 302
    again = client.post(page, given)
    assert (again.status_code, first.inspector.name in again.content.decode()) == (409, True)

    client.force_login(head)
    assert client.get(reverse("complaints:inspections")).status_code == 302
    assert first.number in client.get(reverse("complaints:inspected")).content.decode()
    assert client.post(page, {"step": "contest", "reason": "原因在附件中"}).status_code == 302
    client.force_login(first.second.inspector)
    assert client.get(page).status_code == 404
    failing(first.second)
    corrected = {"step": "decide", "outcome": "corrected", "reason": "属实", **{f"item_{pk}": "met" for pk in items}}
    assert client.post(page, corrected).status_code == 302
    first.refresh_from_db()
    assert (first.is_passed, first.sent_back, first.points) == (True, True, None)


@pytest.mark.parametrize("count", [1, 3])
def test_no_page_asks_more_for_more_rows(
    count: int, plan: SamplingPlan, category: Category, jinan: Region, agent: Staff, network: Department, officer: Staff,
    other: Staff, contact: Staff, duty: Staff, client: Client, later: None, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for _number in range(count):
        order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
        accept(order=order, by=contact, now=NOW)
        reply(order=order, result="已修复", cause="network", liability="operator", by=contact, now=NOW + HOUR)
    draw(plan=plan, span=TODAY, now=LATER)
    client.force_login(duty)
    client.get(reverse("complaints:inspections"))
    with django_assert_num_queries(QUERIES["inspections"]):
        client.get(reverse("complaints:inspections"))
    for each in Inspection.objects.select_related("inspector"):
        failing(each)
    for name in ("inspected", "inspection_results", "inspection_plans"):
        with django_assert_num_queries(QUERIES[name]):
            assert client.get(reverse(f"complaints:{name}")).status_code == 200
    found = client.get(reverse("complaints:inspected"), {"format": "xlsx"})
    assert found["Content-Type"].startswith("application/vnd")


def test_the_penalty_form_begins_with_what_the_finding_says(first: Inspection, duty: Staff, client: Client) -> None:
    failing(first, points=Decimal("1.5"))
    client.force_login(duty)
    with time_machine.travel(LATER + 7 * DAY):
        page = client.get(reverse("internal_clients:add", args=["sanction"]), {"finding": first.pk}).content.decode()
        forms = [client.get(reverse(f"complaints:{name}")).status_code for name in ("new_inspection_plan", "new_checklist")]

    assert first.number in page
    assert 'value="1.50"' in page
    assert forms == [200, 200]
