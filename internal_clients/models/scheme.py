"""The scheme as data: parts, indicators and weights, in versions that take effect with a month."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import Better, SchemeState
from internal_clients.formulas import FORMULAS
from internal_clients.scoring import Direction, Measure
from organization.models import Department
from organization.models.base import Named

#: What counts is never changed again: months were scored by it. A new version takes its place.
_REFUSE = """
    IF EXISTS (SELECT 1 FROM internal_clients_scheme WHERE state = 'active' AND id = {scheme}) THEN
        RAISE EXCEPTION 'a scheme in force cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
_OF_PART = "(SELECT scheme_id FROM internal_clients_part WHERE id = (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).part_id)"
_OWN = "(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).scheme_id"


def _kept(scheme: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="kept_while_in_force",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_REFUSE.format(scheme=scheme),
    )


class Scheme(models.Model):
    """One version of the internal-customer scheme (内部客户制); the newest in force at a month's beginning scores the month."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    effective_from = models.DateField(_("effective from"), help_text=_("The first day of a month."))
    state = models.CharField(_("state"), max_length=8, choices=SchemeState, default=SchemeState.DRAFT)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("activated by"),
        null=True,
        blank=True,
        related_name="+",
    )
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=SchemeState.values), name="scheme_state"),
            models.CheckConstraint(
                condition=Q(effective_from__day=1),
                name="scheme_from_first",
                violation_error_message=_("A scheme takes effect on the first day of a month."),
            ),
            models.CheckConstraint(
                condition=Q(state=SchemeState.ACTIVE, activated_at__isnull=False) | Q(state=SchemeState.DRAFT, activated_at=None),
                name="scheme_activated_at",
            ),
            models.UniqueConstraint(
                fields=["effective_from"],
                name="scheme_one_in_force",
                condition=Q(state=SchemeState.ACTIVE),
                violation_error_message=_("Another scheme takes effect on that day."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="stays_in_force",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=SchemeState.ACTIVE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Part(Named):
    """One of the five parts (客户投诉, 系统支撑, 客户满意, 业务开发, 信息支撑), or the complaint centre's own."""

    code = models.CharField(_("code"), max_length=4)
    scheme = models.ForeignKey(Scheme, models.CASCADE, verbose_name=_("scheme"), related_name="parts")

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        constraints: ClassVar = [models.UniqueConstraint(fields=["scheme", "code"], name="part_once")]
        triggers: ClassVar = [_kept(_OWN)]


class PartWeight(models.Model):
    """How much a part counts for a department; without a row it does not apply."""

    part = models.ForeignKey(Part, models.CASCADE, verbose_name=_("part"), related_name="weights")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("weight of a part")
        verbose_name_plural = _("weights of the parts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "department"], name="partweight_once"),
            models.CheckConstraint(condition=Q(weight__gte=0, weight__lte=100), name="partweight_range"),
        ]
        triggers: ClassVar = [_kept(_OF_PART)]

    def __str__(self) -> str:
        return f"{self.part} · {self.department}: {self.weight}"


class Indicator(Named):
    """One indicator: which formula, which way is better, from where to where its points run, and how many there are."""

    part = models.ForeignKey(Part, models.CASCADE, verbose_name=_("part"), related_name="indicators")
    code = models.CharField(_("code"), max_length=8)
    formula = models.CharField(_("formula"), max_length=8, choices=[(key, key) for key in FORMULAS])
    better = models.CharField(_("which way is better"), max_length=8, choices=Better)
    target = models.DecimalField(_("target"), max_digits=8, decimal_places=3)
    limit = models.DecimalField(
        _("floor or ceiling"),
        max_digits=8,
        decimal_places=3,
        help_text=_("Where nothing is left of the points; where each occurrence takes points off: how many."),
    )
    weight = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    cap = models.DecimalField(_("most that counts, as a share of the points"), max_digits=4, decimal_places=2, default=1)
    minimum = models.PositiveIntegerField(_("least sample"), default=1)
    departments = models.ManyToManyField(
        Department,
        verbose_name=_("departments"),
        blank=True,
        related_name="+",
        help_text=_("Only these; empty: every department that the part counts for."),
    )

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "code"], name="indicator_once"),
            models.CheckConstraint(condition=Q(better__in=Better.values), name="indicator_better"),
            models.CheckConstraint(condition=Q(formula__in=list(FORMULAS)), name="indicator_formula"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=100), name="indicator_weight"),
            models.CheckConstraint(condition=Q(cap__gt=0, cap__lte=2), name="indicator_cap"),
            models.CheckConstraint(condition=Q(minimum__gte=1), name="indicator_minimum"),
            models.CheckConstraint(
                condition=Q(better=Better.HIGH, target__gt=models.F("limit"))
                | Q(better=Better.LOW, target__lt=models.F("limit"))
                | Q(better=Better.DEDUCT, limit__gt=0),
                name="indicator_limit_on_the_right_side",
                violation_error_message=_("The floor lies below the target; the ceiling, where less is better, above it."),
            ),
        ]
        triggers: ClassVar = [_kept(_OF_PART)]

    @property
    def measure(self) -> Measure:
        """Return the indicator as the arithmetic reads it."""
        return Measure(
            code=self.code,
            direction=Direction(self.better),
            target=self.target,
            limit=self.limit,
            full=self.weight,
            cap=self.cap,
            minimum=self.minimum,
        )
