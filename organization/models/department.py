"""Who is answerable: departments with a head and a working calendar."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from organization.enums import DepartmentKind
from organization.models.base import Named
from organization.models.calendar import Calendar
from organization.models.region import Region


class Department(Named):
    """A department that holds work orders, files complaints or runs the complaint centre."""

    kind = models.CharField(_("kind"), max_length=16, choices=DepartmentKind)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("head"),
        null=True,
        blank=True,
        related_name="+",
    )
    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("working calendar"))
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        indexes: ClassVar = [GinIndex(Func("name", "name_en", function="search_name"), name="department_search")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=DepartmentKind.values), name="department_kind"),
        ]
