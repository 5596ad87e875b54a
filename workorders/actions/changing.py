"""The department limits changed in a draft: edited cell by cell, previewed on the open clocks, applied as a job."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from foundation.errors import Conflict, DomainError, Invalid, NotAllowed
from journal.record import record
from journal.types import Data
from organization.models import Department, Staff
from workorders import policies
from workorders.actions.limits import set_limits
from workorders.actions.recalculating import preview, recalculate
from workorders.enums import ChangeState, TicketState
from workorders.locking import lock_change
from workorders.models import Category, LimitChange, LimitEdit, OlaRule, Ticket
from workorders.queries.recalculation import Impact, RuleBook, by_limits

#: Tickets a transaction.
BATCH = 500


def draft_of(by: Staff) -> LimitChange | None:
    """Return the change that this administrator has under way, if any."""
    return LimitChange.objects.filter(by=by).exclude(state=ChangeState.APPLIED).first()


@transaction.atomic
def edit_limit(
    *,
    department: Department | None,
    category: Category | None,
    urgency: str,
    acknowledge_minutes: int,
    resolve_minutes: int,
    hours: str,
    withdrawn: bool = False,
    by: Staff,
    now: dt.datetime,
) -> LimitChange:
    """Put a cell's new limit into the draft, which has to be previewed again then.

    Raises NotAllowed, Conflict while a job is at the draft, or Invalid by field as `set_limits` would.
    """
    _require_administrator(by)
    draft = draft_of(by) or LimitChange.objects.create(by=by, begun_at=now)
    draft = _still_editable(draft)
    values = {
        "acknowledge_minutes": acknowledge_minutes,
        "resolve_minutes": resolve_minutes,
        "hours": hours,
        "withdrawn": withdrawn,
    }
    draft.edits.update_or_create(department=department, category=category, urgency=urgency, defaults=values)
    _try_out(draft, by, now)
    return _back_to_draft(draft)


@transaction.atomic
def drop_edit(*, edit: LimitEdit, by: Staff) -> LimitChange:
    """Take a cell out of the draft. Raises NotAllowed or Conflict."""
    draft = _own(edit.change, by)
    edit.delete()
    return _back_to_draft(draft)


@transaction.atomic
def request_preview(
    *, change: LimitChange, effective_from: dt.datetime | None, include_open: bool, by: Staff, now: dt.datetime
) -> LimitChange:
    """Have a job tell what the draft would do to the open clocks. Raises NotAllowed, Conflict, or Invalid for a past date."""
    draft = _own(change, by)
    if effective_from and effective_from < now:
        raise Invalid(effective_from=_("Choose a time in the future, or leave it empty for at once."))
    if not draft.edits.exists():
        raise Conflict(_("Nothing has been changed yet."))
    draft.effective_from, draft.include_open = effective_from, include_open
    _try_out(draft, by, now)
    return _begin(draft, ChangeState.PREVIEWING, "workorders.preview_limits")


@transaction.atomic
def request_apply(*, change: LimitChange, by: Staff) -> LimitChange:
    """Have a job apply what was previewed. Raises NotAllowed, or Conflict where no preview of this draft has been seen."""
    draft = _own(change, by)
    if draft.state != ChangeState.PREVIEWED:
        raise Conflict(_("Preview the change first."))
    return _begin(draft, ChangeState.APPLYING, "workorders.apply_limits")


def run_preview(*, change: LimitChange, now: dt.datetime) -> LimitChange:
    """Count, batch by batch, what the draft would do; nothing but the draft's own figures changes."""
    if change.state != ChangeState.PREVIEWING:
        return change
    at = max(change.effective_from or now, now)
    rows = [edit.limit for edit in change.edits.select_related("department__calendar", "category")]
    targeting = by_limits(RuleBook.read(at), RuleBook.read(at, plus=rows))
    impact, pks = Impact(), _open_tickets()
    for batch in batched(pks, BATCH, strict=False):
        preview(tickets=batch, targeting=targeting, now=now, into=impact)
        change.done, change.total = change.done + len(batch), len(pks)
        change.save(update_fields=["done", "total"])
    change.state, change.impact = ChangeState.PREVIEWED, asdict(impact)
    change.save(update_fields=["state", "impact"])
    return change


def run_apply(*, change: LimitChange, now: dt.datetime) -> LimitChange:
    """Save the limits, then move the open clocks where that was chosen; a job that died goes on where it was."""
    if change.state != ChangeState.APPLYING:
        return change
    try:
        change = _save_limits(change, now)
    except DomainError as error:
        reasons = error.errors.values() if isinstance(error, Invalid) else [error.detail]
        change.state, change.problem = ChangeState.DRAFT, " ".join(map(str, reasons))
        change.save(update_fields=["state", "problem"])
        return change
    at = max(change.effective_from or now, now)
    targeting = by_limits(RuleBook.read(at, without=frozenset(change.limits)), RuleBook.read(at))
    impact = Impact(**change.impact)
    pks = _open_tickets(after=change.last_ticket) if change.include_open else []
    for batch in batched(pks, BATCH, strict=False):
        with transaction.atomic():
            data: Data = {"change": change.pk}
            recalculate(tickets=batch, targeting=targeting, data=data, by=change.by, now=now, into=impact)
            change.done, change.last_ticket, change.impact = change.done + len(batch), batch[-1], asdict(impact)
            change.save(update_fields=["done", "last_ticket", "impact"])
    return _finish(change, now)


@transaction.atomic
def _save_limits(change: LimitChange, now: dt.datetime) -> LimitChange:
    change = lock_change(change.pk)
    if change.limits:
        return change
    limits = [edit.limit for edit in change.edits.select_related("department__calendar", "category")]
    for limit in limits:
        limit.effective_from = change.effective_from or now
    change.limits = [limit.pk for limit in set_limits(limits=limits, by=change.by, now=now)]
    change.impact, change.done = asdict(Impact()), 0
    change.total = len(_open_tickets()) if change.include_open else 0
    change.save()
    return change


@transaction.atomic
def _finish(change: LimitChange, now: dt.datetime) -> LimitChange:
    change.state, change.applied_at = ChangeState.APPLIED, now
    change.save(update_fields=["state", "applied_at"])
    data = {"limits": list(change.limits), "open": change.include_open, "breaching": change.impact["breaching"]}
    record(f"limitchange:{change.pk}", "limitchange.apply", by=change.by, at=now, data=data)
    return change


def _open_tickets(after: int = 0) -> Sequence[int]:
    return list(Ticket.objects.filter(state__in=TicketState.OPEN, pk__gt=after).order_by("pk").values_list("pk", flat=True))


def _begin(draft: LimitChange, state: str, task: str) -> LimitChange:
    draft.state, draft.done, draft.total, draft.problem = state, 0, 0, ""
    draft.save()
    app.configure_task(task).defer(change_id=draft.pk)
    return draft


def _require_administrator(by: Staff) -> None:
    if not policies.may_edit_limits(by):
        raise NotAllowed(_("Only administrators change limits."))


def _own(change: LimitChange, by: Staff) -> LimitChange:
    _require_administrator(by)
    if change.by_id != by.pk:
        raise NotAllowed(_("This draft is another administrator's."))
    return _still_editable(change)


def _still_editable(change: LimitChange) -> LimitChange:
    change = lock_change(change.pk)
    if change.is_working or change.state == ChangeState.APPLIED:
        raise Conflict(_("The change is being worked on; please wait until that is done."))
    return change


def _back_to_draft(draft: LimitChange) -> LimitChange:
    draft.state, draft.impact, draft.problem = ChangeState.DRAFT, {}, ""
    draft.save()
    return draft


def _try_out(draft: LimitChange, by: Staff, now: dt.datetime) -> None:
    """Raise what `set_limits` would raise for the whole draft, and leave nothing behind."""
    limits: list[OlaRule] = [edit.limit for edit in draft.edits.select_related("department__calendar", "category")]
    for limit in limits:
        limit.effective_from = draft.effective_from or now
    with transaction.atomic():
        set_limits(limits=limits, by=by, now=now)
        transaction.set_rollback(True)
