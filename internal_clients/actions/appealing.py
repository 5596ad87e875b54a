"""Appeals (考核申诉): the head contests a row, the internal client states, the centre rules; the next scoring counts by it."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.enums import AppealOutcome, EvidenceKind, PeriodState
from internal_clients.locking import locked
from internal_clients.models import Appeal, Evidence
from internal_clients.queries.behind import title_of
from organization.models import Department, Staff
from organization.queries.days import local_day, working_day

#: So many working days after the scores were shown they can be contested; so many more the centre has to rule (7.1.6).
RAISE_DAYS, RULE_DAYS = 3, 2


@transaction.atomic
def contest(*, row: Evidence, grounds: str, evidence: str, by: Staff, now: dt.datetime) -> Appeal:
    """Contest one row behind one's own department's score, as its head, while the month is provisional.

    Raises NotAllowed, Conflict when the time is over or the row contested already, or Invalid.
    """
    card = row.line.part_score.card
    policies.require(policies.may_contest(by, card.department_id))
    if row.kind in EvidenceKind.UNCONTESTED:
        raise Invalid(_("A month's minutes and an answer to the survey are no records that can be contested."))
    period = card.run.period
    if period.state != PeriodState.PROVISIONAL or period.provisional_at is None:
        raise Conflict(_("Only a provisional month's scores can be contested."))
    if local_day(now) > working_day(local_day(period.provisional_at), RAISE_DAYS):
        raise Conflict(_("The %(days)s working days for appeals are over.") % {"days": RAISE_DAYS})
    if not grounds.strip() or not evidence.strip():
        raise Invalid(evidence=_("Give the grounds and the evidence."))
    formula = row.line.indicator.formula
    if Appeal.objects.filter(
        line__part_score__card__run__period=period, formula=formula, kind=row.kind, object_id=row.object_id
    ).exists():
        raise Conflict(_("This row has been contested already."))
    appeal = Appeal.objects.create(
        line=row.line,
        department=card.department,
        formula=formula,
        kind=row.kind,
        object_id=row.object_id,
        title=title_of(row)[:200],
        grounds=grounds,
        evidence=evidence,
        raised_by=by,
        raised_at=now,
        ruling_due_on=working_day(local_day(now), RULE_DAYS),
    )
    note(appeal, "contest", by=by, now=now, data={"formula": formula, "record": row.object_id, "reason": grounds})
    return appeal


def _pending(appeal: Appeal) -> Appeal:
    appeal = locked(Appeal.objects.all(), appeal.pk)
    if appeal.outcome != AppealOutcome.PENDING:
        raise Conflict(_("This appeal is ruled on already."))
    return appeal


@transaction.atomic
def state(*, appeal: Appeal, statement: str, by: Staff, now: dt.datetime) -> Appeal:
    """State, for the front line that asked for the work, how it was. Raises NotAllowed, Conflict or Invalid."""
    policies.require(policies.may_ask(by))
    appeal = _pending(appeal)
    if not statement.strip():
        raise Invalid(statement=_("Write how it was."))
    appeal.statement, appeal.statement_by = statement, by
    appeal.save(update_fields=["statement", "statement_by"])
    note(appeal, "state", by=by, now=now, data={"reason": statement})
    return appeal


@transaction.atomic
def rule(*, appeal: Appeal, outcome: str, reason: str, belongs_to: Department | None = None, by: Staff, now: dt.datetime) -> Appeal:
    """Rule on an appeal; the scores change with the next scoring, and the earlier version stays.

    Raises NotAllowed, Conflict, or Invalid without a reason, or without the department that a row is charged to instead.
    """
    policies.require(policies.may_rule(by, appeal))
    appeal = _pending(appeal)
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    wanted = outcome == AppealOutcome.REATTRIBUTED
    if wanted is (belongs_to is None) or (belongs_to and belongs_to.pk == appeal.department_id):
        raise Invalid(belongs_to=_("Name the other department where, and only where, the row is charged to one."))
    appeal.outcome, appeal.belongs_to, appeal.ruling_reason = outcome, belongs_to, reason
    appeal.ruled_by, appeal.ruled_at = by, now
    appeal.save(update_fields=["outcome", "belongs_to", "ruling_reason", "ruled_by", "ruled_at"])
    note(appeal, "rule", by=by, now=now, data={"outcome": outcome, "reason": reason})
    return appeal
