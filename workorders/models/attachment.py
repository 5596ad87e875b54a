"""Files that belong to a ticket, kept outside the web root."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.models.ticket import Ticket


class Attachment(models.Model):
    """One file: stored under a random name, served only by the view that asks the policy."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("ticket"), related_name="attachments")
    file = models.FileField(_("file"), upload_to="%Y/%m")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("uploaded by"), related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name
