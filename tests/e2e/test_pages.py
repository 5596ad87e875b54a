"""Every page a role uses: no accessibility violations, nothing wider than the screen, in both languages."""

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from organization.models import Department, Staff
from tests import factories
from workorders.actions import supervising
from workorders.actions.supervising import judge_late_reports
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
    duty: Staff,
    head: Staff,
    manager: Staff,
    network: Department,
) -> None:
    ticket = factories.ticket(category, jinan, agent, factories.NOW)
    order = factories.dispatched(ticket, network, by=officer, at=factories.NOW)
    supervising.supervise(order=order, reason="客户多次来电", every_hours=2, by=duty, now=factories.NOW)
    judge_late_reports(now=factories.NOW + dt.timedelta(hours=3))
    factories.duty(network, "head", contact, factories.NOW, factories.NOW + dt.timedelta(days=3650))
    visits = {
        agent: ["/complaints/new/", "/customers/", "/callbacks/", "/queues/filed/"],
        officer: ["/queues/triage/", "/queues/open/"],
        contact: ["/queues/department/", f"/tickets/{ticket.pk}/"],
        duty: ["/supervision/"],
        head: ["/duties/"],
        manager: ["/dashboard/"],
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
