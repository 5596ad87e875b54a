"""Callbacks (回访): did the answer help? Satisfied closes, not satisfied has the work done anew."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from complaints.enums import CallbackOutcome, Satisfaction
from complaints.models import Callback, Complaint
from complaints.queries.callbacks import TRY_AGAIN_AFTER
from foundation import transaction
from foundation.errors import Invalid
from organization.models import Staff
from workorders import policies
from workorders.actions.closing import MAX_ROUNDS, close, redispatch
from workorders.actions.steps import conflicts, note
from workorders.enums import TicketState
from workorders.locking import lock_ticket
from workorders.models import Ticket

#: After this many attempts without an answer the ticket is closed, and says so.
MAX_ATTEMPTS = 3

#: A customer who cannot be asked within this long, in natural time, is not asked any more (rule 19).
CALL_WITHIN = dt.timedelta(days=3)

#: Reasons for closing, kept in the event in English and shown in the reader's language.
SATISFIED = gettext_noop("The customer is satisfied.")
UNREACHED = gettext_noop("Three attempts without an answer.")
REFUSED = gettext_noop("The customer declined to answer.")
UNCALLED = gettext_noop("No answer within three days of the reply.")
TO_MEETING = gettext_noop("Not satisfied after two further rounds; listed for the joint meeting.")


@transaction.atomic
def record_callback(
    *,
    complaint: Complaint,
    outcome: str,
    satisfaction: int | None = None,
    solved: bool | None = None,
    remark: str = "",
    by: Staff,
    now: dt.datetime,
) -> Callback:
    """Record one attempt and do what follows from it; the ticket's new state tells what that was.

    Reached, solved and at least fairly satisfied closes; otherwise the responsible department gets it again with the
    reason, at most twice. A refusal, or the third attempt without an answer, closes.
    Raises NotAllowed, Conflict when the ticket no longer awaits a callback, or Invalid by field.
    """
    ticket = lock_ticket(complaint.pk)
    policies.require(by, "call_back", ticket)
    if ticket.state != TicketState.AWAITING_CALLBACK:
        with conflicts(ticket):
            ticket.close(at=now)
    _check(outcome, satisfaction, solved, remark)
    if outcome == CallbackOutcome.NO_ANSWER:
        _leave_in_peace(complaint, ticket, now)
    callback = Callback.objects.create(
        complaint=complaint,
        round=ticket.round,
        attempt=_attempts(complaint, ticket) + 1,
        outcome=outcome,
        satisfaction=satisfaction,
        solved=solved,
        remark=remark,
        by=by,
        at=now,
    )
    data = {"outcome": outcome, "satisfaction": satisfaction, "solved": solved, "remark": remark, "attempt": callback.attempt}
    note(ticket, "callback", by=by, now=now, data=data)
    _follow(complaint, ticket, callback, by=by, now=now)
    return callback


@transaction.atomic
def close_unanswered(*, complaint: Complaint, now: dt.datetime) -> None:
    """Close, in the system's name, what has awaited a callback for three days. Raises Conflict when it no longer does."""
    close(ticket=complaint.ticket, reason=UNCALLED, by=Staff.objects.system(), now=now)


def is_satisfied(callback: Callback) -> bool:
    """Tell whether the customer calls the matter solved and is at least fairly satisfied (3 of 5)."""
    return bool(callback.solved) and (callback.satisfaction or 0) >= Satisfaction.ACCEPTABLE


def _leave_in_peace(complaint: Complaint, ticket: Ticket, now: dt.datetime) -> None:
    """Refuse to count another attempt without an answer within two hours of the last (rule 18)."""
    last = complaint.callbacks.filter(round=ticket.round, at__gt=now - TRY_AGAIN_AFTER).order_by("-attempt").first()
    if last is not None:
        at, again = (date_format(timezone.localtime(each), "H:i") for each in (last.at, last.at + TRY_AGAIN_AFTER))
        raise Invalid(outcome=_("No answer at %(at)s; the next attempt counts from %(again)s.") % {"at": at, "again": again})


def _attempts(complaint: Complaint, ticket: Ticket) -> int:
    return complaint.callbacks.filter(round=ticket.round).count()


def _follow(complaint: Complaint, ticket: Ticket, callback: Callback, *, by: Staff, now: dt.datetime) -> None:
    match callback.outcome:
        case CallbackOutcome.REACHED if is_satisfied(callback):
            close(ticket=ticket, reason=SATISFIED, by=by, now=now)
        case CallbackOutcome.REACHED if ticket.round >= MAX_ROUNDS:
            complaint.for_joint_meeting = True
            complaint.save(update_fields=["for_joint_meeting"])
            close(ticket=ticket, reason=TO_MEETING, by=by, now=now)
        case CallbackOutcome.REACHED:
            redispatch(ticket=ticket, reason=callback.remark, by=by, now=now)
        case CallbackOutcome.REFUSED:
            close(ticket=ticket, reason=REFUSED, by=by, now=now)
        case _ if callback.attempt >= MAX_ATTEMPTS:
            close(ticket=ticket, reason=UNREACHED, by=by, now=now)


def _check(outcome: str, satisfaction: int | None, solved: bool | None, remark: str) -> None:  # noqa: FBT001 -- the customer's yes or no
    if outcome != CallbackOutcome.REACHED:
        if satisfaction is not None or solved is not None:
            raise Invalid(outcome=_("Only a customer who was reached can have answered."))
        return
    if solved is None:
        raise Invalid(solved=_("Ask whether the matter is solved."))
    if satisfaction is None:
        raise Invalid(satisfaction=_("Ask how satisfied the customer is."))
    if (not solved or satisfaction < Satisfaction.ACCEPTABLE) and not remark.strip():
        raise Invalid(remark=_("Write what the customer is not satisfied with; the department will read it."))
