"""One-point complaint: the front line files once, everything that needs no human happens at once."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from complaints.actions.arriving import arrive
from complaints.actions.incidents import covering, link
from complaints.actions.overhead import end_of, keep_papers
from complaints.enums import Next
from complaints.models import Complaint, Customer, OverHead
from complaints.queries.customers import repeated
from foundation import transaction
from foundation.errors import Invalid
from organization.models import Region, Staff
from workorders.actions.dispatching import dispatch_by_route
from workorders.actions.filing import file_ticket, least_urgency, prepare, solve, submit
from workorders.enums import Channel, TicketState, Urgency
from workorders.locking import lock_key
from workorders.models import Category, Ticket
from workorders.queries.routes import route_for
from workorders.targets import Agreed


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the customer told us, once."""

    customer: Customer
    contact_phone: str
    category: Category
    channel: str
    region: Region
    subject: str
    description: str
    contact_name: str = ""
    wanted: str = ""
    place: str = ""
    occurred_at: dt.datetime | None = None
    urgency: str = Urgency.NORMAL
    #: Of what was forwarded to us (越级投诉): the letter's number, and the day by which it wants the answer.
    document: str = ""
    wanted_on: dt.date | None = None


@transaction.atomic
def file_complaint(
    *,
    facts: Facts,
    then: str = Next.DISPATCH,
    answer: str = "",
    filing_key: str,
    agreed: Agreed | None = None,
    by: Staff,
    now: dt.datetime,
) -> Complaint:
    """File a complaint once and let it run as far as it needs no human.

    `then` says where it goes: dispatched by the category's route (to triage when there is none), to triage, or solved at
    the first point with `answer`. `filing_key` makes it count once: the same key again returns the first complaint.
    `agreed` is what another system promised the customer, in place of our own limit.
    Raises NotAllowed, or Invalid by field.
    """
    if facts.occurred_at and facts.occurred_at > now:
        raise Invalid(occurred_at=_("This lies in the future."))
    if (facts.document or facts.wanted_on) and facts.channel not in Channel.OVERHEAD:
        raise Invalid(channel=_("Only what was forwarded to us has papers: choose by whom it was."))
    if then == Next.SOLVED and not answer.strip():
        raise Invalid(answer=_("Write what the customer was told."))
    lock_key(filing_key)
    if filed := Complaint.objects.filter(ticket__filing_key=filing_key).select_related("ticket").first():
        return filed
    earlier = repeated(facts.customer, facts.category, now)
    ticket = _ticket(facts, is_repeat=earlier is not None, filing_key=filing_key, agreed=agreed, by=by, now=now)
    complaint = Complaint.objects.create(
        ticket=ticket,
        customer=facts.customer,
        contact_name=facts.contact_name,
        contact_phone=facts.contact_phone,
        place=facts.place,
        occurred_at=facts.occurred_at,
        repeat_of=earlier,
    )
    arrive(complaint)
    complaint.ticket = ticket
    if facts.document or facts.wanted_on:
        papers = OverHead(complaint=complaint, document=facts.document, wanted_on=facts.wanted_on, earlier=earlier)
        keep_papers(papers, ticket, by=by, now=now)
    if not _under_incident(complaint, then, by=by, now=now):
        complaint.ticket = _forward(ticket, then, answer, by=by, now=now)
    return complaint


def _under_incident(complaint: Complaint, then: str, *, by: Staff, now: dt.datetime) -> bool:
    """Put a complaint that an incident covers under it instead of sending it on; tell whether there is one."""
    if then == Next.SOLVED:
        return False
    incident = covering(complaint.ticket)
    if incident is None:
        return False
    complaint.ticket = submit(ticket=complaint.ticket, by=by, now=now)
    link(complaint=complaint, incident=incident, now=now)
    return True


def _ticket(
    facts: Facts,
    *,
    is_repeat: bool,
    filing_key: str,
    agreed: Agreed | None,
    by: Staff,
    now: dt.datetime,
) -> Ticket:
    tier = facts.customer.tier
    urgency = least_urgency(facts.urgency, channel=facts.channel, tier=tier, is_repeat=is_repeat)
    return file_ticket(
        category=facts.category,
        channel=facts.channel,
        urgency=urgency,
        region=facts.region,
        subject=facts.subject,
        description=facts.description,
        wanted=facts.wanted,
        tier=tier,
        filing_key=filing_key,
        agreed=agreed,
        no_later_than=max(end_of(facts.wanted_on), now) if facts.wanted_on else None,
        by=by,
        now=now,
    )


def _forward(ticket: Ticket, then: str, answer: str, *, by: Staff, now: dt.datetime) -> Ticket:
    if then == Next.SOLVED:
        return solve(ticket=ticket, answer=answer, by=by, now=now)
    ticket = submit(ticket=ticket, by=by, now=now)
    if then == Next.TRIAGE or route_for(ticket.category) is None or ticket.state != TicketState.TRIAGE:
        return ticket
    ticket = prepare(ticket=ticket, by=Staff.objects.system(), now=now)
    return dispatch_by_route(ticket=ticket, now=now)
