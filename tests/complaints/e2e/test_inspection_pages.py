"""Inspection in the browser: judged, contested and decided, accessible and no wider than a phone's screen."""

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from complaints.actions.drawing import draw
from complaints.actions.inspection_plans import Item, save_checklist, save_plan
from complaints.bulletins.periods import DAY, Span
from complaints.models import Inspection
from organization.enums import Role
from organization.models import Department, Region, Staff
from organization.queries.days import local_day
from tests import factories
from workorders.actions.handling import accept, reply
from workorders.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def drawn(
    category: Category, jinan: Region, agent: Staff, network: Department, officer: Staff, contact: Staff, duty: Staff
) -> Inspection:
    now = timezone.now()
    at = now - 2 * DAY
    order = factories.dispatched(factories.ticket(category, jinan, agent, at), network, by=officer, at=at)
    accept(order=order, by=contact, now=at)
    reply(order=order, result="已修复", cause="network", liability="operator", by=contact, now=at + HOUR)
    items = [Item("原因说明清楚", 40, False, "H01"), Item("未泄露用户信息", 60, True, "Z01")]
    checklist = save_checklist(name="回单质检", what="reply", pass_score=80, items=items, by=duty, now=at)
    values = {"name": "抽检", "checklist": checklist, "percent": 100, "double_percent": 0, "active_from": local_day(at)}
    plan = save_plan(values=values, inspectors=[officer], by=duty, now=at)
    draw(plan=plan, span=Span(local_day(at), local_day(now) + DAY), now=now)
    return Inspection.objects.get()


def faults(page: Page, address: str) -> tuple[str, bool, list[str]]:
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return address, wide, [f"{each['id']} {each['nodes'][0]['html'][:120]}" for each in Axe().run(page).response["violations"]]


def test_judged_contested_and_decided(
    login: Callable[..., Page], drawn: Inspection, officer: Staff, centre: Department, head: Staff, duty: Staff
) -> None:
    home = f"/inspections/{drawn.pk}/"
    page = login(officer, width=360)
    assert faults(page, home) == (home, False, [])
    page.get_by_label("不符合", exact=True).first.check()
    page.get_by_label("符合", exact=True).nth(1).check()
    page.get_by_placeholder("缺什么").first.fill("只写已处理")
    page.fill("[name=remark]", "未说明原因")
    page.check("[name=sends_back]")
    page.get_by_role("button", name="提交质检结果").click()
    expect(page.get_by_text("质检完成")).to_be_visible()

    page = login(head, width=360)
    page.goto("/inspections/")
    page.get_by_role("link", name=drawn.number).click()
    page.fill("[name=reason]", "原因在附件中")
    page.get_by_role("button", name="提出异议").click()
    expect(page.get_by_text("待复核").first).to_be_visible()

    page = login(factories.staff("2003", "质检员二", centre, [Role.REVIEWER]), width=360)
    assert faults(page, home) == (home, False, [])
    page.get_by_label("维持原判").check()
    page.fill("[name=reason]", "附件中没有")
    page.get_by_role("button", name="提交复核结论").click()
    expect(page.get_by_text("附件中没有").first).to_be_visible()

    page = login(duty, width=360)
    addresses = [f"/inspections/{name}" for name in ("", "made/", "results/", "plans/", "plans/new/", "checklists/new/")]
    assert [faults(page, each) for each in addresses] == [(each, False, []) for each in addresses]
