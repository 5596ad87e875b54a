"""Inspection of quality (质检) as data: the checklists in versions, the sampling plans, and what each of them drew."""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import DrawPeriod, Inspected
from organization.models import Department, Region
from workorders.enums import Urgency
from workorders.models import Category

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Checklist(models.Model):
    """What inspectors look at, in versions: a change is a new version, so that old results keep their meaning."""

    name = models.CharField(_("name"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    #: The latest version; plans follow it.
    is_current = models.BooleanField(_("current version"), default=True)
    what = models.CharField(_("what is inspected"), max_length=8, choices=Inspected)
    pass_score = models.PositiveSmallIntegerField(_("passes from, points of 100"), default=80, validators=PERCENT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+")
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="checklist_version"),
            models.UniqueConstraint(fields=["name"], condition=Q(is_current=True), name="checklist_one_current"),
            models.CheckConstraint(condition=Q(what__in=Inspected.values), name="checklist_what"),
            models.CheckConstraint(condition=Q(pass_score__lte=100), name="checklist_pass_score"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def stream(self) -> str:
        """Return the checklist's journal stream: one for all its versions."""
        return f"checklist:{self.name}"


class ChecklistItem(models.Model):
    """One thing to look at; never rewritten."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name=_("checklist"), related_name="items")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("what must be so"), max_length=200)
    points = models.PositiveSmallIntegerField(_("points"), validators=[MinValueValidator(1), MaxValueValidator(100)])
    is_fatal = models.BooleanField(_("fatal"), default=False)
    #: What missing it is called wherever defects are counted; the same over versions and checklists.
    defect = models.CharField(_("defect code"), max_length=12)

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checklist", "position"], name="checklistitem_position"),
            models.CheckConstraint(condition=Q(points__range=(1, 100)), name="checklistitem_points"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="checklistitem_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text


class SamplingPlan(models.Model):
    """Which replies or callbacks of a period are inspected, by whom, and how many twice; each draw keeps its seed."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name=_("checklist"), related_name="plans")
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), null=True, blank=True, related_name="+")
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, blank=True)
    period = models.CharField(_("is drawn"), max_length=8, choices=DrawPeriod, default=DrawPeriod.DAY)
    #: One of the two.
    percent = models.PositiveSmallIntegerField(_("share, %"), null=True, blank=True, validators=PERCENT)
    number = models.PositiveSmallIntegerField(
        _("or number"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    all_major = models.BooleanField(_("all major ones as well"), default=True)
    #: Of what is drawn, how much goes to two inspectors who do not know of each other.
    double_percent = models.PositiveSmallIntegerField(_("share inspected twice, percent"), default=20, validators=PERCENT)
    days = models.PositiveSmallIntegerField(
        _("to be done within, working days"), default=3, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    inspectors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("inspectors"), blank=True, related_name="+")
    active_from = models.DateField(_("active from"))
    is_active = models.BooleanField(pgettext_lazy("sampling plan", "active"), default=True)
    seed = models.CharField(_("seed"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("sampling plan")
        verbose_name_plural = _("sampling plans")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(period__in=DrawPeriod.values), name="samplingplan_period"),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 100), number=None) | Q(percent=None, number__gte=1),
                name="samplingplan_percent_or_number",
                violation_error_message=_("Give a share or a number, one of the two."),
            ),
            models.CheckConstraint(condition=Q(double_percent__lte=100, days__gte=1), name="samplingplan_shares"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> dict[str, Any]:
        """Return what the plan draws now, for its draws to keep."""
        names = ("department_id", "region_id", "category_id", "urgency", "percent", "number", "all_major", "double_percent")
        return {name.removesuffix("_id"): getattr(self, name) for name in names}

    @property
    def stream(self) -> str:
        """Return the plan's journal stream."""
        return f"samplingplan:{self.pk}"


class Draw(models.Model):
    """What a plan drew from one period: once, with the seed, the rule as it was, and how much there was.

    With the same pool anybody comes to the same draw; work that is redone meanwhile leaves the pool.
    """

    plan = models.ForeignKey(SamplingPlan, models.PROTECT, verbose_name=_("sampling plan"), related_name="draws")
    start = models.DateField(_("from"))
    end = models.DateField(_("until"))
    seed = models.CharField(_("seed"), max_length=80)
    rule = models.JSONField(_("rule"), default=dict)
    pool = models.PositiveIntegerField(_("there were"))
    size = models.PositiveIntegerField(_("drawn"))
    drawn_at = models.DateTimeField(_("drawn at"))

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "start"], name="draw_once"),
            models.CheckConstraint(condition=Q(size__lte=F("pool"), end__gt=F("start")), name="draw_of_a_pool"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="draw_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.plan} {self.start}"
