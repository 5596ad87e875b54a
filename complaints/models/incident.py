"""Incidents (批量投诉): one master ticket for all complaints of one kind and region."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.enums import Ending
from complaints.models.alert import Alert
from complaints.models.complaint import Complaint
from organization.models import Region
from workorders.models import Category, Ticket


class Incident(models.Model):
    """A fault that many complain of: its master ticket goes to the departments, the complaints are linked to it."""

    alert = models.OneToOneField(Alert, models.PROTECT, verbose_name=_("alert"), related_name="incident")
    ticket = models.OneToOneField(Ticket, models.PROTECT, verbose_name=_("master ticket"), related_name="incident")
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    #: What agents tell the customers (口径), shown at intake.
    announcement = models.CharField(_("announcement"), max_length=300)
    expected_at = models.DateTimeField(_("expected back at"), null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by"), related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    answer = models.TextField(_("answer to the customers"), blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ended by"), null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    ending = models.CharField(_("ending"), max_length=12, choices=Ending, blank=True)
    #: Whose customers are called when it is over: so many percent in each region, drawn from the seed.
    sample_percent = models.PositiveSmallIntegerField(_("customers called back, %"), null=True, blank=True)
    seed = models.CharField(_("seed of the sample"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ending="") | models.Q(ended_at__isnull=False, ending__in=Ending.values),
                name="incident_ending",
            ),
            models.CheckConstraint(
                condition=models.Q(sample_percent=None) | models.Q(sample_percent__range=(0, 100)), name="incident_sample"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], name="incident_open", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return str(self.ticket)


class IncidentLink(models.Model):
    """A complaint of an incident; it keeps its own record, and its answer when the incident ends."""

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, primary_key=True, verbose_name=_("complaint"), related_name="incident_link"
    )
    incident = models.ForeignKey(Incident, models.PROTECT, verbose_name=_("incident"), related_name="links")
    linked_at = models.DateTimeField(_("linked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    #: Drawn for a callback as the incident ended; the others are told by SMS. None before, and where it had its own answer.
    is_sampled = models.BooleanField(_("called back"), null=True, blank=True)
    #: It did not belong, or the incident was called off; the row stays, so that no job links it anew.
    detached_at = models.DateTimeField(_("taken out at"), null=True, blank=True)
    detached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("taken out by"), null=True, blank=True, related_name="+"
    )
    detach_reason = models.CharField(_("why it was taken out"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("complaint of an incident")
        verbose_name_plural = _("complaints of an incident")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(detached_at=None, detach_reason="")
                | models.Q(detached_at__isnull=False, answered_at=None) & ~models.Q(detach_reason=""),
                name="incidentlink_detached",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["incident"], name="incidentlink_unanswered", condition=models.Q(answered_at=None, detached_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident} ← {self.complaint}"
