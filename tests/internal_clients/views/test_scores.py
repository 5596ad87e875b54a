"""The ranking, the scorecard and the rows behind a figure: the same numbers, to who may see them."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from internal_clients.actions import scoring
from internal_clients.enums import PeriodState
from internal_clients.models import Period, Scorecard, ScoreRun
from organization.models import Staff
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)


def address(name: str, *args: str) -> str:
    return reverse(f"internal_clients:{name}", args=["2026-10", *args])


@pytest.fixture
def run(legs: list[WorkOrder], scorer: Staff) -> ScoreRun:
    return scoring.show(month=OCTOBER, by=scorer, now=AFTER)


def test_everybody_sees_the_totals_and_opens_only_their_own_card(
    client: Client, run: ScoreRun, handler: Staff, stranger: Staff
) -> None:
    client.force_login(handler)
    page = client.get(address("scores")).content.decode()

    total = Scorecard.objects.get(run=run, department__code="NETWORK").total
    assert f"{total:.2f}" in page
    assert address("card", "NETWORK") in page
    assert address("card", "FINANCE") not in page
    assert client.get(address("card", "NETWORK")).status_code == 200
    client.force_login(stranger)
    assert client.get(address("card", "NETWORK")).status_code == 404
    assert client.get(address("line", "NETWORK", "A1")).status_code == 404


def test_a_card_shows_its_lines_and_what_would_have_lifted_most(client: Client, run: ScoreRun, head: Staff) -> None:
    client.force_login(head)
    response = client.get(address("card", "NETWORK"))

    # A1 is 10 of 12 and A2 12 of 12.
    shown = {each.line.indicator.code: each for part in response.context["parts"] for each in part.lines}
    assert (shown["A1"].line.numerator, shown["A1"].line.points) == (10, Decimal(0))
    assert (shown["A2"].line.points, shown["A2"].best) == (Decimal(15), Decimal(15))
    assert response.context["lifts"][0][1].code == "A1"


def test_the_rows_behind_a_figure_are_the_orders_that_were_counted(
    client: Client, run: ScoreRun, head: Staff, legs: list[WorkOrder]
) -> None:
    client.force_login(head)

    def shown(query: str) -> list[int]:
        return [row.evidence.object_id for row in client.get(address("line", "NETWORK", "A1") + query).context["rows"]]

    assert sorted(shown("")) == [order.pk for order in legs]
    assert sorted(shown("?only=out")) == [order.pk for order in legs[:2]]
    assert legs[0].ticket.number in client.get(address("line", "NETWORK", "A1")).content.decode()


def test_a_trial_run_is_the_scorers_own(client: Client, legs: list[WorkOrder], scorer: Staff, head: Staff) -> None:
    scoring.try_out(month=OCTOBER, by=scorer, now=AFTER)

    client.force_login(head)
    assert client.get(address("scores")).context["run"] is None
    assert client.get(address("card", "NETWORK")).status_code == 404
    client.force_login(scorer)
    assert client.get(address("scores")).context["run"] == ScoreRun.objects.get()


def test_the_scorer_publishes_from_the_page_and_others_may_not(client: Client, run: ScoreRun, scorer: Staff, head: Staff) -> None:
    client.force_login(head)
    assert client.post(address("month_step", "publish")).status_code == 403
    client.force_login(scorer)
    client.post(address("month_step", "publish"), follow=True)
    assert Period.objects.get().state == PeriodState.PUBLISHED

    response = client.post(address("month_step", "amend"), {"reason": ""}, follow=True)
    assert ScoreRun.objects.count() == 2
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    client.post(address("month_step", "amend"), {"reason": "更正"})
    assert ScoreRun.objects.count() == 3


def test_the_sheets_have_the_pages_numbers(client: Client, run: ScoreRun, scorer: Staff) -> None:
    client.force_login(scorer)
    sheet = openpyxl.load_workbook(BytesIO(client.get(address("scores") + "?as=xlsx").content)).active
    found = {row[1]: row[2] for row in sheet.iter_rows(min_row=2, values_only=True)}

    assert found == {
        str(card.department): None if card.total is None else float(card.total)
        for card in Scorecard.objects.filter(run=run).select_related("department")
    }
    book = openpyxl.load_workbook(BytesIO(client.get(address("card", "NETWORK") + "?as=xlsx").content))
    sums, lines, _beside = (list(each.iter_rows(min_row=2, values_only=True)) for each in book.worksheets)
    assert [row[4:6] for row in lines if row[3].startswith("A1")] == [(10, 12)]
    card = Scorecard.objects.get(run=run, department__code="NETWORK")
    assert float(card.total) in [row[1] for row in sums]


@pytest.mark.parametrize("name", [("scores",), ("card", "NETWORK"), ("line", "NETWORK", "A1")])
def test_no_page_takes_more_than_twelve_queries(
    client: Client, run: ScoreRun, scorer: Staff, name: tuple[str, ...], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(scorer)
    client.get(address(*name))

    with django_assert_max_num_queries(12):
        assert client.get(address(*name)).status_code == 200


def test_a_month_that_is_none_is_not_found(client: Client, scorer: Staff) -> None:
    client.force_login(scorer)

    assert client.get(reverse("internal_clients:scores", args=["2026-13"])).status_code == 404
    assert client.get(reverse("internal_clients:scores", args=["2026-09"])).context["run"] is None


def printed(client: Client, *name: str) -> str:
    response = client.get(address(*name) + "?as=pdf")
    assert response["Content-Type"] == "application/pdf"
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages).split())


def as_shown(cell: Any) -> Any:
    """Return a cell as the sheet shows it: scores have two decimals."""
    return f"{cell.value:.2f}" if cell.number_format == "0.00" and cell.value is not None else cell.value


def sheet(client: Client, *name: str) -> list[list]:
    content = client.get(address(*name) + "?as=xlsx").content
    lines = openpyxl.load_workbook(BytesIO(content)).worksheets[:2][-1]
    return [[as_shown(cell) for cell in row] for row in lines.iter_rows(min_row=2)]


def test_ranking_is_printed_with_the_pages_and_the_sheets_numbers(client: Client, run: ScoreRun, head: Staff) -> None:
    client.force_login(head)
    lines = client.get(address("scores")).context["lines"]
    shown = [f"{line['place'].card.total:.2f}" for line in lines if line["place"].card.total is not None]
    rows, text = sheet(client, "scores"), printed(client, "scores")

    assert shown
    assert [row[2] for row in rows if row[2]] == shown
    for row in rows:
        assert " ".join("–" if cell is None else str(cell) for cell in row) in text
    assert f"{head} 打印于" in text


def test_card_is_printed_with_the_pages_and_the_sheets_numbers(client: Client, run: ScoreRun, head: Staff) -> None:
    client.force_login(head)
    page = client.get(address("card", "NETWORK")).context
    rows, text = sheet(client, "card", "NETWORK"), printed(client, "card", "NETWORK").replace(" ", "")

    lines = [each for part in page["parts"] for each in part.lines]
    assert [row[7] for row in rows] == [None if each.line.points is None else f"{each.line.points:.2f}" for each in lines]
    for row in rows:
        assert "".join("–" if cell is None else str(cell) for cell in row[3:]).replace(" ", "") in text
    assert f"{page['card'].total:.2f}" in text
    assert page["card"].run.hash[:12] in text


def test_card_of_another_department_is_not_printed(client: Client, run: ScoreRun, stranger: Staff) -> None:
    client.force_login(stranger)

    assert client.get(address("card", "NETWORK") + "?as=pdf").status_code == 404
