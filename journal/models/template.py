"""The operator's own wording of notices."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.enums import Channel


class Template(models.Model):
    """A text that replaces the shipped one of the same kind, channel and language."""

    #: The inbox has a text of its own; what no channel words otherwise is told in it.
    INBOX = "inbox"

    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(pgettext_lazy("notice", "channel"), max_length=10, choices=[(INBOX, _("inbox")), *Channel.choices])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("notice text")
        verbose_name_plural = _("notice texts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "channel", "language"], name="template_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.language}"
