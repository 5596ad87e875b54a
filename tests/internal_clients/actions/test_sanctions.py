"""Penalties and vetoes: two people, and everything on the card."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import releasing, sanctions, scoring
from internal_clients.models import Release, Sanction, Scorecard, ScoreRun
from organization.models import Department, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.models import Ticket, WorkOrder

OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def other_scorer(centre: Department) -> Staff:
    return factories.staff("2102", "考核岗二", centre, ["supervisor"])


def proposed(department: Department, by: Staff, code: str = "P2", points: str | None = "2") -> Sanction:
    return sanctions.propose_sanction(
        department=department,
        month=OCTOBER,
        code=code,
        points=Decimal(points) if points else None,
        facts="故障通报迟报三小时",
        evidence="故障记录",
        by=by,
        now=NOW,
    )


def card(run: ScoreRun, code: str = "NETWORK") -> Scorecard:
    return Scorecard.objects.get(run=run, department__code=code)


def test_a_penalty_counts_once_another_person_approved_it(
    legs: list[WorkOrder], network: Department, scorer: Staff, other_scorer: Staff
) -> None:
    before = card(scoring.show(month=OCTOBER, by=scorer, now=AFTER))
    sanction = proposed(network, scorer)

    assert scoring.rescore(month=OCTOBER, by=scorer, now=AFTER) == before.run
    with pytest.raises(NotAllowed):
        sanctions.decide_sanction(sanction=sanction, approve=True, reason="属实", by=scorer, now=NOW)
    sanctions.decide_sanction(sanction=sanction, approve=True, reason="属实", by=other_scorer, now=NOW)
    after = card(scoring.rescore(month=OCTOBER, by=scorer, now=AFTER))

    assert (after.run.version, after.penalty, after.total) == (2, 2, before.total - 2)
    assert [(item.kind, item.code, item.points, item.sanction) for item in after.items.all()] == [("penalty", "P2", 2, sanction)]


def test_the_database_wants_two_people(network: Department, scorer: Staff) -> None:
    sanction = proposed(network, scorer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Sanction.objects.filter(pk=sanction.pk).update(decided_by=scorer, is_approved=True)


def test_a_refused_proposal_counts_nothing(legs: list[WorkOrder], network: Department, scorer: Staff, other_scorer: Staff) -> None:
    sanction = proposed(network, scorer)
    sanctions.decide_sanction(sanction=sanction, approve=False, reason="证据不足", by=other_scorer, now=NOW)

    assert card(scoring.show(month=OCTOBER, by=scorer, now=AFTER)).penalty == 0
    with pytest.raises(Conflict):
        sanctions.decide_sanction(sanction=sanction, approve=True, reason="再议", by=other_scorer, now=NOW)


def test_a_veto_caps_the_total(legs: list[WorkOrder], network: Department, scorer: Staff, other_scorer: Staff) -> None:
    assert card(scoring.show(month=OCTOBER, by=scorer, now=AFTER)).total > Decimal("69.99")
    sanction = proposed(network, scorer, "V1", None)
    sanctions.decide_sanction(sanction=sanction, approve=True, reason="瞒报属实", by=other_scorer, now=NOW)
    found = card(scoring.rescore(month=OCTOBER, by=scorer, now=AFTER))

    item = found.items.get()
    assert (item.kind, item.code, item.cap) == ("veto", "V1", Decimal("69.99"))
    assert (found.total, found.grade) == (Decimal("69.99"), "failed")


@pytest.mark.parametrize(("code", "points"), [("P2", "0.5"), ("P2", "6"), ("B1", "4"), ("V1", "1"), ("P2", None)])
def test_points_keep_to_their_rule(network: Department, scorer: Staff, code: str, points: str | None) -> None:
    with pytest.raises(Invalid):
        proposed(network, scorer, code, points)

    assert Sanction.objects.count() == 0


def test_a_department_proposes_no_penalty(network: Department, head: Staff) -> None:
    with pytest.raises(NotAllowed):
        proposed(network, head)


def test_a_launch_without_the_service_departments_word_strikes_part_d(
    legs: list[WorkOrder], network: Department, contact: Staff, scorer: Staff
) -> None:
    at = dt.datetime(2026, 10, 20, 10, 0, tzinfo=SHANGHAI)
    release = releasing.announce(department=network, title="改版", planned_on=at.date(), by=contact, now=at - dt.timedelta(days=5))
    releasing.launch(release=release, by=contact, now=at)
    found = card(scoring.show(month=OCTOBER, by=scorer, now=AFTER))

    assert found.parts.get(part__code="D").score == 0
    assert [(item.code, item.part_code) for item in found.items.all()] == [("V5", "D")]
    assert Release.objects.count() == 1


def test_complaints_over_our_head_cost_at_most_six_points(legs: list[WorkOrder], scorer: Staff) -> None:
    first = legs[0].ticket.complaint
    for order in legs[1:7]:
        Ticket.objects.filter(pk=order.ticket_id).update(channel="regulator")
        order.ticket.complaint.repeat_of = first
        order.ticket.complaint.save()
    WorkOrder.objects.filter(pk__in=[order.pk for order in legs[1:7]]).filter(state="replied").update(state="completed")

    found = card(scoring.show(month=OCTOBER, by=scorer, now=AFTER))

    assert found.penalty == 6
    assert [item.points for item in found.items.order_by("ticket")] == [Decimal("1.5")] * 4 + [0, 0]
