"""Where: the tree of province, regions, city branches, districts and halls."""

from django.db import models
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
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RegionKind.values), name="region_kind"),
        ]
