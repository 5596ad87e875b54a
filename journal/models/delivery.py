"""The outbox: one row for each notice and channel."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.enums import Channel, DeliveryState
from journal.models.gateway import Gateway
from journal.models.notice import Notice


class Delivery(models.Model):
    """A notice on its way through one channel. Written in the transaction of what it tells of, sent by workers."""

    notice = models.ForeignKey(Notice, models.CASCADE, verbose_name=_("notice"), related_name="deliveries")
    channel = models.CharField(pgettext_lazy("notice", "channel"), max_length=10, choices=Channel)
    #: A copy of the notice's, for the limit per person.
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("recipient"), related_name="+")
    #: Urgent messages go first, at any hour, and are never folded.
    urgent = models.BooleanField(_("urgent"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"))
    #: While it is being sent: when a worker took it. A worker that dies leaves it so, and the rescue finds it.
    claimed_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    gateway = models.ForeignKey(Gateway, models.SET_NULL, verbose_name=_("gateway"), null=True, blank=True, related_name="+")
    #: What the gateway calls the message, where it says so.
    gateway_ref = models.CharField(_("gateway's number"), max_length=100, blank=True)
    #: The delivery in whose message this one was told, when several were folded into a digest.
    folded_into = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("told with"), null=True, blank=True, related_name="folded"
    )
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING, claimed_at__isnull=False)
                | (~Q(state=DeliveryState.SENDING) & Q(claimed_at=None)),
                name="delivery_claimed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "-urgent", "next_try_at", "id"],
                name="delivery_due",
                condition=Q(state__in=DeliveryState.WAITING),
            ),
            models.Index(fields=["claimed_at"], name="delivery_claimed_at", condition=Q(state=DeliveryState.SENDING)),
            models.Index(fields=["-id"], name="delivery_dead", condition=Q(state=DeliveryState.DEAD)),
            models.Index(
                fields=["recipient", "channel", "sent_at"],
                name="delivery_recent",
                condition=Q(state=DeliveryState.SENT, folded_into=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.channel}: {self.state}"
