"""Over-the-head complaints (越级投诉): entering their papers, and saying whether we were at fault."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import policies
from complaints.enums import Fault
from complaints.models import Complaint, OverHead
from foundation import transaction
from foundation.durations import DAY, midnight
from foundation.errors import Conflict, Invalid, NotAllowed
from organization.calendars import statutory_deadline
from organization.models import Staff
from workorders.actions.filing import STATUTORY_DAYS
from workorders.actions.steps import note
from workorders.enums import Channel
from workorders.locking import lock_ticket
from workorders.models import Ticket


@transaction.atomic
def enter_overhead(
    *,
    complaint: Complaint,
    document: str,
    wanted_on: dt.date | None = None,
    earlier: Complaint | None = None,
    by: Staff,
    now: dt.datetime,
) -> OverHead:
    """Enter the letter's number, the day by which the answer is wanted, and the earlier complaint of the same customer.

    Raises NotAllowed, Conflict once the liability is decided, or Invalid by field.
    """
    ticket = lock_ticket(complaint.pk)
    if not policies.may_enter_overhead(by):
        raise NotAllowed
    if ticket.channel not in Channel.OVERHEAD:
        raise Conflict(_("This complaint did not come over our head."))
    if earlier and (earlier.customer_id != complaint.customer_id or earlier.pk >= complaint.pk):
        raise Invalid(earlier=_("Choose an earlier complaint of the same customer."))
    kept = OverHead.objects.filter(pk=complaint.pk).first() or OverHead(complaint=complaint)
    if kept.decided_by_id:
        raise Conflict(_("The liability is decided already."))
    kept.document, kept.wanted_on, kept.earlier = document, wanted_on, earlier
    return keep_papers(kept, ticket, by=by, now=now)


def keep_papers(kept: OverHead, ticket: Ticket, *, by: Staff, now: dt.datetime) -> OverHead:
    """Save the papers of a locked or new ticket, and let no extension or hold reach past the day on the letter.

    Raises Invalid for a day before the complaint came in.
    """
    if kept.wanted_on and kept.wanted_on < timezone.localdate(ticket.filed_at):
        raise Invalid(wanted_on=_("This day is before the complaint came in."))
    kept.save()
    ticket.statutory_at = hard_stop(ticket, kept.wanted_on)
    ticket.save(update_fields=["statutory_at"])
    told = {"document": kept.document, "wanted_on": str(kept.wanted_on or ""), "earlier": kept.earlier_id}
    note(ticket, "enter_overhead", by=by, now=now, data=told)
    return kept


def end_of(day: dt.date) -> dt.datetime:
    """Return the last second of the day on a letter."""
    return midnight(day + DAY) - dt.timedelta(seconds=1)


def hard_stop(ticket: Ticket, wanted_on: dt.date | None) -> dt.datetime:
    """Return the instant beyond which nothing is put off: the regulator's date, else the statutory one or an earlier letter's.

    Source: domain.md section 4, the column "hard stop".
    """
    statutory = statutory_deadline(ticket.filed_at, STATUTORY_DAYS)
    if wanted_on is None:
        return statutory
    letter = end_of(wanted_on)
    return letter if ticket.channel == Channel.REGULATOR else min(statutory, letter)


@transaction.atomic
def decide_fault(*, complaint: Complaint, fault: str, reason: str, by: Staff, now: dt.datetime) -> OverHead:
    """Say whether we were at fault (有责 or 无责); said once, with its reason.

    Raises NotAllowed, Conflict where somebody has said so before, or Invalid by field.
    """
    ticket = lock_ticket(complaint.pk)
    if not policies.may_decide_fault(by, complaint):
        raise NotAllowed(_("The liability is decided by the duty officer or the supervision officer, never by who handled it."))
    if ticket.channel not in Channel.OVERHEAD:
        raise Conflict(_("This complaint did not come over our head."))
    if fault not in Fault.values:
        raise Invalid(fault=_("Choose whose fault it was."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    kept = OverHead.objects.filter(pk=complaint.pk).select_related("decided_by").first() or OverHead(complaint=complaint)
    if kept.decided_by:
        raise Conflict(_("%(name)s has decided it already.") % {"name": kept.decided_by})
    kept.fault, kept.reason, kept.decided_by, kept.decided_at = fault, reason, by, now
    kept.save()
    note(ticket, "decide_fault", by=by, now=now, data={"fault": fault, "reason": reason})
    return kept
