"""The tree of targets: company, departments, posts, employees; what each is to reach, in versions that both sides have agreed."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import KpiLevel, KpiMeasure, KpiState
from internal_clients.kpi import Spread
from organization.models import Department

_ITEMS = """
    IF NOT EXISTS (
        SELECT 1 FROM internal_clients_kpisheet WHERE state IN ('draft', 'objected')
        AND id = (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).sheet_id
    ) THEN
        RAISE EXCEPTION 'targets that were put forward cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class KpiNode(models.Model):
    """One place in the tree: the company, a department, a post in it, or an employee."""

    parent = models.ForeignKey("self", models.PROTECT, verbose_name=_("above"), null=True, blank=True, related_name="children")
    level = models.CharField(_("level"), max_length=12, choices=KpiLevel)
    name = models.CharField(_("name"), max_length=60, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), null=True, blank=True, related_name="kpi_nodes"
    )
    #: Who answers for the place, and agrees to its targets: an employee for themselves, else whoever leads there.
    speaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("answers for it"), related_name="kpi_nodes"
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("place in the target tree")
        verbose_name_plural = _("places in the target tree")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__in=KpiLevel.values), name="kpinode_level"),
            models.CheckConstraint(
                condition=Q(level=KpiLevel.COMPANY, parent=None, department=None)
                | (~Q(level=KpiLevel.COMPANY) & Q(parent__isnull=False, department__isnull=False)),
                name="kpinode_hangs",
            ),
            models.CheckConstraint(condition=~Q(level=KpiLevel.POST, name=""), name="kpinode_post_named"),
            models.UniqueConstraint(fields=["level"], name="kpinode_one_company", condition=Q(level=KpiLevel.COMPANY)),
            models.UniqueConstraint(fields=["department"], name="kpinode_once_department", condition=Q(level=KpiLevel.DEPARTMENT)),
            models.UniqueConstraint(fields=["parent", "name"], name="kpinode_post_once", condition=Q(level=KpiLevel.POST)),
            models.UniqueConstraint(
                fields=["speaker"], name="kpinode_employee_once", condition=Q(level=KpiLevel.EMPLOYEE, is_active=True)
            ),
        ]

    def __str__(self) -> str:
        match self.level:
            case KpiLevel.COMPANY:
                return str(KpiLevel.COMPANY.label)
            case KpiLevel.DEPARTMENT:
                return str(self.department)
            case KpiLevel.POST:
                return self.name
            case _:
                return str(self.speaker)


class KpiSheet(models.Model):
    """One version of a place's targets: drafted from above, agreed or objected to from below, in force from a month on."""

    node = models.ForeignKey(KpiNode, models.PROTECT, verbose_name=_("place"), related_name="sheets")
    version = models.PositiveIntegerField(_("version"))
    starts_on = models.DateField(_("in force from"), help_text=_("The first day of a month."))
    state = models.CharField(_("state"), max_length=8, choices=KpiState, default=KpiState.DRAFT)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("drafted by"), related_name="+")
    put_forward_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("put forward by"), null=True, blank=True, related_name="+"
    )
    put_forward_at = models.DateTimeField(_("put forward at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("agreed by"), null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    objection = models.TextField(_("objection"), blank=True)

    class Meta:
        verbose_name = _("version of the targets")
        verbose_name_plural = _("versions of the targets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["node", "version"], name="kpisheet_version"),
            models.UniqueConstraint(fields=["node"], name="kpisheet_one_open", condition=~Q(state=KpiState.AGREED)),
            models.UniqueConstraint(fields=["node", "starts_on"], name="kpisheet_one_a_start", condition=Q(state=KpiState.AGREED)),
            models.CheckConstraint(condition=Q(state__in=KpiState.values), name="kpisheet_state"),
            models.CheckConstraint(condition=Q(starts_on__day=1), name="kpisheet_from_first"),
            models.CheckConstraint(
                condition=Q(state=KpiState.DRAFT)
                | Q(state=KpiState.PROPOSED, put_forward_by__isnull=False)
                | Q(state=KpiState.AGREED, put_forward_by__isnull=False, answered_by__isnull=False)
                | (Q(state=KpiState.OBJECTED, answered_by__isnull=False) & ~Q(objection="")),
                name="kpisheet_both_sides",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="stays_agreed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=KpiState.AGREED),
            )
        ]

    def __str__(self) -> str:
        return f"{self.node} v{self.version}"

    @property
    def is_editable(self) -> bool:
        """Tell whether its targets may still be changed."""
        return self.state in {KpiState.DRAFT, KpiState.OBJECTED}


class KpiItem(models.Model):
    """One target: what is measured, what it is to reach, and its weight of the 100 at its place."""

    sheet = models.ForeignKey(KpiSheet, models.CASCADE, verbose_name=_("version of the targets"), related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    measure = models.CharField(_("measure"), max_length=12, choices=KpiMeasure)
    name = models.CharField(_("what is judged"), max_length=80, blank=True)
    target = models.DecimalField(_("target"), max_digits=9, decimal_places=2)
    limit = models.DecimalField(_("scores nothing at"), max_digits=5, decimal_places=2, default=0)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "measure", "name"], name="kpiitem_once"),
            models.CheckConstraint(condition=Q(measure__in=KpiMeasure.values), name="kpiitem_measure"),
            models.CheckConstraint(condition=Q(target__gte=0), name="kpiitem_target"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=100), name="kpiitem_weight"),
            models.CheckConstraint(
                condition=Q(measure__in=KpiMeasure.RATES, target__lte=100, limit__range=(0, 100))
                & (
                    Q(measure__in=KpiMeasure.LESS, limit__gt=models.F("target"))
                    | (~Q(measure__in=KpiMeasure.LESS) & Q(limit__lt=models.F("target")))
                )
                | (~Q(measure__in=KpiMeasure.RATES) & Q(target__gt=0)),
                name="kpiitem_limit_on_the_right_side",
            ),
            models.CheckConstraint(condition=~Q(measure=KpiMeasure.PROCESS, name=""), name="kpiitem_process_named"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="changes_in_drafts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_ITEMS,
            )
        ]

    def __str__(self) -> str:
        return self.name or self.get_measure_display()

    @property
    def spread(self) -> Spread:
        """Return how the target is handed down."""
        if self.measure == KpiMeasure.PROCESS:
            return Spread.PROCESS
        return Spread.SPLIT if self.measure == KpiMeasure.PIECES else Spread.SAME


class KpiMark(models.Model):
    """What a head found on a checklist in a month, with the reason; a later mark takes the place of an earlier one."""

    item = models.ForeignKey(KpiItem, models.PROTECT, verbose_name=_("target"), related_name="marks")
    month = models.DateField(_("month"))
    passed = models.DecimalField(_("points passed"), max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("mark for the process")
        verbose_name_plural = _("marks for the process")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(passed__gte=0), name="kpimark_passed"),
            models.CheckConstraint(condition=Q(month__day=1), name="kpimark_month"),
            models.CheckConstraint(condition=~Q(reason=""), name="kpimark_reason"),
        ]
        indexes: ClassVar = [models.Index(fields=["month", "item", "-id"], name="kpimark_newest")]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.item} {self.month:%Y-%m}: {self.passed}"


class KpiFigure(models.Model):
    """What was counted in a month of one person's work for one department; without a person, what nobody had in hand."""

    month = models.DateField(_("month"))
    measure = models.CharField(_("measure"), max_length=12, choices=KpiMeasure)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("employee"), null=True, blank=True, related_name="+"
    )
    over = models.PositiveIntegerField(_("numerator"))
    under = models.PositiveIntegerField(_("denominator"))
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("counted measure")
        verbose_name_plural = _("counted measures")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "measure", "department", "staff"], name="kpifigure_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.measure}: {self.over}/{self.under}"
