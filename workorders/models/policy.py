"""The limits as data: what customers are promised (SLA) and what departments promise each other (OLA)."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Region
from workorders.enums import Channel, Hours, Tier, Urgency
from workorders.models.category import Category
from workorders.targets import ALWAYS, Promise, Rule, Scope


class Limit(models.Model):
    """What every limit has: whom it holds for beside the department, and from when.

    A row is never changed (a trigger refuses it): an edit is a new version from its date, and clocks keep the version
    that they were promised under. Versions are made by `workorders.actions.limits` alone.
    """

    category = models.ForeignKey(
        Category,
        models.PROTECT,
        verbose_name=_("category"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: every category."),
    )
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency)
    channel = models.CharField(
        _("channel"),
        max_length=12,
        choices=Channel,
        blank=True,
        help_text=_("Empty: every channel without a row of its own."),
    )
    tier = models.CharField(_("customer tier"), max_length=8, choices=Tier, blank=True, help_text=_("Empty: every customer."))
    effective_from = models.DateTimeField(_("in force from"), default=ALWAYS)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    withdrawn = models.BooleanField(
        _("withdrawn"), default=False, help_text=_("From this date on the less specific limit applies.")
    )

    #: The fields that make two rows versions of one limit.
    KEY: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @property
    def key(self) -> tuple[object, ...]:
        """Return what all versions of this limit share."""
        return tuple(getattr(self, name) for name in self.KEY)


class SlaRule(Limit):
    """The customer's limit at one urgency, with the complaint centre's own steps inside it, in natural minutes."""

    KEY: ClassVar = ("category_id", "urgency", "channel", "tier")

    dispatch_minutes = models.PositiveIntegerField(_("dispatch, minutes"))
    contact_minutes = models.PositiveIntegerField(_("first contact, minutes"))
    answer_minutes = models.PositiveIntegerField(_("final answer, minutes"))
    progress_minutes = models.PositiveIntegerField(_("progress notice every, minutes"))
    review_minutes = models.PositiveIntegerField(_("review, minutes"))
    reply_minutes = models.PositiveIntegerField(_("reply to customer, minutes"))
    callback_minutes = models.PositiveIntegerField(_("callback after reply, minutes"))
    review_percent = models.PositiveSmallIntegerField(_("share of replies reviewed, %"))

    class Meta:
        verbose_name = _("customer limit (SLA)")
        verbose_name_plural = _("customer limits (SLA)")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["category", "urgency", "channel", "tier", "effective_from"], name="slarule_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["category", "urgency", "channel", "tier", "version"], name="slarule_version", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="slarule_urgency"),
            models.CheckConstraint(condition=Q(review_percent__lte=100), name="slarule_percent"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        parts = (self.category, self.get_urgency_display(), self.get_channel_display(), self.get_tier_display())
        return " ".join(str(part) for part in parts if part)

    @property
    def rule(self) -> Rule:
        """Return the row as the pure choice reads it."""
        scope = Scope(
            category_path=self.category.path if self.category else "",
            urgency=self.urgency,
            channel=self.channel,
            tier=self.tier,
        )
        return Rule(id=self.pk, scope=scope, effective_from=self.effective_from, withdrawn=self.withdrawn)

    @property
    def promise(self) -> Promise:
        """Return the limits as the validator reads them."""
        return Promise(
            dispatch=self.dispatch_minutes,
            answer=self.answer_minutes,
            review=self.review_minutes,
            reply=self.reply_minutes,
        )


class OlaRule(Limit):
    """A department's limits for a category and an urgency; the most specific row applies."""

    KEY: ClassVar = ("department_id", "category_id", "urgency", "channel", "tier", "region_id")

    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("department"),
        null=True,
        blank=True,
        help_text=_("Empty: every department."),
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("region"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: every region."),
    )
    acknowledge_minutes = models.PositiveIntegerField(_("acknowledge, minutes"))
    resolve_minutes = models.PositiveIntegerField(_("resolve, minutes"))
    hours = models.CharField(_("counted in"), max_length=8, choices=Hours, default=Hours.NATURAL)

    class Meta:
        verbose_name = _("department limit (OLA)")
        verbose_name_plural = _("department limits (OLA)")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "category", "urgency", "channel", "tier", "region", "effective_from"],
                name="olarule_once",
                nulls_distinct=False,
                violation_error_message=_("There is a limit for exactly this from the same date already."),
            ),
            models.UniqueConstraint(
                fields=["department", "category", "urgency", "channel", "tier", "region", "version"],
                name="olarule_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="olarule_urgency"),
            models.CheckConstraint(condition=Q(hours__in=Hours.values), name="olarule_hours"),
            models.CheckConstraint(condition=Q(acknowledge_minutes__gt=0, resolve_minutes__gt=0), name="olarule_positive"),
            models.CheckConstraint(condition=Q(acknowledge_minutes__lte=F("resolve_minutes")), name="olarule_acknowledge_first"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        parts = (
            self.department,
            self.category,
            self.get_urgency_display(),
            self.get_channel_display(),
            self.get_tier_display(),
            self.region,
        )
        return " · ".join(str(part) for part in parts if part)

    @property
    def rule(self) -> Rule:
        """Return the row as the pure choice reads it."""
        scope = Scope(
            department_id=self.department_id,
            category_path=self.category.path if self.category else "",
            urgency=self.urgency,
            channel=self.channel,
            tier=self.tier,
            region_path=self.region.path if self.region else "",
        )
        return Rule(
            id=self.pk,
            scope=scope,
            effective_from=self.effective_from,
            withdrawn=self.withdrawn,
            acknowledge=self.acknowledge_minutes,
            resolve=self.resolve_minutes,
            working=self.hours == Hours.WORKING,
        )
