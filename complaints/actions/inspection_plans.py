"""Keeping checklists and sampling plans: a changed checklist is a new version, which its plans follow."""

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from complaints import inspection_policies as policies
from complaints.models import Checklist, ChecklistItem, SamplingPlan
from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from journal.record import record
from journal.types import Data
from organization.models import Staff
from organization.queries.days import local_day
from workorders.locking import lock_key

#: What a plan is made of, beside its inspectors.
FIELDS = (
    "name", "checklist", "department", "region", "category", "urgency", "period", "percent", "number", "all_major",
    "double_percent", "days", "active_from", "is_active",
)  # fmt: skip


class Item(NamedTuple):
    """One line of a checklist."""

    text: str
    points: int
    is_fatal: bool
    defect: str


@transaction.atomic
def save_checklist(
    *,
    name: str,
    what: str,
    pass_score: int,
    items: Sequence[Item],
    replaces: Checklist | None = None,
    by: Staff,
    now: dt.datetime,
) -> Checklist:
    """Make a checklist, or the next version of `replaces`, which keeps its name and to which its plans move.

    Raises NotAllowed, Conflict where a newer version was made meanwhile, or Invalid by field.
    """
    require(policies.may_manage(by))
    lock_key("checklists")
    if not items:
        raise Invalid(_("A checklist needs an item."))
    last = Checklist.objects.filter(name=replaces.name if replaces else name).order_by("-version").first()
    if replaces is None and last is not None:
        raise Invalid(name=_("There is a checklist of this name: edit that."))
    if replaces and last and last.pk != replaces.pk:
        raise Conflict(_("%(person)s has made version %(version)s meanwhile.") % {"person": last.made_by, "version": last.version})
    if replaces:
        name, what = replaces.name, replaces.what
        Checklist.objects.filter(pk=replaces.pk).update(is_current=False)
    version = last.version + 1 if last else 1
    made = Checklist.objects.create(name=name, version=version, what=what, pass_score=pass_score, made_by=by, made_at=now)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=made, position=place, **item._asdict()) for place, item in enumerate(items, start=1)
    )
    if replaces:
        SamplingPlan.objects.filter(checklist=replaces).update(checklist=made)
    record(made.stream, "checklist.save", by=by, at=now, data={"version": version, "items": len(items)})
    return made


@transaction.atomic
def save_plan(
    *, values: Mapping[str, object], inspectors: Collection[Staff], plan: SamplingPlan | None = None, by: Staff, now: dt.datetime
) -> SamplingPlan:
    """Make a sampling plan, or change one; what it has drawn stays, and what it left out while it rested is not drawn.

    Raises NotAllowed or Invalid by field.
    """
    require(policies.may_manage(by))
    lock_key(f"sampling:{plan.pk if plan else 'new'}")
    kept = plan or SamplingPlan(seed=hashlib.sha256(f"{values['name']}:{now.isoformat()}".encode()).hexdigest()[:16])
    rested = plan is not None and not plan.is_active
    for name in FIELDS:
        if name in values:
            setattr(kept, name, values[name])
    if rested and kept.is_active:
        kept.active_from = max(kept.active_from, local_day(now))
    if (kept.percent is None) == (kept.number is None):
        raise Invalid(percent=_("Give a share or a number, one of the two."))
    if SamplingPlan.objects.filter(name=kept.name).exclude(pk=kept.pk).exists():
        raise Invalid(name=_("There is a plan of this name already."))
    kept.save()
    kept.inspectors.set(inspectors)
    told: Data = {name: str(values[name]) for name in FIELDS if name in values}
    told["inspectors"] = [*sorted(each.pk for each in inspectors)]
    record(kept.stream, "samplingplan.save", by=by, at=now, data=told)
    return kept
