"""The notice pages in a browser: accessible, no wider than the screen, and the bell counts."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journal.models import Delivery, Gateway
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from workorders.models import Category, WorkOrder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


@pytest.fixture
def admin(centre: Department) -> Staff:
    person = factories.staff("9001", "管理员", centre, [Role.ADMIN])
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def order(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
    connect: Callable[..., Gateway],
) -> WorkOrder:
    contact.phone = "13900000001"
    contact.save()
    connect("sms", "smshttp://127.0.0.1:9/?number={to}", "短信网关")
    made = factories.dispatched(factories.ticket(category, jinan, agent, factories.NOW), network, by=officer, at=factories.NOW)
    Delivery.objects.update(state="dead", tries=10, last_error="HTTP 503: " + "service-unavailable" * 8)
    return made


@pytest.mark.parametrize(("width", "locale"), [(1280, "zh-CN"), (360, "zh-CN"), (360, "en-US")])
def test_notice_pages_fit_and_are_accessible(
    width: int, locale: str, login: Callable[..., Page], order: WorkOrder, contact: Staff, admin: Staff
) -> None:
    visits = {
        contact: ["/notices/", "/me/notices/"],
        admin: [
            "/notices/outbox/",
            "/notices/gateways/",
            f"/notices/gateways/{Gateway.objects.get().pk}/",
            "/notices/texts/",
            "/notices/texts/order.urged/sms/zh-hans/",
        ],
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


def test_the_bell_leads_to_the_inbox_and_a_notice_to_its_ticket(
    login: Callable[..., Page], order: WorkOrder, contact: Staff
) -> None:
    page = login(contact)

    expect(page.locator(".bell-count")).to_have_text("1")
    page.click("#bell")
    page.click(f"text=新工单 {order.ticket.number}")
    expect(page.locator("h1")).to_contain_text(order.ticket.subject)
    expect(page.locator("#bell")).to_be_visible()
    expect(page.locator(".bell-count")).to_have_count(0)


def test_the_preview_follows_what_is_typed(login: Callable[..., Page], admin: Staff) -> None:
    page = login(admin)
    page.goto("/notices/texts/order.urged/sms/zh-hans/")

    page.fill("textarea", "请看 {{ number }}" + "好" * 70)

    expect(page.locator("#preview")).to_contain_text("2 条短信")
    page.fill("textarea", "{{ phone }}")
    expect(page.locator("#preview")).to_contain_text("此处没有变量")
