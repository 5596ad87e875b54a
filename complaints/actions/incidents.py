"""From alert to incident: one master ticket, one announcement, one answer; each complaint keeps its own record.

Linked complaints that are still open are merged into the master (rule 14): their legs are voided, so that the departments
are judged by the master's legs, once, and not a thousand times.
"""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from procrastinate.contrib.django import app

from complaints import policies
from complaints.enums import Outcome
from complaints.models import Alert, Complaint, Incident, IncidentLink
from complaints.queries.alerts import complaints_of
from complaints.queries.incidents import commonest_leaf
from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.record import record
from organization.models import Department, Staff
from workorders.actions.closing import answer as answer_customer
from workorders.actions.closing import close, merge
from workorders.actions.dispatching import dispatch
from workorders.actions.filing import file_ticket, prepare, submit
from workorders.actions.noting import add_note
from workorders.enums import Channel, TicketState, Urgency
from workorders.locking import lock_key
from workorders.models import Ticket

#: Complaints a transaction.
BATCH = 100
#: A complaint whose own answer is out waits for its callback as it is.
MERGED_FROM = tuple(state for state in TicketState.OPEN if state != TicketState.AWAITING_CALLBACK)
CLOSED_WITH = gettext_noop("The incident is over; every linked complaint gets its answer.")


@transaction.atomic
def open_incident(
    *, alert: Alert, lead: Department, announcement: str, expected_at: dt.datetime | None = None, by: Staff, now: dt.datetime
) -> Incident:
    """Turn an alert into an incident: file and dispatch the master ticket, and have a job link the complaints there are.

    Raises NotAllowed, Conflict where there is one, or Invalid by field.
    """
    if not policies.may_run_incidents(by):
        raise NotAllowed(_("Incidents are run by the complaint centre."))
    lock_key(f"incident:{alert.pk}")
    if Incident.objects.filter(alert=alert).exists():
        raise Conflict(_("This alert is an incident already."))
    if alert.merged_into_id or alert.outcome == Outcome.NOTHING:
        raise Conflict(_("This alert was found to be nothing, or is part of another one."))
    if not announcement.strip():
        raise Invalid(announcement=_("Write what agents tell the customers."))
    if expected_at and expected_at <= now:
        raise Invalid(expected_at=_("Choose a time in the future."))
    incident = Incident.objects.create(
        alert=alert,
        ticket=_master(alert, lead, announcement, now=now),
        category=alert.category,
        region=alert.region,
        announcement=announcement,
        expected_at=expected_at,
        opened_by=by,
        opened_at=now,
    )
    record(alert.stream, "alert.incident", by=by, at=now, data={"ticket": incident.ticket.number, "lead": lead.code})
    app.configure_task("complaints.link_incident", lock=f"incident:{incident.pk}").defer(incident=incident.pk)
    return incident


def _master(alert: Alert, lead: Department, announcement: str, *, now: dt.datetime) -> Ticket:
    system = Staff.objects.system()
    with override(settings.LANGUAGE_CODE):  # whatever language the opener reads, the ticket is everybody's
        subject = _("Incident: %(category)s, %(region)s") % {"category": alert.category, "region": alert.region}
    ticket = file_ticket(
        category=commonest_leaf(alert),
        channel=Channel.STAFF,
        urgency=Urgency.MAJOR,
        region=alert.region,
        subject=subject,
        description=announcement,
        filing_key=f"incident:{alert.pk}",
        by=system,
        now=now,
    )
    submit(ticket=ticket, by=system, now=now)
    prepare(ticket=ticket, by=system, now=now)
    dispatch(ticket=ticket, lead=lead, assists=[], by=system, now=now)
    return ticket


@transaction.atomic
def link_present(*, incident: Incident, now: dt.datetime) -> int:
    """Link the complaints of the incident's alert that are not linked yet, at most a batch; return how many."""
    rows = complaints_of(incident.alert).filter(incident_link=None).exclude(pk=incident.ticket_id)
    found = list(rows.select_related("ticket").order_by("pk")[:BATCH])
    for complaint in found:
        link(complaint=complaint, incident=incident, now=now)
    return len(found)


@transaction.atomic
def link(*, complaint: Complaint, incident: Incident, now: dt.datetime) -> IncidentLink:
    """Handle a complaint under the incident: what is open is merged into the master, what is done stays as it is."""
    found = IncidentLink.objects.create(complaint=complaint, incident=incident, linked_at=now)
    master = Ticket.objects.get(pk=incident.ticket_id)
    if complaint.ticket.state in MERGED_FROM and master.is_open:
        complaint.ticket = merge(ticket=complaint.ticket, into=master, vouched=True, by=Staff.objects.system(), now=now)
    return found


@transaction.atomic
def end_incident(*, incident: Incident, answer: str, by: Staff, now: dt.datetime) -> Incident:
    """Answer once for all (批量回复): close the master, and have a job write the answer to every linked complaint.

    Raises NotAllowed, Conflict while the departments have not finished or when it is over, or Invalid without an answer.
    """
    if not policies.may_run_incidents(by):
        raise NotAllowed(_("Incidents are run by the complaint centre."))
    lock_key(f"incident:{incident.alert_id}")
    incident.refresh_from_db()
    if incident.ended_at:
        raise Conflict(_("This incident is over."))
    if not answer.strip():
        raise Invalid(answer=_("Write what the customers are told."))
    master = Ticket.objects.get(pk=incident.ticket_id)
    if master.state != TicketState.AWAITING_REPLY:
        raise Conflict(_("The departments have not finished: %(ticket)s is %(state)s.") % {
            "ticket": master, "state": master.get_state_display(),
        })  # fmt: skip
    system = Staff.objects.system()
    master = answer_customer(ticket=master, text=answer, by=system, now=now)
    close(ticket=master, reason=CLOSED_WITH, by=system, now=now)
    incident.answer, incident.ended_by, incident.ended_at = answer, by, now
    incident.save(update_fields=["answer", "ended_by", "ended_at"])
    record(incident.alert.stream, "alert.incident_end", by=by, at=now, data={"answer": answer})
    app.configure_task("complaints.answer_incident", lock=f"incident:{incident.pk}").defer(incident=incident.pk)
    return incident


@transaction.atomic
def answer_linked(*, incident: Incident, now: dt.datetime) -> int:
    """Write the answer to a batch of linked complaints that have none, in each one's own journal; return how many."""
    rows = incident.links.filter(answered_at=None).select_related("complaint__ticket").order_by("pk")[:BATCH]
    found = list(rows)
    for each in found:
        ticket = each.complaint.ticket
        add_note(ticket=ticket, text=incident.answer, vouched=True, by=Staff.objects.system(), now=now)
    IncidentLink.objects.filter(pk__in=[each.pk for each in found]).update(answered_at=now)
    return len(found)
