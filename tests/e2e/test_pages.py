"""Every page a role uses: no accessibility violations, nothing wider than the screen, in both languages, light and dark."""

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint, Customer
from organization.models import Department, Staff
from tests import factories
from workorders.actions import closing, filing, handling, supervising
from workorders.actions.supervising import judge_late_reports
from workorders.models import Category, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]

type Found = dict[str, tuple[bool, list[tuple[str, str]]]]


@pytest.fixture
def filed(category: Category, customer: Customer, agent: Staff) -> Callable[..., Complaint]:
    def file(key: str, **changes: object) -> Complaint:
        facts = Facts(
            customer=customer,
            contact_phone="13800000001",
            category=category,
            channel="hotline",
            region=customer.region,
            subject="室内没有信号",
            description="家里没有信号",
        )
        return file_complaint(facts=facts, filing_key=key, by=agent, now=factories.NOW, **{"then": "triage", **changes})

    return file


@pytest.fixture
def late(category: Category, customer: Customer, agent: Staff, officer: Staff, contact: Staff, network: Department) -> Ticket:
    """A ticket with a leg of every look: replied late with a result, and cancelled."""
    ticket = factories.ticket(category, customer.region, agent, factories.NOW)
    order = factories.dispatched(ticket, network, by=officer, at=factories.NOW)
    handling.accept(order=order, by=contact, now=factories.NOW)
    handling.reply(order=order, by=contact, now=factories.NOW, result="已恢复", cause="fault", liability="operator")
    return ticket


def judged(page: Page) -> tuple[bool, list[tuple[str, str]]]:
    """Return whether the page is wider than the window, and what is wrong with it."""
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    violations = Axe().run(page).response["violations"]
    return wide, [(each["id"], node["html"][:160]) for each in violations for node in each["nodes"][:3]]


LOOKS = [(1280, "zh-CN", "light"), (360, "zh-CN", "light"), (360, "en-US", "light"), (1280, "zh-CN", "dark")]


@pytest.mark.parametrize(("width", "locale", "scheme"), LOOKS)
def test_pages_fit_and_are_accessible(
    width: int,
    locale: str,
    scheme: str,
    login: Callable[..., Page],
    filed: Callable[..., Complaint],
    late: Ticket,
    category: Category,
    jinan: object,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    head: Staff,
    manager: Staff,
    network: Department,
) -> None:
    solved = filed("solved", then="solved", answer="已重启")
    filed("open")
    cancelled = filed("cancelled")
    factories.dispatched_by(cancelled.ticket, network, by=officer)
    closing.cancel(ticket=cancelled.ticket, reason="客户撤回", by=duty, now=factories.NOW)
    watched = factories.ticket(category, jinan, agent, factories.NOW)
    order = factories.dispatched(watched, network, by=officer, at=factories.NOW)
    supervising.supervise(order=order, reason="客户多次来电", every_hours=2, by=duty, now=factories.NOW)
    judge_late_reports(now=factories.NOW + dt.timedelta(hours=3))
    factories.duty(network, "head", contact, factories.NOW, factories.NOW + dt.timedelta(days=3650))
    visits = {
        agent: [
            "/complaints/new/",
            "/customers/",
            f"/customers/{solved.customer_id}/",
            "/callbacks/",
            f"/callbacks/{solved.pk}/",
            "/queues/filed/",
        ],
        officer: [
            "/triage/",
            "/queues/triage/",
            "/queues/open/",
            "/queues/review/",
            f"/tickets/{late.pk}/",
            f"/tickets/{cancelled.pk}/",
        ],
        contact: [
            "/queues/department/",
            "/queues/department/?text=none",
            "/since/?hours=24",
            f"/boards/{network.code}/",
            f"/tickets/{watched.pk}/",
            f"/clocks/{watched.clocks.get(order=None).pk}/why/",
        ],
        duty: ["/supervision/"],
        head: ["/duties/"],
        manager: ["/dashboard/", "/dashboard/filed/", "/targets/"],
    }

    found: Found = {}
    for person, addresses in visits.items():
        page = login(person, width=width, locale=locale, scheme=scheme)
        for address in addresses:
            page.goto(address)
            found[address] = judged(page)

    assert len(found) == sum(map(len, visits.values()))
    assert {address: faults for address, faults in found.items() if faults != (False, [])} == {}


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1280, "zh-CN", "dark"), (360, "zh-CN", "light")])
def test_dialogs_and_results_are_accessible(
    width: int,
    locale: str,
    scheme: str,
    login: Callable[..., Page],
    filed: Callable[..., Complaint],
    category: Category,
    officer: Staff,
    contact: Staff,
    handler: Staff,
    network: Department,
    billing: Department,
    finance: Department,
) -> None:
    factories.route(category, network, 请核对缴费=finance)
    waiting, given = filed("waiting").ticket, filed("given").ticket
    filing.prepare(ticket=waiting, by=officer, now=factories.NOW)
    order = factories.dispatched_by(given, network, by=officer)
    found: Found = {}

    page = login(officer, width=width, locale=locale, scheme=scheme)
    page.goto(f"/tickets/{waiting.pk}/")
    page.keyboard.press("d")
    page.locator("#dialog .choices").wait_for()
    page.wait_for_timeout(400)
    found["dispatch dialog"] = judged(page)
    ticked = page.locator("#dialog .choices input:checked")
    box = page.locator("#dialog .choices .form-check-label").first.bounding_box()
    assert (ticked.count(), box["width"] > box["height"]) == (1, True)

    page = login(contact, width=width, locale=locale, scheme=scheme)
    page.goto(f"/tickets/{given.pk}/")
    page.keyboard.press("a")
    page.locator("#dialog-content button[type=submit]").click()
    page.locator(".alert-success").wait_for()
    found["told"] = judged(page)
    page.keyboard.press("e")
    page.locator("#dialog [name=cause]").wait_for()
    page.locator("#dialog-content button[type=submit]").click()
    page.wait_for_timeout(400)
    found["reply dialog"] = judged(page)
    page.goto(f"/tickets/{given.pk}/")
    handling.assign(order=order, assignee=handler, by=contact, now=factories.NOW)
    page.keyboard.press("s")
    page.locator("#dialog .alert-warning").wait_for()
    page.wait_for_timeout(400)
    found["stale dialog"] = judged(page)

    assert {place: faults for place, faults in found.items() if faults != (False, [])} == {}
