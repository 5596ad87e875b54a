"""Whole lines, penalties, the committee, deadlines: what each ruling does to the score, and who may give it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients import policies, tasks
from internal_clients.actions import appealing, sanctions, scoring
from internal_clients.enums import AppealStage
from internal_clients.models import Appeal, Evidence, Release, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.queries import outlook
from internal_clients.queries.appeals import appeals, waiting
from internal_clients.queries.sealing import stored_seal
from journal.models import Notice
from organization.models import Department, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
#: A Tuesday.
SHOWN = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


@pytest.fixture
def judge(centre: Department) -> Staff:
    return factories.staff("2102", "考核岗二", centre, ["supervisor"])


@pytest.fixture
def approver(centre: Department) -> Staff:
    return factories.staff("2103", "考核岗三", centre, ["supervisor"])


@pytest.fixture
def run(legs: list[WorkOrder], network: Department, scorer: Staff, approver: Staff) -> ScoreRun:
    made = sanctions.propose_sanction(
        department=network, month=OCTOBER, code="P2", points=Decimal(3), facts="迟报", evidence="记录", by=scorer, now=SHOWN - DAY
    )
    sanctions.decide_sanction(sanction=made, approve=True, reason="属实", by=approver, now=SHOWN - DAY)
    return scoring.show(month=OCTOBER, by=scorer, now=SHOWN)


def line(run: ScoreRun, code: str = "A1") -> ScoreLine:
    return ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code="NETWORK", indicator__code=code)


def card(run: ScoreRun) -> Scorecard:
    return Scorecard.objects.get(run=run, department__code="NETWORK")


@pytest.fixture
def on_line(run: ScoreRun, head: Staff) -> Appeal:
    return appealing.contest_line(line=line(run), grounds="时钟不准", evidence="校准记录", by=head, now=SHOWN + DAY)


@pytest.fixture
def on_penalty(run: ScoreRun, head: Staff) -> Appeal:
    item = ScoreItem.objects.get(card=card(run))
    return appealing.contest_item(item=item, grounds="已上报", evidence="回执", by=head, now=SHOWN + DAY)


def counted(appeal: Appeal, after: dt.datetime) -> ScoreRun:
    made = appealing.recount(period=appeal.card.run.period, now=after + MINUTE)
    assert made is not None
    assert stored_seal(made) == made.hash
    return made


def test_a_line_left_out_does_not_apply_and_lends_nothing_to_later_months(
    run: ScoreRun, on_line: Appeal, judge: Staff, scorer: Staff
) -> None:
    before = card(run)
    appealing.rule(appeal=on_line, outcome="excluded", reason="属实", by=judge, now=SHOWN + DAY)
    after = counted(on_line, SHOWN + DAY)

    assert (line(after).points, line(after).ruling, line(after).denominator) == (None, on_line, 12)
    assert (line(run).points, line(run).ruling) == (Decimal(0), None)
    assert (after.version, after.computed_by) == (2, Staff.objects.system())
    assert card(after).total > before.total
    # November has no orders of its own: A2 is pooled with October, A1 is not.
    later = scoring.show(month=NOVEMBER, by=scorer, now=dt.datetime(2026, 12, 3, 9, 0, tzinfo=SHANGHAI))
    assert (line(later, "A2").months, line(later, "A2").points) == (2, 15)
    assert (line(later).months, line(later).points, line(later).ruling) == (1, None, None)


@pytest.mark.parametrize(("outcome", "left", "penalty"), [("cancelled", None, "0"), ("reduced", "1.5", "1.5")])
def test_a_penalty_is_cancelled_or_reduced(
    run: ScoreRun, on_penalty: Appeal, judge: Staff, outcome: str, left: str | None, penalty: str
) -> None:
    points = Decimal(left) if left else None
    found = appealing.rule(appeal=on_penalty, outcome=outcome, points=points, reason="查证", by=judge, now=SHOWN + DAY)
    after = counted(found, SHOWN + DAY)

    item = ScoreItem.objects.get(card=card(after))
    assert (item.points, item.ruling, card(after).penalty) == (Decimal(penalty), on_penalty, Decimal(penalty))
    assert card(after).total - card(run).total == 3 - Decimal(penalty)


def test_a_ruling_has_to_fit_what_is_contested(on_line: Appeal, on_penalty: Appeal, judge: Staff, billing: Department) -> None:
    wrong = (
        (on_line, {"outcome": "overturned"}),
        (on_line, {"outcome": "reattributed", "belongs_to": billing}),
        (on_penalty, {"outcome": "excluded"}),
        (on_penalty, {"outcome": "reduced"}),
        (on_penalty, {"outcome": "reduced", "points": Decimal(3)}),
        (on_penalty, {"outcome": "cancelled", "points": Decimal(1)}),
    )
    for appeal, given in wrong:
        with pytest.raises(Invalid):
            appealing.rule(appeal=appeal, reason="？", by=judge, now=SHOWN + DAY, **given)


def test_who_proposed_or_approved_a_penalty_does_not_rule_on_it(
    on_penalty: Appeal, on_line: Appeal, scorer: Staff, approver: Staff, judge: Staff
) -> None:
    for person in (scorer, approver):
        with pytest.raises(NotAllowed):
            appealing.rule(appeal=on_penalty, outcome="cancelled", reason="？", by=person, now=SHOWN + DAY)
        assert on_penalty not in policies.appeals_to_rule(person)
    assert (policies.may_rule(approver, on_line), policies.may_rule(scorer, on_line)) == (True, False)
    assert list(policies.appeals_to_rule(judge).order_by("pk")) == sorted([on_penalty, on_line], key=lambda each: each.pk)


def test_an_automatic_veto_is_contested_and_cancelled(
    legs: list[WorkOrder], network: Department, handler: Staff, head: Staff, scorer: Staff, judge: Staff
) -> None:
    release = Release.objects.create(
        title="资费上线", department=network, planned_on=OCTOBER, tell_by=OCTOBER, announced_by=handler, announced_at=SHOWN,
        launched_at=dt.datetime(2026, 10, 20, 9, 0, tzinfo=SHANGHAI),
    )  # fmt: skip
    run = scoring.show(month=OCTOBER, by=scorer, now=SHOWN)
    item = ScoreItem.objects.get(card=card(run))
    appeal = appealing.contest_item(item=item, grounds="已口头同意", evidence="会议纪要", by=head, now=SHOWN)
    appealing.rule(appeal=appeal, outcome="cancelled", reason="属实", by=judge, now=SHOWN + DAY)
    after = counted(appeal, SHOWN + DAY)

    left = ScoreItem.objects.get(card=card(after))
    assert (item.code, item.release, item.part_code, item.reason) == ("V5", release, "D", "")
    assert (left.part_code, left.ruling) == ("", appeal)
    assert card(after).parts.get(part__code="D").score is None


def test_the_preview_is_what_the_next_scoring_comes_to(
    run: ScoreRun, on_penalty: Appeal, legs: list[WorkOrder], head: Staff, judge: Staff
) -> None:
    evidence = Evidence.objects.get(line=line(run), object_id=legs[0].pk)
    row = appealing.contest(row=evidence, grounds="改约", evidence="录音", by=head, now=SHOWN + DAY)
    on_line = appealing.contest_line(line=line(run), grounds="时钟不准", evidence="记录", by=head, now=SHOWN + DAY)
    for version in outlook.versions(on_line):
        again = outlook.reckoned(version)
        assert (again.total, again.base, again.penalty) == (version.card.total, version.card.base, version.card.penalty)
    at = SHOWN + DAY
    for appeal, outcome in ((row, "overturned"), (on_line, "excluded"), (on_penalty, "cancelled")):
        found = next(each for each in outlook.previews(appeal, outlook.versions(appeal)) if each.outcome == outcome)
        appealing.rule(appeal=appeal, outcome=outcome, reason="属实", by=judge, now=at)
        after = counted(appeal, at)
        assert (found.after.total, found.after.rank) == (card(after).total, card(after).rank)
        done = outlook.counted(appeals(Appeal.objects.all()).get(pk=appeal.pk), outlook.versions(appeal))
        assert [(each.before.total, each.after.total) for each in done] == [(found.before.total, card(after).total)]
        at += 2 * MINUTE


def test_the_committee_rules_for_good_and_amends_a_published_month(
    run: ScoreRun, on_penalty: Appeal, head: Staff, judge: Staff, manager: Staff, scorer: Staff, contact: Staff
) -> None:
    with pytest.raises(Conflict):
        appealing.escalate(appeal=on_penalty, grounds="？", by=head, now=SHOWN + DAY)
    appealing.rule(appeal=on_penalty, outcome="dismissed", reason="不成立", by=judge, now=SHOWN + DAY)
    with pytest.raises(NotAllowed):
        appealing.escalate(appeal=on_penalty, grounds="？", by=contact, now=SHOWN + DAY)
    with pytest.raises(Conflict):
        # Ruled on Wednesday the 4th; the third working day after is Monday the 9th.
        appealing.escalate(appeal=on_penalty, grounds="？", by=head, now=SHOWN + 7 * DAY)
    assert appealing.recount(period=run.period, now=SHOWN + 2 * DAY) is None
    taken = appealing.escalate(appeal=on_penalty, grounds="未核实回执", by=head, now=SHOWN + 6 * DAY)
    assert (taken.final_due_on, list(policies.appeals_to_rule_finally(manager))) == (dt.date(2026, 11, 16), [taken])
    published = scoring.publish(month=OCTOBER, by=scorer, now=SHOWN + 7 * DAY)
    for person in (judge, scorer, head):
        with pytest.raises(NotAllowed):
            appealing.rule_finally(appeal=taken, outcome="cancelled", reason="？", by=person, now=SHOWN + 8 * DAY)
    final = appealing.rule_finally(appeal=taken, outcome="cancelled", reason="回执属实", by=manager, now=SHOWN + 8 * DAY)
    after = counted(final, SHOWN + 8 * DAY)

    assert (published.kind, after.kind, card(after).penalty, card(published).penalty) == ("published", "amendment", 0, 3)
    assert "回执属实" in after.reason
    assert (final.stage, final.outcome, final.standing[0]) == (AppealStage.FINAL, "dismissed", "cancelled")
    with pytest.raises(Conflict):
        appealing.rule_finally(appeal=final, outcome="dismissed", reason="改主意", by=manager, now=SHOWN + 9 * DAY)


def test_what_was_ruled_is_not_rewritten_by_any_means(on_line: Appeal, judge: Staff) -> None:
    appealing.rule(appeal=on_line, outcome="dismissed", reason="不成立", by=judge, now=SHOWN + DAY)

    for change in ({"outcome": "excluded"}, {"ruling_reason": "改"}):
        with pytest.raises(ProgrammingError, match="ruling_stands"), transaction.atomic():
            Appeal.objects.filter(pk=on_line.pk).update(**change)


def test_a_month_with_pending_appeals_is_not_published(on_line: Appeal, scorer: Staff, judge: Staff) -> None:
    # Until Friday the 6th it can be contested.
    with pytest.raises(Conflict, match="2026-11-06"):
        scoring.publish(month=OCTOBER, by=scorer, now=SHOWN + 3 * DAY)
    with pytest.raises(Conflict, match="A1"):
        scoring.publish(month=OCTOBER, by=scorer, now=SHOWN + 6 * DAY)
    appealing.rule(appeal=on_line, outcome="excluded", reason="属实", by=judge, now=SHOWN + 6 * DAY)

    assert line(scoring.publish(month=OCTOBER, by=scorer, now=SHOWN + 7 * DAY)).points is None
    # It is in the published scores: there is nothing to amend.
    assert appealing.recount(period=on_line.card.run.period, now=SHOWN + 8 * DAY) is None


def test_what_was_decided_late_is_heard_after_publishing_too(
    run: ScoreRun, network: Department, head: Staff, scorer: Staff, approver: Staff, judge: Staff
) -> None:
    published = scoring.publish(month=OCTOBER, by=scorer, now=SHOWN + 7 * DAY)
    with pytest.raises(Conflict):
        appealing.contest_line(line=line(published), grounds="？", evidence="？", by=head, now=SHOWN + 7 * DAY)
    late = sanctions.propose_sanction(
        department=network, month=OCTOBER, code="V1", facts="瞒报", evidence="记录", by=scorer, now=SHOWN + 20 * DAY
    )
    sanctions.decide_sanction(sanction=late, approve=True, reason="属实", by=approver, now=SHOWN + 20 * DAY)
    amended = scoring.amend(month=OCTOBER, reason="补录", by=scorer, now=SHOWN + 20 * DAY)
    veto, penalty = (ScoreItem.objects.get(card=card(amended), code=code) for code in ("V1", "P2"))

    with pytest.raises(Conflict):
        appealing.contest_item(item=penalty, grounds="？", evidence="？", by=head, now=SHOWN + 21 * DAY)
    appeal = appealing.contest_item(item=veto, grounds="并未瞒报", evidence="记录", by=head, now=SHOWN + 21 * DAY)
    assert appeal.ruling_due_on == dt.date(2026, 11, 30)
    with pytest.raises(Conflict):
        appealing.contest_item(item=veto, grounds="再诉", evidence="记录", by=head, now=SHOWN + 21 * DAY)


def test_reminders_come_before_the_day_and_climb_to_the_centres_head_after_it(
    on_line: Appeal, judge: Staff, scorer: Staff, approver: Staff, centre: Department
) -> None:
    chief = factories.staff("2000", "中心主任", centre, ["head"])
    Department.objects.filter(pk=centre.pk).update(head=chief)

    def told(day: int) -> list[tuple[str, str]]:
        before = set(Notice.objects.values_list("pk", flat=True))
        try:
            appealing.remind(appeal=waiting()[0], now=SHOWN + day * DAY)
        except Conflict:
            return []
        new = Notice.objects.exclude(pk__in=before).order_by("recipient__username")
        return [(notice.kind, notice.recipient.username) for notice in new]

    # Due on Tuesday the 10th: five working days after it was shown.
    assert [told(day) for day in (3, 4)] == [[], []]
    assert told(6) == [("appeal.due", "2102"), ("appeal.due", "2103")]
    assert told(7) == []
    assert told(8) == [("appeal.overdue", "2102"), ("appeal.overdue", "2103")]
    assert told(9) == [("appeal.overdue", "2000")]
    assert told(10) == []


def test_the_hours_task_reminds_and_counts_what_was_not_counted(
    legs: list[WorkOrder], scorer: Staff, head: Staff, judge: Staff
) -> None:
    now = timezone.now()
    run = scoring.show(month=OCTOBER, by=scorer, now=now - MINUTE)
    appeal = appealing.contest_line(line=line(run), grounds="时钟不准", evidence="记录", by=head, now=now)
    appealing.rule(appeal=appeal, outcome="excluded", reason="属实", by=judge, now=now)

    assert tasks.keep_appeals(0) == 1
    assert line(ScoreRun.objects.latest("pk")).ruling == appeal
    assert (tasks.keep_appeals(0), tasks.recount(run.period_id)) == (0, False)


def test_a_row_of_a_contested_line_and_an_older_version_are_not_contested(
    run: ScoreRun, on_line: Appeal, legs: list[WorkOrder], head: Staff, judge: Staff
) -> None:
    with pytest.raises(Conflict):
        appealing.contest(row=line(run).evidence.all()[0], grounds="？", evidence="？", by=head, now=SHOWN + DAY)
    with pytest.raises(Conflict):
        appealing.contest_line(line=line(run), grounds="？", evidence="？", by=head, now=SHOWN + DAY)
    # A2 is scored anew after one of its rows was ruled on: what stands in the first version is contested no more.
    evidence = line(run, "A2").evidence.get(object_id=legs[0].pk)
    row = appealing.contest(row=evidence, grounds="改约", evidence="录音", by=head, now=SHOWN + DAY)
    appealing.rule(appeal=row, outcome="excluded", reason="属实", by=judge, now=SHOWN + DAY)
    counted(row, SHOWN + DAY)
    with pytest.raises(Conflict):
        appealing.contest_line(line=line(run, "A2"), grounds="？", evidence="？", by=head, now=SHOWN + 2 * DAY)
