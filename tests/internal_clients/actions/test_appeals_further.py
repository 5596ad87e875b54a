"""Who had a hand in what is contested, what others are charged with, and which months a ruling reaches."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from complaints.actions.inspection_plans import Item, save_checklist, save_plan
from complaints.models import Complaint, Customer, Draw, Inspection, OverHead
from foundation.errors import Conflict, NotAllowed
from internal_clients import policies
from internal_clients.actions import appealing, scoring
from internal_clients.models import Appeal, Evidence, KnowledgeAudit, Release, Sanction, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.queries import outlook
from internal_clients.queries.appeals import appeals, judges, periods_behind
from internal_clients.queries.rulings import items_changed
from internal_clients.queries.sealing import stored_seal
from journal.models import Notice
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.actions.handling import accept, reply
from workorders.models import Category, WorkOrder

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


@pytest.fixture
def finding(legs: list[WorkOrder], judge: Staff, duty: Staff) -> Inspection:
    """A failed inspection by `judge`."""
    checklist = save_checklist(
        name="回单质检", what="reply", pass_score=80, items=[Item("说明清楚", 100, False, "H01")], by=duty, now=SHOWN
    )
    values = {"name": "抽检", "checklist": checklist, "percent": 100, "double_percent": 0, "active_from": OCTOBER}
    plan = save_plan(values=values, inspectors=[], by=duty, now=SHOWN)
    draw = Draw.objects.create(plan=plan, start=OCTOBER, end=NOVEMBER, seed="1", pool=1, size=1, drawn_at=SHOWN)
    return Inspection.objects.create(draw=draw, checklist=checklist, order=legs[0], done_at=SHOWN, inspector=judge, due_on=NOVEMBER)


def test_who_made_what_is_contested_neither_finds_it_nor_rules_on_it(
    run: ScoreRun, legs: list[WorkOrder], finding: Inspection, head: Staff, judge: Staff, duty: Staff, scorer: Staff,
    network: Department, centre: Department, category: Category, manager: Staff,
) -> None:  # fmt: skip
    people = {n: factories.staff(f"21{n}", f"考核岗{n}", centre, ["supervisor"]) for n in range(10, 16)}
    OverHead.objects.create(complaint_id=legs[0].ticket_id, fault="ours", reason="属实", decided_by=people[10], decided_at=SHOWN)
    release = Release.objects.create(
        title="资费上线", department=network, planned_on=OCTOBER, announced_by=head, announced_at=SHOWN,
        verdict="vetoed", verdict_by=people[11], verdict_at=SHOWN,
    )  # fmt: skip
    sanction = Sanction.objects.create(
        month=OCTOBER, department=network, kind="penalty", code="P2", points=2, facts="不实", evidence="录音", finding=finding,
        proposed_by=people[12], proposed_at=SHOWN, decided_by=people[13], decided_at=SHOWN, is_approved=True,
    )  # fmt: skip
    audit = KnowledgeAudit.objects.create(
        article=factories.article(category, network, head), department=network, is_wrong=True, audited_by=people[14],
        audited_at=SHOWN, confirmed_by=people[15], confirmed_at=SHOWN,
    )  # fmt: skip
    checked = Evidence.objects.create(line=line(run, "A2"), kind="audit", object_id=audit.pk, numerator=0, denominator=1)
    made = {
        "fault": (penalty(run, head, ticket=legs[0].ticket), {people[10]}),
        "release": (penalty(run, head, release=release), {people[11]}),
        "sanction": (penalty(run, head, sanction=sanction), {people[12], people[13], judge}),
        "audit": (appealing.contest(row=checked, grounds="无误", evidence="截图", by=head, now=SHOWN), {people[14], people[15]}),
    }
    everybody = {*people.values(), judge, duty, scorer, manager}

    for appeal, barred in made.values():
        read = appeals(Appeal.objects.all()).get(pk=appeal.pk)
        may = {person for person in everybody if policies.may_rule(person, read)}
        assert may == everybody - barred - {scorer, manager}
        assert may == {person for person in everybody if appeal in policies.appeals_to_rule(person)} == set(judges(read))


def test_who_scored_the_month_before_the_system_did_rules_on_none_of_it(
    run: ScoreRun, legs: list[WorkOrder], on_line: Appeal, head: Staff, judge: Staff, scorer: Staff
) -> None:
    first = row(run, legs[0], head, "A2")
    appealing.rule(appeal=first, outcome="excluded", reason="属实", by=judge, now=SHOWN)
    again = appealing.recount(period=run.period, now=SHOWN + MINUTE)
    assert again is not None
    second = row(again, legs[1], head, "A2", SHOWN + DAY)

    assert (again.computed_by, policies.may_rule(scorer, second)) == (Staff.objects.system(), False)
    assert list(policies.appeals_to_rule(scorer)) == []
    assert set(policies.appeals_to_rule(judge)) == {on_line, second}


def test_a_penalty_is_no_matter_of_the_front_line_and_what_was_stated_is_not_overwritten(
    run: ScoreRun, on_line: Appeal, legs: list[WorkOrder], agent: Staff, hotline: Department, head: Staff
) -> None:
    on_penalty, colleague = penalty(run, head, ticket=legs[0].ticket), factories.staff("1009", "坐席九", hotline, ["agent"])

    assert list(policies.appeals_visible_to(agent)) == list(policies.appeals_to_state(agent)) == [on_line]
    assert set(policies.appeals_visible_to(head)) == {on_line, on_penalty}
    with pytest.raises(NotAllowed):
        appealing.state(appeal=on_penalty, statement="？", by=agent, now=SHOWN)
    appealing.state(appeal=on_line, statement="时钟不准", by=agent, now=SHOWN)
    with pytest.raises(Conflict, match=agent.name):
        appealing.state(appeal=on_line, statement="时钟准", by=colleague, now=SHOWN)
    assert appealing.state(appeal=on_line, statement="时钟慢 11 分钟", by=agent, now=SHOWN).statement_by == agent


def test_a_seal_names_the_ticket_of_what_a_rule_found(run: ScoreRun, legs: list[WorkOrder]) -> None:
    seals = set()
    for order in legs[:2]:
        with transaction.atomic():
            ScoreItem.objects.create(card=card(run), kind="penalty", code="P1", points=Decimal("1.5"), ticket=order.ticket)
            seals.add(stored_seal(run))
            transaction.set_rollback(True)

    assert len(seals) == 2
    assert run.hash not in seals


def test_a_ruling_does_not_follow_a_ticket_to_another_department(
    run: ScoreRun, legs: list[WorkOrder], head: Staff, judge: Staff, network: Department, billing: Department
) -> None:
    theirs = factories.staff("5002", "支撑部负责人", billing, ["head"])
    ours = penalty(run, head, ticket=legs[0].ticket)
    appealing.rule(appeal=ours, outcome="cancelled", reason="属实", by=judge, now=SHOWN)
    item = ScoreItem.objects.create(card=card(run, "BOSS"), kind="penalty", code="P1", points=Decimal("1.5"), ticket=legs[0].ticket)
    other = appealing.contest_item(item=item, grounds="不实", evidence="记录", by=theirs, now=SHOWN)

    assert {department for department, _key in items_changed(OCTOBER)} == {network.pk}
    appealing.rule(appeal=other, outcome="reduced", points=Decimal(1), reason="属实", by=judge, now=SHOWN)
    assert {key[0]: each.points for key, each in items_changed(OCTOBER).items()} == {network.pk: 0, billing.pk: 1}


def test_a_ruling_whose_clock_was_read_before_the_last_scoring_is_counted(run: ScoreRun, on_line: Appeal, judge: Staff) -> None:
    ruled = appealing.rule(appeal=on_line, outcome="excluded", reason="属实", by=judge, now=SHOWN - MINUTE)

    assert ruled.ruled_at is not None
    assert ruled.ruled_at > run.computed_at
    after = appealing.recount(period=run.period, now=SHOWN)
    assert after is not None
    assert line(after).ruling == on_line
    assert periods_behind() == []


@pytest.mark.parametrize("published", [False, True])
def test_a_late_ruling_is_counted_by_the_later_months_that_are_pooled_with_its_own(
    run: ScoreRun, legs: list[WorkOrder], head: Staff, judge: Staff, scorer: Staff, published: bool
) -> None:  # fmt: skip
    on_row, on_penalty = row(run, legs[0], head), penalty(run, head, ticket=legs[0].ticket)
    later = scoring.show(month=NOVEMBER, by=scorer, now=LATER)
    if published:
        later = scoring.publish(month=NOVEMBER, by=scorer, now=LATER + 7 * DAY)
    at = LATER + 8 * DAY
    assert (line(later).months, line(later).denominator) == (2, 12)
    appealing.rule(appeal=on_penalty, outcome="cancelled", reason="属实", by=judge, now=at)
    assert periods_behind() == [run.period]
    appealing.rule(appeal=on_row, outcome="excluded", reason="属实", by=judge, now=at)
    assert periods_behind() == [run.period, later.period]
    anew = appealing.recount(period=later.period, now=at + MINUTE)

    assert anew is not None
    assert (anew.kind, line(anew).denominator) == ("amendment" if published else "provisional", 11)
    assert not published or "(2026-10)" in anew.reason
    assert appealing.recount(period=later.period, now=at + DAY) is None
    assert periods_behind() == [run.period]


def test_a_department_that_a_row_is_charged_to_is_told_and_may_take_the_ruling_further(
    run: ScoreRun, legs: list[WorkOrder], head: Staff, judge: Staff, manager: Staff, billing: Department
) -> None:
    theirs = factories.staff("5002", "支撑部负责人", billing, ["head"])
    partial = factories.staff("5003", "支撑部分管领导", billing, ["manager"])
    appeal = row(run, legs[0], head)
    assert appeal not in policies.appeals_visible_to(theirs)
    appealing.rule(appeal=appeal, outcome="reattributed", belongs_to=billing, reason="计费原因", by=judge, now=SHOWN)
    after = appealing.recount(period=run.period, now=SHOWN + MINUTE)
    assert after is not None

    assert Notice.objects.filter(kind="appeal.charged", recipient=theirs, data__due_on="2026-11-06").count() == 1
    assert appeal in policies.appeals_visible_to(theirs)
    charged = line(after, department="BOSS").evidence.get()
    with pytest.raises(Conflict, match="2026-11-06"):
        appealing.contest(row=charged, grounds="？", evidence="？", by=theirs, now=SHOWN + DAY)
    taken = appealing.escalate(appeal=appeal, grounds="并非计费原因", by=theirs, now=SHOWN + DAY)
    assert Notice.objects.get(kind="appeal.escalated", recipient=manager).data["department"] == "业务支撑部"
    assert (policies.may_rule_finally(partial, taken), list(policies.appeals_to_rule_finally(partial))) == (False, [])
    appealing.rule_finally(appeal=taken, outcome="dismissed", reason="仍属网络部", by=manager, now=SHOWN + 2 * DAY)
    final = appealing.recount(period=run.period, now=SHOWN + 2 * DAY + MINUTE)
    assert final is not None

    assert line(final).denominator == 12
    assert not line(final, department="BOSS").evidence.exists()
    assert {each.recipient for each in Notice.objects.filter(kind="appeal.final")} == {head, judge, theirs}


def test_a_preview_pools_no_month_that_a_ruling_left_out(
    run: ScoreRun, legs: list[WorkOrder], head: Staff, judge: Staff, scorer: Staff,
    category: Category, jinan: Region, agent: Staff, officer: Staff, handler: Staff, network: Department, customer: Customer,
) -> None:  # fmt: skip
    for number in range(10):
        at = dt.datetime(2026, 11, 5 + number, 9, 0, tzinfo=SHANGHAI)
        ticket = factories.ticket(category, jinan, agent, at)
        Complaint.objects.create(ticket=ticket, customer=customer, contact_phone="1")
        order = factories.dispatched(ticket, network, by=officer, at=at)
        accept(order=order, by=handler, now=at + MINUTE)
        reply(order=order, result="已处理", cause="coverage", liability="operator", by=handler, now=at + dt.timedelta(hours=5))
    left = appealing.contest_line(line=line(run), grounds="时钟不准", evidence="记录", by=head, now=SHOWN)
    appealing.rule(appeal=left, outcome="excluded", reason="属实", by=judge, now=SHOWN)
    later = scoring.show(month=NOVEMBER, by=scorer, now=LATER)
    appeal = row(later, order, head, at=LATER)
    found = outlook.previews(appeals(Appeal.objects.all()).get(pk=appeal.pk), outlook.versions(appeal))

    preview = next(each for each in found if each.outcome == "excluded")
    assert (line(later).sample, line(later).points, preview.after.points) == (10, 35, None)
    appealing.rule(appeal=appeal, outcome="excluded", reason="属实", by=judge, now=LATER)
    after = appealing.recount(period=later.period, now=LATER + MINUTE)
    assert after is not None
    assert (line(after).points, card(after).total) == (None, preview.after.total)
