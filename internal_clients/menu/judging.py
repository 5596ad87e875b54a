"""Penalties, bonuses and vetoes; appeals."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.errors import NotAllowed
from internal_clients import forms, policies
from internal_clients.actions import appealing, sanctions
from internal_clients.enums import AppealOutcome
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


def _pending(row: Appeal) -> bool:
    return row.outcome == AppealOutcome.PENDING


def _refused(**_given: Any) -> Any:
    """Refuse: an appeal is raised from the row that it is about."""
    raise NotAllowed


APPEALS = Kind(
    name="appeal",
    label=_("Appeals"),
    icon="scale",
    model=Appeal,
    rows=lambda user: (
        policies.appeals_visible_to(user).select_related("department", "line__part_score__card__run").order_by("-raised_at", "-pk")
    ),
    columns=("title", "formula", "department", "raised_at", "ruling_due_on", "outcome"),
    more=("grounds", "evidence", "raised_by", "statement", "statement_by", "belongs_to", "ruled_by", "ruled_at", "ruling_reason"),
    add_label=_("Contest"),
    add_form=forms.ContestForm,
    add=_refused,
    may_add=lambda _user: False,
    empty=_("A department's head contests single rows behind a figure while the month is provisional."),
    steps=(
        Step(
            name="state",
            label=_("State how it was"),
            icon="message",
            run=appealing.state,
            may=lambda user, _row: policies.may_ask(user),
            fits=_pending,
            form=forms.StatementForm,
        ),
        Step(
            name="rule",
            label=_("Rule on the appeal"),
            icon="gavel",
            run=appealing.rule,
            may=policies.may_rule,
            fits=_pending,
            form=forms.RulingForm,
        ),
    ),
)
