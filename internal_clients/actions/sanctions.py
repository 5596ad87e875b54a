"""Penalties, bonuses and vetoes (处罚权、否决权): one person proposes with facts and evidence, another decides."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from complaints.models import Inspection
from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.enums import ItemKind
from internal_clients.locking import locked
from internal_clients.models import Sanction
from internal_clients.queries.sanctions import findings
from internal_clients.rules import BONUS_RANGE, MANUAL_BONUS, MANUAL_PENALTY, PENALTY_RANGE, VETOES
from organization.models import Department, Staff
from workorders.locking import lock_key

RANGES = {MANUAL_PENALTY: PENALTY_RANGE, MANUAL_BONUS: BONUS_RANGE}


def kind_of(code: str) -> str:
    """Return what a rule's code is: a penalty, a bonus or a veto. KeyError for an unknown one."""
    return {MANUAL_PENALTY: ItemKind.PENALTY, MANUAL_BONUS: ItemKind.BONUS}.get(code) or dict.fromkeys(VETOES, ItemKind.VETO)[code]


@transaction.atomic
def propose_sanction(
    *,
    department: Department,
    month: dt.date,
    code: str,
    points: Decimal | None = None,
    facts: str,
    evidence: str,
    finding: Inspection | None = None,
    by: Staff,
    now: dt.datetime,
) -> Sanction:
    """Propose a penalty (1 to 5 points), a bonus (up to 3) or a veto; it counts once another person has approved it.

    A penalty may be made of a failed inspection, once. Raises NotAllowed, Conflict or Invalid.
    """
    require(policies.may_propose_sanctions(by))
    given = points or Decimal(0)
    if code in RANGES and not RANGES[code][0] <= given <= RANGES[code][1]:
        raise Invalid(points=_("Give %(least)s to %(most)s points.") % {"least": RANGES[code][0], "most": RANGES[code][1]})
    if code in VETOES and given:
        raise Invalid(points=_("A veto has no points; its rule says what it does."))
    if not facts.strip() or not evidence.strip():
        raise Invalid(evidence=_("Give the facts and the evidence."))
    if finding:
        _check_finding(finding, department, code, now)
    sanction = Sanction.objects.create(
        month=month,
        department=department,
        kind=kind_of(code),
        code=code,
        points=given,
        facts=facts,
        evidence=evidence,
        finding=finding,
        proposed_by=by,
        proposed_at=now,
    )
    note(sanction, "propose", by=by, now=now, data={"code": code, "points": str(given), "department": department.code})
    return sanction


def _check_finding(finding: Inspection, department: Department, code: str, now: dt.datetime) -> None:
    """Refuse a failed inspection of somebody else, one that does not stand, and one that a penalty is made of already."""
    if finding.department_id != department.pk or code != MANUAL_PENALTY:
        raise Invalid(finding=_("A failed inspection makes a penalty of the department inspected."))
    lock_key(f"finding:{finding.pk}")
    if not findings(now).filter(pk=finding.pk).exists():
        raise Conflict(_("The finding does not stand, may still be contested, or has a penalty already."))


@transaction.atomic
def decide_sanction(*, sanction: Sanction, approve: bool, reason: str, by: Staff, now: dt.datetime) -> Sanction:
    """Approve or refuse another one's proposal. Raises NotAllowed, Conflict when it is decided, or Invalid without a reason."""
    require(policies.may_decide_sanction(by, sanction))
    sanction = locked(Sanction.objects.all(), sanction.pk)
    if sanction.decided_by_id:
        raise Conflict(_("This is decided already."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    sanction.is_approved, sanction.decision_reason, sanction.decided_by, sanction.decided_at = approve, reason, by, now
    sanction.save(update_fields=["is_approved", "decision_reason", "decided_by", "decided_at"])
    note(sanction, "decide", by=by, now=now, data={"approved": approve, "reason": reason})
    return sanction
