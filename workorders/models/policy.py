"""The limits as data: what customers are promised (SLA) and what departments promise each other (OLA)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from workorders.enums import Channel, Hours, Urgency
from workorders.models.category import Category
from workorders.targets import Promise, Rule


class SlaRule(models.Model):
    """The customer's limit at one urgency, with the complaint centre's own steps inside it, in natural minutes."""

    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency)
    channel = models.CharField(
        _("channel"),
        max_length=12,
        choices=Channel,
        blank=True,
        help_text=_("Empty: every channel without a row of its own."),
    )
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
        constraints = [
            models.UniqueConstraint(fields=["urgency", "channel"], name="slarule_once"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="slarule_urgency"),
            models.CheckConstraint(condition=Q(review_percent__lte=100), name="slarule_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.get_urgency_display()} {self.get_channel_display()}".strip()

    @property
    def promise(self) -> Promise:
        """Return the limits as the validator reads them."""
        return Promise(
            dispatch=self.dispatch_minutes,
            answer=self.answer_minutes,
            review=self.review_minutes,
            reply=self.reply_minutes,
        )


class OlaRule(models.Model):
    """A department's limits for a category and an urgency; the most specific row applies."""

    department = models.ForeignKey(
        Department,
        models.CASCADE,
        verbose_name=_("department"),
        null=True,
        blank=True,
        help_text=_("Empty: every department."),
    )
    category = models.ForeignKey(
        Category,
        models.CASCADE,
        verbose_name=_("category"),
        null=True,
        blank=True,
        help_text=_("Empty: every category."),
    )
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency)
    acknowledge_minutes = models.PositiveIntegerField(_("acknowledge, minutes"))
    resolve_minutes = models.PositiveIntegerField(_("resolve, minutes"))
    hours = models.CharField(_("counted in"), max_length=8, choices=Hours, default=Hours.NATURAL)

    class Meta:
        verbose_name = _("department limit (OLA)")
        verbose_name_plural = _("department limits (OLA)")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "category", "urgency"],
                name="olarule_once",
                nulls_distinct=False,
                violation_error_message=_("There is a limit for this department, category and urgency already."),
            ),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="olarule_urgency"),
            models.CheckConstraint(condition=Q(hours__in=Hours.values), name="olarule_hours"),
            models.CheckConstraint(condition=Q(acknowledge_minutes__gt=0, resolve_minutes__gt=0), name="olarule_positive"),
            models.CheckConstraint(condition=Q(acknowledge_minutes__lte=F("resolve_minutes")), name="olarule_acknowledge_first"),
        ]

    def __str__(self) -> str:
        scope = [str(part) for part in (self.department, self.category) if part]
        return " · ".join([*scope, str(self.get_urgency_display())])

    @property
    def rule(self) -> Rule:
        """Return the row as the pure choice reads it."""
        return Rule(
            id=self.pk,
            department_id=self.department_id,
            category_path=self.category.path if self.category else "",
            urgency=self.urgency,
            acknowledge=self.acknowledge_minutes,
            resolve=self.resolve_minutes,
            working=self.hours == Hours.WORKING,
        )
