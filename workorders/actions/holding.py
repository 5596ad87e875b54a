"""Holds (挂起): a wait with a reason, evidence and an end, asked for by the handler, approved by the contact or head."""

import datetime as dt

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from organization.models import Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.settling import settle
from workorders.actions.steps import acknowledgement, advance, conflicts, note
from workorders.enums import ClockKind, OrderState
from workorders.locking import lock_order
from workorders.models import Hold, WorkOrder

#: An order waits at most this long in all, in natural time (rule 12).
MAX_WAIT = dt.timedelta(hours=72)


@transaction.atomic
def request_hold(
    *,
    order: WorkOrder,
    reason: str,
    evidence: str,
    until: dt.datetime,
    by: Staff,
    now: dt.datetime,
) -> WorkOrder:
    """Ask that the order may wait. Asked by the contact or head it takes effect at once, else when one of them approves.

    `until` is an aware instant. Raises NotAllowed, Conflict, or Invalid for a past or too distant end or no evidence.
    """
    order = lock_order(order.pk)
    policies.require(by, "request_hold", order)
    if order.state not in {OrderState.ACCEPTED, OrderState.REWORK}:
        with conflicts(order):
            order.hold()
    _check(order, evidence, until, now)
    if order.holds.filter(ended_at=None).exists():
        raise Conflict(_("A hold has been requested already."))
    Hold.objects.create(
        order=order,
        reason=reason,
        evidence=evidence,
        until=until,
        requested_by=by,
        requested_at=now,
    )
    data = {"reason": reason, "evidence": evidence, "until": until.isoformat()}
    note(order, "request_hold", by=by, now=now, clocks=acknowledgement(order, by), data=data)
    if policies.may(by, "approve_hold", order):
        _start(order, by, now)
    else:
        telling.hold_requested(order, until, by=by, now=now)
    return order


@transaction.atomic
def approve_hold(*, order: WorkOrder, by: Staff, now: dt.datetime) -> WorkOrder:
    """Let the order wait: its resolve clock pauses. Nobody approves their own request. Raises NotAllowed or Conflict."""
    order = lock_order(order.pk)
    policies.require(by, "approve_hold", order)
    if _pending(order).requested_by_id == by.pk:
        raise NotAllowed(_("Nobody approves their own request."))
    _start(order, by, now)
    return order


@transaction.atomic
def refuse_hold(*, order: WorkOrder, by: Staff, now: dt.datetime) -> WorkOrder:
    """Refuse the wait; the clock has run on. Raises NotAllowed or Conflict."""
    order = lock_order(order.pk)
    policies.require(by, "refuse_hold", order)
    hold = _pending(order)
    hold.decided_by, hold.ended_at = by, now
    hold.save()
    telling.hold_refused(order, hold.requested_by, by=by, now=now)
    return note(order, "refuse_hold", by=by, now=now)


@transaction.atomic
def resume(*, order: WorkOrder, by: Staff, now: dt.datetime) -> WorkOrder:
    """End the wait; the resolve clock goes on with what was left. Raises NotAllowed or Conflict."""
    order = lock_order(order.pk)
    policies.require(by, "resume", order)
    advance(order, "resume", by=by, now=now, clocks={ClockKind.RESOLVE: effects.RESUME})
    order.holds.filter(ended_at=None).update(ended_at=now)
    settle(order.ticket, by=by, now=now)
    return order


def _pending(order: WorkOrder) -> Hold:
    hold = order.holds.filter(ended_at=None, started_at=None).select_related("requested_by").first()
    if hold is None:
        raise Conflict(_("No hold is waiting for a decision."))
    return hold


def _start(order: WorkOrder, by: Staff, now: dt.datetime) -> None:
    hold = _pending(order)
    hold.decided_by, hold.started_at = by, now
    hold.save()
    advance(order, "hold", by=by, now=now, clocks={ClockKind.RESOLVE: effects.PAUSE}, data={"reason": hold.reason})
    settle(order.ticket, by=by, now=now)


def time_left(order: WorkOrder) -> dt.timedelta:
    """Return for how long the order may still wait, in natural time; the wait that goes on now is not counted."""
    ended = order.holds.filter(started_at__isnull=False)
    waited = ended.aggregate(total=Sum(F("ended_at") - F("started_at")))["total"] or dt.timedelta()
    return max(dt.timedelta(), MAX_WAIT - waited)


def _check(order: WorkOrder, evidence: str, until: dt.datetime, now: dt.datetime) -> None:
    if not evidence.strip():
        raise Invalid(evidence=_("Give the proof: who was contacted, when, and what is awaited."))
    if until <= now:
        raise Invalid(until=_("Choose a time in the future."))
    left = time_left(order)
    if until - now > left:
        raise Invalid(until=_("An order may wait 72 hours in all; %(hours)d are left.") % {"hours": left.total_seconds() // 3600})
