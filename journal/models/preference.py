"""How each person wants to be told."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.enums import Channel


class Reader(models.Model):
    """A person's own language and quiet hours; without a row the product's defaults hold."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("recipient"), related_name="+")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    #: Local times; quiet hours may pass midnight. Equal times mean none.
    quiet_from = models.TimeField(_("quiet from"), default=settings.NOTICE_QUIET_HOURS[0])
    quiet_until = models.TimeField(_("quiet until"), default=settings.NOTICE_QUIET_HOURS[1])

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")

    def __str__(self) -> str:
        return str(self.user_id)


class Preference(models.Model):
    """A person's choice for one kind of notice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("recipient"), related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    channels = ArrayField(models.CharField(max_length=10, choices=Channel), verbose_name=_("channels"), default=list, blank=True)
    #: Empty: the person's own language.
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once"),
            models.CheckConstraint(condition=models.Q(channels__contained_by=Channel.values), name="preference_channels"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
