"""More time for a leg, asked for before its deadline (延期申请), and the decision."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.enums import Decision
from workorders.models.order import WorkOrder

#: A leg gets more time this often; the second time it is for the head of the complaint centre to say.
MAX_EXTENSIONS = 2


class Extension(models.Model):
    """One request for more time on a leg's resolve clock; while it is pending the clock runs on."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), related_name="extensions")
    reason = models.TextField(_("reason"))
    evidence = models.TextField(_("evidence"))
    #: What the customer was told meanwhile (rule 11): without it no extension is asked for.
    contact = models.TextField(_("interim contact with the customer"))
    #: Only then does the promise to the customer move too.
    customer_agreed = models.BooleanField(_("the customer agreed"), default=False)
    due_before = models.DateTimeField(_("due when asked"))
    until = models.DateTimeField(_("asked until"))
    #: The same in the working time of the leg's clock.
    extra = models.DurationField(_("extra time"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("requested by"), related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, default=Decision.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="extension_one_pending", condition=Q(decision=Decision.PENDING)),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="extension_decision"),
            models.CheckConstraint(condition=Q(until__gt=models.F("due_before")), name="extension_later"),
            models.CheckConstraint(condition=Q(requested_at__lte=models.F("due_before")), name="extension_asked_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_decision_display()}"
