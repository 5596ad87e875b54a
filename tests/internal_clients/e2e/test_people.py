"""The survey's and the target tree's pages: no accessibility violations, nothing wider than a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from internal_clients.actions import surveys
from internal_clients.models import KpiNode, KpiSheet, Rater
from organization.models import Department, Region, Staff
from tests import factories
from tests.internal_clients.views.test_surveys import LAST, QUARTER, TODAY
from workorders.models import Category

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


def test_pages_fit_a_phone_and_are_accessible(
    login: Callable[..., Page],
    tree: dict[str, KpiNode],
    agreed: dict[str, KpiSheet],
    agent: Staff,
    officer: Staff,
    scorer: Staff,
    head: Staff,
    handler: Staff,
    category: Category,
    jinan: Region,
    network: Department,
) -> None:
    Rater.objects.create(staff=agent, post="shift")
    factories.dispatched(factories.ticket(category, jinan, agent, TODAY), network, by=officer, at=TODAY)
    survey = surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=scorer, now=TODAY)
    visits = [(scorer, [f"/surveys/{survey.pk}/", "/surveys/"]), (head, [f"/kpi/{tree['post'].pk}/"])]
    visits += [(head, [f"/kpi/{tree['employee'].pk}/targets/"]), (handler, ["/kpi/?"])]
    opened = [(agent, [f"/surveys/{survey.pk}/", f"/surveys/{survey.pk}/NETWORK/"])]

    found = _visited(login, visits)
    surveys.open_survey(survey=survey, by=scorer, now=TODAY)
    found |= _visited(login, opened)

    assert found == dict.fromkeys(found, (False, []))


def _visited(login: Callable[..., Page], visits: list[tuple[Staff, list[str]]]) -> dict[str, tuple[bool, list[tuple[str, str]]]]:
    found = {}
    for person, addresses in visits:
        page = login(person, width=360, locale="zh-CN")
        for address in addresses:
            page.goto(address)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            violations = Axe().run(page).response["violations"]
            found[f"{person} {address}"] = (wide, [(each["id"], each["nodes"][0]["html"][:120]) for each in violations])
    return found
