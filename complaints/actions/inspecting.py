"""Inspecting: an inspector's marks, what they come to, and what follows from a failure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from complaints import inspecting
from complaints import inspection_policies as policies
from complaints.actions import telling_inspectors as telling
from complaints.enums import Answer
from complaints.inspecting import Verdict
from complaints.locking import lock_inspection
from complaints.models import ChecklistItem, Inspection, Mark
from complaints.models.finding import LEAST_POINTS, MOST_POINTS
from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from journal.record import record
from journal.types import Data
from organization.models import Staff
from organization.queries.days import local_day, working_day
from workorders.actions.reviewing import send_back

#: So many working days a department's head has to object.
CONTEST_DAYS = 3


class Given(NamedTuple):
    """What an inspector found on one item, with a note where it was not met."""

    answer: str
    note: str = ""


@transaction.atomic
def inspect(
    *,
    inspection: Inspection,
    answers: Mapping[int, Given],
    remark: str = "",
    sends_back: bool = False,
    points: Decimal | None = None,
    by: Staff,
    now: dt.datetime,
) -> Inspection:
    """Record what was found by item; of a failure, send the order back or propose to deduct points (1 to 5), where asked for.

    Raises NotAllowed, Conflict where somebody was faster or the reply may no longer be sent back, or Invalid by field.
    """
    inspection = lock_inspection(inspection.pk)
    if inspection.is_made:
        raise Conflict(_("%(person)s has inspected this already.") % {"person": inspection.inspector})
    require(policies.may_inspect(by, inspection), _("This inspection is somebody else's to make."))
    items = list(inspection.checklist.items.all())
    found = judged(items, answers, inspection.checklist.pass_score)
    _check_consequences(inspection, found, remark, points, sends_back=sends_back)
    _keep(inspection, found, remark, points, sends_back=sends_back, now=now)
    Mark.objects.bulk_create(Mark(inspection=inspection, item=item, **answers[item.pk]._asdict()) for item in items)
    told: Data = {"score": str(found.score), "passed": found.is_passed, "fatal": found.is_fatal, "sent_back": sends_back}
    record(inspection.stream, "inspection.made", by=by, at=now, data={**told, "points": str(points or "")})
    if sends_back:
        send_back(order=inspection.order, defects=remark, by=by, now=now)
    if not found.is_passed and inspection.first_id is None:
        telling.failed(inspection, by=by, now=now)
    return inspection


def judged(items: Sequence[ChecklistItem], answers: Mapping[int, Given], pass_score: int) -> Verdict:
    """Return what complete answers come to. Raises Invalid by item, named `item_<id>` or `note_<id>`, or when nothing applies."""
    missing = {f"item_{each.pk}": _("Choose an answer.") for each in items if _answer(answers, each) not in Answer.values}
    bare = [each for each in items if _answer(answers, each) == Answer.MISSED and not answers[each.pk].note.strip()]
    wrong = missing | {f"note_{each.pk}": _("Say what is missing.") for each in bare}
    if wrong:
        raise Invalid(**wrong)
    marks = [inspecting.Marked(each.points, each.is_fatal, inspecting.Answer(answers[each.pk].answer)) for each in items]
    found = inspecting.verdict(marks, pass_score)
    if found is None:
        raise Invalid(_("At least one item must apply."))
    return found


def _answer(answers: Mapping[int, Given], item: ChecklistItem) -> str:
    return answers[item.pk].answer if item.pk in answers else ""


def _check_consequences(inspection: Inspection, found: Verdict, remark: str, points: Decimal | None, *, sends_back: bool) -> None:
    wrong: dict[str, str] = {}
    if points is not None and not LEAST_POINTS <= points <= MOST_POINTS:
        wrong["points"] = _("Propose %(least)s to %(most)s points.") % {"least": LEAST_POINTS, "most": MOST_POINTS}
    if not found.is_passed and inspection.first_id is None and not remark.strip():
        wrong["remark"] = _("Write what is wrong.")
    if found.is_passed and sends_back:
        wrong["sends_back"] = _("What passed is not sent back.")
    if (found.is_passed or inspection.first_id) and points is not None:
        wrong["points"] = _("Points are deducted for a failure only.")
    if wrong:
        raise Invalid(**wrong)
    if sends_back and not policies.may_send_back(inspection, inspection.order):
        state = inspection.order.get_state_display()
        raise Conflict(_("The reply can no longer be sent back: the order is “%(state)s”.") % {"state": state})


def _keep(
    inspection: Inspection, found: Verdict, remark: str, points: Decimal | None, *, sends_back: bool, now: dt.datetime
) -> None:
    inspection.made_at, inspection.remark = now, remark
    inspection.score, inspection.is_fatal, inspection.is_passed = found.score, found.is_fatal, found.is_passed
    inspection.sent_back, inspection.points = sends_back, points
    if not found.is_passed and inspection.first_id is None:
        inspection.contest_by = working_day(local_day(now), CONTEST_DAYS)
    inspection.save()
