"""Business development: requirements with their milestones, and releases with the service department's sign-off."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from internal_clients.enums import RequirementState, Verdict
from organization.models import Department

S = RequirementState
ANSWERABLE = (S.PROPOSED, S.DETAIL_WANTED, S.REVIEWED)

#: Every move the database accepts; `tests/internal_clients/test_house.py` holds it equal to the transitions below.
REQUIREMENT_MOVES = (
    (S.PROPOSED, S.REVIEWED),
    (S.PROPOSED, S.REFUSED),
    (S.REVIEWED, S.DETAIL_WANTED),
    (S.DETAIL_WANTED, S.REVIEWED),
    (S.REVIEWED, S.SCHEDULED),
    (S.SCHEDULED, S.DELIVERED),
    (S.DELIVERED, S.ACCEPTED),
    *((state, S.WITHDRAWN) for state in S.OPEN),
)


class Requirement(models.Model):
    """What the front line or the market needs built: proposed, reviewed, scheduled, delivered, accepted."""

    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what is needed, and why"))
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    state = FSMField(_("state"), max_length=16, choices=RequirementState, default=RequirementState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))
    reviewed_at = models.DateTimeField(_("passed by the review meeting at"), null=True, blank=True)
    #: Five working days after the review meeting, moved on by the days that detail was wanted.
    answer_due_on = models.DateField(_("answer due on"), null=True, blank=True)
    detail_wanted_at = models.DateTimeField(_("detail wanted since"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    #: The date that was promised first, and the one to which the review meeting moved it, once.
    committed_on = models.DateField(_("committed date"), null=True, blank=True)
    moved_to = models.DateField(_("moved to"), null=True, blank=True)
    move_reason = models.TextField(_("why it was moved"), blank=True)
    launched_at = models.DateTimeField(_("launched at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("withdrawn or refused at"), null=True, blank=True)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=RequirementState.values), name="requirement_state"),
            models.CheckConstraint(condition=Q(moved_to=None) | Q(committed_on__isnull=False), name="requirement_moved"),
            models.CheckConstraint(condition=Q(reviewed_at=None) | Q(answer_due_on__isnull=False), name="requirement_answer_due"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["answer_due_on"], name="requirement_answer_due_on"),
            models.Index(fields=["committed_on"], name="requirement_committed_on"),
            models.Index(fields=["moved_to"], name="requirement_moved_to"),
        ]
        triggers: ClassVar = [pgtrigger.FSM(name="legal_moves", field="state", transitions=list(REQUIREMENT_MOVES))]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        """Return the journal stream of this requirement."""
        return f"requirement:{self.pk}"

    @property
    def due_on(self) -> dt.date | None:
        """Return the date that counts: the moved one, else the first."""
        return self.moved_to or self.committed_on

    @transition(field=state, source=S.PROPOSED, target=S.REVIEWED)
    def review(self, at: dt.datetime, answer_due_on: dt.date) -> None:
        """通过: the review meeting takes it up; the department's answer is due."""
        self.reviewed_at, self.answer_due_on = at, answer_due_on

    @transition(field=state, source=S.PROPOSED, target=S.REFUSED)
    def refuse(self, at: dt.datetime) -> None:
        """不通过: the review meeting does not take it up."""
        self.closed_at = at

    @transition(field=state, source=S.REVIEWED, target=S.DETAIL_WANTED)
    def want_detail(self, at: dt.datetime) -> None:
        """补充: it cannot be answered as it is; the answer's limit pauses."""
        self.detail_wanted_at = at

    @transition(field=state, source=S.DETAIL_WANTED, target=S.REVIEWED)
    def give_detail(self, answer_due_on: dt.date) -> None:
        """Detail was given; the answer's limit goes on."""
        self.detail_wanted_at, self.answer_due_on = None, answer_due_on

    @transition(field=state, source=S.REVIEWED, target=S.SCHEDULED)
    def schedule(self, at: dt.datetime, committed_on: dt.date) -> None:
        """承诺排期: the department answers with a date."""
        self.answered_at, self.committed_on = at, committed_on

    @transition(field=state, source=S.SCHEDULED, target=S.DELIVERED)
    def deliver(self, at: dt.datetime) -> None:
        """上线: it is in use."""
        self.launched_at = at

    @transition(field=state, source=S.DELIVERED, target=S.ACCEPTED)
    def accept(self, at: dt.datetime) -> None:
        """验收: whoever proposed it says that it is what was needed."""
        self.accepted_at = at

    @transition(field=state, source=list(S.OPEN), target=S.WITHDRAWN)
    def withdraw(self, at: dt.datetime) -> None:
        """撤回: the proposer does not need it any more."""
        self.closed_at = at


class Milestone(models.Model):
    """A step of a requirement with the date it was committed for."""

    requirement = models.ForeignKey(Requirement, models.CASCADE, verbose_name=_("requirement"), related_name="milestones")
    name = models.CharField(_("name"), max_length=80)
    committed_on = models.DateField(_("committed date"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints: ClassVar = [models.UniqueConstraint(fields=["requirement", "name"], name="milestone_once")]

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """Something put into use: assessed by the service department, told to the front line, launched, perhaps rolled back."""

    requirement = models.ForeignKey(
        Requirement, models.PROTECT, verbose_name=_("requirement"), null=True, blank=True, related_name="releases"
    )
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    title = models.CharField(_("title"), max_length=120)
    planned_on = models.DateField(_("planned for"))
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("announced by"), related_name="+")
    announced_at = models.DateTimeField(_("announced at"))
    verdict = models.CharField(_("assessment of the effect on service"), max_length=8, choices=Verdict, default=Verdict.PENDING)
    verdict_reason = models.TextField(_("reasons of the assessment"), blank=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("assessed by"), null=True, blank=True, related_name="+"
    )
    verdict_at = models.DateTimeField(_("assessed at"), null=True, blank=True)
    #: The general manager's written word against a veto; shown for good.
    override_reason = models.TextField(_("overridden in writing"), blank=True)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("overridden by"), null=True, blank=True, related_name="+"
    )
    override_at = models.DateTimeField(_("overridden at"), null=True, blank=True)
    knowledge_on = models.DateField(_("in the knowledge base since"), null=True, blank=True)
    trained_on = models.DateField(_("front line trained on"), null=True, blank=True)
    launched_at = models.DateTimeField(_("launched at"), null=True, blank=True)
    #: Three working days before the launch: the last day for knowledge and training.
    tell_by = models.DateField(_("front line to be told by"), null=True, blank=True)
    rolled_back_at = models.DateTimeField(_("rolled back at"), null=True, blank=True)
    rollback_reason = models.TextField(_("why it was rolled back"), blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="release_verdict"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.PENDING, verdict_by=None) | (~Q(verdict=Verdict.PENDING) & Q(verdict_by__isnull=False)),
                name="release_verdict_by",
            ),
            models.CheckConstraint(
                condition=Q(override_by=None) | (Q(verdict=Verdict.VETOED) & ~Q(override_reason="")), name="release_override"
            ),
            models.CheckConstraint(condition=Q(launched_at=None) | Q(tell_by__isnull=False), name="release_tell_by"),
            models.CheckConstraint(
                condition=Q(rolled_back_at=None) | Q(rolled_back_at__gte=F("launched_at")), name="release_rolled_back_later"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["launched_at"], name="release_launched_at")]

    def __str__(self) -> str:
        return self.title

    @property
    def may_launch(self) -> bool:
        """Tell whether the service department agreed, or the general manager overruled its veto in writing."""
        return self.verdict == Verdict.AGREED or self.override_at is not None
