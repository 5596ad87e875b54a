"""The systems that the front line works with: their faults and planned outages."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models import Alert
from internal_clients.enums import FaultSeverity
from organization.models import Department
from organization.models.base import Named

SHARE = [MinValueValidator(0), MaxValueValidator(1)]


class System(Named):
    """A system that a department keeps running for the front line."""

    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="systems")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("system")
        verbose_name_plural = _("systems")


class Fault(models.Model):
    """One fault of a system, from its beginning until service was back."""

    system = models.ForeignKey(System, models.PROTECT, verbose_name=_("system"), related_name="faults")
    #: Who kept the system running when it failed.
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    severity = models.CharField(_("severity"), max_length=8, choices=FaultSeverity, default=FaultSeverity.GENERAL)
    started_at = models.DateTimeField(_("began at"))
    restored_at = models.DateTimeField(_("restored at"), null=True, blank=True)
    share = models.DecimalField(
        _("share of users hit"), max_digits=5, decimal_places=4, validators=SHARE, help_text=_("From 0 to 1.")
    )
    what = models.CharField(_("what fails"), max_length=200)
    cause = models.TextField(_("cause and repair"), blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("logged by"), related_name="+")
    logged_at = models.DateTimeField(_("logged at"))

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(severity__in=FaultSeverity.values), name="fault_severity"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="fault_share"),
            models.CheckConstraint(condition=Q(restored_at=None) | Q(restored_at__gt=F("started_at")), name="fault_restored_later"),
            models.CheckConstraint(condition=Q(logged_at__gte=F("started_at")), name="fault_logged_later"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["started_at"], name="fault_started_at"),
            models.Index(fields=["restored_at"], name="fault_restored_at"),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.what}"


class PlannedOutage(models.Model):
    """An interruption planned beforehand (割接): approved in its window it is no outage, beyond it it is."""

    system = models.ForeignKey(System, models.PROTECT, verbose_name=_("system"), related_name="outages")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    what = models.CharField(_("what is done"), max_length=200)
    starts_at = models.DateTimeField(_("window begins at"))
    ends_at = models.DateTimeField(_("window ends at"))
    share = models.DecimalField(
        _("share of users hit"), max_digits=5, decimal_places=4, validators=SHARE, help_text=_("From 0 to 1.")
    )
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("planned by"), related_name="+")
    planned_at = models.DateTimeField(_("planned at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("approved by"), null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    #: When service was back in fact.
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("planned outage")
        verbose_name_plural = _("planned outages")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outage_ends_later"),
            models.CheckConstraint(condition=Q(finished_at=None) | Q(finished_at__gt=F("starts_at")), name="outage_finished_later"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="outage_share"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("planned_by")),
                name="outage_two_people",
                violation_error_message=_("Nobody approves what they planned."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_at"], name="outage_starts_at")]

    def __str__(self) -> str:
        return f"{self.system}: {self.what}"


class AlertCause(models.Model):
    """The fault or the release behind an alert that was concluded, named by the duty officer."""

    alert = models.OneToOneField(Alert, models.PROTECT, verbose_name=_("alert"), related_name="+")
    fault = models.ForeignKey(Fault, models.PROTECT, verbose_name=_("fault"), null=True, blank=True, related_name="alerts")
    release = models.ForeignKey(
        "internal_clients.Release", models.PROTECT, verbose_name=_("release"), null=True, blank=True, related_name="alerts"
    )
    fixed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("cause fixed by"), related_name="+")
    fixed_at = models.DateTimeField(_("cause fixed at"))

    class Meta:
        verbose_name = _("cause of an alert")
        verbose_name_plural = _("causes of alerts")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(fault__isnull=False) | Q(release__isnull=False), name="alertcause_named"),
        ]

    def __str__(self) -> str:
        return f"{self.alert}: {self.fault or self.release}"
