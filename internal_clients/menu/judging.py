"""Penalties, bonuses and vetoes; what is done to appeals."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internal_clients import forms, policies
from internal_clients.actions import appealing, sanctions
from internal_clients.enums import AppealStage
from internal_clients.menu.kinds import Kind, Step
from internal_clients.models import Appeal, Sanction

SANCTIONS = Kind(
    name="sanction",
    label=_("Penalties and vetoes"),
    icon="gavel",
    model=Sanction,
    rows=lambda user: (
        policies.sanctions_visible_to(user).select_related("department", "proposed_by").order_by("-proposed_at", "-pk")
    ),
    columns=("kind", "code", "department", "month", "points", "proposed_by", "is_approved"),
    more=("facts", "evidence", "finding", "proposed_at", "decided_by", "decided_at", "decision_reason"),
    link=lambda row: reverse("complaints:inspection", args=[row.finding_id]) if row.finding_id else "",
    link_label=_("The failed inspection"),
    add_label=_("Propose a penalty, bonus or veto"),
    add_form=forms.SanctionForm,
    add=sanctions.propose_sanction,
    may_add=policies.may_propose_sanctions,
    steps=(
        Step(
            name="approve",
            label=_("Approve the proposal"),
            icon="circle-check",
            run=lambda **given: sanctions.decide_sanction(approve=True, **given),
            may=policies.may_decide_sanction,
            fits=lambda row: row.decided_by_id is None,
            form=forms.ReasonForm,
        ),
        Step(
            name="refuse",
            label=_("Refuse the proposal"),
            icon="circle-x",
            run=lambda **given: sanctions.decide_sanction(approve=False, **given),
            may=policies.may_decide_sanction,
            fits=lambda row: row.decided_by_id is None,
            form=forms.ReasonForm,
        ),
    ),
)


def _at(*stages: AppealStage) -> Callable[[Appeal], bool]:
    return lambda row: row.stage in stages


def _can_state(row: Appeal) -> bool:
    return row.stage == AppealStage.FIRST or (row.stage == AppealStage.SECOND and not row.statement)


#: What is done to an appeal, on its own page.
APPEAL_STEPS = (
    Step(
        name="state",
        label=_("State how it was"),
        icon="message",
        run=appealing.state,
        may=policies.may_state,
        fits=_can_state,
        form=forms.StatementForm,
    ),
    Step(
        name="rule",
        label=_("Rule on the appeal"),
        icon="gavel",
        run=appealing.rule,
        may=policies.may_rule,
        fits=_at(AppealStage.FIRST),
        form=forms.RulingForm,
    ),
    Step(
        name="escalate",
        label=_("Take it to the assessment committee"),
        icon="arrow-up-right",
        run=appealing.escalate,
        may=policies.may_escalate,
        fits=_at(AppealStage.RULED),
        form=forms.EscalateForm,
    ),
    Step(
        name="rule_finally",
        label=_("Rule finally"),
        icon="gavel",
        run=appealing.rule_finally,
        may=policies.may_rule_finally,
        fits=_at(AppealStage.SECOND),
        form=forms.RulingForm,
    ),
)
