"""Appeals (考核申诉): a department contests a row behind its score."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import AppealOutcome, EvidenceKind
from internal_clients.models.score import ScoreLine
from organization.models import Department


class Appeal(models.Model):
    """One row of one line, contested by the department's head, stated on by who asked for the work, ruled on by the centre."""

    line = models.ForeignKey(ScoreLine, models.PROTECT, verbose_name=_("line of a scorecard"), related_name="appeals")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    #: With kind and record: which row of which count, whatever run it is counted in.
    formula = models.CharField(_("formula"), max_length=8)
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind)
    object_id = models.BigIntegerField(_("record"))
    title = models.CharField(_("what is contested"), max_length=200)
    grounds = models.TextField(_("grounds"))
    evidence = models.TextField(_("evidence"))
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("raised by"), related_name="+")
    raised_at = models.DateTimeField(_("raised at"))
    #: The last day for a ruling.
    ruling_due_on = models.DateField(_("ruling due on"))
    statement = models.TextField(_("statement of the internal client"), blank=True)
    statement_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("stated by"), null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=AppealOutcome, default=AppealOutcome.PENDING)
    #: Whose it was, where that was not the department that appealed.
    belongs_to = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("belongs to"), null=True, blank=True, related_name="+"
    )
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ruled by"), null=True, blank=True, related_name="+"
    )
    ruled_at = models.DateTimeField(_("ruled at"), null=True, blank=True)
    ruling_reason = models.TextField(_("reason for the ruling"), blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "kind", "object_id"], name="appeal_once"),
            models.CheckConstraint(condition=Q(outcome__in=AppealOutcome.values), name="appeal_outcome"),
            models.CheckConstraint(
                condition=Q(outcome=AppealOutcome.PENDING, ruled_by=None)
                | (~Q(outcome=AppealOutcome.PENDING) & Q(ruled_by__isnull=False) & ~Q(ruling_reason="")),
                name="appeal_ruled_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(ruled_by=None) | ~Q(ruled_by=F("raised_by")), name="appeal_two_people"),
            models.CheckConstraint(
                condition=Q(outcome=AppealOutcome.REATTRIBUTED, belongs_to__isnull=False)
                | (~Q(outcome=AppealOutcome.REATTRIBUTED) & Q(belongs_to=None)),
                name="appeal_belongs_to",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["formula", "kind", "object_id"], name="appeal_row")]

    def __str__(self) -> str:
        return f"{self.formula} {self.title}"
