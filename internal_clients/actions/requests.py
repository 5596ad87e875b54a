"""Internal requests (内部请求): filed by the front line as tickets of the same flow, confirmed and rated by who asked."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions import developing
from internal_clients.actions.noting import note
from internal_clients.enums import RequestKind
from internal_clients.locking import locked
from internal_clients.models import InternalRequest, System
from internal_clients.queries.requests import due_at, rules
from organization.models import Department, Staff
from workorders.actions.closing import close, redispatch
from workorders.actions.dispatching import dispatch
from workorders.actions.filing import file_ticket, prepare, submit
from workorders.enums import Channel, TicketState, Urgency
from workorders.locking import lock_ticket
from workorders.models import Category, Ticket
from workorders.targets import Agreed

#: An answer that its requester does not speak of for so long, in natural time, is taken as it is, without a rating.
CONFIRM_WITHIN = dt.timedelta(days=3)

#: Reasons for closing, kept in the event in English and shown in the reader's language.
CONFIRMED = gettext_noop("The requester confirms it.")
UNCONFIRMED = gettext_noop("The requester has not spoken within three days.")


@transaction.atomic
def file_request(
    *,
    kind: str,
    department: Department,
    subject: str,
    text: str,
    system: System | None = None,
    filing_key: str,
    by: Staff,
    now: dt.datetime,
) -> InternalRequest:
    """File a request and send it to the department at once, due on the department's own working hours.

    A request for development is proposed as a requirement too. `filing_key` makes it count once. Raises NotAllowed or Invalid.
    """
    require(policies.may_file_requests(by))
    if by.region is None:
        raise Invalid(_("Your account has no region; please tell an administrator."))
    if system and system.department_id != department.pk:
        raise Invalid(system=_("Another department keeps this system running."))
    if filed := InternalRequest.objects.filter(ticket__filing_key=filing_key).select_related("ticket").first():
        return filed
    ticket = _sent(kind, department, subject, text, filing_key, by=by, now=now)
    requirement = None
    if kind == RequestKind.DEVELOPMENT:
        requirement = developing.propose(department=department, title=subject, text=text, by=by, now=now)
    return InternalRequest.objects.create(ticket=ticket, kind=kind, department=department, system=system, requirement=requirement)


def _sent(kind: str, department: Department, subject: str, text: str, filing_key: str, *, by: Staff, now: dt.datetime) -> Ticket:
    """File the ticket and dispatch it in the system's name; what was agreed is the department's own working hours."""
    agreed, machine = Agreed(due_at(kind, department, now)), Staff.objects.system()
    if by.region is None:
        raise Invalid(_("Your account has no region; please tell an administrator."))
    ticket = file_ticket(
        category=_category_for(kind),
        channel=Channel.STAFF,
        urgency=Urgency.NORMAL,
        region=by.region,
        subject=subject,
        description=text,
        filing_key=filing_key,
        agreed=agreed,
        by=by,
        now=now,
    )
    ticket = submit(ticket=ticket, by=by, now=now)
    ticket = prepare(ticket=ticket, by=machine, now=now)
    return dispatch(ticket=ticket, lead=department, question=subject, agreed=agreed, by=machine, now=now)


def _category_for(kind: str) -> Category:
    """Return what a request of this kind is filed under; made where this operator never had one."""
    path = rules()["filed_under"][kind]
    return Category.objects.filter(path=path).first() or _made(path)


def _made(path: str) -> Category:
    parent, made = None, None
    parts = path.strip("/").split("/")
    for depth in range(1, len(parts) + 1):
        own = "/".join(parts[:depth])
        name, name_en = rules()["categories"][own]
        values = {"code": own.replace("/", "-"), "name": name, "name_en": name_en, "parent": parent, "is_active": False}
        made, _new = Category.objects.get_or_create(path=f"{own}/", defaults=values)
        parent = made
    if made is None:
        raise ValueError(path)
    return made


def _answered(request: InternalRequest, by: Staff) -> InternalRequest:
    """Return the request with its ticket, locked, where its requester may now speak of the answer."""
    ticket = lock_ticket(request.pk)
    require(ticket.filed_by_id == by.pk)
    if ticket.state != TicketState.AWAITING_CALLBACK:
        raise Conflict(_("This request is “%(state)s”.") % {"state": ticket.get_state_display()})
    request = locked(InternalRequest.objects.all(), request.pk)
    request.ticket = ticket
    return request


@transaction.atomic
def confirm(
    *,
    request: InternalRequest,
    timeliness: int,
    quality: int,
    attitude: int,
    remark: str = "",
    by: Staff,
    now: dt.datetime,
) -> InternalRequest:
    """Confirm the answer and rate it, 1 to 5 each, which closes the request. Raises NotAllowed or Conflict."""
    request = _answered(request, by)
    request.timeliness, request.quality, request.attitude, request.remark = timeliness, quality, attitude, remark
    request.confirmed_at = now
    request.save()
    marks = {"timeliness": timeliness, "quality": quality, "attitude": attitude}
    note(request, "confirm_answer", by=by, now=now, data={**marks, "reason": remark})
    close(ticket=request.ticket, reason=CONFIRMED, by=by, now=now)
    return request


@transaction.atomic
def doubt(*, request: InternalRequest, reason: str, by: Staff, now: dt.datetime) -> InternalRequest:
    """Say that the answer does not do; the department works on it again, at most twice. Raises NotAllowed, Conflict or Invalid."""
    if not reason.strip():
        raise Invalid(reason=_("Write what is still open."))
    request = _answered(request, by)
    agreed = Agreed(due_at(request.kind, request.department, now, is_again=True))
    redispatch(ticket=request.ticket, reason=reason, agreed=agreed, by=by, now=now)
    note(request, "doubt", by=by, now=now, data={"reason": reason})
    return request


@transaction.atomic
def close_unconfirmed(*, request: InternalRequest, now: dt.datetime) -> InternalRequest:
    """Close, in the system's name and without a rating, what its requester has not spoken of. Raises Conflict."""
    close(ticket=request.ticket, reason=UNCONFIRMED, by=Staff.objects.system(), now=now)
    return request
