"""Limits being changed together: drafted in the grid, previewed on the open clocks, applied as a job."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from workorders.enums import ChangeState, Hours, Urgency
from workorders.models.category import Category
from workorders.models.policy import OlaRule


class LimitChange(models.Model):
    """A set of edits to the department limits, by one administrator."""

    state = models.CharField(_("state"), max_length=12, choices=ChangeState, default=ChangeState.DRAFT)
    #: Empty: from when it is applied.
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    include_open = models.BooleanField(_("also the open clocks"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    begun_at = models.DateTimeField(_("begun at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    #: How far the job is: tickets looked at, of how many, and the last one's id.
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    last_ticket = models.BigIntegerField(default=0)
    #: What it does to the open clocks (`workorders.queries.recalculation.Impact`), empty before a preview.
    impact: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    #: Why the last attempt was given up.
    problem = models.TextField(blank=True)
    #: Ids of the limits that it made.
    limits: models.JSONField[list[int]] = models.JSONField(default=list)

    class Meta:
        verbose_name = _("change of limits")
        verbose_name_plural = _("changes of limits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by"], name="limitchange_one_open", condition=~Q(state=ChangeState.APPLIED)),
            models.CheckConstraint(condition=Q(state__in=ChangeState.values), name="limitchange_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.pk}"

    @property
    def percent(self) -> int:
        """Return how far the job is."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_working(self) -> bool:
        """Tell whether a job is at it."""
        return self.state in {ChangeState.PREVIEWING, ChangeState.APPLYING}


class LimitEdit(models.Model):
    """One cell of the grid as it is to be."""

    change = models.ForeignKey(LimitChange, models.CASCADE, related_name="edits")
    department = models.ForeignKey(Department, models.CASCADE, verbose_name=_("department"), null=True, blank=True)
    category = models.ForeignKey(Category, models.CASCADE, verbose_name=_("category"), null=True, blank=True)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency)
    acknowledge_minutes = models.PositiveIntegerField(_("acknowledge, minutes"))
    resolve_minutes = models.PositiveIntegerField(_("resolve, minutes"))
    hours = models.CharField(_("counted in"), max_length=8, choices=Hours, default=Hours.NATURAL)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["change", "department", "category", "urgency"], name="limitedit_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.limit)

    @property
    def limit(self) -> OlaRule:
        """Return the edit as an unsaved limit."""
        return OlaRule(
            department=self.department,
            category=self.category,
            urgency=self.urgency,
            acknowledge_minutes=self.acknowledge_minutes,
            resolve_minutes=self.resolve_minutes,
            hours=self.hours,
            withdrawn=self.withdrawn,
        )
