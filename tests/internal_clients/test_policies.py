"""What a list shows and what may be opened cannot differ; and what counts is documented."""

import datetime as dt
from pathlib import Path

import pytest

from internal_clients import policies
from internal_clients.actions import scoring
from internal_clients.formulas import FORMULAS
from internal_clients.models import Scorecard
from internal_clients.queries.evidence import SOURCES
from organization.models import Staff
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

CAST = ("agent", "officer", "duty", "handler", "contact", "head", "stranger", "biller", "manager", "scorer")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "scheme.md"


def test_cards_that_are_listed_are_those_that_may_be_opened(legs: list[WorkOrder], request: pytest.FixtureRequest) -> None:
    people: dict[str, Staff] = {name: request.getfixturevalue(name) for name in CAST}
    after = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
    scoring.show(month=dt.date(2026, 10, 1), by=people["scorer"], now=after)
    cards = list(Scorecard.objects.all())

    listed = {name: set(policies.cards_visible_to(person)) for name, person in people.items()}

    assert listed == {
        name: {card for card in cards if policies.may_see_card(person, card.department_id)} for name, person in people.items()
    }
    assert {len(found) for found in listed.values()} == {0, 1, len(cards)}


def test_runs_that_are_listed_are_those_that_may_be_seen(legs: list[WorkOrder], request: pytest.FixtureRequest) -> None:
    people: dict[str, Staff] = {name: request.getfixturevalue(name) for name in (*CAST, "administrator")}
    after = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
    runs = [
        scoring.show(month=dt.date(2026, 10, 1), by=people["scorer"], now=after),
        scoring.try_out(month=dt.date(2026, 9, 1), by=people["scorer"], now=after),
    ]

    listed = {name: set(policies.runs_visible_to(person)) for name, person in people.items()}

    assert listed == {name: {run for run in runs if policies.may_see_run(person, run)} for name, person in people.items()}
    assert {len(found) for found in listed.values()} == {0, 1, 2}


def test_every_indicator_has_its_rows_and_its_words() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert SOURCES.keys() == FORMULAS.keys()
    assert [key for key in FORMULAS if key not in text] == []
