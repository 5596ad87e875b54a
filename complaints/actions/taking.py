"""Taking a call: the customer, the complaint and its files are kept together or not at all."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.core.files.uploadedfile import UploadedFile

from complaints import policies
from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint, Customer
from foundation import transaction
from foundation.errors import NotAllowed
from journal.record import record
from knowledge.actions.using import link_uses
from organization.models import Staff
from workorders.actions.noting import add_note, attach
from workorders.actions.urging import urge_ticket
from workorders.locking import lock_key, lock_ticket
from workorders.models import Ticket


@transaction.atomic
def take_complaint(
    *,
    facts: Facts,
    then: str,
    answer: str = "",
    uploads: Sequence[UploadedFile] = (),
    filing_key: str,
    by: Staff,
    now: dt.datetime,
) -> Complaint:
    """File a complaint with its attachments, and its customer where they are new (`facts.customer` unsaved).

    What was said of articles while it was entered is given to the ticket.

    `filing_key` makes it count once, also for two submissions at the same instant: the second waits and returns the
    first one's complaint. Raises NotAllowed, or Invalid by field; then nothing is kept.
    """
    lock_key(filing_key)
    filed = Complaint.objects.filter(ticket__filing_key=filing_key).select_related("ticket").first()
    if filed:
        return filed
    if facts.customer.pk is None:
        facts = replace(facts, customer=register_customer(customer=facts.customer, by=by, now=now))
    complaint = file_complaint(facts=facts, then=then, answer=answer, filing_key=filing_key, by=by, now=now)
    link_uses(ticket=complaint.ticket, by=by, now=now)
    for upload in uploads:
        attach(ticket=complaint.ticket, upload=upload, by=by, now=now)
    return complaint


@transaction.atomic
def call_again(
    *,
    ticket: Ticket,
    words: str,
    uploads: Sequence[UploadedFile] = (),
    urging: bool,
    number: str = "",
    by: Staff,
    now: dt.datetime,
) -> Ticket:
    """Keep what a customer says who calls again about an open matter, with its files: as an urge, or as a note.

    With the `number` of the customer who is on the line it may be their ticket of any region.
    Raises NotAllowed, Conflict when there is no department to urge, or Invalid for a note without words.
    """
    ticket = lock_ticket(ticket.pk)
    complaint = Complaint.objects.filter(pk=ticket.pk).select_related("ticket", "customer").first()
    vouched = complaint is not None and policies.may_call_again(by, complaint, number)
    if urging:
        ticket = urge_ticket(ticket=ticket, remark=words, vouched=vouched, by=by, now=now)
    else:
        ticket = add_note(ticket=ticket, text=words, vouched=vouched, by=by, now=now)
    for upload in uploads:
        attach(ticket=ticket, upload=upload, vouched=vouched, by=by, now=now)
    return ticket


@transaction.atomic
def register_customer(*, customer: Customer, by: Staff, now: dt.datetime) -> Customer:
    """Keep a customer whom nobody has entered yet, and return them; a number that is known keeps the data it has.

    Raises NotAllowed.
    """
    if not policies.may_search_customers(by):
        raise NotAllowed
    known, is_new = Customer.objects.get_or_create(
        number=customer.number,
        defaults={"name": customer.name, "tier": customer.tier, "region": customer.region},
    )
    if is_new:
        data = {"tier": known.tier, "region": known.region.code}
        record(f"customer:{known.pk}", "customer.register", by=by, at=now, data=data)
    return known
