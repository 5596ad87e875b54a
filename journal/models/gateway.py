"""Where messages leave the product."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.enums import Channel
from journal.secrets import decrypted, encrypted


class Gateway(models.Model):
    """A way out for one channel: an Apprise address, kept encrypted. Several of a channel take turns when one fails."""

    channel = models.CharField(pgettext_lazy("notice", "channel"), max_length=10, choices=Channel)
    name = models.CharField(_("name"), max_length=60, unique=True)
    secret = models.BinaryField(_("address"))
    is_active = models.BooleanField(_("active"), default=True)
    #: Failures in a row; after one, the gateway rests for a while and its messages wait without losing a try.
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="gateway_channel"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """Return the Apprise address in the clear: for sending only, never for showing."""
        return decrypted(bytes(self.secret))

    @url.setter
    def url(self, value: str) -> None:
        self.secret = encrypted(value)
