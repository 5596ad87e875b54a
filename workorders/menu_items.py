"""Every action once: its words, its form, and the states in which it is offered (`workorders.menu` offers them)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from workorders import forms as action_forms
from workorders.actions import (
    categorizing,
    closing,
    dispatching,
    extending,
    filing,
    forwarding,
    handling,
    holding,
    noting,
    returning,
    reviewing,
    supervising,
    transferring,
    urging,
)
from workorders.enums import OrderState, TicketState

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
        name="recategorize",
        label=gettext_lazy("Change the category"),
        icon="category",
        run=categorizing.recategorize,
        states=(T.AWAITING_DISPATCH, T.IN_PROGRESS, T.ON_HOLD, T.IN_REVIEW),
        form=action_forms.RecategorizeForm,
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
        name="request_extension",
        label=gettext_lazy("Ask for more time"),
        icon="calendar-plus",
        run=extending.request_extension,
        states=ACTING,
        form=action_forms.ExtensionForm,
    ),
    Item(
        name="grant_extension",
        label=gettext_lazy("Grant the extension"),
        icon="circle-check",
        run=extending.grant_extension,
        states=ACTING,
        form=action_forms.GrantExtensionForm,
    ),
    Item(
        name="refuse_extension",
        label=gettext_lazy("Refuse the extension"),
        icon="circle-x",
        run=extending.refuse_extension,
        states=ACTING,
        form=action_forms.RefuseExtensionForm,
    ),
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
    Item(
        name="supervise",
        label=gettext_lazy("Put under supervision"),
        icon="eye-exclamation",
        run=supervising.supervise,
        states=O.WORKING,
        form=action_forms.SuperviseForm,
    ),
    Item(
        name="report_progress",
        label=gettext_lazy("Report progress"),
        icon="report",
        run=supervising.report_progress,
        states=O.WORKING,
        form=action_forms.ProgressForm,
        key="g",
    ),
    Item(
        name="answer_supervision",
        label=gettext_lazy("Answer as head"),
        icon="mail-check",
        run=supervising.answer_supervision,
        states=O.WORKING,
        form=action_forms.HeadAnswerForm,
    ),
    Item(
        name="end_supervision",
        label=gettext_lazy("End the supervision"),
        icon="eye-off",
        run=supervising.end_supervision,
        states=O.OPEN,
        form=action_forms.EndSupervisionForm,
    ),
)
