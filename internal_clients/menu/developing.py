"""Requirements and releases."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from internal_clients import forms, policies
from internal_clients.actions import developing, releasing
from internal_clients.enums import RequirementState, Verdict
from internal_clients.menu.kinds import Kind, Step, leader, own_department, recorder
from internal_clients.models import Release, Requirement
from organization.models import Staff

S = RequirementState


def _proposer(user: Staff, row: Requirement) -> bool:
    return row.proposed_by_id == user.pk


def _reviewer(user: Staff, _row: Any) -> bool:
    return policies.may_review(user)


REQUIREMENTS = Kind(
    name="requirement",
    label=_("Requirements"),
    icon="bulb",
    model=Requirement,
    rows=lambda _user: Requirement.objects.select_related("department", "proposed_by").order_by("-proposed_at", "-pk"),
    columns=("title", "state", "department", "proposed_by", "answer_due_on", "committed_on", "moved_to", "launched_at"),
    more=("text", "proposed_at", "reviewed_at", "answered_at", "move_reason", "detail_wanted_at", "accepted_at", "closed_at"),
    add_label=_("Propose a requirement"),
    add_form=forms.ProposeForm,
    add=developing.propose,
    may_add=policies.may_propose,
    steps=(
        Step(
            name="review",
            label=_("Passed by the meeting"),
            icon="circle-check",
            run=developing.review,
            may=_reviewer,
            fits=lambda row: row.state == S.PROPOSED,
        ),
        Step(
            name="refuse",
            label=_("Refused by the meeting"),
            icon="circle-x",
            run=developing.refuse,
            may=_reviewer,
            fits=lambda row: row.state == S.PROPOSED,
            form=forms.ReasonForm,
            danger=True,
        ),
        Step(
            name="schedule",
            label=_("Commit to a date"),
            icon="calendar-check",
            run=developing.schedule,
            may=leader,
            fits=lambda row: row.state == S.REVIEWED,
            form=forms.ScheduleForm,
        ),
        Step(
            name="want_detail",
            label=_("Ask for detail"),
            icon="help-circle",
            run=developing.want_detail,
            may=leader,
            fits=lambda row: row.state == S.REVIEWED,
            form=forms.DetailWantedForm,
        ),
        Step(
            name="give_detail",
            label=_("Give detail"),
            icon="message",
            run=developing.give_detail,
            may=_proposer,
            fits=lambda row: row.state == S.DETAIL_WANTED,
            form=forms.DetailForm,
        ),
        Step(
            name="reach",
            label=_("A step is done"),
            icon="flag",
            run=developing.reach,
            may=leader,
            fits=lambda row: row.state == S.SCHEDULED,
            form=forms.ReachForm,
        ),
        Step(
            name="move_date",
            label=_("Move the date"),
            icon="calendar-repeat",
            run=developing.move_date,
            may=_reviewer,
            fits=lambda row: row.state == S.SCHEDULED and row.moved_to is None,
            form=forms.MoveForm,
        ),
        Step(
            name="accept",
            label=_("It is what was needed"),
            icon="rosette-discount-check",
            run=developing.accept,
            may=_proposer,
            fits=lambda row: row.state == S.DELIVERED,
        ),
        Step(
            name="withdraw",
            label=_("Withdraw the requirement"),
            icon="archive",
            run=developing.withdraw,
            may=_proposer,
            fits=lambda row: row.state in S.OPEN,
            form=forms.ReasonForm,
            danger=True,
        ),
    ),
)
RELEASES = Kind(
    name="release",
    label=_("Releases"),
    icon="rocket",
    model=Release,
    rows=lambda _user: Release.objects.select_related("department", "requirement").order_by("-planned_on", "-pk"),
    columns=("title", "department", "planned_on", "verdict", "launched_at", "rolled_back_at"),
    more=(
        "requirement",
        "announced_by",
        "verdict_reason",
        "verdict_by",
        "verdict_at",
        "override_reason",
        "override_by",
        "override_at",
        "knowledge_on",
        "trained_on",
        "tell_by",
        "rollback_reason",
    ),
    add_label=_("Announce a release"),
    add_form=forms.AnnounceForm,
    add=releasing.announce,
    may_add=own_department,
    steps=(
        Step(
            name="assess",
            label=_("Assess the effect on service"),
            icon="scale",
            run=releasing.assess,
            may=lambda user, _row: policies.may_assess(user),
            fits=lambda row: row.launched_at is None and row.verdict == Verdict.PENDING,
            form=forms.AssessForm,
        ),
        Step(
            name="override",
            label=_("Overrule the veto"),
            icon="gavel",
            run=releasing.override,
            may=lambda user, _row: policies.is_general_manager(user),
            fits=lambda row: row.launched_at is None and row.verdict == Verdict.VETOED and row.override_at is None,
            form=forms.ReasonForm,
            danger=True,
        ),
        Step(
            name="tell",
            label=_("Front line told"),
            icon="school",
            run=releasing.tell,
            may=recorder,
            fits=lambda row: row.launched_at is None,
            form=forms.ToldForm,
        ),
        Step(
            name="launch",
            label=_("Launch"),
            icon="rocket",
            run=releasing.launch,
            may=leader,
            fits=lambda row: row.launched_at is None,
            danger=True,
        ),
        Step(
            name="roll_back",
            label=_("Roll back"),
            icon="arrow-back-up",
            run=releasing.roll_back,
            may=leader,
            fits=lambda row: row.launched_at is not None and row.rolled_back_at is None,
            form=forms.ReasonForm,
            danger=True,
        ),
    ),
)
