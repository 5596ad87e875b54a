"""How an incident ends: answered, called off, or joined with another; whichever way the master ticket goes, nobody is lost.

Answered, each complaint that was merged has the answer in its own record and awaits its callback: the customers drawn are
called, the others get an SMS and, like anybody who says nothing, are closed after three days.
"""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from procrastinate.contrib.django import app

from complaints import policies
from complaints.actions.incidents import BATCH, take_out
from complaints.actions.messaging import queue_message
from complaints.enums import Ending
from complaints.models import Incident, IncidentLink
from complaints.queries.incidents import merged_links, running, unanswered_links, without_master
from complaints.sampling import sampled
from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.record import record
from organization.models import Staff
from workorders.actions.closing import answer as answer_customer
from workorders.actions.closing import answer_merged, close
from workorders.actions.noting import add_note
from workorders.enums import Channel, TicketState
from workorders.locking import lock_ticket, lock_tickets
from workorders.models import Ticket

CLOSED_WITH = gettext_noop("The incident is over; every linked complaint gets its answer.")
CALLED_OFF = gettext_noop("The incident was called off.")
#: The departments have finished; where their reply went out as the answer, the customers of the incident still wait for it.
FINISHED = (TicketState.AWAITING_REPLY, TicketState.AWAITING_CALLBACK)


@transaction.atomic
def end_incident(*, incident: Incident, answer: str, sample_percent: int | None = None, by: Staff, now: dt.datetime) -> Incident:
    """Answer once for all (批量回复): close the master, and have a job write the answer to every linked complaint.

    `sample_percent` of the customers in each region are called back; None is what the alert's rule says.
    Raises NotAllowed, Conflict while the departments have not finished or when it is over, or Invalid without an answer.
    """
    if not policies.may_run_incident(by, incident.alert):
        raise NotAllowed(_("Incidents are run by the complaint centre."))
    master = lock_ticket(incident.ticket_id)
    current = running().select_related("alert__rule").filter(pk=incident.pk).first()
    if current is None:
        raise Conflict(_("This incident is over."))
    if not answer.strip():
        raise Invalid(answer=_("Write what the customers are told."))
    if master.state not in FINISHED:
        raise Conflict(_("The departments have not finished: %(ticket)s is %(state)s.") % {
            "ticket": master, "state": master.get_state_display(),
        })  # fmt: skip
    _answered(current, answer, sample_percent, by=by, now=now)
    system = Staff.objects.system()
    if master.state == TicketState.AWAITING_REPLY:
        master = answer_customer(ticket=master, text=answer, by=system, now=now)
    close(ticket=master, reason=CLOSED_WITH, by=system, now=now)
    return current


@transaction.atomic
def end_with_master(*, ticket: Ticket, by: Staff, now: dt.datetime) -> Incident | None:
    """End the incident whose master ticket has come to its end in another way; None where it is no master.

    Closed: its answer is everybody's. Cancelled: the incident is called off, the complaints go their own way. Merged into the
    master of another incident: the complaints are that one's. The caller has locked the ticket.
    Raises Conflict where a master is merged into anything else.
    """
    incident = running().select_related("alert__rule").filter(ticket=ticket).first() if ticket.channel == Channel.STAFF else None
    if incident is None:
        return None
    if ticket.state == TicketState.CLOSED:
        _answered(incident, ticket.answer, None, by=by, now=now)
    elif ticket.state == TicketState.CANCELLED:
        _over(incident, Ending.CALLED_OFF, by=by, now=now)
    else:
        _join(incident, ticket, by=by, now=now)
    return incident


@transaction.atomic
def end_overlooked(*, now: dt.datetime) -> int:
    """End the incidents whose master came to its end before this was seen to; return how many."""
    tickets = list(without_master())
    for ticket in tickets:
        end_with_master(ticket=lock_ticket(ticket.pk), by=Staff.objects.system(), now=now)
    return len(tickets)


def _join(incident: Incident, ticket: Ticket, *, by: Staff, now: dt.datetime) -> None:
    other = running().filter(ticket=ticket.merged_into_id).first()
    if other is None:
        raise Conflict(_("%(ticket)s carries an incident: end the incident, or merge it into the master of another.") % {
            "ticket": ticket,
        })  # fmt: skip
    incident.links.update(incident=other)
    _over(incident, Ending.JOINED, by=by, now=now, into=other.ticket.number)


def _answered(incident: Incident, answer: str, percent: int | None, *, by: Staff, now: dt.datetime) -> None:
    """End the incident with an answer, and draw whose customers are called back."""
    incident.answer, incident.seed = answer, f"{incident.ticket.number}:{now.isoformat()}"
    incident.sample_percent = incident.alert.rule.callback_percent if percent is None else percent
    merged = merged_links(incident)
    cases = merged.values_list("complaint__ticket__number", "complaint__ticket__region").order_by()
    drawn = sampled(cases, percent=incident.sample_percent, seed=incident.seed)
    IncidentLink.objects.filter(pk__in=list(merged.values_list("pk", flat=True))).update(is_sampled=False)
    incident.links.filter(is_sampled=False, complaint__ticket__number__in=drawn).update(is_sampled=True)
    _over(incident, Ending.ANSWERED, by=by, now=now, answer=answer, sampled=len(drawn))


def _over(incident: Incident, ending: str, *, by: Staff, now: dt.datetime, **said: str | int) -> None:
    incident.ending, incident.ended_by, incident.ended_at = ending, by, now
    incident.save(update_fields=["ending", "ended_by", "ended_at", "answer", "seed", "sample_percent"])
    record(incident.alert.stream, "alert.incident_end", by=by, at=now, data={"ending": ending, **said})
    app.configure_task("complaints.answer_incident", lock=f"incident:{incident.pk}").defer(incident=incident.pk)


@transaction.atomic
def tell_linked(*, incident: Incident, now: dt.datetime) -> int:
    """Bring an incident's end to a batch of its complaints, each in its own journal; return how many.

    With its answer, or where it was called off, with a flow of their own.
    """
    pks = list(unanswered_links(incident).values_list("pk", flat=True)[:BATCH])
    tickets = lock_tickets(pks)
    # Read anew under the locks: another job may have told some of them meanwhile.
    found = list(unanswered_links(incident).filter(pk__in=pks))
    merged = set(merged_links(incident).filter(pk__in=tickets).values_list("pk", flat=True))
    for each in found:
        each.complaint.ticket = tickets[each.pk]
        if incident.ending == Ending.ANSWERED:
            _tell(each, incident, is_merged=each.pk in merged, now=now)
        else:
            take_out(each, tickets[each.pk], CALLED_OFF, by=Staff.objects.system(), now=now)
    return len(pks)


def _tell(link: IncidentLink, incident: Incident, *, is_merged: bool, now: dt.datetime) -> None:
    """Write the answer to a complaint; its customer hears it unless they are called back, or had an answer of their own."""
    system, ticket = Staff.objects.system(), link.complaint.ticket
    if is_merged:
        answer_merged(ticket=ticket, text=incident.answer, by=system, now=now)
    else:
        add_note(ticket=ticket, text=incident.answer, vouched=True, by=system, now=now)
    link.answered_at = now
    link.save(update_fields=["answered_at"])
    if is_merged and not link.is_sampled:
        with override(settings.LANGUAGE_CODE):
            text = _("Dear customer, on your complaint %(number)s: %(answer)s If anything is still wrong, please call us.") % {
                "number": ticket.number, "answer": incident.answer,
            }  # fmt: skip
        queue_message(complaint=link.complaint, key=f"incident:{incident.pk}", text=text, now=now)
