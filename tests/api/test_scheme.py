import datetime as dt
from typing import Any

import pytest

from internal_clients.actions import scoring
from internal_clients.models import Evidence, InternalRequest, Scorecard, ScoreLine, ScoreRun
from internal_clients.queries.behind import Row
from internal_clients.serializers import EvidenceSerializer
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.api.conftest import Caller
from tests.conftest import NOW, SHANGHAI
from tests.internal_clients.conftest import legs, scheme, scorer  # noqa: F401 -- fixtures
from workorders.models import Category, WorkOrder

OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
CARDS = "/api/v1/scorecards/"


@pytest.fixture
def run(legs: list[WorkOrder], scorer: Staff) -> ScoreRun:  # noqa: F811 -- fixtures
    return scoring.show(month=OCTOBER, by=scorer, now=AFTER)


def rows(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_everybody_reads_the_totals_and_only_their_own_lines(api: Caller, run: ScoreRun, head: Staff, stranger: Staff) -> None:
    listed = rows(api(stranger).get(CARDS))
    card = Scorecard.objects.get(run=run, department__code="NETWORK")

    assert {row["department"]: row["total"] for row in listed} == {
        each.department.code: None if each.total is None else str(each.total)
        for each in Scorecard.objects.select_related("department")
    }
    assert {(row["run"]["month"], row["run"]["version"]) for row in listed} == {("2026-10", 1)}
    assert api(stranger).get(f"{CARDS}{card.pk}/").status_code == 404
    whole = api(head).get(f"{CARDS}{card.pk}/").json()
    lines = {line["indicator"]: line for part in whole["parts"] for line in part["lines"]}
    assert (lines["A1"]["numerator"], lines["A1"]["denominator"]) == ("10.0000000000", "12.0000000000")
    assert [row["department"] for row in rows(api(head).get(f"{CARDS}?month=2026-10&newest=true&department=NETWORK"))] == [
        "NETWORK"
    ]
    assert api(head).get(f"{CARDS}?month=October").status_code == 400


def test_rows_behind_a_line_come_page_by_page(
    api: Caller,
    run: ScoreRun,
    legs: list[WorkOrder],  # noqa: F811 -- fixtures
    head: Staff,
    stranger: Staff,
) -> None:
    line = ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code="NETWORK", indicator__code="A1")
    address = f"/api/v1/score-lines/{line.pk}/evidence/?page_size=5"
    found, following = [], address
    while following:
        answer = api(head).get(following).json()
        found += answer["results"]
        following = answer["next"]

    assert [row["object_id"] for row in found] == [order.pk for order in legs]
    assert found[0]["url"] == f"/tickets/{legs[0].ticket_id}/"
    assert legs[0].ticket.number in found[0]["title"]
    assert api(stranger).get(address).status_code == 404


@pytest.mark.parametrize(("kind", "told"), [("order", 7), ("fault", 7), ("rating", None), ("survey", None)])
def test_a_voice_has_no_number_that_tells_when_it_came(kind: str, told: int | None) -> None:
    row = Row(evidence=Evidence(pk=1, kind=kind, object_id=7, numerator=1, denominator=1), title="…")

    assert EvidenceSerializer(row).data["object_id"] == told


def test_trial_runs_are_the_scorers_own(api: Caller, run: ScoreRun, scorer: Staff, head: Staff) -> None:  # noqa: F811 -- fixtures
    trial = scoring.try_out(month=dt.date(2026, 9, 1), by=scorer, now=AFTER)

    assert [row["id"] for row in rows(api(head).get("/api/v1/score-runs/"))] == [run.pk]
    assert [row["id"] for row in rows(api(scorer).get("/api/v1/score-runs/"))] == [trial.pk, run.pk]
    assert [row["month"] for row in rows(api(head).get("/api/v1/score-periods/"))] == ["2026-10"]
    assert api(head).get(f"/api/v1/score-runs/{trial.pk}/").status_code == 404
    assert {row["run"]["id"] for row in rows(api(head).get(CARDS))} == {run.pk}


@pytest.mark.usefixtures("limits")
def test_internal_requests_are_read_by_who_may_read_their_tickets(
    api: Caller, agent: Staff, network: Department, category: Category, jinan: Region
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    InternalRequest.objects.create(ticket=ticket, kind="information", department=network)
    outsider = factories.staff("9100", "无关人员", network, [Role.HANDLER])

    found = rows(api(agent).get("/api/v1/internal-requests/?kind=information&confirmed=false"))

    assert [(row["ticket"]["id"], row["department"]) for row in found] == [(ticket.pk, "NETWORK")]
    assert rows(api(outsider).get("/api/v1/internal-requests/")) == []
    assert api(outsider).get(f"/api/v1/internal-requests/{ticket.pk}/").status_code == 404
