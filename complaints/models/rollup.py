"""The dashboard's sums by day, and what has changed since they were made (docs/decisions on the dashboard's sums)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.rollups.measures import BIN_COLUMNS, COARSE_COLUMNS, DIMENSIONS, MEASURES, SETS, TOO_FINE

#: The sets that have two of department, region and category: many sums a day, found by one of the two.
_PAIRS = {
    name: [bits for bits in SETS if bits & bit and bits & TOO_FINE != bit] for name, bit in DIMENSIONS.items() if bit & TOO_FINE
}


class RollupState(models.Model):
    """How far the sums reach; the table has one row, or none where nothing was summed yet."""

    #: The sums have what lies before this instant, of tickets that are not marked.
    upto = models.DateTimeField(_("up to"))
    #: Where a day begins: of the time zone that the sums were made for.
    zone = models.CharField(_("time zone"), max_length=64)
    #: Counts every change of the sums.
    version = models.BigIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("state of the daily sums")
        verbose_name_plural = _("states of the daily sums")

    def __str__(self) -> str:
        return f"{self.upto:%Y-%m-%d %H:%M}"


class RollupMark(models.Model):
    """A ticket that changed since it was summed; set by triggers (`complaints.rollups.installing`)."""

    #: Not a reference, so that marking locks no ticket.
    ticket_id = models.BigIntegerField(_("ticket"), primary_key=True)

    class Meta:
        verbose_name = _("changed ticket")
        verbose_name_plural = _("changed tickets")

    def __str__(self) -> str:
        return str(self.ticket_id)


class RollupBefore(models.Model):
    """What a marked ticket was when it was summed: one entry (`complaints.rollups.entries`)."""

    ticket_id = models.BigIntegerField(_("ticket"), db_index=True)
    at = models.DateTimeField(_("at"))
    since = models.DateTimeField(_("since"), null=True)
    part = models.SmallIntegerField(_("part"))
    department_id = models.IntegerField(_("department"))
    region_id = models.IntegerField(_("region"))
    category_id = models.IntegerField(_("category"))
    urgency = models.CharField(_("urgency"), max_length=8)
    family = models.CharField(_("family"), max_length=12)
    n1 = models.SmallIntegerField()
    n2 = models.SmallIntegerField()
    n3 = models.SmallIntegerField()
    n4 = models.SmallIntegerField()
    bin = models.SmallIntegerField(null=True)

    class Meta:
        verbose_name = _("changed ticket's entry")
        verbose_name_plural = _("changed tickets' entries")

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.family} {self.at}"


class _Sum(models.Model):
    """Where a sum belongs; 0 or empty for a dimension that its set does not have, and for no department."""

    #: The dimensions that are told apart, as bits (`complaints.rollups.measures.DIMENSIONS`).
    kind = models.SmallIntegerField(_("kind"))
    day = models.DateField(_("day"))
    department = models.IntegerField(_("department"))
    region = models.IntegerField(_("region"))
    category = models.IntegerField(_("category"))
    urgency = models.CharField(_("urgency"), max_length=8, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.department} {self.region} {self.category} {self.urgency}"


class Rollup(_Sum):
    """The measures of one day for one department, region, category, urgency, or pair of them."""

    #: Set where the sum takes back what counted on that day too: it is to be added where that day is in the period.
    since = models.DateField(_("since"), null=True)

    class Meta:
        verbose_name = _("daily sum")
        verbose_name_plural = _("daily sums")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "day", "department", "region", "category", "urgency", "since"],
                name="rollup_once",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", name, "day"], name=f"rollup_{name}", condition=Q(kind__in=paired))
            for name, paired in _PAIRS.items()
        ]


class RollupSpread(_Sum):
    """How the durations of one coarse bin are spread over its bins."""

    coarse = models.SmallIntegerField(_("coarse bin"))

    class Meta:
        verbose_name = _("daily spread of durations")
        verbose_name_plural = _("daily spreads of durations")
        constraints: ClassVar = [
            # In this order: asked for are a few coarse bins of each department, region or category, on all days of a period.
            models.UniqueConstraint(
                fields=["kind", "category", "region", "department", "urgency", "coarse", "day"], name="rollupspread_once"
            ),
        ]


for _name in (*MEASURES, *COARSE_COLUMNS):
    Rollup.add_to_class(_name, models.IntegerField(_name, default=0))
for _name in BIN_COLUMNS:
    RollupSpread.add_to_class(_name, models.IntegerField(_name, default=0))
