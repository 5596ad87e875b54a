"""A scored month: figures with their rows, kept as they were, published once, corrected beside."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import scoring, systems
from internal_clients.enums import PeriodState, RunKind
from internal_clients.models import Evidence, Fault, Period, Scorecard, ScoreLine, ScoreRun, System
from internal_clients.models.score import PERIOD_MOVES
from internal_clients.queries.sealing import stored_seal
from journal.models import Event
from organization.models import Staff
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

pytestmark = pytest.mark.usefixtures("limits")
OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)


def line_of(run: ScoreRun, code: str) -> ScoreLine:
    return ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code="NETWORK", indicator__code=code)


def test_a_line_keeps_its_counts_and_exactly_the_orders_behind_it(legs: list[WorkOrder], scorer: Staff) -> None:
    run = scoring.show(month=OCTOBER, by=scorer, now=AFTER)

    line = line_of(run, "A1")
    assert (line.numerator, line.denominator, line.sample, line.months) == (10, 12, 12, 1)
    # 10 of 12 is 83.33 %, below the floor of 90.
    assert (line.value, line.points) == (Decimal("83.3333333333"), 0)
    assert {row.object_id: row.numerator for row in line.evidence.all()} == {
        order.pk: Decimal(int(number >= 2)) for number, order in enumerate(legs)
    }
    assert line_of(run, "A2").points == 15


def test_scoring_twice_makes_no_second_run(legs: list[WorkOrder], scorer: Staff) -> None:
    first = scoring.show(month=OCTOBER, by=scorer, now=AFTER)
    again = scoring.rescore(month=OCTOBER, by=scorer, now=AFTER)

    assert again == first
    assert ScoreRun.objects.count() == 1
    assert Evidence.objects.filter(line=line_of(first, "A1")).count() == 12


def test_a_published_month_is_amended_and_never_rewritten(
    legs: list[WorkOrder], scorer: Staff, system: System, handler: Staff
) -> None:
    scoring.show(month=OCTOBER, by=scorer, now=AFTER)
    published = scoring.publish(month=OCTOBER, by=scorer, now=AFTER + dt.timedelta(days=6))
    before = Scorecard.objects.get(run=published, department__code="NETWORK").total
    fault = systems.log_fault(
        system=system,
        severity="major",
        what="大面积中断",
        share=Decimal(1),
        started_at=AFTER - dt.timedelta(days=10),
        by=handler,
        now=AFTER,
    )
    Fault.objects.filter(pk=fault.pk).update(restored_at=AFTER - dt.timedelta(days=9))

    for refused in (scoring.show, scoring.rescore, scoring.publish, scoring.try_out):
        with pytest.raises(Conflict):
            refused(month=OCTOBER, by=scorer, now=AFTER)
    with pytest.raises(Invalid):
        scoring.amend(month=OCTOBER, reason=" ", by=scorer, now=AFTER)
    amended = scoring.amend(month=OCTOBER, reason="补录故障", by=scorer, now=AFTER)

    assert [(run.version, run.kind) for run in ScoreRun.objects.order_by("version")] == [
        (1, RunKind.PROVISIONAL),
        (2, RunKind.PUBLISHED),
        (3, RunKind.AMENDMENT),
    ]
    assert Scorecard.objects.get(run=published, department__code="NETWORK").total == before
    assert line_of(amended, "B1").points == 0
    assert stored_seal(published) == published.hash != amended.hash


@pytest.mark.parametrize(
    "change",
    [
        lambda: Evidence.objects.all().delete(),
        lambda: Evidence.objects.update(numerator=1),
        lambda: ScoreLine.objects.update(points=35),
        lambda: Scorecard.objects.update(total=100),
        lambda: ScoreRun.objects.update(hash="0"),
        lambda: ScoreRun.objects.all().delete(),
        lambda: Period.objects.update(state=PeriodState.OPEN),
    ],
)
def test_the_database_keeps_what_was_scored(legs: list[WorkOrder], scorer: Staff, change: object) -> None:
    run = scoring.show(month=OCTOBER, by=scorer, now=AFTER)

    with pytest.raises(DatabaseError), transaction.atomic():
        change()

    assert stored_seal(run) == run.hash


def test_only_the_scorer_scores_and_only_after_the_month(legs: list[WorkOrder], scorer: Staff, head: Staff) -> None:
    with pytest.raises(NotAllowed):
        scoring.show(month=OCTOBER, by=head, now=AFTER)
    with pytest.raises(Invalid):
        scoring.show(month=OCTOBER, by=scorer, now=dt.datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI))

    assert ScoreRun.objects.count() == 0
    trial = scoring.try_out(month=OCTOBER, by=scorer, now=dt.datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI))
    assert (trial.kind, Period.objects.get().state) == (RunKind.TRIAL, PeriodState.OPEN)


def test_each_run_is_in_the_journal_with_its_hash(legs: list[WorkOrder], scorer: Staff) -> None:
    run = scoring.show(month=OCTOBER, by=scorer, now=AFTER)

    events = Event.objects.filter(stream="period:2026-10").order_by("seq")
    assert [event.kind for event in events] == ["period.show", "period.score"]
    assert events[1].data["hash"] == run.hash


def test_the_database_accepts_exactly_the_declared_moves() -> None:
    declared = Period._meta.get_field("state").get_all_transitions(Period)

    assert {(str(a), str(b)) for a, b in PERIOD_MOVES} == {(str(move.source), str(move.target)) for move in declared}
