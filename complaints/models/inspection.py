"""Inspection of quality (质检): what is drawn by which plan, the checklists, and what inspectors found."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Answer, Inspected
from complaints.models.complaint import Callback
from organization.models import Department
from workorders.enums import Urgency
from workorders.models import Category, WorkOrder

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Checklist(models.Model):
    """What inspectors look at, in versions: a new version is a new row, so that old results keep their meaning."""

    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveSmallIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "version"], name="checklist_version")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class ChecklistItem(models.Model):
    """One thing to look at; what was inspected once is never rewritten."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name=_("checklist"), related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("what must be so"), max_length=200)
    weight = models.PositiveSmallIntegerField(_("weight"), validators=[MinValueValidator(1)])
    is_fatal = models.BooleanField(_("fatal"), default=False)

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checklist", "position"], name="checklistitem_position"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="checklistitem_weight"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="checklistitem_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text


class SamplingPlan(models.Model):
    """Which replies or callbacks of a day are inspected, as data; the seed lets anyone repeat the draw."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    what = models.CharField(_("what is inspected"), max_length=8, choices=Inspected)
    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name=_("checklist"), related_name="+")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), null=True, blank=True, related_name="+")
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, blank=True)
    percent = models.PositiveSmallIntegerField(_("share of a day, %"), default=10, validators=PERCENT)
    most = models.PositiveSmallIntegerField(_("at most a day"), default=50)
    all_major = models.BooleanField(_("all major ones"), default=True)
    second_percent = models.PositiveSmallIntegerField(_("inspected twice, %"), default=20, validators=PERCENT)
    seed = models.CharField(_("seed"), max_length=64)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("sampling plan")
        verbose_name_plural = _("sampling plans")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(what__in=Inspected.values), name="samplingplan_what"),
            models.CheckConstraint(condition=Q(percent__lte=100, second_percent__lte=100), name="samplingplan_shares"),
        ]

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """One reply or callback to be inspected, then what was found; a second one of the same is blind to the first."""

    plan = models.ForeignKey(SamplingPlan, models.PROTECT, verbose_name=_("sampling plan"), related_name="inspections")
    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name=_("checklist"), related_name="+")
    #: The order whose reply is inspected, or the lead's of the callback's round.
    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), related_name="inspections")
    callback = models.ForeignKey(
        Callback, models.PROTECT, verbose_name=_("callback"), null=True, blank=True, related_name="inspections"
    )
    first = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("first inspection"), null=True, blank=True, related_name="second"
    )
    #: The seed that drew it, as it was then.
    seed = models.CharField(_("seed"), max_length=64)
    drawn_at = models.DateTimeField(_("drawn at"))
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("inspector"), null=True, blank=True, related_name="+"
    )
    inspected_at = models.DateTimeField(_("inspected at"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_fatal = models.BooleanField(_("fatal error"), default=False)
    remark = models.TextField(_("finding"), blank=True)
    #: Points proposed to be deducted; a penalty ticket is for the scheme's two persons to make of it.
    deduction = models.DecimalField(_("proposed deduction"), max_digits=4, decimal_places=1, null=True, blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "order", "callback"], condition=Q(first=None), nulls_distinct=False, name="inspection_drawn_once"
            ),
            models.CheckConstraint(
                condition=Q(inspected_at=None, inspector=None, score=None, deduction=None)
                | Q(inspected_at__gte=F("drawn_at"), inspector__isnull=False),
                name="inspection_made",
            ),
            models.CheckConstraint(condition=Q(deduction=None) | Q(deduction__gt=0), name="inspection_deduction"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["drawn_at", "id"], name="inspection_waiting", condition=Q(inspected_at=None)),
            models.Index(fields=["inspected_at"], name="inspection_made_at"),
        ]

    def __str__(self) -> str:
        return str(self.order)

    @property
    def stream(self) -> str:
        """Return the inspection's journal stream."""
        return f"inspection:{self.pk}"


class Mark(models.Model):
    """What an inspection found on one item; never rewritten."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, verbose_name=_("inspection"), related_name="marks")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, verbose_name=_("item of a checklist"), related_name="+")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "item"], name="mark_once"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="mark_answer"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="mark_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_answer_display()}"
