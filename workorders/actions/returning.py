"""Returns (退单): a department says an order is not its own, the duty officer rules. The clock runs on meanwhile."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from organization.models import Department, Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.settling import settle
from workorders.actions.steps import acknowledgement, advance
from workorders.enums import ClockKind, OrderRole, Ruling, Urgency
from workorders.locking import lock_order
from workorders.models import ReturnRequest, WorkOrder

#: Natural minutes after dispatch within which an order may be returned (domain rule 9).
RETURN_MINUTES = {Urgency.NORMAL: 120, Urgency.URGENT: 30, Urgency.MAJOR: 10}


def returnable_until(order: WorkOrder) -> dt.datetime:
    """Return the last instant at which the order may be returned (domain rule 9)."""
    return order.dispatched_at + dt.timedelta(minutes=RETURN_MINUTES[Urgency(order.ticket.urgency)])


@transaction.atomic
def request_return(
    *,
    order: WorkOrder,
    reason: str,
    evidence: str,
    proposed: Department | None = None,
    by: Staff,
    now: dt.datetime,
) -> WorkOrder:
    """Ask to be rid of the order, with a reason, evidence and, if known, whose it is.

    Raises NotAllowed, Conflict when the time to return has passed, or Invalid without evidence.
    """
    order = lock_order(order.pk)
    policies.require(by, "request_return", order)
    last = returnable_until(order)
    if now > last:
        at = date_format(timezone.localtime(last), "m-d H:i")
        raise Conflict(_("This order could be returned until %(at)s; please reply or transfer it.") % {"at": at})
    if not evidence.strip():
        raise Invalid(evidence=_("Give the facts that show it."))
    if proposed and proposed.pk == order.department_id:
        raise Invalid(proposed=_("Name another department than your own."))
    data = {"reason": reason, "evidence": evidence, "proposed": proposed.code if proposed else None}
    advance(order, "request_return", by=by, now=now, clocks=acknowledgement(order, by), data=data)
    ReturnRequest.objects.create(
        order=order,
        reason=reason,
        evidence=evidence,
        proposed=proposed,
        requested_by=by,
        requested_at=now,
    )
    telling.return_requested(order, evidence, by=by, now=now)
    return order


@transaction.atomic
def uphold_return(*, order: WorkOrder, ruling_reason: str = "", by: Staff, now: dt.datetime) -> WorkOrder:
    """Rule that the order was misdirected: it is void for every figure, and a lead's ticket awaits dispatch again."""
    order = lock_order(order.pk)
    policies.require(by, "uphold_return", order)
    clocks = {ClockKind.ACKNOWLEDGE: effects.STOP, ClockKind.RESOLVE: effects.STOP}
    advance(order, "uphold_return", by=by, now=now, clocks=clocks, data={"reason": ruling_reason}, at=now)
    _rule(order, Ruling.UPHELD, ruling_reason, by, now)
    if order.role == OrderRole.LEAD:
        advance(order.ticket, "lose_lead", by=by, now=now, clocks={ClockKind.OVERALL: effects.RESUME})
    else:
        settle(order.ticket, by=by, now=now)
    return order


@transaction.atomic
def deny_return(*, order: WorkOrder, ruling_reason: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Rule that the order stays: as if never returned, the time it took counts. Raises Invalid without a reason."""
    order = lock_order(order.pk)
    policies.require(by, "deny_return", order)
    if not ruling_reason.strip():
        raise Invalid(ruling_reason=_("Give the reason for the ruling."))
    advance(order, "deny_return", by=by, now=now, data={"reason": ruling_reason}, at=now)
    _rule(order, Ruling.DENIED, ruling_reason, by, now)
    telling.return_denied(order, ruling_reason, by=by, now=now)
    return order


def _rule(order: WorkOrder, ruling: str, reason: str, by: Staff, now: dt.datetime) -> None:
    order.returns.filter(ruling=Ruling.PENDING).update(ruling=ruling, ruling_reason=reason, ruled_by=by, ruled_at=now)
