"""A session that has run out does not cost what was typed, and going back does not file twice."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from complaints.models import Customer
from organization.models import Department, Staff
from tests import factories
from tests.browsing import PASSWORD
from workorders.models import Category, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


@pytest.fixture
def typed(login: Callable[..., Page], category: Category, network: Department, agent: Staff, customer: Customer) -> Page:
    factories.route(category, network)
    page = login(agent)
    page.goto(f"/complaints/new/?find={customer.number}")
    page.evaluate(
        "value => { const native = document.querySelector('[data-native] select'); native.value = value;"
        " native.dispatchEvent(new Event('restored', { bubbles: true })); }",
        str(category.pk),
    )
    page.fill("textarea[name=description]", "家里没有信号，已经三天")
    page.click("label[for=urgency-urgent]")
    # What the server proposes moves the buttons; a click must not chase them.
    expect(page.locator("#proposal")).to_contain_text("网络部")
    page.wait_for_load_state("networkidle")
    return page


def test_what_was_typed_comes_back_after_the_login(typed: Page, agent: Staff, customer: Customer, category: Category) -> None:
    Session.objects.all().delete()
    typed.get_by_role("button", name="受理并派单").last.click()
    typed.wait_for_url("**/accounts/login/**")

    typed.fill("input[name=login]", agent.username)
    typed.fill("input[name=password]", PASSWORD)
    typed.click(".login form button.btn-primary")

    expect(typed.locator("#draft-note")).to_be_visible()
    expect(typed.locator("textarea[name=description]")).to_have_value("家里没有信号，已经三天")
    expect(typed.locator("#urgency-urgent")).to_be_checked()
    expect(typed.locator("[data-chosen]")).to_contain_text(customer.name)
    expect(typed.locator("[data-typeahead] input")).to_have_value("NET › NET-COVER › 室内覆盖")
    typed.get_by_role("button", name="受理并派单").last.click()
    typed.wait_for_url("**/tickets/**")
    assert list(Ticket.objects.values_list("description", "urgency", "category")) == [
        ("家里没有信号，已经三天", "urgent", category.pk)
    ]


def test_a_draft_is_gone_once_it_is_filed(typed: Page) -> None:
    typed.get_by_role("button", name="受理并派单").last.click()
    typed.wait_for_url("**/tickets/**")

    typed.goto("/complaints/new/")

    expect(typed.locator("#draft-note")).to_be_hidden()
    expect(typed.locator("textarea[name=description]")).to_have_value("")


def test_going_back_and_sending_again_shows_what_was_filed(typed: Page) -> None:
    typed.get_by_role("button", name="受理并派单").last.click()
    typed.wait_for_url("**/tickets/**")
    typed.go_back()
    typed.get_by_role("button", name="受理并派单").last.click()
    typed.wait_for_url("**/tickets/**")

    ticket = Ticket.objects.get()
    expect(typed.locator("main")).to_contain_text(f"已受理为 {ticket.number}，没有重复受理")
