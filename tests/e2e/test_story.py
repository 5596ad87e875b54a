"""The whole story in the browser, in Chinese: file, three departments, return, transfer, rework, reply, callback, figures."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from complaints.models import Customer
from organization.models import Department, Staff
from tests import factories
from workorders.models import Category, Ticket
from workorders.rebuild import differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]

FOUND = {"cause": "其他", "liability": "第三方"}


def judge(page: Page) -> None:
    """Choose the first of every judgement that the dialog leaves to the person."""
    for select in page.locator("#dialog-content select[required]").all():
        if not select.input_value():
            select.select_option(index=1)


def act(page: Page, ticket: Ticket, button: str, *, leg: str = "", choose: dict[str, str] | None = None, **typed: str) -> None:
    """Press a button of the ticket page, or of one department's leg, fill its dialog in and send it."""
    page.goto(f"/tickets/{ticket.pk}/")
    place = page.get_by_role("region", name=leg) if leg else page.locator("main")
    place.get_by_role("link", name=button, exact=True).first.click()
    dialog = page.locator("#dialog-content")
    for name, label in (choose or {}).items():
        dialog.locator(f"[name={name}]").select_option(label=label)
    for name, text in typed.items():
        dialog.locator(f"[name={name}]").fill(text)
    judge(page)
    dialog.locator("button[type=submit]").click()
    expect(page.locator(".alert-success")).to_contain_text(ticket.number)


def test_the_whole_story_in_chinese(
    login: Callable[..., Page],
    category: Category,
    customer: Customer,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    biller: Staff,
    stranger: Staff,
    manager: Staff,
    network: Department,
    billing: Department,
    finance: Department,
) -> None:
    factories.route(category, billing, 请核对缴费=finance)
    front, centre, ruler = login(agent), login(officer), login(duty)
    net, bill, money = login(contact), login(biller), login(stranger)

    front.goto("/complaints/new/")
    front.fill("#find-q", customer.number)
    expect(front.locator("#chosen-name")).to_contain_text(customer.name)
    front.locator("[data-typeahead] input").fill("室内")
    front.locator("#category-list").get_by_role("option").first.click()
    front.fill("[name=description]", "客户反映家里没有信号。")
    expect(front.get_by_text("业务支撑部").first).to_be_visible()
    front.get_by_role("button", name="受理并派单").last.click()
    front.wait_for_url(re.compile(r"/tickets/\d+/"))
    ticket = Ticket.objects.get()
    assert sorted(ticket.orders.values_list("department__code", flat=True)) == ["BOSS", "FINANCE"]

    act(bill, ticket, "退单", leg="业务支撑部", choose={"reason": "属于其他部门职责", "proposed": "网络部"}, evidence="覆盖问题")
    act(ruler, ticket, "裁定退单成立", leg="业务支撑部")
    act(centre, ticket, "派单", choose={"lead": "网络部"}, question="请核查覆盖")
    act(net, ticket, "接单", leg="网络部")
    act(net, ticket, "转派", leg="网络部", choose={"department": "业务支撑部"}, reason="需核查账务")
    leg = bill.get_by_role("region", name="业务支撑部").last
    bill.goto(f"/tickets/{ticket.pk}/")
    leg.get_by_role("link", name="接单", exact=True).click()
    bill.locator("#dialog-content button[type=submit]").click()
    expect(bill.locator(".alert-success")).to_contain_text(ticket.number)
    for text in ("已核查", "已核查并复测"):
        bill.goto(f"/tickets/{ticket.pk}/")
        leg.get_by_role("link", name="回单", exact=True).click()
        bill.locator("#dialog-content [name=result]").fill(text)
        judge(bill)
        bill.locator("#dialog-content button[type=submit]").click()
        expect(bill.locator(".alert-success")).to_contain_text(ticket.number)
        centre.goto(f"/tickets/{ticket.pk}/")
        review = centre.get_by_role("region", name="业务支撑部").last
        if text == "已核查":
            review.get_by_role("link", name="质检退回", exact=True).click()
            centre.locator("#dialog-content [name=defects]").fill("没有复测")
        else:
            review.get_by_role("link", name="质检通过", exact=True).click()
        centre.locator("#dialog-content button[type=submit]").click()
        expect(centre.locator(".alert-success")).to_contain_text(ticket.number)
    act(money, ticket, "接单", leg="财务部")
    act(money, ticket, "回单", leg="财务部", choose=FOUND, result="账务无误")
    act(centre, ticket, "质检通过", leg="财务部")
    act(front, ticket, "回复客户", text="信号已恢复")
    front.goto(f"/callbacks/{ticket.pk}/")
    front.locator("[name=outcome][value=reached]").check(force=True)
    front.locator("[name=solved]").first.check(force=True)
    front.locator("[name=satisfaction][value='5']").check(force=True)
    front.locator("form button.btn-primary[type=submit]").first.click()
    front.wait_for_load_state()

    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert list(differences()) == []
    board = login(manager)
    board.goto("/dashboard/")
    filed = board.locator(".figures a[href*='/dashboard/filed/']")
    expect(filed).to_have_text("1")
    filed.click()
    expect(board.locator("main")).to_contain_text(ticket.number)


def test_a_stale_page_is_told_what_changed(
    login: Callable[..., Page],
    category: Category,
    customer: Customer,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    colleague: Staff,
    network: Department,
) -> None:
    filed = factories.ticket(category, customer.region, agent, factories.NOW)
    order = factories.dispatched(filed, network, by=officer, at=factories.NOW)
    first, second = login(handler), login(colleague)
    for page in (first, second):
        page.goto(f"/tickets/{filed.pk}/")

    first.keyboard.press("a")
    first.locator("#dialog-content button[type=submit]").click()
    expect(first.locator(".alert-success")).to_contain_text("已完成")
    second.keyboard.press("a")

    expect(second.locator("#dialog-content .alert-warning")).to_contain_text(handler.name)
    expect(second.locator("#dialog-content button[type=submit]")).to_have_count(0)
    order.refresh_from_db()
    assert order.assignee == handler
