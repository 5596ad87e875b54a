"""What inspectors found: an inspection with its marks, and the objection that a department may raise against it."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import Answer, ObjectionOutcome
from complaints.models.complaint import Callback
from complaints.models.inspection import Checklist, ChecklistItem, Draw
from organization.models import Department
from workorders.models import WorkOrder

#: What a penalty may cost; `internal_clients.rules.PENALTY_RANGE` is the same, as a test holds.
LEAST_POINTS, MOST_POINTS = 1, 5


class Inspection(models.Model):
    """One reply or callback to be inspected, then what was found; a second one of the same is blind to the first."""

    draw = models.ForeignKey(Draw, models.PROTECT, verbose_name=_("draw"), related_name="inspections")
    checklist = models.ForeignKey(Checklist, models.PROTECT, verbose_name=_("checklist"), related_name="inspections")
    #: The order whose reply is inspected, or the lead's of the callback's round.
    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), related_name="inspections")
    callback = models.ForeignKey(
        Callback, models.PROTECT, verbose_name=_("callback"), null=True, blank=True, related_name="inspections"
    )
    first = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("first inspection"), null=True, blank=True, related_name="second"
    )
    #: Whose work it is: the order's department and assignee, or the caller and theirs.
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), null=True, related_name="+")
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("done by"), null=True, blank=True, related_name="+"
    )
    #: When the work was done; an order that was answered anew since has another reply.
    done_at = models.DateTimeField(_("done at"))
    #: The reply as it was drawn, which rework may replace.
    evidence = models.JSONField(_("evidence"), default=dict)
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("inspector"), null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(_("due on"))
    made_at = models.DateTimeField(_("inspected at"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_fatal = models.BooleanField(_("fatal error"), default=False)
    is_passed = models.BooleanField(_("passed"), null=True, blank=True)
    is_void = models.BooleanField(_("void"), default=False)
    remark = models.TextField(pgettext_lazy("inspection", "finding"), blank=True)
    sent_back = models.BooleanField(_("sent back for rework"), default=False)
    #: Points proposed to be deducted; a penalty is for the scheme's two people to make of it.
    points = models.DecimalField(_("points proposed"), max_digits=4, decimal_places=2, null=True, blank=True)
    #: The last day on which the department may object.
    contest_by = models.DateField(_("may be contested until"), null=True, blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draw", "order", "callback"], condition=Q(first=None), nulls_distinct=False, name="inspection_drawn_once"
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, score=None, is_passed=None, points=None, is_void=False, sent_back=False)
                | Q(made_at__gte=F("done_at"), inspector__isnull=False, score__isnull=False, is_passed__isnull=False),
                name="inspection_made",
            ),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__range=(LEAST_POINTS, MOST_POINTS), is_passed=False, is_void=False, first=None),
                name="inspection_points",
            ),
            models.CheckConstraint(condition=Q(is_fatal=False) | ~Q(is_passed=True), name="inspection_fatal_fails"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["inspector", "due_on", "id"], name="inspection_waiting", condition=Q(made_at=None)),
            models.Index(fields=["-made_at", "-id"], name="inspection_newest", condition=Q(made_at__isnull=False, first=None)),
            models.Index(
                fields=["department", "-made_at", "-id"],
                name="inspection_department",
                condition=Q(made_at__isnull=False, first=None),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the inspection's own number."""
        return f"ZJ{self.pk:06}"

    @property
    def stream(self) -> str:
        """Return the inspection's journal stream."""
        return f"inspection:{self.pk}"

    @property
    def is_made(self) -> bool:
        """Tell whether it has been inspected."""
        return self.made_at is not None

    @property
    def is_standing_failure(self) -> bool:
        """Tell whether it failed, and still does."""
        return self.is_passed is False and not self.is_void

    @property
    def result(self) -> str:
        """Return the result as a badge names it."""
        if not self.is_made:
            return "to_inspect"
        return "void" if self.is_void else ("passed" if self.is_passed else "failed")


class Mark(models.Model):
    """What an inspection found on one item; only an upheld objection corrects it, once, and both stay to be seen."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, verbose_name=_("inspection"), related_name="marks")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, verbose_name=_("item of a checklist"), related_name="marks")
    answer = models.CharField(pgettext_lazy("inspection", "answer"), max_length=8, choices=Answer)
    note = models.CharField(_("note"), max_length=300, blank=True)
    corrected = models.CharField(_("corrected to"), max_length=8, choices=Answer, blank=True)
    counted = models.GeneratedField(
        expression=Case(When(corrected=Value(""), then=F("answer")), default=F("corrected")),
        output_field=models.CharField(max_length=8),
        db_persist=True,
        verbose_name=_("answer that counts"),
    )

    class Meta:
        verbose_name = pgettext_lazy("inspection", "mark")
        verbose_name_plural = _("marks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inspection", "item"], name="mark_once"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="mark_answer"),
            models.CheckConstraint(condition=Q(corrected__in=["", *Answer.values]), name="mark_corrected"),
            models.CheckConstraint(condition=~Q(answer=Answer.MISSED) | ~Q(note=""), name="mark_missed_with_note"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="mark_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="mark_is_corrected_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.corrected <> '' OR (OLD.inspection_id, OLD.item_id, OLD.answer, OLD.note)"
                    " IS DISTINCT FROM (NEW.inspection_id, NEW.item_id, NEW.answer, NEW.note)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.get_answer_display()}"

    @property
    def counted_label(self) -> str:
        """Return the answer that counts, in words."""
        return str(Answer(self.counted).label)


class Objection(models.Model):
    """A department's one objection (异议) to a finding, and what another inspector decided; what stood before is kept."""

    inspection = models.OneToOneField(
        Inspection, models.PROTECT, primary_key=True, verbose_name=_("inspection"), related_name="objection"
    )
    reason = models.TextField(_("reason"))
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("objection by"), related_name="+")
    raised_at = models.DateTimeField(_("objection at"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=ObjectionOutcome, default=ObjectionOutcome.PENDING)
    decision = models.TextField(_("reason for the decision"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    score_before = models.DecimalField(_("score before"), max_digits=5, decimal_places=2)
    points_before = models.DecimalField(_("points proposed before"), max_digits=4, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=ObjectionOutcome.values) & ~Q(reason=""), name="objection_outcome"),
            models.CheckConstraint(
                condition=Q(outcome=ObjectionOutcome.PENDING, decided_by=None, decided_at=None, decision="")
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(outcome=ObjectionOutcome.PENDING) & ~Q(decision=""),
                name="objection_decided",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("raised_by")), name="objection_two_people"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["raised_at"], name="objection_pending", condition=Q(outcome=ObjectionOutcome.PENDING))
        ]

    def __str__(self) -> str:
        return str(self.inspection)

    @property
    def is_pending(self) -> bool:
        """Tell whether it is still to be decided."""
        return self.outcome == ObjectionOutcome.PENDING
