"""The search box answers while somebody types, from the keyboard alone, on any screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from complaints.models import Customer
from organization.models import Department, Region, Staff
from tests import factories
from workorders.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


def faults(page: Page) -> list[str]:
    wide = ["wide"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    return wide + [f"{each['id']} {each['nodes'][0]['html'][:160]}" for each in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1280, "zh-CN", "dark"), (360, "en-US", "light")])
def test_results_come_while_typing_and_open_by_keyboard(
    width: int,
    locale: str,
    scheme: str,
    login: Callable[..., Page],
    category: Category,
    jinan: Region,
    customer: Customer,
    agent: Staff,
    network: Department,
) -> None:
    ticket = factories.ticket(category, jinan, agent, factories.NOW, subject="网络<b>信号</b>弱")
    page = login(agent, width=width, locale=locale, scheme=scheme)

    page.goto("/search/")
    page.locator("body").press("/")
    page.keyboard.type("网络")
    expect(page.locator("#suggestions mark").first).to_have_text("网络")
    expect(page.locator("#suggestions .search-title")).to_have_count(2)
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("main mark").first).to_have_text("网络")
    assert faults(page) == []
    page.goto("/search/")
    page.locator("body").press("/")
    page.keyboard.type("信号弱"[:2])
    expect(page.locator("#suggestions .search-title")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.pk}/")
