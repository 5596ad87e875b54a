"""The ticket page of an eventful ticket: accessible and within the screen, in both languages, light and dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from organization.models import Department, Region, Staff
from tests.workorders.lives import eventful
from workorders.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


@pytest.mark.parametrize(("width", "locale"), [(1280, "zh-CN"), (360, "en-US")])
def test_the_ledger_fits_and_is_accessible(
    width: int,
    locale: str,
    login: Callable[..., Page],
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    handler: Staff,
    biller: Staff,
    stranger: Staff,
    network: Department,
    billing: Department,
    finance: Department,
) -> None:
    people = {"agent": agent, "officer": officer, "duty": duty, "contact": contact, "handler": handler}
    departments = {"network": network, "billing": billing, "finance": finance}
    ticket = eventful(category, jinan, {**people, "biller": biller, "financier": stranger}, departments)
    page = login(contact, width=width, locale=locale)
    page.goto(f"/tickets/{ticket.pk}/")

    found = {}
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        # Colours fade from one theme to the other.
        page.evaluate("Promise.all(document.getAnimations().map(each => each.finished.catch(() => null)))")
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        violations = Axe().run(page).response["violations"]
        found[theme] = (wide, [(each["id"], each["nodes"][0]["html"][:120]) for each in violations])
    bars = page.locator(".ledger-bar svg").evaluate_all("bars => bars.map(bar => Math.round(bar.getBoundingClientRect().width))")

    assert found == {"light": (False, []), "dark": (False, [])}
    assert len(bars) == 6
    assert len(set(bars)) == 1
