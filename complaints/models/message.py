"""What customers are told by SMS: an outbox of its own, since customers have no account."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint
from journal.enums import DeliveryState
from journal.models import Gateway


class CustomerMessage(models.Model):
    """One SMS to the customer of a complaint. Written in the transaction of what it tells of, sent by a job."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, verbose_name=_("complaint"), related_name="messages")
    #: The occasion, e.g. ``incident:4711``: nobody is told of one twice.
    key = models.CharField(_("key"), max_length=60)
    text = models.TextField(_("text"))
    queued_at = models.DateTimeField(_("queued at"))
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    gateway = models.ForeignKey(Gateway, models.SET_NULL, verbose_name=_("gateway"), null=True, blank=True, related_name="+")
    gateway_ref = models.CharField(_("gateway's number"), max_length=100, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("message to a customer")
        verbose_name_plural = _("messages to customers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "key"], name="customermessage_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="customermessage_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], name="customermessage_due", condition=Q(state__in=DeliveryState.WAITING))
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.key}: {self.state}"
