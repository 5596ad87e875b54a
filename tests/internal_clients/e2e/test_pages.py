"""The scheme's pages: no accessibility violations, nothing wider than the screen, and the whole way from a total to an order."""

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from internal_clients.actions import appealing, scoring
from internal_clients.actions.schemes import draft_from
from internal_clients.models import Rater, Rating, Scheme, ScoreLine, System
from organization.models import Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.models import WorkOrder

pytestmark = [pytest.mark.django_db(transaction=True)]
OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("width", "locale"), [(1280, "zh-CN"), (360, "en-US")])
def test_pages_fit_and_are_accessible(
    width: int,
    locale: str,
    login: Callable[..., Page],
    legs: list[WorkOrder],
    scheme: Scheme,
    system: System,
    scorer: Staff,
    head: Staff,
    agent: Staff,
) -> None:
    rater = Rater.objects.create(staff=agent, post="shift")
    Rating.objects.create(month=OCTOBER, department=system.department, rater=rater, score=4, rated_at=AFTER)
    run = scoring.show(month=OCTOBER, by=scorer, now=AFTER)
    line = ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code="NETWORK", indicator__code="A2")
    appeal = appealing.contest_line(line=line, grounds="时钟不准", evidence="校准记录", by=head, now=AFTER)
    judge = factories.staff("2102", "考核岗二", scorer.department, ["supervisor"])
    draft = draft_from(scheme=scheme, effective_from=dt.date(2026, 12, 1), by=scorer, now=NOW)
    visits = {
        head: [
            "/scores/2026-10/",
            "/scores/trend/",
            "/scores/2026-10/NETWORK/",
            "/scores/2026-10/NETWORK/A1/",
            "/records/fault/",
            "/records/fault/new/",
            "/appeals/",
        ],
        judge: [f"/appeals/{appeal.pk}/", f"/appeals/{appeal.pk}/do/rule/"],
        agent: ["/ratings/"],
        scorer: ["/schemes/", f"/schemes/{draft.pk}/", f"/schemes/{draft.pk}/trial/", "/records/sanction/new/"],
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


def test_the_head_follows_a_total_down_to_one_order_and_contests_it(
    login: Callable[..., Page], legs: list[WorkOrder], scorer: Staff, head: Staff
) -> None:
    scoring.show(month=OCTOBER, by=scorer, now=dt.datetime.now(tz=SHANGHAI))
    page = login(head)
    page.goto("/scores/2026-10/")
    page.get_by_role("link", name="网络部").click()
    page.get_by_role("link", name="10 / 12").first.click()
    page.get_by_role("link", name="未计入分子").click()
    row = page.locator("tbody tr").first
    expect(row).to_contain_text(legs[0].ticket.number)
    row.get_by_role("link", name="申诉").click()
    page.locator("#id_grounds").fill("客户要求改约到次日")
    page.locator("#id_evidence").fill("通话录音编号 17")
    page.locator("main form button.btn-primary").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("A1")
    expect(page.locator("main")).to_contain_text("客户要求改约到次日")
