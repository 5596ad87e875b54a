"""Inspection: draw a day's sample, and record what an inspector found."""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_UP, Decimal

from django.utils.translation import gettext as _

from complaints import inspecting, policies
from complaints.enums import Answer
from complaints.models import ChecklistItem, Inspection, Mark, SamplingPlan
from complaints.queries.inspections import candidates, major_keys
from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.record import record
from organization.models import Staff
from workorders.actions.reviewing import send_back
from workorders.locking import lock_key


@transaction.atomic
def draw(*, plan: SamplingPlan, start: dt.datetime, end: dt.datetime, now: dt.datetime) -> int:
    """Draw the plan's sample of what was done from `start` until before `end`; return how many are new.

    Drawing the same day again changes nothing: the seed and the keys decide, not the moment.
    """
    lock_key(f"sampling:{plan.pk}")
    found = {f"{order}-{callback or 0}": (order, callback) for order, callback in candidates(plan, start, end)}
    major = major_keys(plan, start, end) if plan.all_major else set()
    share = int((Decimal(len(found) * plan.percent) / 100).to_integral_value(ROUND_UP))
    chosen = inspecting.drawn(plan.seed, (key for key in found if found[key][0] not in major), min(share, plan.most))
    keys = [*(key for key in found if found[key][0] in major), *chosen]
    return sum(_draw_one(plan, key, found[key], now) for key in keys)


def _draw_one(plan: SamplingPlan, key: str, what: tuple[int, int | None], now: dt.datetime) -> bool:
    order, callback = what
    fields = {"checklist_id": plan.checklist_id, "seed": plan.seed, "drawn_at": now}
    first, is_new = Inspection.objects.get_or_create(plan=plan, order_id=order, callback_id=callback, first=None, defaults=fields)
    if is_new and inspecting.place(f"{plan.seed}:second", key) % 100 < plan.second_percent:
        Inspection.objects.create(plan=plan, order_id=order, callback_id=callback, first=first, **fields)
    return is_new


@transaction.atomic
def inspect(
    *,
    inspection: Inspection,
    answers: Mapping[int, str],
    remark: str = "",
    sends_back: bool = False,
    deduction: Decimal | None = None,
    by: Staff,
    now: dt.datetime,
) -> Inspection:
    """Record what was found, by item; send the order back, or propose a deduction of points, where that is asked for.

    Raises NotAllowed, Conflict where somebody was faster or the order may no longer be sent back, or Invalid by field.
    """
    lock_key(f"inspection:{inspection.first_id or inspection.pk}")
    inspection = Inspection.objects.select_related("order__ticket", "callback").get(pk=inspection.pk)
    if inspection.inspected_at:
        raise Conflict(_("%(person)s has inspected this already.") % {"person": inspection.inspector})
    if not policies.may_inspect(by, inspection):
        raise NotAllowed(_("Nobody inspects their own work, or the same work twice."))
    items = list(inspection.checklist.items.all())
    _check(items, answers, remark, needs_remark=sends_back or deduction is not None)
    marks = [inspecting.Marked(item.weight, item.is_fatal, inspecting.Answer(answers[item.pk])) for item in items]
    inspection.inspector, inspection.inspected_at, inspection.remark = by, now, remark
    inspection.score, inspection.is_fatal = inspecting.score(marks), inspecting.is_failed(marks)
    inspection.deduction = deduction
    inspection.save()
    Mark.objects.bulk_create(Mark(inspection=inspection, item=item, answer=answers[item.pk]) for item in items)
    record(inspection.stream, "inspection.made", by=by, at=now, data={"score": str(inspection.score), "back": sends_back})
    if sends_back:
        send_back(order=inspection.order, defects=remark, by=by, now=now)
    return inspection


def _check(items: list[ChecklistItem], answers: Mapping[int, str], remark: str, *, needs_remark: bool) -> None:
    wrong = {f"item_{item.pk}": _("Choose an answer.") for item in items if answers.get(item.pk) not in Answer.values}
    if needs_remark and not remark.strip():
        wrong["remark"] = _("Write what is wrong.")
    if wrong:
        raise Invalid(**wrong)
