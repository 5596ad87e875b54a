"""What was scored: months, runs, scorecards, lines, and the very rows behind each line. Written once, never changed."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from complaints.models import Inspection
from internal_clients.enums import EvidenceKind, ItemKind, PeriodState, RunKind
from internal_clients.models.scheme import Indicator, Part, Scheme
from organization.models import Department

P = PeriodState

#: Every move the database accepts; `tests/internal_clients/test_house.py` holds it equal to the transitions below.
PERIOD_MOVES = ((P.OPEN, P.PROVISIONAL), (P.PROVISIONAL, P.PUBLISHED))


def _append_only() -> pgtrigger.Protect:
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Period(models.Model):
    """One month: open while it is counted, provisional while departments look at it, published for good."""

    month = models.DateField(_("month"), unique=True)
    state = FSMField(_("state"), max_length=12, choices=PeriodState, default=PeriodState.OPEN)
    provisional_at = models.DateTimeField(_("provisional since"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    #: When it was last scored for the sake of rulings, also where that made no new version.
    counted_at = models.DateTimeField(_("rulings counted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("scored month")
        verbose_name_plural = _("scored months")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(month__day=1), name="period_month"),
            models.CheckConstraint(condition=Q(state__in=PeriodState.values), name="period_state"),
        ]
        triggers: ClassVar = [pgtrigger.FSM(name="legal_moves", field="state", transitions=list(PERIOD_MOVES))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def stream(self) -> str:
        """Return the journal stream of this month's scores."""
        return f"period:{self.month:%Y-%m}"

    @transition(field=state, source=P.OPEN, target=P.PROVISIONAL)
    def show(self, at: dt.datetime) -> None:
        """预通报: departments see their scores and may contest them."""
        self.provisional_at = at

    @transition(field=state, source=P.PROVISIONAL, target=P.PUBLISHED)
    def publish(self, at: dt.datetime) -> None:
        """正式通报: the month is locked; what changes later is an amendment."""
        self.published_at = at


class ScoreRun(models.Model):
    """One reckoning of a month. The newest one counts; earlier ones stay as they were."""

    period = models.ForeignKey(Period, models.PROTECT, verbose_name=_("scored month"), related_name="runs")
    version = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=12, choices=RunKind)
    scheme = models.ForeignKey(Scheme, models.PROTECT, verbose_name=_("scheme"), related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    computed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("computed by"), related_name="+")
    computed_at = models.DateTimeField(_("computed at"))
    #: SHA-256 over every line and the rows behind it; set once, when they are all there.
    hash = models.CharField(_("hash"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("score run")
        verbose_name_plural = _("score runs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "version"], name="scorerun_version"),
            models.CheckConstraint(condition=Q(kind__in=RunKind.values), name="scorerun_kind"),
            models.CheckConstraint(condition=~Q(kind=RunKind.AMENDMENT) | ~Q(reason=""), name="scorerun_amended_for_a_reason"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="sealed", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__hash="")),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.period} v{self.version}"


class Scorecard(models.Model):
    """A department's result in one run."""

    run = models.ForeignKey(ScoreRun, models.PROTECT, verbose_name=_("score run"), related_name="cards")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    base = models.DecimalField(_("base"), max_digits=5, decimal_places=2, null=True)
    penalty = models.DecimalField(_("penalties"), max_digits=5, decimal_places=2)
    bonus = models.DecimalField(_("bonuses"), max_digits=5, decimal_places=2)
    total = models.DecimalField(_("total"), max_digits=5, decimal_places=2, null=True)
    grade = models.CharField(_("grade"), max_length=12, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True)

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "department"], name="scorecard_once"),
            models.CheckConstraint(condition=Q(total=None) | Q(total__gte=0, total__lte=100), name="scorecard_total"),
        ]
        triggers: ClassVar = [_append_only()]

    def __str__(self) -> str:
        return f"{self.run} {self.department}"


class PartScore(models.Model):
    """One part of a scorecard; a score of None does not apply."""

    card = models.ForeignKey(Scorecard, models.PROTECT, verbose_name=_("scorecard"), related_name="parts")
    part = models.ForeignKey(Part, models.PROTECT, verbose_name=_("part"), related_name="+")
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("score of a part")
        verbose_name_plural = _("scores of parts")
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "part"], name="partscore_once")]
        triggers: ClassVar = [_append_only()]

    def __str__(self) -> str:
        return f"{self.card} {self.part}"


class ScoreLine(models.Model):
    """One indicator of a scorecard: what was counted, what it comes to, how many points that is."""

    part_score = models.ForeignKey(PartScore, models.PROTECT, verbose_name=_("score of a part"), related_name="lines")
    indicator = models.ForeignKey(Indicator, models.PROTECT, verbose_name=_("indicator"), related_name="+")
    numerator = models.DecimalField(_("numerator"), max_digits=24, decimal_places=10)
    denominator = models.DecimalField(_("denominator"), max_digits=24, decimal_places=10)
    sample = models.PositiveIntegerField(_("sample"))
    months = models.PositiveSmallIntegerField(_("months counted together"))
    #: In the indicator's unit; shown to two decimals, never reckoned with.
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=10, null=True)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True)
    #: Why it does not apply, where that was ruled.
    ruling = models.ForeignKey(
        "internal_clients.Appeal", models.PROTECT, verbose_name=_("left out by ruling"), null=True, related_name="lines_left_out"
    )

    class Meta:
        verbose_name = _("line of a scorecard")
        verbose_name_plural = _("lines of scorecards")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part_score", "indicator"], name="scoreline_once"),
            models.CheckConstraint(condition=Q(months__range=(1, 3)), name="scoreline_months"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="scoreline_points"),
        ]
        triggers: ClassVar = [_append_only()]

    def __str__(self) -> str:
        return f"{self.part_score.card} {self.indicator.code}"


class Evidence(models.Model):
    """One row behind a line: which work order, callback, fault … it was, and what it added to either side."""

    line = models.ForeignKey(ScoreLine, models.PROTECT, verbose_name=_("line of a scorecard"), related_name="evidence")
    kind = models.CharField(_("kind"), max_length=12, choices=EvidenceKind)
    #: The row's id in the table of its kind, without a foreign key: the score outlives what it was about.
    object_id = models.BigIntegerField(_("record"))
    numerator = models.DecimalField(_("numerator"), max_digits=24, decimal_places=10)
    denominator = models.DecimalField(_("denominator"), max_digits=24, decimal_places=10)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        indexes: ClassVar = [models.Index(fields=["kind", "object_id"], name="evidence_object")]
        triggers: ClassVar = [_append_only()]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class ScoreItem(models.Model):
    """A penalty, a bonus or a veto as it stands on a scorecard."""

    card = models.ForeignKey(Scorecard, models.PROTECT, verbose_name=_("scorecard"), related_name="items")
    kind = models.CharField(_("kind"), max_length=8, choices=ItemKind)
    code = models.CharField(pgettext_lazy("scheme", "rule"), max_length=8)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, default=0)
    cap = models.DecimalField(_("total capped at"), max_digits=5, decimal_places=2, null=True)
    part_code = models.CharField(_("part set to nothing"), max_length=4, blank=True)
    #: Empty for what a rule found: its code says it, and the ticket or release whose.
    reason = models.TextField(_("reason"), blank=True)
    sanction = models.ForeignKey(
        "internal_clients.Sanction", models.PROTECT, verbose_name=_("decision"), null=True, related_name="items"
    )
    ticket = models.ForeignKey("workorders.Ticket", models.PROTECT, verbose_name=_("ticket"), null=True, related_name="+")
    release = models.ForeignKey("internal_clients.Release", models.PROTECT, verbose_name=_("release"), null=True, related_name="+")
    #: By which it counts less, or nothing.
    ruling = models.ForeignKey(
        "internal_clients.Appeal", models.PROTECT, verbose_name=_("changed by ruling"), null=True, related_name="items_changed"
    )

    class Meta:
        verbose_name = _("penalty, bonus or veto of a scorecard")
        verbose_name_plural = _("penalties, bonuses and vetoes of scorecards")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="scoreitem_kind")]
        triggers: ClassVar = [_append_only()]

    def __str__(self) -> str:
        return f"{self.code} {self.reason[:40]}".strip()


class Sanction(models.Model):
    """处罚单, a bonus, or a veto (一票否决): proposed by one person with facts and evidence, decided by another."""

    month = models.DateField(_("month"))
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=ItemKind)
    code = models.CharField(pgettext_lazy("scheme", "rule"), max_length=8)
    points = models.DecimalField(_("points"), max_digits=4, decimal_places=2, default=0)
    facts = models.TextField(_("facts"))
    evidence = models.TextField(_("evidence"))
    #: The failed inspection that it is made of, if any.
    finding = models.ForeignKey(
        Inspection, models.PROTECT, verbose_name=_("failed inspection"), null=True, blank=True, related_name="+"
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    is_approved = models.BooleanField(_("approved"), null=True, blank=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)

    class Meta:
        verbose_name = _("penalty, bonus or veto")
        verbose_name_plural = _("penalties, bonuses and vetoes")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="sanction_kind"),
            models.CheckConstraint(condition=Q(month__day=1), name="sanction_month"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="sanction_two_people",
                violation_error_message=_("Nobody decides on what they proposed."),
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=~Q(is_approved=False) | Q(is_approved=None), name="sanction_one_of_a_finding"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, is_approved=None) | Q(decided_by__isnull=False, is_approved__isnull=False),
                name="sanction_decided",
            ),
            models.CheckConstraint(
                condition=Q(kind=ItemKind.VETO, points=0) | (~Q(kind=ItemKind.VETO) & Q(points__gt=0)), name="sanction_points"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["month", "department"], name="sanction_month_department")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code} {self.department} {self.month:%Y-%m}"
