"""A queue that refreshes itself leaves the person where they are."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from organization.models import Department, Staff
from tests import factories
from workorders.models import Category, WorkOrder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]

PLACE = """() => ({
  down: scrollY,
  across: document.querySelector(".table-responsive").scrollLeft,
  ticked: [...document.querySelectorAll("[data-row]:checked")].map((box) => box.value),
  bar: !document.querySelector("[data-bulk]").hidden,
  focus: document.activeElement.closest("tr")?.dataset.href ?? document.activeElement.name,
  typed: document.querySelector("[name=text]").value,
})"""
#: A table wider than the window, whatever the columns are.
WIDER = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".table-responsive table { width: 1500px !important; max-width: none }");
  document.adoptedStyleSheets = [sheet];
}"""
#: Counts in the menu settle too; only the rows are waited for.
REFRESH = """() => new Promise((done) => {
  const settled = (event) => {
    if (event.target.id !== "rows") return;
    document.removeEventListener("htmx:afterSettle", settled);
    requestAnimationFrame(() => done());
  };
  document.addEventListener("htmx:afterSettle", settled);
  htmx.ajax("GET", location.pathname, { source: "#rows", target: "#rows", swap: "outerHTML" });
})"""


@pytest.fixture
def queue(
    login: Callable[..., Page],
    category: Category,
    jinan: object,
    agent: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
) -> Page:
    for number in range(40):
        ticket = factories.ticket(category, jinan, agent, factories.NOW, subject=f"第{number}号投诉")
        factories.dispatched(ticket, network, by=officer, at=factories.NOW)
    page = login(contact, width=900)
    page.goto("/queues/department/")
    page.evaluate(WIDER)
    return page


def test_a_refresh_keeps_ticks_scroll_and_what_is_being_typed(queue: Page) -> None:
    queue.locator("[data-row]").nth(20).check()
    queue.evaluate("document.querySelector('.table-responsive').scrollLeft = 120")
    queue.fill("[name=text]", "第3")
    queue.evaluate("scrollTo(0, 500)")
    before = queue.evaluate(PLACE)

    queue.evaluate(REFRESH)

    assert (before["down"], before["across"], before["bar"], before["typed"]) == (500, 120, True, "第3")
    assert queue.evaluate(PLACE) == before


def test_a_refresh_keeps_the_keyboard_on_its_row_though_rows_come_and_go(queue: Page) -> None:
    for _press in range(5):
        queue.keyboard.press("j")
    before = queue.evaluate(PLACE)
    first = queue.locator("tr[data-href]").first.get_attribute("data-href")
    WorkOrder.objects.filter(ticket=int(first.strip("/").split("/")[-1])).update(due_at=None)

    queue.evaluate(REFRESH)

    assert before["focus"].startswith("/tickets/")
    assert queue.evaluate(PLACE)["focus"] == before["focus"]
    assert queue.locator("tr[data-href]").first.get_attribute("data-href") != first
