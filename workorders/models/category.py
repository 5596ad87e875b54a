"""What a ticket is about, and which departments such a thing goes to."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from organization.models.base import Tree

#: Tickets carry a category of this level.
LEAF_DEPTH = 3


class Category(Tree):
    """A node of the three-level category tree; tickets carry a leaf."""

    parent = models.ForeignKey("self", models.PROTECT, verbose_name=_("parent"), null=True, blank=True, related_name="children")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        indexes: ClassVar = [GinIndex(Func("name", "name_en", function="search_name"), name="category_search")]


class Route(models.Model):
    """Where tickets of a category and everything below it go: the lead department, and who assists."""

    category = models.OneToOneField(Category, models.CASCADE, verbose_name=_("category"), related_name="route")
    lead = models.ForeignKey(Department, models.PROTECT, verbose_name=_("lead department"), related_name="+")

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")

    def __str__(self) -> str:
        return f"{self.category} → {self.lead}"


class RouteAssist(models.Model):
    """A department that assists on a route, and what it is asked."""

    route = models.ForeignKey(Route, models.CASCADE, related_name="assists")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("assisting department"), related_name="+")
    question = models.CharField(_("question"), max_length=200)

    class Meta:
        verbose_name = _("assisting department")
        verbose_name_plural = _("assisting departments")
        constraints = [models.UniqueConstraint(fields=["route", "department"], name="routeassist_once")]

    def __str__(self) -> str:
        return str(self.department)
