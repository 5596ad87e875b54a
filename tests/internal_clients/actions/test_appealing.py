"""Appeals: E5 of the domain, on real orders; before and after stay side by side."""

import datetime as dt
from decimal import Decimal

import pytest

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import appealing, scoring
from internal_clients.enums import EvidenceKind
from internal_clients.models import Appeal, Evidence, Period, ScoreLine, ScoreRun
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.tallies import tally
from organization.models import Department, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

OCTOBER = dt.date(2026, 10, 1)
#: A Tuesday.
SHOWN = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
DAY = dt.timedelta(days=1)


@pytest.fixture
def judge(centre: Department) -> Staff:
    return factories.staff("2102", "考核岗二", centre, ["supervisor"])


@pytest.fixture
def run(legs: list[WorkOrder], scorer: Staff) -> ScoreRun:
    return scoring.show(month=OCTOBER, by=scorer, now=SHOWN)


def line(run: ScoreRun, code: str = "A1", department: str = "NETWORK") -> ScoreLine:
    return ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code=department, indicator__code=code)


def row_of(run: ScoreRun, order: WorkOrder) -> Evidence:
    return line(run).evidence.get(object_id=order.pk)


@pytest.fixture
def appeal(run: ScoreRun, legs: list[WorkOrder], head: Staff) -> Appeal:
    return appealing.contest(row=row_of(run, legs[0]), grounds="客户要求改约", evidence="通话录音编号 17", by=head, now=SHOWN + DAY)


@pytest.mark.parametrize(
    ("outcome", "numerator", "denominator"), [("excluded", 10, 11), ("overturned", 11, 12), ("dismissed", 10, 12)]
)
def test_a_ruling_changes_the_next_version_and_keeps_the_first(
    run: ScoreRun, appeal: Appeal, judge: Staff, scorer: Staff, outcome: str, numerator: int, denominator: int
) -> None:
    appealing.rule(appeal=appeal, outcome=outcome, reason="查证属实", by=judge, now=SHOWN + 2 * DAY)
    anew = scoring.rescore(month=OCTOBER, by=scorer, now=SHOWN + 2 * DAY)

    assert (line(anew).numerator, line(anew).denominator) == (numerator, denominator)
    assert (line(run).numerator, line(run).denominator) == (10, 12)
    assert anew.version == (1 if outcome == "dismissed" else 2)
    # Only A1 was contested.
    assert line(anew, "A2").denominator == 12


def test_a_ruling_holds_for_its_own_month_and_for_windows_with_it(
    run: ScoreRun, appeal: Appeal, judge: Staff, network: Department
) -> None:
    appealing.rule(appeal=appeal, outcome="excluded", reason="查证属实", by=judge, now=SHOWN + 2 * DAY)
    Period.objects.filter(pk=run.period_id).update(month=dt.date(2026, 7, 1))
    later, own = (Window(month=OCTOBER, months=months, now=SHOWN + 3 * DAY) for months in (1, 4))

    assert tally("A1", later)[network.pk].denominator == 12
    assert tally("A1", own)[network.pk].denominator == 11


def test_the_minutes_of_a_month_are_no_row_to_contest(run: ScoreRun, legs: list[WorkOrder], head: Staff) -> None:
    row = row_of(run, legs[0])
    row.kind = EvidenceKind.SERVICE

    with pytest.raises(Invalid):
        appealing.contest(row=row, grounds="？", evidence="？", by=head, now=SHOWN)


def test_a_row_can_be_charged_to_whom_it_belongs(
    run: ScoreRun, appeal: Appeal, judge: Staff, scorer: Staff, billing: Department
) -> None:
    with pytest.raises(Invalid):
        appealing.rule(appeal=appeal, outcome="reattributed", reason="系统原因", by=judge, now=SHOWN)
    appealing.rule(appeal=appeal, outcome="reattributed", belongs_to=billing, reason="系统原因", by=judge, now=SHOWN)
    anew = scoring.rescore(month=OCTOBER, by=scorer, now=SHOWN)

    ours, theirs = line(anew), line(anew, department="BOSS")
    assert (ours.numerator, ours.denominator) == (10, 11)
    assert (theirs.denominator, theirs.evidence.get().object_id) == (1, appeal.object_id)


def test_only_the_head_contests_only_in_time_and_once(
    run: ScoreRun, legs: list[WorkOrder], head: Staff, contact: Staff, stranger: Staff
) -> None:
    row = row_of(run, legs[0])

    for person in (contact, stranger):
        with pytest.raises(NotAllowed):
            appealing.contest(row=row, grounds="？", evidence="？", by=person, now=SHOWN)
    with pytest.raises(Invalid):
        appealing.contest(row=row, grounds="？", evidence=" ", by=head, now=SHOWN)
    with pytest.raises(Conflict):
        # Three working days after Tuesday the 3rd are over on Monday the 9th.
        appealing.contest(row=row, grounds="？", evidence="？", by=head, now=SHOWN + 6 * DAY)
    made = appealing.contest(row=row, grounds="改约", evidence="录音", by=head, now=SHOWN + 3 * DAY)
    assert made.ruling_due_on == dt.date(2026, 11, 10)
    with pytest.raises(Conflict):
        appealing.contest(row=row, grounds="再诉", evidence="录音", by=head, now=SHOWN + 3 * DAY)


def test_nobody_rules_on_what_they_computed_or_raised(
    run: ScoreRun, appeal: Appeal, scorer: Staff, head: Staff, judge: Staff
) -> None:
    for person in (scorer, head):
        with pytest.raises(NotAllowed):
            appealing.rule(appeal=appeal, outcome="excluded", reason="？", by=person, now=SHOWN)
    with pytest.raises(Invalid):
        appealing.rule(appeal=appeal, outcome="excluded", reason=" ", by=judge, now=SHOWN)
    appealing.rule(appeal=appeal, outcome="excluded", reason="属实", by=judge, now=SHOWN)
    with pytest.raises(Conflict):
        appealing.rule(appeal=appeal, outcome="dismissed", reason="改主意", by=judge, now=SHOWN)


def test_the_internal_client_is_heard_before_the_ruling(appeal: Appeal, agent: Staff, handler: Staff, judge: Staff) -> None:
    with pytest.raises(NotAllowed):
        appealing.state(appeal=appeal, statement="？", by=handler, now=SHOWN)
    stated = appealing.state(appeal=appeal, statement="客户确实改约到次日", by=agent, now=SHOWN)

    assert (stated.statement, stated.statement_by) == ("客户确实改约到次日", agent)


def test_a_published_month_is_not_contested_any_more(run: ScoreRun, legs: list[WorkOrder], head: Staff, scorer: Staff) -> None:
    published = scoring.publish(month=OCTOBER, by=scorer, now=SHOWN + 6 * DAY)

    with pytest.raises(Conflict):
        appealing.contest(row=row_of(published, legs[0]), grounds="？", evidence="？", by=head, now=SHOWN)


def test_a_less_is_better_row_that_is_overturned_leaves_the_numerator(
    run: ScoreRun, legs: list[WorkOrder], head: Staff, judge: Staff, scorer: Staff
) -> None:
    from workorders.models import Ticket

    WorkOrder.objects.filter(pk=legs[3].pk, state="replied").update(state="completed")
    Ticket.objects.filter(pk=legs[3].ticket_id).update(round=1)
    before = scoring.rescore(month=OCTOBER, by=scorer, now=SHOWN)
    assert (line(before, "A4").numerator, line(before, "A4").points) == (1, Decimal("3.57"))
    row = line(before, "A4").evidence.get(object_id=legs[3].pk)
    made = appealing.contest(row=row, grounds="客户误操作", evidence="录音", by=head, now=SHOWN)
    appealing.rule(appeal=made, outcome="overturned", reason="属实", by=judge, now=SHOWN)
    after = scoring.rescore(month=OCTOBER, by=scorer, now=SHOWN)

    assert (line(after, "A4").numerator, line(after, "A4").denominator, line(after, "A4").points) == (0, 12, 15)
