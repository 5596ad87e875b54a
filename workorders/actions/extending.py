"""More time (延期, rule 11): asked for before the deadline with proof, decided by the internal client or the centre."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from journal.types import Data
from organization.models import Staff
from organization.queries.calendars import working_calendar
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.steps import acknowledgement, note
from workorders.clocks import extended
from workorders.enums import ClockKind, Decision, OrderState
from workorders.locking import lock_order
from workorders.models import Clock, Extension, WorkOrder
from workorders.models.extension import MAX_EXTENSIONS

ACTING = (OrderState.ACCEPTED, OrderState.REWORK)


@transaction.atomic
def request_extension(
    *,
    order: WorkOrder,
    until: dt.datetime,
    reason: str,
    evidence: str,
    contact: str,
    customer_agreed: bool = False,
    by: Staff,
    now: dt.datetime,
) -> WorkOrder:
    """Ask that the leg be due at `until` (aware) instead; its clock runs on until somebody decides.

    Raises NotAllowed; Conflict when the deadline has passed, a request is pending or two were granted; Invalid for an
    end that is too early or too late, and for a missing reason, proof or interim contact.
    """
    order = lock_order(order.pk)
    policies.require(by, "request_extension", order)
    clock = _running_clock(order)
    due_at = _check_possible(order, clock, now)
    _check_said(reason=reason, evidence=evidence, contact=contact)
    extra = _checked_extra(order, clock, due_at, until)
    Extension.objects.create(
        order=order,
        reason=reason,
        evidence=evidence,
        contact=contact,
        customer_agreed=customer_agreed,
        due_before=due_at,
        until=until,
        extra=extra,
        requested_by=by,
        requested_at=now,
    )
    data: Data = {"reason": reason, "evidence": evidence, "contact": contact, "customer_agreed": customer_agreed}
    data["until"] = until.isoformat()
    note(order, "request_extension", by=by, now=now, clocks=acknowledgement(order, by), data=data)
    telling.extension_requested(order, until, by=by, now=now)
    return order


@transaction.atomic
def grant_extension(*, order: WorkOrder, decision_reason: str = "", by: Staff, now: dt.datetime) -> WorkOrder:
    """Grant the time asked for: the leg's deadline moves, the original one stays on record.

    The promise to the customer moves by as much only where the customer agreed. Counted from the instant it was asked,
    so that a slow decision does not make the department late. Raises NotAllowed or Conflict.
    """
    order = lock_order(order.pk)
    policies.require(by, "grant_extension", order)
    request, clock = _pending(order), _running_clock(order)
    moved = extended(clock.state, working_calendar(clock.calendar, clock.calendar_revision), request.extra, request.requested_at)
    if moved.due_at and moved.due_at > order.ticket.statutory_at:
        raise Conflict(_("With this extension the order would be due after the statutory date."))
    _decide(request, Decision.GRANTED, decision_reason, by, now)
    order.extension_count += 1
    order.original_due_at = order.original_due_at or clock.due_at
    effect = effects.extend(request.extra, request.requested_at)
    data = {"reason": decision_reason, "before": _iso(clock.due_at), "after": _iso(moved.due_at)}
    note(order, "grant_extension", by=by, now=now, clocks={ClockKind.RESOLVE: effect}, data=data)
    if request.customer_agreed:
        natural = effects.extend(request.until - request.due_before, request.requested_at)
        note(order.ticket, "extend", by=by, now=now, clocks={ClockKind.OVERALL: natural}, data={"text": request.contact})
    telling.extension_decided(order, "granted", by=by, now=now, until_at=_iso(moved.due_at) or "")
    return order


@transaction.atomic
def refuse_extension(*, order: WorkOrder, decision_reason: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Refuse the time asked for; the clock has run on. Raises NotAllowed, Conflict, or Invalid without a reason."""
    order = lock_order(order.pk)
    policies.require(by, "refuse_extension", order)
    request = _pending(order)
    if not decision_reason.strip():
        raise Invalid(decision_reason=_("Give the reason."))
    _decide(request, Decision.REFUSED, decision_reason, by, now)
    note(order, "refuse_extension", by=by, now=now, data={"reason": decision_reason})
    telling.extension_decided(order, "refused", by=by, now=now, reason=decision_reason)
    return order


def _iso(instant: dt.datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _running_clock(order: WorkOrder) -> Clock:
    clock = order.clocks.select_related("calendar").filter(kind=ClockKind.RESOLVE).first()
    if clock is None:
        raise Conflict(_("Nothing was promised for this order, so that there is no deadline to move."))
    if order.state not in ACTING or clock.due_at is None:
        raise Conflict(_("The order is not being handled now, so that its deadline cannot move."))
    return clock


def _pending(order: WorkOrder) -> Extension:
    request = order.extensions.filter(decision=Decision.PENDING).first()
    if request is None:
        raise Conflict(_("No extension is waiting for a decision."))
    return request


def _decide(request: Extension, decision: str, reason: str, by: Staff, now: dt.datetime) -> None:
    request.decision, request.decision_reason, request.decided_by, request.decided_at = decision, reason, by, now
    request.save()


def _check_possible(order: WorkOrder, clock: Clock, now: dt.datetime) -> dt.datetime:
    """Return the present deadline, or raise a Conflict that says why it cannot move."""
    if clock.breached_at or clock.due_at is None or now > clock.due_at:
        raise Conflict(_("The deadline has passed; an extension is asked for before it."))
    if order.extension_count >= MAX_EXTENSIONS:
        raise Conflict(_("This order has been extended twice already."))
    if order.extensions.filter(decision=Decision.PENDING).exists():
        raise Conflict(_("An extension has been requested already."))
    return clock.due_at


def _check_said(**said: str) -> None:
    messages = {
        "reason": _("Give the reason."),
        "evidence": _("Give the facts that show why more time is needed."),
        "contact": _("Write when and how the customer was told that it takes longer."),
    }
    missing = {name: messages[name] for name, text in said.items() if not text.strip()}
    if missing:
        raise Invalid(**missing)


def _checked_extra(order: WorkOrder, clock: Clock, due_at: dt.datetime, until: dt.datetime) -> dt.timedelta:
    """Return the working time asked for, which with what was granted before is at most the limit once more."""
    if until <= due_at:
        raise Invalid(until=_("Choose a time after the present deadline."))
    if until > order.ticket.statutory_at:
        raise Invalid(until=_("The order must be done by the statutory date."))
    extra = working_calendar(clock.calendar, clock.calendar_revision).between(due_at, until)
    if extra <= dt.timedelta():
        raise Invalid(until=_("There is no working time between the present deadline and this one."))
    granted = sum((one.extra for one in order.extensions.filter(decision=Decision.GRANTED)), dt.timedelta())
    if granted + extra > clock.allowance - granted:
        raise Invalid(until=_("Extensions may at most double the limit; choose an earlier time."))
    return extra
