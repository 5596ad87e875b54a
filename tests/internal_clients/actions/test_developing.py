"""Requirements and releases: the dates that count, and the service department's word."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import developing, releasing
from internal_clients.enums import RequirementState, Verdict
from internal_clients.models import Release, Requirement
from internal_clients.models.requirements import REQUIREMENT_MOVES
from organization.models import Department, Staff
from tests.conftest import NOW

DAY = dt.timedelta(days=1)
#: NOW is Monday the 2nd of November.
COMMITTED = dt.date(2026, 11, 20)


@pytest.fixture
def requirement(network: Department, agent: Staff) -> Requirement:
    return developing.propose(department=network, title="副卡共享提醒", text="客户常问", by=agent, now=NOW)


@pytest.fixture
def scheduled(requirement: Requirement, scorer: Staff, contact: Staff) -> Requirement:
    developing.review(requirement=requirement, by=scorer, now=NOW)
    steps = [("开发", dt.date(2026, 11, 12)), ("测试", dt.date(2026, 11, 18))]
    return developing.schedule(requirement=requirement, committed_on=COMMITTED, milestones=steps, by=contact, now=NOW + DAY)


def test_the_database_accepts_exactly_the_declared_moves() -> None:
    declared = Requirement._meta.get_field("state").get_all_transitions(Requirement)

    assert {(str(a), str(b)) for a, b in REQUIREMENT_MOVES} == {(str(move.source), str(move.target)) for move in declared}


def test_the_answer_is_due_five_working_days_after_the_meeting(requirement: Requirement, scorer: Staff, contact: Staff) -> None:
    with pytest.raises(NotAllowed):
        developing.review(requirement=requirement, by=contact, now=NOW)
    reviewed = developing.review(requirement=requirement, by=scorer, now=NOW)

    assert (reviewed.state, reviewed.answer_due_on) == (RequirementState.REVIEWED, dt.date(2026, 11, 9))


def test_days_that_detail_was_wanted_are_not_the_departments(
    requirement: Requirement, scorer: Staff, contact: Staff, agent: Staff
) -> None:
    developing.review(requirement=requirement, by=scorer, now=NOW)
    developing.want_detail(requirement=requirement, question="哪些套餐？", by=contact, now=NOW + 2 * DAY)

    back = developing.give_detail(requirement=requirement, detail="全部套餐", by=agent, now=NOW + 7 * DAY)

    # On Wednesday the 4th three of the five days were left; given on Monday the 9th they end on Thursday the 12th.
    assert back.answer_due_on == dt.date(2026, 11, 12)
    assert back.text.endswith("全部套餐")


def test_a_requirement_is_committed_launched_and_accepted(
    scheduled: Requirement, network: Department, contact: Staff, duty: Staff, agent: Staff
) -> None:
    first = scheduled.milestones.order_by("committed_on")[0]
    developing.reach(requirement=scheduled, milestone=first, by=contact, now=NOW + 9 * DAY)
    release = releasing.announce(
        department=network, title="副卡提醒上线", planned_on=COMMITTED, requirement=scheduled, by=contact, now=NOW + 9 * DAY
    )
    releasing.assess(release=release, verdict=Verdict.AGREED, reason="", by=duty, now=NOW + 10 * DAY)
    releasing.launch(release=release, by=contact, now=NOW + 17 * DAY)
    done = developing.accept(requirement=scheduled, by=agent, now=NOW + 18 * DAY)
    release.refresh_from_db()

    assert (done.state, done.launched_at) == (RequirementState.ACCEPTED, NOW + 17 * DAY)
    # Launched on Thursday the 19th: three working days before is Monday the 16th.
    assert release.tell_by == dt.date(2026, 11, 16)
    assert scheduled.milestones.get(pk=first.pk).done_on == dt.date(2026, 11, 11)


def test_the_committed_date_moves_once_and_by_the_meeting(scheduled: Requirement, scorer: Staff, contact: Staff) -> None:
    later = dt.date(2026, 12, 4)
    with pytest.raises(NotAllowed):
        developing.move_date(requirement=scheduled, moved_to=later, reason="延后", by=contact, now=NOW)
    moved = developing.move_date(requirement=scheduled, moved_to=later, reason="联调环境延期", by=scorer, now=NOW + 2 * DAY)

    assert (moved.committed_on, moved.due_on) == (COMMITTED, later)
    with pytest.raises(Conflict):
        developing.move_date(requirement=scheduled, moved_to=later + DAY, reason="再延", by=scorer, now=NOW + 3 * DAY)


def test_only_the_proposer_withdraws_and_a_withdrawn_one_stays_so(scheduled: Requirement, contact: Staff, agent: Staff) -> None:
    with pytest.raises(NotAllowed):
        developing.withdraw(requirement=scheduled, reason="？", by=contact, now=NOW)
    developing.withdraw(requirement=scheduled, reason="不再需要", by=agent, now=NOW)

    with pytest.raises(Conflict):
        developing.accept(requirement=scheduled, by=agent, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Requirement.objects.update(state=RequirementState.DELIVERED)


def test_a_commitment_lies_ahead_and_its_steps_before_it(requirement: Requirement, scorer: Staff, contact: Staff) -> None:
    developing.review(requirement=requirement, by=scorer, now=NOW)
    late_step = [("测试", COMMITTED + DAY)]

    with pytest.raises(Invalid):
        developing.schedule(requirement=requirement, committed_on=dt.date(2026, 11, 1), by=contact, now=NOW)
    with pytest.raises(Invalid):
        developing.schedule(requirement=requirement, committed_on=COMMITTED, milestones=late_step, by=contact, now=NOW)


@pytest.fixture
def vetoed(network: Department, contact: Staff, duty: Staff) -> Release:
    release = releasing.announce(department=network, title="彩铃改版", planned_on=COMMITTED, by=contact, now=NOW)
    with pytest.raises(Invalid):
        releasing.assess(release=release, verdict=Verdict.VETOED, reason="", by=duty, now=NOW)
    return releasing.assess(release=release, verdict=Verdict.VETOED, reason="退订入口缺失", by=duty, now=NOW)


def test_only_the_general_manager_overrules_a_veto_and_in_writing(
    vetoed: Release, head: Staff, manager: Staff, general_manager: Staff
) -> None:
    for person in (head, manager):
        with pytest.raises(NotAllowed):
            releasing.override(release=vetoed, reason="先上线", by=person, now=NOW)
    with pytest.raises(Invalid):
        releasing.override(release=vetoed, reason=" ", by=general_manager, now=NOW)
    overruled = releasing.override(release=vetoed, reason="节前必须上线，两周内补齐", by=general_manager, now=NOW)

    assert overruled.may_launch
    assert (overruled.verdict, overruled.verdict_reason) == (Verdict.VETOED, "退订入口缺失")


def test_a_launch_against_the_veto_is_recorded_as_one(vetoed: Release, contact: Staff) -> None:
    launched = releasing.launch(release=vetoed, by=contact, now=NOW)

    assert launched.launched_at == NOW
    assert not launched.may_launch


def test_only_what_is_in_use_is_rolled_back_and_once(vetoed: Release, contact: Staff) -> None:
    with pytest.raises(Conflict):
        releasing.roll_back(release=vetoed, reason="出错", by=contact, now=NOW)
    releasing.launch(release=vetoed, by=contact, now=NOW)
    releasing.roll_back(release=vetoed, reason="出错", by=contact, now=NOW + DAY)

    with pytest.raises(Conflict):
        releasing.roll_back(release=vetoed, reason="再退", by=contact, now=NOW + DAY)


def test_the_front_line_cannot_have_been_told_tomorrow(vetoed: Release, contact: Staff) -> None:
    with pytest.raises(Invalid):
        releasing.tell(release=vetoed, knowledge_on=dt.date(2026, 11, 3), by=contact, now=NOW)
    told = releasing.tell(release=vetoed, knowledge_on=dt.date(2026, 11, 2), by=contact, now=NOW)

    assert (told.knowledge_on, told.trained_on) == (dt.date(2026, 11, 2), None)
