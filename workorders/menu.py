"""Every action once: the buttons, the action form, the API's routes, the bulk bar and the access tests come from here."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.errors import Conflict, Invalid
from journal.models import Event
from organization.models import Staff
from workorders import forms as action_forms
from workorders import policies
from workorders.actions import (
    closing,
    dispatching,
    filing,
    forwarding,
    handling,
    holding,
    noting,
    returning,
    reviewing,
    transferring,
    urging,
)
from workorders.enums import OrderState, TicketState
from workorders.events import HARMLESS, label
from workorders.locking import lock_ticket
from workorders.models import Ticket, WorkOrder

type Subject = Ticket | WorkOrder

O, T = OrderState, TicketState
ACTING = (O.ACCEPTED, O.REWORK)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One action: its words, its sign, the form it asks for, and the states in which it is offered."""

    name: str
    label: Promise
    icon: str
    run: Callable[..., object]
    states: tuple[str, ...]
    form: type[forms.Form] = field(default=action_forms.NoInput)
    bulk: bool = False
    #: The keyboard shortcut on the ticket page.
    key: str = ""
    #: Hurts, or cannot be undone: asks before it runs.
    danger: bool = False
    #: Takes the work a step on: shown first and large.
    is_step: bool = False
    #: Returns the last instant at which it is possible; without one, time does not matter.
    last: Callable[..., dt.datetime | None] | None = None
    #: That instant, for the subject that `menu_for` was asked about.
    until: dt.datetime | None = None


TICKET_MENU = (
    Item(
        name="prepare",
        label=gettext_lazy("To dispatch"),
        icon="checks",
        run=filing.prepare,
        states=(T.TRIAGE,),
        form=action_forms.PrepareForm,
        key="p",
        is_step=True,
    ),
    Item(
        name="forward",
        label=gettext_lazy("To dispatch, and dispatch"),
        icon="send",
        run=forwarding.forward,
        states=(T.TRIAGE,),
        form=action_forms.ForwardForm,
        key="f",
    ),
    Item(
        name="solve",
        label=gettext_lazy("Solve at the first point"),
        icon="circle-check",
        run=filing.solve,
        states=(T.DRAFT, T.TRIAGE),
        form=action_forms.SolveForm,
    ),
    Item(
        name="dispatch",
        label=gettext_lazy("Dispatch"),
        icon="send",
        run=dispatching.dispatch,
        states=(T.AWAITING_DISPATCH,),
        form=action_forms.DispatchForm,
        key="d",
        is_step=True,
    ),
    Item(
        name="add_assist",
        label=gettext_lazy("Call in a department"),
        icon="users-plus",
        run=dispatching.add_assist,
        states=(T.IN_PROGRESS, T.ON_HOLD),
        form=action_forms.AssistForm,
    ),
    Item(
        name="answer",
        label=gettext_lazy("Reply to the customer"),
        icon="message-check",
        run=closing.answer,
        states=(T.AWAITING_REPLY,),
        form=action_forms.AnswerForm,
        key="r",
        is_step=True,
    ),
    Item(
        name="urge_ticket",
        label=gettext_lazy("Urge"),
        icon="bell-ringing",
        run=urging.urge_ticket,
        states=(T.IN_PROGRESS, T.ON_HOLD),
        form=action_forms.UrgeForm,
        key="u",
    ),
    Item(
        name="escalate",
        label=gettext_lazy("Raise urgency"),
        icon="arrow-up",
        run=urging.escalate,
        states=T.OPEN,
        form=action_forms.EscalateForm,
    ),
    Item(
        name="note",
        label=gettext_lazy("Add a note"),
        icon="note",
        run=noting.add_note,
        states=tuple(T.values),
        form=action_forms.NoteForm,
        key="n",
    ),
    Item(
        name="attach",
        label=gettext_lazy("Attach a file"),
        icon="paperclip",
        run=noting.attach,
        states=tuple(T.values),
        form=action_forms.AttachForm,
    ),
    Item(
        name="merge",
        label=gettext_lazy("Merge into another ticket"),
        icon="git-merge",
        run=closing.merge,
        states=T.OPEN,
        form=action_forms.MergeForm,
        danger=True,
    ),
    Item(
        name="cancel",
        label=gettext_lazy("Cancel the ticket"),
        icon="ban",
        run=closing.cancel,
        states=T.OPEN,
        form=action_forms.CancelForm,
        danger=True,
    ),
    Item(
        name="reopen",
        label=gettext_lazy("Reopen as a new ticket"),
        icon="rotate",
        run=closing.reopen,
        states=(T.CLOSED,),
        form=action_forms.ReopenForm,
        danger=True,
        last=closing.reopenable_until,
    ),
)

ORDER_MENU = (
    Item(
        name="accept",
        label=pgettext_lazy("work order", "Accept"),
        icon="hand-grab",
        run=handling.accept,
        states=(O.DISPATCHED,),
        bulk=True,
        key="a",
        is_step=True,
    ),
    Item(
        name="assign",
        label=gettext_lazy("Assign"),
        icon="user-plus",
        run=handling.assign,
        states=(O.DISPATCHED, *ACTING, O.ON_HOLD),
        form=action_forms.AssignForm,
        bulk=True,
        key="s",
    ),
    Item(
        name="reply",
        label=gettext_lazy("Submit the result"),
        icon="message",
        run=handling.reply,
        states=ACTING,
        form=action_forms.ReplyForm,
        key="e",
        is_step=True,
    ),
    Item(
        name="request_return",
        label=gettext_lazy("Return"),
        icon="arrow-back",
        run=returning.request_return,
        states=(O.DISPATCHED, O.ACCEPTED),
        form=action_forms.ReturnForm,
        key="b",
        last=returning.returnable_until,
    ),
    Item(
        name="uphold_return",
        label=gettext_lazy("Uphold the return"),
        icon="circle-check",
        run=returning.uphold_return,
        states=(O.RETURN_REQUESTED,),
        form=action_forms.UpholdForm,
        is_step=True,
    ),
    Item(
        name="deny_return",
        label=gettext_lazy("Deny the return"),
        icon="circle-x",
        run=returning.deny_return,
        states=(O.RETURN_REQUESTED,),
        form=action_forms.DenyForm,
    ),
    Item(
        name="transfer",
        label=gettext_lazy("Transfer"),
        icon="arrows-exchange",
        run=transferring.transfer,
        states=(O.DISPATCHED, *ACTING),
        form=action_forms.TransferForm,
        key="t",
    ),
    Item(
        name="request_hold",
        label=gettext_lazy("Put on hold"),
        icon="player-pause",
        run=holding.request_hold,
        states=ACTING,
        form=action_forms.HoldForm,
        key="h",
    ),
    Item(
        name="approve_hold",
        label=gettext_lazy("Approve the hold"),
        icon="circle-check",
        run=holding.approve_hold,
        states=ACTING,
        is_step=True,
    ),
    Item(name="refuse_hold", label=gettext_lazy("Refuse the hold"), icon="circle-x", run=holding.refuse_hold, states=ACTING),
    Item(name="resume", label=gettext_lazy("Resume"), icon="player-play", run=holding.resume, states=(O.ON_HOLD,)),
    Item(
        name="approve",
        label=gettext_lazy("Approve the reply"),
        icon="circle-check",
        run=reviewing.approve,
        states=(O.REPLIED,),
        bulk=True,
        key="y",
        is_step=True,
    ),
    Item(
        name="send_back",
        label=gettext_lazy("Send back"),
        icon="arrow-back-up",
        run=reviewing.send_back,
        states=(O.REPLIED,),
        form=action_forms.SendBackForm,
        key="x",
    ),
    Item(
        name="urge", label=gettext_lazy("Urge"), icon="bell-ringing", run=urging.urge, states=O.WORKING, form=action_forms.UrgeForm
    ),
)


def menu_of(subject: Subject | type[Subject]) -> tuple[Item, ...]:
    """Return every action there is on a ticket or an order."""
    return TICKET_MENU if isinstance(subject, Ticket) or subject is Ticket else ORDER_MENU


def item_named(subject: Subject | type[Subject], name: str) -> Item | None:
    """Return the action called `name`, or None."""
    return next((item for item in menu_of(subject) if item.name == name), None)


def menu_for(user: Staff, subject: Subject, now: dt.datetime) -> list[Item]:
    """Return exactly the actions that this person may take on `subject` now; what time ends says until when."""
    mine = (item for item in menu_of(subject) if subject.state in item.states and policies.may(user, item.name, subject))
    timed = (replace(item, until=item.last(subject)) if item.last else item for item in mine)
    offered = [item for item in timed if item.until is None or now <= item.until]
    if isinstance(subject, WorkOrder) and subject.state in ACTING:
        return _with_hold_decisions(user, subject, offered)
    return offered


def _with_hold_decisions(user: Staff, order: WorkOrder, offered: list[Item]) -> list[Item]:
    """Offer to decide on a hold where one is asked for by somebody else, and to ask for one where none is."""
    pending = next((hold for hold in order.holds.all() if hold.is_pending), None)
    hidden = {"request_hold"} if pending else {"approve_hold", "refuse_hold"}
    if pending and pending.requested_by_id == user.pk:
        hidden.add("approve_hold")
    # A hold that waits for a decision comes before the work itself.
    return sorted((item for item in offered if item.name not in hidden), key=lambda item: item.name != "approve_hold")


def changes_since(subject: Subject, seen: int) -> list[Event]:
    """Return what happened after event number `seen` that changes what may be done with `subject`."""
    ticket = subject if isinstance(subject, Ticket) else subject.ticket
    events = Event.objects.filter(stream=ticket.stream, seq__gt=seen).exclude(kind__in=HARMLESS).select_related("by")
    if isinstance(subject, Ticket):
        return list(events.order_by("seq"))
    return [event for event in events.order_by("seq") if event.data.get("order") == subject.pk or event.kind[:7] == "ticket."]


def last_event(subject: Subject) -> int:
    """Return the number of the last event of the subject's ticket."""
    ticket = subject if isinstance(subject, Ticket) else subject.ticket
    return Event.objects.filter(stream=ticket.stream).aggregate(last=Max("seq"))["last"] or 0


def refuse_stale(subject: Subject, seen: int | None) -> None:
    """Raise a Conflict that lists what changed since the page was shown; None means the caller showed nothing."""
    changed = [] if seen is None else changes_since(subject, seen)
    if changed:
        told = "; ".join(
            f"{date_format(timezone.localtime(event.at), 'H:i')} {event.by} {label(event.kind)}" for event in changed[-5:]
        )
        raise Conflict(_("Your page was out of date. Meanwhile: %(changes)s. Please look again.") % {"changes": told})


def perform(
    user: Staff,
    subject: Subject,
    name: str,
    *,
    data: Mapping[str, object],
    files: Mapping[str, UploadedFile] | None = None,
    seen: int | None = None,
    now: dt.datetime,
) -> object:
    """Check the input and run the action `name`: the one door for pages, bulk actions and the API.

    `seen` is the number of the last event the person saw. Raises NotAllowed, Conflict or Invalid (by field);
    KeyError for an unknown action.
    """
    item = item_named(subject, name)
    if item is None:
        raise KeyError(name)
    policies.require(user, name, subject)
    kind = "ticket" if isinstance(subject, Ticket) else "order"
    form = item.form(data, files, subject=subject, user=user, now=now)
    with transaction.atomic():
        lock_ticket(subject.pk if kind == "ticket" else subject.ticket_id)
        refuse_stale(subject, seen)
        if not form.is_valid():
            raise FormInvalid(form)
        return item.run(**{kind: subject}, by=user, now=now, **form.cleaned_data)


class FormInvalid(Invalid):
    """The form that the action asks for was not filled in rightly; `form` carries what was typed and the errors."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__(**{name: " ".join(map(str, errors)) for name, errors in form.errors.items()})
        self.form = form
