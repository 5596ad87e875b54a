"""Who had a hand in what is contested, what others are charged with, and which months a ruling reaches."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from internal_clients.actions import appealing, scoring
from internal_clients.models import Appeal, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.queries.sealing import stored_seal
from organization.models import Department, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
#: A Tuesday.
SHOWN = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
LATER = dt.datetime(2026, 12, 3, 9, 0, tzinfo=SHANGHAI)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


@pytest.fixture
def judge(centre: Department) -> Staff:
    return factories.staff("2102", "考核岗二", centre, ["supervisor"])


@pytest.fixture
def run(legs: list[WorkOrder], scorer: Staff) -> ScoreRun:
    return scoring.show(month=OCTOBER, by=scorer, now=SHOWN)


def line(run: ScoreRun, code: str = "A1", department: str = "NETWORK") -> ScoreLine:
    return ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code=department, indicator__code=code)


def card(run: ScoreRun, department: str = "NETWORK") -> Scorecard:
    return Scorecard.objects.get(run=run, department__code=department)


def row(run: ScoreRun, order: WorkOrder, by: Staff, code: str = "A1", at: dt.datetime = SHOWN) -> Appeal:
    evidence = line(run, code).evidence.get(object_id=order.pk)
    return appealing.contest(row=evidence, grounds="改约", evidence="录音", by=by, now=at)


def penalty(run: ScoreRun, by: Staff, **about: object) -> Appeal:
    code = "P1" if "ticket" in about else "V5" if "release" in about else "P2"
    item = ScoreItem.objects.create(card=card(run), kind="penalty", code=code, points=Decimal("1.5"), **about)
    return appealing.contest_item(item=item, grounds="不实", evidence="记录", by=by, now=SHOWN)


@pytest.fixture
def on_line(run: ScoreRun, head: Staff) -> Appeal:
    return appealing.contest_line(line=line(run), grounds="时钟不准", evidence="记录", by=head, now=SHOWN)


def test_a_seal_names_the_ticket_of_what_a_rule_found(run: ScoreRun, legs: list[WorkOrder]) -> None:
    seals = set()
    for order in legs[:2]:
        with transaction.atomic():
            ScoreItem.objects.create(card=card(run), kind="penalty", code="P1", points=Decimal("1.5"), ticket=order.ticket)
            seals.add(stored_seal(run))
            transaction.set_rollback(True)

    assert len(seals) == 2
    assert run.hash not in seals
