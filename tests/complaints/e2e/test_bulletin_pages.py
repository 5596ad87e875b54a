"""Bulletins in the browser: the way from a draft to the head's confirmation, accessible and no wider than the screen."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from complaints.actions import bulletins
from complaints.actions.filing import Facts, file_complaint
from complaints.bulletins.periods import DAY, week_of
from complaints.models import Customer
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


@pytest.fixture
def complaints(agent: Staff, category: Category, network: Department, customer: Customer, jinan: Region) -> None:
    factories.route(category, network)
    for days in (3, 5, 6):
        facts = Facts(
            customer=customer,
            contact_phone="1",
            category=category,
            channel="hotline",
            region=jinan,
            subject="无信号",
            description="无信号",
        )
        file_complaint(facts=facts, filing_key=f"e2e:{days}", by=agent, now=NOW - days * DAY)


def faults(page: Page, address: str) -> tuple[str, bool, list[str]]:
    page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return address, wide, [f"{each['id']} {each['nodes'][0]['html'][:120]}" for each in Axe().run(page).response["violations"]]


def test_from_the_draft_to_the_confirmation(
    login: Callable[..., Page], complaints: None, officer: Staff, centre: Department, head: Staff
) -> None:
    span = week_of((NOW - 3 * DAY).date())
    made = bulletins.count(bulletin=bulletins.draft(kind="weekly", span=span, by=officer, now=NOW), now=NOW)
    home = f"/bulletins/{made.pk}/"
    writer, signer = login(officer), login(factories.staff("2003", "督办考核岗", centre, [Role.SUPERVISOR]))

    writer.goto(home)
    writer.get_by_role("link", name="修改").click()
    writer.fill("[name=commendations]", "济南分公司预处理规范，予以表扬。")
    writer.get_by_role("button", name="保存").click()
    writer.get_by_role("button", name="送签").click()
    expect(writer.get_by_text("待签批").first).to_be_visible()
    signer.goto(home)
    signer.get_by_role("button", name="签批").click()
    signer.on("dialog", lambda dialog: dialog.accept())
    signer.get_by_role("button", name="发布").click()
    expect(signer.get_by_text("应阅 1 人，未阅 1 人")).to_be_visible()
    reader = login(head)
    reader.goto(home)
    reader.get_by_role("button", name="已阅").click()
    expect(reader.get_by_text("您已于")).to_be_visible()
    reader.locator("#part-volume ~ .table-responsive a").first.click()
    expect(reader.get_by_role("heading", name="受理投诉 · 3")).to_be_visible()
    signer.reload()
    expect(signer.get_by_text("应阅 1 人，未阅 0 人")).to_be_visible()
    expect(signer.locator("#story")).to_be_visible()

    rows = f"{home}rows/all.filed/"
    assert [faults(reader, address) for address in ("/bulletins/", home, rows)] == [
        (at, False, []) for at in ("/bulletins/", home, rows)
    ]
    phone = login(officer, width=360, locale="en-US")
    draft = bulletins.count(bulletin=bulletins.correct(bulletin=made, reason="用户数有误", by=officer, now=NOW), now=NOW)
    pages = ["/bulletins/", "/bulletins/users/", home, f"/bulletins/{draft.pk}/", f"/bulletins/{draft.pk}/edit/", rows]
    assert [faults(phone, address) for address in pages] == [(address, False, []) for address in pages]
    phone.goto(home)
    expect(phone.get_by_text(re.compile("Approved by")).first).to_be_visible()
