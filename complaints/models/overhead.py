"""What the register of over-the-head complaints (越级投诉台账) keeps of each, beside its complaint."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Fault
from complaints.models.complaint import Complaint


class OverHead(models.Model):
    """The paper an over-the-head complaint came with, what it repeats, and whether we were at fault."""

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, primary_key=True, verbose_name=_("complaint"), related_name="over_head"
    )
    #: The number on the regulator's, association's or editor's letter (转办单号).
    document = models.CharField(_("document number"), max_length=60, blank=True)
    #: The day by which whoever forwarded it wants the answer; the end of that day.
    wanted_on = models.DateField(_("wanted by"), null=True, blank=True)
    #: The customer had lodged the same matter with us before.
    earlier = models.ForeignKey(
        Complaint, models.PROTECT, verbose_name=_("already lodged with us as"), null=True, blank=True, related_name="over_heads"
    )
    fault = models.CharField(_("liability"), max_length=12, choices=Fault, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("over-the-head complaint")
        verbose_name_plural = _("over-the-head complaints")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(fault="", reason="", decided_by=None, decided_at=None)
                | Q(fault__in=Fault.values, decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason=""),
                name="overhead_decided",
            ),
            models.CheckConstraint(condition=Q(earlier=None) | ~Q(earlier=F("complaint")), name="overhead_not_itself"),
        ]

    def __str__(self) -> str:
        return str(self.complaint)
