"""What is said and filed beside the flow: internal notes and attachments."""

import datetime as dt
import hashlib

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid
from organization.models import Staff
from workorders import policies
from workorders.actions.steps import note
from workorders.locking import lock_ticket
from workorders.models import Attachment, Ticket
from workorders.uploads import checked_type


@transaction.atomic
def add_note(*, ticket: Ticket, text: str, vouched: bool = False, by: Staff, now: dt.datetime) -> Ticket:
    """Add an internal note, for staff only. Raises NotAllowed, or Invalid without text.

    `vouched`: the floor above has a reason of its own why `by` may, and has asked it.
    """
    ticket = lock_ticket(ticket.pk)
    if not vouched:
        policies.require(by, "note", ticket)
    if not text.strip():
        raise Invalid(text=_("Write something."))
    return note(ticket, "note", by=by, now=now, data={"text": text})


@transaction.atomic
def attach(*, ticket: Ticket, upload: UploadedFile, vouched: bool = False, by: Staff, now: dt.datetime) -> Attachment:
    """Keep a file with the ticket, under a random name outside the web root. Raises NotAllowed or Invalid.

    `vouched`: the floor above has a reason of its own why `by` may, and has asked it.
    """
    ticket = lock_ticket(ticket.pk)
    if not vouched:
        policies.require(by, "attach", ticket)
    content_type = checked_type(upload)
    content = upload.read()
    attachment = Attachment(
        ticket=ticket,
        name=upload.name or "",
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=now,
    )
    attachment.file.save(get_random_string(32), ContentFile(content), save=True)
    note(ticket, "attach", by=by, now=now, data={"name": attachment.name, "sha256": attachment.sha256, "attachment": attachment.pk})
    return attachment
