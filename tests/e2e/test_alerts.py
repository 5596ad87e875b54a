"""The early warning in a browser: the list, an alert, and the incident it was turned into."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from complaints.actions.filing import Facts, file_complaint
from complaints.actions.incidents import link_present, open_incident
from complaints.models import Alert, Customer
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.e2e.test_pages import judged
from workorders.models import Category, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def alert(category: Category, jinan: Region, province: Region, agent: Staff, network: Department) -> Alert:
    """Seven complaints in the last hour, under a surge of the province; one just like it before."""
    factories.route(category, network)
    now = timezone.now()
    for number in range(7):
        customer = Customer.objects.create(number=f"139{number:08}", region=jinan)
        facts = Facts(
            customer=customer,
            contact_phone=customer.number,
            category=category,
            region=jinan,
            channel="hotline",
            subject="没有信号",
            description="没有信号",
        )
        file_complaint(facts=facts, filing_key=f"browser:{number}", by=agent, now=now - (40 - number) * MINUTE)
    factories.alert(category, province, now - dt.timedelta(days=3), cleared_at=now - dt.timedelta(days=2), outcome="nothing")
    return factories.alert(category, province, now - 45 * MINUTE, level=3)


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1280, "zh-CN", "dark"), (360, "en-US", "light")])
def test_an_incident_is_opened_and_a_complaint_taken_out_of_it(
    width: int, locale: str, scheme: str, alert: Alert, login: Callable[..., Page], centre: Department, network: Department
) -> None:
    officer = factories.staff("2003", "值班派单", centre, [Role.DUTY, Role.DISPATCHER])
    page, found = login(officer, width=width, locale=locale, scheme=scheme), {}
    for name in ("alerts", "alert_rules"):
        page.goto(reverse(f"complaints:{name}"))
        found[name] = judged(page)
    page.goto(reverse("complaints:alert", args=[alert.pk]))
    page.locator("details summary").evaluate_all("(all) => all.forEach((each) => each.click())")
    found["alert"] = judged(page)

    incident = open_incident(alert=alert, lead=network, announcement="抢修中", by=officer, now=timezone.now())
    link_present(incident=incident, now=timezone.now())
    page.reload()
    take_out = page.locator("tr details").first
    take_out.locator("summary").click()
    found["incident"] = judged(page)
    take_out.locator("input[name=reason]").fill("另有原因")
    take_out.locator("button").click()
    page.get_by_text("另有原因").wait_for()

    assert found == dict.fromkeys(found, (False, []))
    assert Ticket.objects.filter(state="in_progress").exclude(pk=incident.ticket_id).count() == 1
