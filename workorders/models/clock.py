"""The promises of tickets and orders, as measured."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from organization.models import Calendar
from workorders.clocks import ClockState
from workorders.enums import ClockKind
from workorders.models.order import WorkOrder
from workorders.models.policy import OlaRule, SlaRule
from workorders.models.ticket import Ticket

STATE_FIELDS = ("allowance", "started_at", "used", "running_since", "due_at", "stopped_at", "breached_at")
#: What is written when a clock moves.
STORED = (*STATE_FIELDS, "next_step_at")


class Clock(models.Model):
    """One promise: what was promised (allowance, calendar, rule) and how it stands; arithmetic is in `workorders.clocks`."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("ticket"), related_name="clocks")
    #: Empty for the ticket's own overall clock.
    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), null=True, blank=True, related_name="clocks")
    kind = models.CharField(_("kind"), max_length=12, choices=ClockKind)
    #: The ticket's round in which the promise was made.
    episode = models.PositiveSmallIntegerField(_("episode"), default=0)
    #: Working time is counted on this calendar; empty means natural hours.
    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("working calendar"), null=True, blank=True)
    #: The calendar's version that the promise was made on.
    calendar_revision = models.PositiveIntegerField(_("calendar revision"), null=True, blank=True)
    ola_rule = models.ForeignKey(OlaRule, models.PROTECT, verbose_name=_("department limit (OLA)"), null=True, blank=True)
    sla_rule = models.ForeignKey(SlaRule, models.PROTECT, verbose_name=_("customer limit (SLA)"), null=True, blank=True)
    allowance = models.DurationField(_("allowance"))
    started_at = models.DateTimeField(_("started at"))
    used = models.DurationField(_("used"))
    running_since = models.DateTimeField(_("running since"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached at"), null=True, blank=True)
    #: When the next step of its ladder falls due; empty while it waits, after it stopped and above the highest step.
    next_step_at = models.DateTimeField(_("next ladder step at"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "order", "kind", "episode"], name="clock_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(kind__in=ClockKind.values), name="clock_kind"),
            models.CheckConstraint(
                condition=Q(kind=ClockKind.OVERALL, order=None) | (~Q(kind=ClockKind.OVERALL) & Q(order__isnull=False)),
                name="clock_belongs",
            ),
            models.CheckConstraint(
                condition=Q(running_since__isnull=False, stopped_at=None, due_at__isnull=False)
                | Q(running_since=None, stopped_at__isnull=False, due_at__isnull=False)
                | Q(running_since=None, stopped_at=None, due_at=None),
                name="clock_running_paused_or_stopped",
            ),
            models.CheckConstraint(
                condition=Q(next_step_at=None) | Q(running_since__isnull=False), name="clock_steps_while_running"
            ),
        ]
        indexes: ClassVar = [
            # What the ladder's tick reads: only the clocks that have a step to come.
            models.Index(fields=["next_step_at"], name="clock_next_step", condition=Q(next_step_at__isnull=False)),
            models.Index(fields=["due_at"], name="clock_running_due", condition=Q(running_since__isnull=False)),
            # When the promise runs or ran out, as the figures read it (workorders.queries.figures.DUE).
            models.Index("kind", Coalesce("due_at", "breached_at"), name="clock_kind_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.order or self.ticket}"

    @property
    def state(self) -> ClockState:
        """Return the clock as the pure arithmetic reads it."""
        return ClockState(**{name: getattr(self, name) for name in STATE_FIELDS})

    @state.setter
    def state(self, state: ClockState) -> None:
        for name in STATE_FIELDS:
            setattr(self, name, getattr(state, name))
