"""Appeals (考核申诉): a department contests a row, a line or a penalty of its scorecard; the centre rules, then the committee."""

import datetime as dt
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import AppealOutcome, AppealStage, AppealSubject, EvidenceKind
from internal_clients.models.score import Scorecard, ScoreItem, ScoreLine
from organization.models import Department

Out = AppealOutcome
#: A ruling is given once on each level.
FIRST = ("outcome", "belongs_to", "points", "ruled_by", "ruled_at", "ruling_reason")
FINAL = ("final_outcome", "final_belongs_to", "final_points", "final_by", "final_at", "final_reason")


def _with(prefix: str) -> Q:
    """Return that a ruling has what its outcome needs, and nothing else."""
    outcome, belongs_to, points = f"{prefix}outcome", f"{prefix}belongs_to", f"{prefix}points"
    charged = Q(**{outcome: Out.REATTRIBUTED, f"{belongs_to}__isnull": False, points: None})
    reduced = Q(**{outcome: Out.REDUCED, belongs_to: None, f"{points}__gt": 0})
    return charged | reduced | (~Q(**{f"{outcome}__in": (Out.REATTRIBUTED, Out.REDUCED)}) & Q(**{belongs_to: None, points: None}))


def _rewritten(by: str, names: tuple[str, ...]) -> Q:
    """Return that a ruling, once given by somebody, is changed."""
    changed = (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names)
    return pgtrigger.Q(**{f"old__{by}__isnull": False}) & reduce(or_, changed)


class Appeal(models.Model):
    """One row, line or item of a scorecard, contested by the department's head, ruled on by the centre and, if asked, for good.

    `outcome` and its neighbours are the centre's ruling; the `final_` ones, once given, hold in their place.
    """

    about = models.CharField(_("what is contested"), max_length=4, choices=AppealSubject, default=AppealSubject.ROW)
    #: The scorecard as it was shown: the month, the department, and the score before.
    card = models.ForeignKey(Scorecard, models.PROTECT, verbose_name=_("scorecard"), related_name="appeals")
    line = models.ForeignKey(
        ScoreLine, models.PROTECT, verbose_name=_("line of a scorecard"), null=True, blank=True, related_name="appeals"
    )
    item = models.ForeignKey(
        ScoreItem,
        models.PROTECT,
        verbose_name=_("penalty, bonus or veto of a scorecard"),
        null=True,
        blank=True,
        related_name="appeals",
    )
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    #: The indicator's formula, or the penalty's rule; with kind and record: which row of which count, in whatever run.
    formula = models.CharField(_("formula"), max_length=8)
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind, blank=True)
    object_id = models.BigIntegerField(_("record"), null=True, blank=True)
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
    #: What remains of a penalty.
    points = models.DecimalField(_("points that remain"), max_digits=4, decimal_places=2, null=True, blank=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ruled by"), null=True, blank=True, related_name="+"
    )
    ruled_at = models.DateTimeField(_("ruled at"), null=True, blank=True)
    ruling_reason = models.TextField(_("reason for the ruling"), blank=True)
    #: The last day on which the ruling can be taken to the committee.
    escalate_by = models.DateField(_("second level until"), null=True, blank=True)
    escalated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("taken further by"), null=True, blank=True, related_name="+"
    )
    escalated_at = models.DateTimeField(_("taken further at"), null=True, blank=True)
    escalation_grounds = models.TextField(_("grounds against the ruling"), blank=True)
    final_due_on = models.DateField(_("final ruling due on"), null=True, blank=True)
    final_outcome = models.CharField(_("final outcome"), max_length=12, choices=AppealOutcome, blank=True)
    final_belongs_to = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("belongs finally to"), null=True, blank=True, related_name="+"
    )
    final_points = models.DecimalField(_("points that remain finally"), max_digits=4, decimal_places=2, null=True, blank=True)
    final_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ruled finally by"), null=True, blank=True, related_name="+"
    )
    final_at = models.DateTimeField(_("ruled finally at"), null=True, blank=True)
    final_reason = models.TextField(_("reason for the final ruling"), blank=True)
    #: How far people have been told that the ruling is due: reminded, overdue, the centre's head told.
    told = models.PositiveSmallIntegerField(_("reminders sent"), default=0)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "kind", "object_id"], name="appeal_once"),
            models.UniqueConstraint(fields=["line"], condition=Q(about=AppealSubject.LINE), name="appeal_line_once"),
            models.UniqueConstraint(fields=["item"], name="appeal_item_once"),
            models.CheckConstraint(
                condition=Q(about=AppealSubject.ROW, line__isnull=False, item=None, object_id__isnull=False) & ~Q(kind="")
                | Q(about=AppealSubject.LINE, line__isnull=False, item=None, object_id=None, kind="")
                | Q(about=AppealSubject.ITEM, line=None, item__isnull=False, object_id=None, kind=""),
                name="appeal_about",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Out.PENDING)
                | Q(about=AppealSubject.ROW, outcome__in=Out.OF["row"])
                | Q(about=AppealSubject.LINE, outcome__in=Out.OF["line"])
                | Q(about=AppealSubject.ITEM, outcome__in=Out.OF["item"]),
                name="appeal_outcome",
            ),
            models.CheckConstraint(
                condition=Q(final_outcome="")
                | Q(about=AppealSubject.ROW, final_outcome__in=Out.OF["row"])
                | Q(about=AppealSubject.LINE, final_outcome__in=Out.OF["line"])
                | Q(about=AppealSubject.ITEM, final_outcome__in=Out.OF["item"]),
                name="appeal_final_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Out.PENDING, ruled_by=None, ruled_at=None)
                | (~Q(outcome=Out.PENDING) & Q(ruled_by__isnull=False, ruled_at__isnull=False) & ~Q(ruling_reason="")),
                name="appeal_ruled_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(escalated_by=None, escalated_at=None, final_due_on=None)
                | Q(escalated_by__isnull=False, escalated_at__isnull=False, final_due_on__isnull=False, ruled_by__isnull=False)
                & ~Q(escalation_grounds=""),
                name="appeal_escalated",
            ),
            models.CheckConstraint(
                condition=Q(final_outcome="", final_by=None, final_at=None)
                | Q(final_by__isnull=False, final_at__isnull=False, escalated_by__isnull=False)
                & ~Q(final_outcome="")
                & ~Q(final_reason=""),
                name="appeal_ruled_finally_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(ruled_by=None) | ~Q(ruled_by=F("raised_by")), name="appeal_two_people"),
            models.CheckConstraint(
                condition=Q(final_by=None) | ~Q(final_by=F("raised_by")) & ~Q(final_by=F("ruled_by")), name="appeal_three_people"
            ),
            models.CheckConstraint(condition=_with(""), name="appeal_belongs_to"),
            models.CheckConstraint(condition=_with("final_"), name="appeal_belongs_finally_to"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["formula", "kind", "object_id"], name="appeal_row"),
            models.Index(
                fields=["ruling_due_on"],
                name="appeal_waits",
                condition=Q(outcome=Out.PENDING) | Q(escalated_at__isnull=False, final_outcome=""),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ruling_stands",
                operation=pgtrigger.Update,
                condition=_rewritten("ruled_by", FIRST),
            ),
            pgtrigger.Protect(
                name="final_ruling_stands",
                operation=pgtrigger.Update,
                condition=_rewritten("final_by", FINAL),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.formula} {self.title}"

    @property
    def subject(self) -> str:
        """Return what is contested, an indicator's name in the reader's language."""
        return f"{self.formula} {self.line.indicator}" if self.about == AppealSubject.LINE and self.line else str(self)

    @property
    def stream(self) -> str:
        """Return the journal stream of this appeal."""
        return f"appeal:{self.pk}"

    @property
    def stage(self) -> AppealStage:
        """Return where the appeal stands."""
        if self.outcome == Out.PENDING:
            return AppealStage.FIRST
        if self.escalated_at is None:
            return AppealStage.RULED
        return AppealStage.FINAL if self.final_outcome else AppealStage.SECOND

    @property
    def due_on(self) -> dt.date | None:
        """Return the last day for the ruling that it waits for, or None where it waits for none."""
        return {AppealStage.FIRST: self.ruling_due_on, AppealStage.SECOND: self.final_due_on}.get(self.stage)

    @property
    def standing(self) -> tuple[str, int | None, Decimal | None]:
        """Return the ruling that holds: outcome, the department it is charged to, the points that remain."""
        if self.final_outcome:
            return self.final_outcome, self.final_belongs_to_id, self.final_points
        return self.outcome, self.belongs_to_id, self.points

    @property
    def standing_label(self) -> str:
        """Return the outcome that holds, in words."""
        return str(AppealOutcome(self.standing[0]).label)

    @property
    def stands_since(self) -> dt.datetime | None:
        """Return since when the ruling holds."""
        return self.final_at or self.ruled_at

    @property
    def changes_scores(self) -> bool:
        """Tell whether what holds differs from what the scores counted before it was ruled."""
        first = self.outcome, self.belongs_to_id, self.points
        before = first if self.final_outcome else (Out.DISMISSED, None, None)
        return self.standing[0] != Out.PENDING and self.standing != before
