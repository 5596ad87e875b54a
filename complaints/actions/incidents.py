"""From alert to incident: one master ticket, one announcement; each complaint keeps its own record.

Linked complaints that are still open are merged into the master (rule 14): their legs are voided, so that the departments
are judged by the master's legs, once, and not a thousand times. The master's lock stands for the incident: who links, takes
out or ends holds it. How an incident ends is `complaints.actions.ending`.
"""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from complaints import policies
from complaints.enums import Outcome
from complaints.models import Alert, Complaint, Incident, IncidentLink
from complaints.queries.incidents import MERGED_FROM, commonest_leaf, incident_for, running, to_link
from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.record import record
from organization.models import Department, Staff
from workorders.actions.closing import merge, unmerge
from workorders.actions.dispatching import dispatch
from workorders.actions.filing import file_ticket, prepare, submit
from workorders.enums import Channel, TicketState, Urgency
from workorders.locking import lock_key, lock_ticket, lock_tickets
from workorders.models import Ticket

#: Complaints a transaction.
BATCH = 100


@transaction.atomic
def open_incident(
    *, alert: Alert, lead: Department, announcement: str, expected_at: dt.datetime | None = None, by: Staff, now: dt.datetime
) -> Incident:
    """Turn an alert into an incident: file and dispatch the master ticket, and have a job link the complaints there are.

    Raises NotAllowed, Conflict where there is one, or Invalid by field.
    """
    if not policies.may_run_incident(by, alert):
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
    """Link the complaints that belong to the incident and are not linked yet, at most a batch; return how many were looked at.

    What happened to one of them since it was found is read under its lock: nobody who was faster is an error.
    """
    found = list(to_link(incident).values_list("pk", flat=True)[:BATCH])
    tickets = lock_tickets([incident.ticket_id, *found])
    current = running().filter(pk=incident.pk).first()
    if current is None:
        return 0
    for complaint in to_link(current).filter(pk__in=found):
        complaint.ticket = tickets[complaint.pk]
        link(complaint=complaint, incident=current, now=now)
    return len(found)


def covering(ticket: Ticket) -> Incident | None:
    """Return the incident under way that covers a ticket, held so that it does not end meanwhile; None where there is none."""
    incident = incident_for(ticket.category, ticket.region)
    if incident is None:
        return None
    lock_ticket(incident.ticket_id)
    return running().filter(pk=incident.pk).first()


def link(*, complaint: Complaint, incident: Incident, now: dt.datetime) -> IncidentLink:
    """Handle a complaint under the incident: what is open is merged into the master, what is done stays as it is.

    The caller has locked both tickets, the complaint's being as it now is, and knows that the incident is under way.
    """
    found = IncidentLink.objects.create(complaint=complaint, incident=incident, linked_at=now)
    if complaint.ticket.state in MERGED_FROM:
        system = Staff.objects.system()
        complaint.ticket = merge(ticket=complaint.ticket, into=incident.ticket, vouched=True, by=system, now=now)
    return found


@transaction.atomic
def detach(*, link: IncidentLink, reason: str, by: Staff, now: dt.datetime) -> IncidentLink:
    """Take a complaint out that does not belong to the incident: it gets its clock and a flow of its own back.

    Raises NotAllowed, Conflict when it was taken out or has the answer, or Invalid without a reason.
    """
    if not policies.may_run_incident(by, link.incident.alert):
        raise NotAllowed(_("Incidents are run by the complaint centre."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    tickets = lock_tickets([link.incident.ticket_id, link.pk])
    link = IncidentLink.objects.select_related("incident__alert").get(pk=link.pk)
    if link.detached_at or link.answered_at or link.incident.ended_at:
        raise Conflict(_("This complaint was taken out already, or has its answer."))
    take_out(link, tickets[link.pk], reason, by=by, now=now)
    data = {"ticket": tickets[link.pk].number, "reason": reason}
    record(link.incident.alert.stream, "alert.detach", by=by, at=now, data=data)
    return link


def take_out(link: IncidentLink, ticket: Ticket, reason: str, *, by: Staff, now: dt.datetime) -> None:
    """Note that a complaint is out of its incident and, if it was merged into a master, let it go its own way."""
    link.detached_at, link.detached_by, link.detach_reason = now, by, reason
    link.save(update_fields=["detached_at", "detached_by", "detach_reason"])
    if ticket.state == TicketState.MERGED and Incident.objects.filter(ticket=ticket.merged_into_id).exists():
        unmerge(ticket=ticket, reason=reason, by=by, now=now)
