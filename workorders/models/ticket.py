"""The ticket (工单): the case, filed once."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from organization.models import Region
from workorders.enums import Channel, TicketState, Tier, Urgency
from workorders.models.base import Remembering
from workorders.models.category import Category

S = TicketState

#: Every move the database accepts; `tests/test_house.py` holds it equal to the transitions below.
TICKET_MOVES = (
    (S.DRAFT, S.TRIAGE),
    (S.DRAFT, S.AWAITING_CALLBACK),
    (S.TRIAGE, S.AWAITING_CALLBACK),
    (S.TRIAGE, S.AWAITING_DISPATCH),
    (S.AWAITING_DISPATCH, S.IN_PROGRESS),
    (S.IN_PROGRESS, S.AWAITING_DISPATCH),
    (S.ON_HOLD, S.AWAITING_DISPATCH),
    (S.IN_REVIEW, S.AWAITING_DISPATCH),
    (S.IN_PROGRESS, S.ON_HOLD),
    (S.ON_HOLD, S.IN_PROGRESS),
    (S.IN_PROGRESS, S.IN_REVIEW),
    (S.IN_REVIEW, S.IN_PROGRESS),
    (S.IN_REVIEW, S.AWAITING_REPLY),
    (S.AWAITING_REPLY, S.AWAITING_CALLBACK),
    (S.AWAITING_CALLBACK, S.CLOSED),
    (S.AWAITING_CALLBACK, S.AWAITING_DISPATCH),
    *((state, S.CANCELLED) for state in S.OPEN),
    *((state, S.MERGED) for state in S.OPEN),
    (S.MERGED, S.AWAITING_DISPATCH),
    (S.MERGED, S.AWAITING_CALLBACK),
)
#: What a merged ticket may become while it is known into which it was merged: answered with the other.
ANSWERED_WITH = (S.AWAITING_CALLBACK, S.CLOSED, S.CANCELLED)


class Ticket(Remembering):
    """A case from filing to closing. Its state changes only through `workorders.actions`."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    state = FSMField(_("state"), max_length=20, choices=TicketState, default=TicketState.DRAFT)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), related_name="+")
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    tier = models.CharField(_("customer tier"), max_length=8, choices=Tier, default=Tier.STANDARD)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    subject = models.CharField(_("subject"), max_length=120)
    description = models.TextField(_("what happened"))
    wanted = models.TextField(_("what the customer asks for"), blank=True)
    answer = models.TextField(_("answer to the customer"), blank=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("filed by"), related_name="+")
    filed_at = models.DateTimeField(_("filed at"))
    #: Answered without a work order (一线办结).
    first_point = models.BooleanField(_("solved at the first point"), default=False)
    #: How often the work was dispatched anew after a dissatisfied callback; 0 is the first round.
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    replied_at = models.DateTimeField(_("replied to the customer at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    #: The end of the 15th day after acceptance: the regulator's date, never paused.
    statutory_at = models.DateTimeField(_("statutory date"))
    #: When the customer's clock runs out; empty while it is paused. A copy of the clock's, for ordering by index.
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    #: Handled under that ticket: merged, or answered with it since.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        related_name="merged",
    )
    reopened_from = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("reopened from"),
        null=True,
        blank=True,
        related_name="reopened",
    )
    #: Makes a submission or an imported row count once: the form's token, or source and number in the source.
    filing_key = models.CharField(_("filing key"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=TicketState.values), name="ticket_state"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="ticket_urgency"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="ticket_channel"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(state=TicketState.CLOSED), name="ticket_closed_at"),
            models.CheckConstraint(
                condition=Q(state=TicketState.MERGED, merged_into__isnull=False)
                | (~Q(state=TicketState.MERGED) & Q(merged_into=None))
                | Q(state__in=ANSWERED_WITH),
                name="ticket_merged_into",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at", "id"], name="ticket_open_due", condition=~Q(state__in=TicketState.FINAL)),
            models.Index(fields=["filed_by", "-id"], name="ticket_filed_by"),
            models.Index(fields=["filed_at", "id"], name="ticket_filed_at"),
            # What is open, as the dashboard counts it: few rows, found without the others that were filed at the same time.
            models.Index(
                fields=["filed_at"],
                include=["id", "state", "region", "category", "urgency"],
                name="ticket_open_filed",
                condition=~Q(state__in=TicketState.FINAL),
            ),
            models.Index(fields=["closed_at"], name="ticket_closed_at", condition=Q(closed_at__isnull=False)),
            # What was answered in a period, as bulletins count it.
            models.Index(fields=["replied_at"], name="ticket_replied_at", condition=Q(replied_at__isnull=False)),
        ]
        triggers: ClassVar = [pgtrigger.FSM(name="legal_moves", field="state", transitions=list(TICKET_MOVES))]

    def __str__(self) -> str:
        return self.number

    @property
    def stream(self) -> str:
        """Return the journal stream of this ticket and its orders."""
        return f"ticket:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Tell whether anything may still happen to the ticket."""
        return self.state in TicketState.OPEN

    @transition(field=state, source=S.DRAFT, target=S.TRIAGE)
    def submit(self) -> None:
        """送预处理: the front line hands the case over."""

    @transition(field=state, source=S.TRIAGE, target=S.AWAITING_DISPATCH)
    def prepare(self) -> None:
        """送派单: the facts are complete."""

    @transition(field=state, source=[S.DRAFT, S.TRIAGE], target=S.AWAITING_CALLBACK)
    def solve(self, answer: str, at: dt.datetime) -> None:
        """一线办结: answered at the first point."""
        self.answer, self.replied_at, self.first_point = answer, at, True

    @transition(field=state, source=S.AWAITING_DISPATCH, target=S.IN_PROGRESS)
    def dispatch(self) -> None:
        """派单: a lead department has it."""

    @transition(field=state, source=[S.IN_PROGRESS, S.ON_HOLD, S.IN_REVIEW], target=S.AWAITING_DISPATCH)
    def lose_lead(self) -> None:
        """退单成立: the lead's return was upheld, another lead is needed."""

    @transition(field=state, source=S.IN_PROGRESS, target=S.ON_HOLD)
    def pause(self) -> None:
        """挂起: every open leg waits."""

    @transition(field=state, source=S.ON_HOLD, target=S.IN_PROGRESS)
    def unpause(self) -> None:
        """解挂: a leg works again."""

    @transition(field=state, source=S.IN_PROGRESS, target=S.IN_REVIEW)
    def enter_review(self) -> None:
        """送质检: every leg has replied."""

    @transition(field=state, source=S.IN_REVIEW, target=S.IN_PROGRESS)
    def leave_review(self) -> None:
        """质检不合格: a leg has work to do again."""

    @transition(field=state, source=S.IN_REVIEW, target=S.AWAITING_REPLY)
    def pass_review(self) -> None:
        """质检通过: every leg is completed."""

    @transition(field=state, source=S.AWAITING_REPLY, target=S.AWAITING_CALLBACK)
    def reply(self, answer: str, at: dt.datetime) -> None:
        """回复客户: the customer has the answer."""
        self.answer, self.replied_at = answer, at

    @transition(field=state, source=S.AWAITING_CALLBACK, target=S.CLOSED)
    def close(self, at: dt.datetime) -> None:
        """归档."""
        self.closed_at = at

    @transition(field=state, source=S.AWAITING_CALLBACK, target=S.AWAITING_DISPATCH)
    def redispatch(self) -> None:
        """重派: not solved, or not satisfied for a valid reason."""
        self.round += 1
        self.replied_at = self.merged_into = None

    @transition(field=state, source=list(S.OPEN), target=S.CANCELLED)
    def cancel(self) -> None:
        """撤单: the customer withdrew it."""

    @transition(field=state, source=list(S.OPEN), target=S.MERGED)
    def merge(self, into: "Ticket") -> None:
        """并单: it is handled under another ticket."""
        self.merged_into = into

    @transition(field=state, source=S.MERGED, target=S.AWAITING_DISPATCH)
    def unmerge(self) -> None:
        """拆单: it did not belong there, and goes its own way."""
        self.merged_into = None

    @transition(field=state, source=S.MERGED, target=S.AWAITING_CALLBACK)
    def answer_merged(self, answer: str, at: dt.datetime) -> None:
        """批量回复: its customer has the answer of the ticket that it was merged into."""
        self.answer, self.replied_at = answer, at
