"""What the front line asks of a supporting department as a ticket (内部请求), on the same flow as complaints."""

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import RequestKind
from internal_clients.models.requirements import Requirement
from internal_clients.models.systems import System
from organization.models import Department
from workorders.models import Ticket

MARKS = [MinValueValidator(1), MaxValueValidator(5)]


class InternalRequest(models.Model):
    """What only an internal request has, beside its ticket: what it is about, and how the requester found the answer."""

    ticket = models.OneToOneField(
        Ticket, models.PROTECT, primary_key=True, verbose_name=_("ticket"), related_name="internal_request"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=RequestKind)
    #: Whom it was filed to.
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    system = models.ForeignKey(System, models.PROTECT, verbose_name=_("system"), null=True, blank=True, related_name="+")
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, verbose_name=_("requirement"), null=True, blank=True, related_name="requests"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    timeliness = models.PositiveSmallIntegerField(_("timeliness"), validators=MARKS, null=True, blank=True)
    quality = models.PositiveSmallIntegerField(_("quality"), validators=MARKS, null=True, blank=True)
    attitude = models.PositiveSmallIntegerField(_("attitude"), validators=MARKS, null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("internal request")
        verbose_name_plural = _("internal requests")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="internalrequest_kind"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, timeliness=None, quality=None, attitude=None)
                | Q(confirmed_at__isnull=False, timeliness__range=(1, 5), quality__range=(1, 5), attitude__range=(1, 5)),
                name="internalrequest_rated_on_confirming",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ticket)

    @property
    def subject(self) -> str:
        """Return what was asked."""
        return self.ticket.subject

    @property
    def state(self) -> str:
        """Return where it stands, in words."""
        return self.ticket.get_state_display()

    @property
    def filed_at(self) -> dt.datetime:
        """Return when it was filed."""
        return self.ticket.filed_at

    @property
    def due_at(self) -> dt.datetime | None:
        """Return until when it is to be answered; None while it waits or is over."""
        return self.ticket.due_at
