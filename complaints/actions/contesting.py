"""Objections (异议): a department's head contests a finding once, another inspector decides."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from complaints import inspection_policies as policies
from complaints.actions import telling_inspectors as telling
from complaints.actions.inspecting import Given, judged
from complaints.enums import ObjectionOutcome
from complaints.locking import lock_inspection
from complaints.models import Inspection, Objection
from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from journal.record import record
from organization.models import Staff
from organization.queries.days import local_day


@transaction.atomic
def contest(*, inspection: Inspection, reason: str, by: Staff, now: dt.datetime) -> Objection:
    """Object to a failure, once and within 3 working days. Raises NotAllowed, Conflict or Invalid."""
    inspection = lock_inspection(inspection.pk)
    require(policies.may_contest(by, inspection), _("The head of the department whose work it was may object."))
    before = Objection.objects.filter(pk=inspection.pk).select_related("raised_by").first()
    if before:
        raise Conflict(_("%(person)s has objected already.") % {"person": before.raised_by})
    if not inspection.is_standing_failure or inspection.contest_by is None or inspection.score is None:
        raise Conflict(_("Only what failed is contested."))
    if local_day(now) > inspection.contest_by:
        raise Conflict(_("The time to object was over on %(day)s.") % {"day": inspection.contest_by})
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    made = Objection.objects.create(
        inspection=inspection,
        reason=reason,
        raised_by=by,
        raised_at=now,
        score_before=inspection.score,
        points_before=inspection.points,
    )
    record(inspection.stream, "inspection.contest", by=by, at=now, data={"reason": reason})
    telling.contested(made, by=by, now=now)
    return made


@transaction.atomic
def decide(
    *,
    inspection: Inspection,
    outcome: str,
    reason: str,
    answers: Mapping[int, Given] | None = None,
    by: Staff,
    now: dt.datetime,
) -> Objection:
    """Decide an objection: the finding stands, its marks are corrected as in `answers`, or it is void; what stood before is kept.

    Raises NotAllowed, Conflict where it is decided already, or Invalid by field.
    """
    inspection = lock_inspection(inspection.pk)
    found = Objection.objects.filter(pk=inspection.pk).select_related("raised_by", "decided_by").first()
    if found is None:
        raise Conflict(_("Nobody has objected to this finding."))
    found.inspection = inspection
    require(policies.may_decide(by, inspection), _("An objection is decided by another inspector than the first."))
    if not found.is_pending:
        raise Conflict(_("%(person)s has decided this objection already.") % {"person": found.decided_by})
    if outcome not in ObjectionOutcome.values or outcome == ObjectionOutcome.PENDING:
        raise Invalid(outcome=_("Choose what becomes of the finding."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    if outcome == ObjectionOutcome.CORRECTED:
        _correct(inspection, answers or {})
    if outcome == ObjectionOutcome.VOIDED:
        inspection.is_void, inspection.points = True, None
        inspection.save(update_fields=["is_void", "points"])
    found.outcome, found.decision, found.decided_by, found.decided_at = outcome, reason, by, now
    found.save(update_fields=["outcome", "decision", "decided_by", "decided_at"])
    told = {"outcome": outcome, "reason": reason, "score": str(inspection.score)}
    record(inspection.stream, "inspection.decide", by=by, at=now, data=told)
    telling.decided(found, by=by, now=now)
    return found


def _correct(inspection: Inspection, answers: Mapping[int, Given]) -> None:
    """Write the corrected answers beside the first ones, and judge anew."""
    marks = list(inspection.marks.select_related("item").order_by("item__position"))
    notes = {mark.item_id: mark.note or "–" for mark in marks}
    given = {pk: Given(each.answer, each.note or notes.get(pk, "–")) for pk, each in answers.items()}
    found = judged([mark.item for mark in marks], given, inspection.checklist.pass_score)
    changed = [mark for mark in marks if given[mark.item_id].answer != mark.answer]
    if not changed:
        raise Invalid(outcome=_("No mark differs: then the finding stands."))
    for mark in changed:
        mark.corrected = given[mark.item_id].answer
        mark.save(update_fields=["corrected"])
    inspection.score, inspection.is_fatal, inspection.is_passed = found.score, found.is_fatal, found.is_passed
    if found.is_passed:
        inspection.points = None
    inspection.save(update_fields=["score", "is_fatal", "is_passed", "points"])
