"""Who is here, and when they last went."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """When somebody was last seen at work here, and when the time before ended."""

    staff = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="presence")
    seen_at = models.DateTimeField(_("last seen at"))
    #: The end of the stretch of work before this one; empty on the first day.
    left_at = models.DateTimeField(_("left at"), null=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presence")

    def __str__(self) -> str:
        return str(self.staff_id)
