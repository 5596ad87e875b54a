"""Early warning (投诉预警): the rules, the series they watch, what has come in, and the alerts."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import AlertLevel, Method, Outcome
from organization.enums import RegionKind
from organization.models import Department, Region
from workorders.models import Category, Ticket


class AlertRule(models.Model):
    """When a series of complaints is a surge, as data: a method with its numbers, where it applies, who is told."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    method = models.CharField(_("method"), max_length=8, choices=Method)
    is_active = models.BooleanField(_("active"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), null=True, blank=True, related_name="+"
    )
    departments = models.ManyToManyField(
        Department,
        verbose_name=_("departments to tell"),
        blank=True,
        related_name="+",
        help_text=_("Besides the department that the category's route leads to."),
    )
    category = models.ForeignKey(
        Category, models.PROTECT, verbose_name=_("category"), null=True, blank=True, related_name="+",
        help_text=_("With everything below it; empty is every category."),
    )  # fmt: skip
    category_depth = models.PositiveSmallIntegerField(
        _("level of the category"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3)],
        help_text=_("Watch the categories of this level only; empty is every level."),
    )  # fmt: skip
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("region"), null=True, blank=True, related_name="+",
        help_text=_("With everything below it; empty is everywhere."),
    )  # fmt: skip
    region_kind = models.CharField(
        _("level of the region"), max_length=16, choices=RegionKind, blank=True,
        help_text=_("Watch the regions of this level only; empty is every level."),
    )  # fmt: skip
    count = models.PositiveSmallIntegerField(
        _("complaints"), default=10, validators=[MinValueValidator(2)],
        help_text=_("Fixed rule: so many customers within the minutes. Control chart: the lowest threshold."),
    )  # fmt: skip
    minutes = models.PositiveSmallIntegerField(
        _("within minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(1440)],
        help_text=_("Fixed rule only."),
    )  # fmt: skip
    yearly = models.FloatField(
        _("false alarms a year"), default=0.4, validators=[MinValueValidator(0.001), MaxValueValidator(100)],
        help_text=_("Adaptive rule: as many as are put up with in each series and window."),
    )  # fmt: skip

    callback_percent = models.PositiveSmallIntegerField(
        _("customers called back after an incident, %"), default=10, validators=[MaxValueValidator(100)],
        help_text=_("At least one in each region; the others are told by SMS. Whoever ends the incident may choose another."),
    )  # fmt: skip

    #: What the rule would have told in the last 12 months: see `complaints.queries.rehearsing`.
    rehearsal = models.JSONField(_("preview"), null=True, blank=True, editable=False)
    rehearsal_asked_at = models.DateTimeField(_("preview asked for at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(method__in=Method.values), name="alertrule_method"),
            models.CheckConstraint(condition=Q(count__gte=2, minutes__gte=5, yearly__gt=0), name="alertrule_numbers"),
            models.CheckConstraint(condition=Q(callback_percent__lte=100), name="alertrule_callbacks"),
        ]

    def __str__(self) -> str:
        return self.name


class Arrival(models.Model):
    """A complaint that came in, or was found to be another series', and is not yet counted; gone once it is."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, models.CASCADE, related_name="+")
    customer_id = models.BigIntegerField()
    at = models.DateTimeField()
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")

    def __str__(self) -> str:
        return str(self.ticket_id)


class Alert(models.Model):
    """One surge (预警), updated in place from its opening to its end."""

    rule = models.ForeignKey(AlertRule, models.PROTECT, verbose_name=_("rule"), related_name="alerts")
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    level = models.PositiveSmallIntegerField(_("level"), choices=AlertLevel)
    #: When the complaints began to come, when it was told first, when its level last rose, and when it was over.
    since = models.DateTimeField(_("since"))
    opened_at = models.DateTimeField(_("opened at"))
    raised_at = models.DateTimeField(_("level since"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    #: Of the window that told it last: seen, normal and its minutes; and the complaints above normal since the beginning.
    seen = models.PositiveIntegerField(_("complaints seen"))
    expected = models.FloatField(_("expected"))
    minutes = models.PositiveSmallIntegerField(_("within minutes"))
    excess = models.FloatField(_("above normal"))
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("acknowledged by"), null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    #: How far up it has been told (the level whose people know), when it climbs on, and how often red was repeated.
    told_level = models.PositiveSmallIntegerField(_("told up to"), default=0)
    climbs_at = models.DateTimeField(_("climbs at"), null=True, blank=True)
    repeats = models.PositiveSmallIntegerField(_("repeated"), default=0)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    cause = models.CharField(_("cause"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("responsible department"), null=True, blank=True, related_name="+"
    )
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("concluded by"), null=True, blank=True, related_name="+"
    )
    concluded_at = models.DateTimeField(_("concluded at"), null=True, blank=True)
    #: Several of one surge were brought together in that alert.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    #: What was planned while it went on, where the page asked for it (`complaints.queries.labels`).
    labels: Sequence[Any] = ()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="alert_level"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="alert_outcome"),
            models.UniqueConstraint(
                fields=["category", "region"], condition=Q(cleared_at=None, merged_into=None), name="alert_one_a_series"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="alert_newest"),
            models.Index(fields=["climbs_at"], name="alert_climbs", condition=Q(climbs_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.category} · {self.region}"

    @property
    def stream(self) -> str:
        """Return the alert's journal stream."""
        return f"alert:{self.pk}"

    @property
    def level_name(self) -> str:
        """Return the level's colour as code and badges know it."""
        return AlertLevel(self.level).name.lower()

    @property
    def is_open(self) -> bool:
        """Tell whether the surge goes on."""
        return self.cleared_at is None and self.merged_into_id is None


class Watch(models.Model):
    """One series as one rule sees it: what the detector has learnt, and the alert that it feeds."""

    rule = models.ForeignKey(AlertRule, models.CASCADE, verbose_name=_("rule"), related_name="watches")
    category = models.ForeignKey(Category, models.CASCADE, verbose_name=_("category"), related_name="+")
    region = models.ForeignKey(Region, models.CASCADE, verbose_name=_("region"), related_name="+")
    state = models.BinaryField(_("state"))
    is_open = models.BooleanField(_("alarm open"), default=False)
    alert = models.ForeignKey(Alert, models.SET_NULL, verbose_name=_("alert"), null=True, blank=True, related_name="watches")

    class Meta:
        verbose_name = _("watched series")
        verbose_name_plural = _("watched series")
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "category", "region"], name="watch_once")]
        indexes: ClassVar = [models.Index(fields=["id"], name="watch_open", condition=Q(is_open=True))]

    def __str__(self) -> str:
        return f"{self.rule} {self.category} {self.region}"
