"""Who complains."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _

from organization.models import Region
from workorders.enums import Tier


class Customer(models.Model):
    """A subscriber, known by number. Numbers are shown masked; revealing one is an event."""

    number = models.CharField(_("customer number"), max_length=32, unique=True)
    name = models.CharField(_("customer name"), max_length=60, blank=True)
    tier = models.CharField(_("tier"), max_length=8, choices=Tier, default=Tier.STANDARD)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(tier__in=Tier.values), name="customer_tier")]
        indexes: ClassVar = [
            models.Index(OpClass("number", "varchar_pattern_ops"), name="customer_number_prefix"),
            models.Index(OpClass("name", "varchar_pattern_ops"), name="customer_name_prefix"),
            models.Index(OpClass(Reverse("number"), "text_pattern_ops"), name="customer_number_tail"),
            GinIndex(Func("name", function="search_name"), name="customer_search"),
        ]

    def __str__(self) -> str:
        return self.name or self.number
