"""Every page a role uses: no accessibility violations, nothing wider than the screen, in both languages."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from organization.models import Department, Staff
from tests import factories
from workorders.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


@pytest.mark.parametrize(("width", "locale"), [(1280, "zh-CN"), (360, "zh-CN"), (360, "en-US")])
def test_pages_fit_and_are_accessible(
    width: int,
    locale: str,
    login: Callable[..., Page],
    category: Category,
    jinan: object,
    agent: Staff,
    officer: Staff,
    contact: Staff,
    manager: Staff,
    network: Department,
) -> None:
    ticket = factories.ticket(category, jinan, agent, factories.NOW)
    factories.dispatched(ticket, network, by=officer, at=factories.NOW)
    visits = {
        agent: ["/complaints/new/", "/customers/", "/callbacks/", "/queues/filed/"],
        officer: ["/queues/triage/", "/queues/open/"],
        contact: ["/queues/department/", f"/tickets/{ticket.pk}/", f"/clocks/{ticket.clocks.get(order=None).pk}/why/"],
        manager: ["/dashboard/", "/targets/"],
    }

    found = {}
    for person, addresses in visits.items():
        page = login(person, width=width, locale=locale)
        for address in addresses:
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            violations = Axe().run(page).response["violations"]
            found[address] = (wide, [(each["id"], each["nodes"][0]["html"][:120]) for each in violations])

    assert found == {address: (False, []) for addresses in visits.values() for address in addresses}
