"""Waiting that was asked for, and orders that were refused: each with a reason, evidence and a decision."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from workorders.enums import HoldReason, ReturnReason, Ruling
from workorders.models.order import WorkOrder


class Hold(models.Model):
    """A wait of one leg (挂起): asked for, approved or refused, ended."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), related_name="holds")
    reason = models.CharField(_("reason"), max_length=16, choices=HoldReason)
    evidence = models.TextField(_("evidence"))
    until = models.DateTimeField(_("until"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("requested by"), related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        related_name="+",
    )
    #: Set when approved; the wait begins then.
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    #: When it was refused, or the wait ended.
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="hold_one_open", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(reason__in=HoldReason.values), name="hold_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("requested_at")), name="hold_until_later"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="hold_running", condition=Q(ended_at=None, started_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_reason_display()}"

    @property
    def is_pending(self) -> bool:
        """Tell whether it still waits for a decision."""
        return self.started_at is None and self.ended_at is None


class ReturnRequest(models.Model):
    """A department's claim that an order is not its own (退单), and the ruling."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), related_name="returns")
    reason = models.CharField(_("reason"), max_length=12, choices=ReturnReason)
    evidence = models.TextField(_("evidence"))
    proposed = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("proposed department"),
        null=True,
        blank=True,
        related_name="+",
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("requested by"), related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    ruling = models.CharField(_("ruling"), max_length=8, choices=Ruling, default=Ruling.PENDING)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("ruled by"),
        null=True,
        blank=True,
        related_name="+",
    )
    ruled_at = models.DateTimeField(_("ruled at"), null=True, blank=True)
    ruling_reason = models.TextField(_("reason for the ruling"), blank=True)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="return_one_pending", condition=Q(ruling=Ruling.PENDING)),
            models.CheckConstraint(condition=Q(reason__in=ReturnReason.values), name="return_reason"),
            models.CheckConstraint(condition=Q(ruling__in=Ruling.values), name="return_ruling"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_reason_display()}"
