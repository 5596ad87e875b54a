"""The work order (部门工单): one department's leg of a ticket."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from organization.models import Department, Staff
from workorders.enums import Cause, Liability, OrderRole, OrderState
from workorders.models.base import Remembering
from workorders.models.ticket import Ticket

S = OrderState

#: Every move the database accepts; `tests/test_house.py` holds it equal to the transitions below.
ORDER_MOVES = (
    (S.DISPATCHED, S.ACCEPTED),
    (S.DISPATCHED, S.RETURN_REQUESTED),
    (S.ACCEPTED, S.RETURN_REQUESTED),
    (S.RETURN_REQUESTED, S.VOIDED),
    (S.RETURN_REQUESTED, S.ACCEPTED),
    (S.ACCEPTED, S.ON_HOLD),
    (S.REWORK, S.ON_HOLD),
    (S.ON_HOLD, S.ACCEPTED),
    (S.DISPATCHED, S.TRANSFERRED),
    (S.ACCEPTED, S.TRANSFERRED),
    (S.REWORK, S.TRANSFERRED),
    (S.ACCEPTED, S.REPLIED),
    (S.REWORK, S.REPLIED),
    (S.REPLIED, S.REWORK),
    (S.REPLIED, S.COMPLETED),
    (S.DISPATCHED, S.VOIDED),
    (S.ACCEPTED, S.VOIDED),
    (S.ON_HOLD, S.VOIDED),
    (S.REWORK, S.VOIDED),
    (S.REPLIED, S.VOIDED),
)


class WorkOrder(Remembering):
    """One department's stint on a ticket, with clocks of its own. Its state changes only through `workorders.actions`."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("ticket"), related_name="orders")
    #: 1, 2, 3 … within the ticket, in order of dispatch.
    seq = models.PositiveSmallIntegerField(_("leg"))
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    role = models.CharField(_("role"), max_length=8, choices=OrderRole)
    state = FSMField(_("state"), max_length=20, choices=OrderState, default=OrderState.DISPATCHED)
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    question = models.TextField(_("what is asked"), blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("assignee"),
        null=True,
        blank=True,
        related_name="+",
    )
    dispatched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("dispatched by"), related_name="+")
    dispatched_at = models.DateTimeField(_("dispatched at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    cause = models.CharField(_("cause"), max_length=16, choices=Cause, blank=True)
    liability = models.CharField(_("liability"), max_length=16, choices=Liability, blank=True)
    customer_contacted = models.BooleanField(_("customer contacted"), default=False)
    #: The leg this one took over from: by transfer, or after an upheld return.
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("predecessor"),
        null=True,
        blank=True,
        related_name="successors",
    )
    urge_count = models.PositiveSmallIntegerField(_("urged, times"), default=0)
    #: Since when the order is under supervision (督办); empty when it is not. A copy of the open supervision's beginning.
    supervised_at = models.DateTimeField(_("under supervision since"), null=True, blank=True)
    send_back_count = models.PositiveSmallIntegerField(_("sent back, times"), default=0)
    #: How often the deadline was moved (rule 11), and what it was before the first time.
    extension_count = models.PositiveSmallIntegerField(_("extended, times"), default=0, db_default=0)
    original_due_at = models.DateTimeField(_("originally due at"), null=True, blank=True)
    #: When the leg's next promise runs out; empty while it waits or is done. A copy of its clocks', for ordering by index.
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "seq"], name="workorder_seq"),
            models.UniqueConstraint(
                fields=["ticket"],
                name="workorder_one_open_lead",
                condition=Q(role=OrderRole.LEAD, state__in=OrderState.OPEN),
            ),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="workorder_state"),
            models.CheckConstraint(condition=Q(role__in=OrderRole.values), name="workorder_role"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "due_at", "id"], name="workorder_department_due", condition=Q(state__in=OrderState.OPEN)
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], name="workorder_assignee_due", condition=Q(state__in=OrderState.OPEN)
            ),
            models.Index(fields=["state", "due_at", "id"], name="workorder_state_due", condition=Q(state__in=OrderState.OPEN)),
            models.Index(fields=["department", "-ticket"], name="workorder_department_ticket"),
            # What is inspected is drawn from the replies of a day.
            models.Index(fields=["replied_at"], name="workorder_replied_at", condition=Q(replied_at__isnull=False)),
        ]
        triggers: ClassVar = [pgtrigger.FSM(name="legal_moves", field="state", transitions=list(ORDER_MOVES))]

    def __str__(self) -> str:
        return f"{self.ticket.number}-{self.seq}"

    @property
    def is_open(self) -> bool:
        """Tell whether the leg is neither completed, voided nor transferred."""
        return self.state in OrderState.OPEN

    @property
    def is_unassigned(self) -> bool:
        """Tell whether the department has the order to work on, but nobody in it has it in hand."""
        return self.state in (S.ACCEPTED, S.REWORK, S.ON_HOLD) and self.assignee_id is None

    @transition(field=state, source=S.DISPATCHED, target=S.ACCEPTED)
    def accept(self, at: dt.datetime, assignee: Staff | None) -> None:
        """接单; without an assignee it is accepted in the department's name."""
        self.accepted_at, self.assignee = at, assignee

    @transition(field=state, source=[S.DISPATCHED, S.ACCEPTED], target=S.RETURN_REQUESTED)
    def request_return(self) -> None:
        """退单: the department says the order is not its own."""

    @transition(field=state, source=S.RETURN_REQUESTED, target=S.VOIDED)
    def uphold_return(self, at: dt.datetime) -> None:
        """退单成立."""
        self.finished_at = at

    @transition(field=state, source=S.RETURN_REQUESTED, target=S.ACCEPTED)
    def deny_return(self, at: dt.datetime) -> None:
        """退单不成立: as if never returned."""
        self.accepted_at = self.accepted_at or at

    @transition(field=state, source=[S.ACCEPTED, S.REWORK], target=S.ON_HOLD)
    def hold(self) -> None:
        """挂起."""

    @transition(field=state, source=S.ON_HOLD, target=S.ACCEPTED)
    def resume(self) -> None:
        """解挂."""

    @transition(field=state, source=[S.DISPATCHED, S.ACCEPTED, S.REWORK], target=S.TRANSFERRED)
    def transfer(self, at: dt.datetime) -> None:
        """转派: another department takes over."""
        self.finished_at = at

    @transition(field=state, source=[S.ACCEPTED, S.REWORK], target=S.REPLIED)
    def reply(self, at: dt.datetime, *, result: str, cause: str, liability: str, customer_contacted: bool) -> None:
        """回单."""
        self.replied_at, self.result = at, result
        self.cause, self.liability, self.customer_contacted = cause, liability, customer_contacted

    @transition(field=state, source=S.REPLIED, target=S.REWORK)
    def send_back(self) -> None:
        """质检不合格."""
        self.send_back_count += 1

    @transition(field=state, source=S.REPLIED, target=S.COMPLETED)
    def approve(self, at: dt.datetime) -> None:
        """质检通过."""
        self.finished_at = at

    @transition(
        field=state,
        source=[S.DISPATCHED, S.ACCEPTED, S.ON_HOLD, S.RETURN_REQUESTED, S.REWORK, S.REPLIED],
        target=S.VOIDED,
    )
    def void(self, at: dt.datetime) -> None:
        """作废: the ticket was cancelled or merged."""
        self.finished_at = at
