"""Quality review of replies (质检): approve, or send back with defects."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid
from organization.models import Staff
from workorders import effects, policies
from workorders.actions import telling
from workorders.actions.settling import settle
from workorders.actions.steps import advance
from workorders.enums import ClockKind
from workorders.locking import lock_order
from workorders.models import WorkOrder
from workorders.targets import REWORK_GRACE


@transaction.atomic
def approve(*, order: WorkOrder, by: Staff, now: dt.datetime) -> WorkOrder:
    """Pass the reply; when the last one passes, the ticket awaits the reply to the customer. Raises NotAllowed or Conflict."""
    order = lock_order(order.pk)
    policies.require(by, "approve", order)
    advance(order, "approve", by=by, now=now, data={"sampled": True}, at=now)
    settle(order.ticket, by=by, now=now)
    return order


@transaction.atomic
def send_back(*, order: WorkOrder, defects: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Send the reply back for rework: the resolve clock goes on with what was left.

    The first time, a department that had answered in time gets two hours at the least (rule 16).
    Raises NotAllowed, Conflict, or Invalid without the defects.
    """
    order = lock_order(order.pk)
    policies.require(by, "send_back", order)
    if not defects.strip():
        raise Invalid(defects=_("Write what is wrong with the reply."))
    grace = 0 if order.send_back_count else int(REWORK_GRACE.total_seconds() // 60)
    clocks = {ClockKind.RESOLVE: effects.reopen(grace)}
    advance(order, "send_back", by=by, now=now, clocks=clocks, data={"defects": defects})
    telling.sent_back(order, defects, by=by, now=now)
    settle(order.ticket, by=by, now=now)
    return order
