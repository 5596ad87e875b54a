"""The inbox: one row for each person and occasion."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something one person is told. Made by `journal.notify.notify` only."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("recipient"), related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    #: The occasion, e.g. ``order.urged:4711:2``: nobody is told of one twice.
    key = models.CharField(_("key"), max_length=120)
    #: The journal stream of what it is about, e.g. ``ticket:4711``; decides whether the person may still read it.
    stream = models.CharField(_("stream"), max_length=40, blank=True)
    data = models.JSONField(_("data"), default=dict)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "key"], name="notice_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(fields=["recipient", "-id"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"
