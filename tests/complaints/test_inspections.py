"""Inspection: what is drawn, who may inspect it, what an inspection does."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from complaints import policies
from complaints.actions.inspecting import draw, inspect
from complaints.models import Checklist, ChecklistItem, Inspection, SamplingPlan
from complaints.queries.inspections import agreements
from foundation.errors import Conflict, Invalid, NotAllowed
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions.handling import accept, reply
from workorders.enums import OrderState
from workorders.models import Category, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, network: Department, officer: Staff, contact: Staff) -> WorkOrder:
    ticket = factories.ticket(category, jinan, agent, NOW, urgency="urgent")
    order = factories.dispatched(ticket, network, by=officer, at=NOW)
    accept(order=order, by=contact, now=NOW)
    return reply(order=order, result="基站已修复", cause="network", liability="operator", by=contact, now=NOW + HOUR)


@pytest.fixture
def plan(db: None) -> SamplingPlan:
    checklist = Checklist.objects.create(name="回单质检")
    ChecklistItem.objects.create(checklist=checklist, position=1, text="原因说明清楚", weight=3)
    ChecklistItem.objects.create(checklist=checklist, position=2, text="未泄露用户信息", weight=1, is_fatal=True)
    return SamplingPlan.objects.create(
        name="每日抽检", what="reply", checklist=checklist, percent=100, second_percent=100, seed="2026"
    )


@pytest.fixture
def first(plan: SamplingPlan, order: WorkOrder) -> Inspection:
    draw(plan=plan, start=NOW, end=NOW + 2 * HOUR, now=NOW + 2 * HOUR)
    return Inspection.objects.get(first=None)


def answers(inspection: Inspection, *given: str) -> dict[int, str]:
    return dict(zip(inspection.checklist.items.values_list("pk", flat=True), given, strict=True))


def test_draw_takes_each_once(first: Inspection, plan: SamplingPlan) -> None:
    assert draw(plan=plan, start=NOW, end=NOW + 2 * HOUR, now=NOW + 3 * HOUR) == 0
    assert list(Inspection.objects.values_list("order", "first")) == [(first.order_id, None), (first.order_id, first.pk)]


def test_inspection_sends_back_and_proposes(first: Inspection, officer: Staff, order: WorkOrder) -> None:
    inspect(
        inspection=first, answers=answers(first, "missed", "met"), remark="未说明原因", sends_back=True,
        deduction=Decimal("0.5"), by=officer, now=NOW + 3 * HOUR,
    )  # fmt: skip

    first.refresh_from_db()
    order.refresh_from_db()
    assert (first.score, first.deduction, order.state) == (Decimal("25.00"), Decimal("0.5"), OrderState.REWORK)


def test_inspection_wants_every_answer_and_a_reason(first: Inspection, officer: Staff) -> None:
    with pytest.raises(Invalid) as error:
        inspect(inspection=first, answers={}, sends_back=True, by=officer, now=NOW + 3 * HOUR)

    assert len(error.value.errors) == 3


def test_own_work_and_a_second_look_are_refused(first: Inspection, officer: Staff, contact: Staff) -> None:
    contact.roles = [*contact.roles, Role.REVIEWER]
    contact.save()
    with pytest.raises(NotAllowed):
        inspect(inspection=first, answers=answers(first, "met", "met"), by=contact, now=NOW + 3 * HOUR)
    inspect(inspection=first, answers=answers(first, "met", "met"), by=officer, now=NOW + 3 * HOUR)
    with pytest.raises(Conflict):
        inspect(inspection=first, answers=answers(first, "met", "met"), by=officer, now=NOW + 3 * HOUR)
    with pytest.raises(NotAllowed):
        inspect(inspection=first.second, answers=answers(first, "met", "met"), by=officer, now=NOW + 3 * HOUR)
    for person in (officer, contact):
        may = {each.pk for each in Inspection.objects.filter(inspected_at=None) if policies.may_inspect(person, each)}
        assert set(policies.to_inspect(person).values_list("pk", flat=True)) == may == set()


def test_pages(first: Inspection, officer: Staff, client: Client) -> None:
    client.force_login(officer)
    page = reverse("complaints:inspection", args=[first.pk])
    assert first.order.ticket.subject in client.get(reverse("complaints:inspections")).content.decode()
    assert client.get(page).status_code == 200
    assert client.post(page, {}).status_code == 422
    given = {f"item_{pk}": "met" for pk in answers(first, "met", "met")}
    assert client.post(page, given).status_code == 302
    assert client.get(page).status_code == 200
    assert client.get(reverse("complaints:inspection_results")).status_code == 200
    assert agreements(NOW, NOW + 9 * HOUR) == []
