"""Where: the tree of province, regions, city branches, districts and halls."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from organization.enums import RegionKind
from organization.models.base import Tree


class Region(Tree):
    """One place in the operator's own geography."""

    kind = models.CharField(_("kind"), max_length=16, choices=RegionKind)
    parent = models.ForeignKey("self", models.PROTECT, verbose_name=_("parent"), null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        indexes: ClassVar = [GinIndex(Func("name", "name_en", function="search_name"), name="region_search")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RegionKind.values), name="region_kind"),
        ]
