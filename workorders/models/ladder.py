"""Ladders as data (what happens when a promise runs out), and which of their steps were taken."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workorders.enums import ClockKind, Supervise, Told, Urgency
from workorders.ladder import Step, Version
from workorders.models.clock import Clock


class Ladder(models.Model):
    """One version of the ladder for a kind of clock at an urgency. A version is never changed: a new one takes over."""

    kind = models.CharField(_("clock"), max_length=12, choices=ClockKind)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency)
    version = models.PositiveIntegerField(_("version"))
    #: Clocks that start from here on climb this version, until a newer one.
    in_force_from = models.DateTimeField(_("in force from"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "urgency", "version"], name="ladder_version"),
            models.CheckConstraint(condition=Q(kind__in=ClockKind.values), name="ladder_kind"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="ladder_urgency"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_urgency_display()} · {self.version}"

    @property
    def plain(self) -> Version:
        """Return the ladder as the arithmetic reads it."""
        steps = sorted((step.plain for step in self.steps.all()), key=lambda step: step.level)
        return Version(
            kind=self.kind,
            urgency=self.urgency,
            number=self.version,
            in_force_from=self.in_force_from,
            steps=tuple(steps),
        )


class LadderStep(models.Model):
    """One rung of a ladder."""

    ladder = models.ForeignKey(Ladder, models.PROTECT, verbose_name=_("ladder"), related_name="steps")
    level = models.PositiveSmallIntegerField(_("level"), validators=[MinValueValidator(1)])
    share = models.PositiveSmallIntegerField(
        _("at a share of the time, %"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    after = models.IntegerField(
        _("or minutes past due"),
        null=True,
        blank=True,
        help_text=_("Working minutes on the clock's calendar; negative: before it is due."),
    )
    to = ArrayField(models.CharField(max_length=12, choices=Told), verbose_name=_("tells"))
    raise_urgency = models.BooleanField(_("raises the urgency"), default=False)
    supervise = models.CharField(_("puts under supervision"), max_length=8, choices=Supervise, blank=True)

    class Meta:
        verbose_name = _("ladder step")
        verbose_name_plural = _("ladder steps")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ladder", "level"], name="ladderstep_level"),
            models.CheckConstraint(
                condition=Q(share__range=(1, 100), after=None) | Q(share=None, after__isnull=False),
                name="ladderstep_share_or_after",
                violation_error_message=_("Give either a share of the time or minutes past due."),
            ),
            models.CheckConstraint(condition=Q(to__contained_by=Told.values) & Q(to__len__gt=0), name="ladderstep_to"),
            models.CheckConstraint(condition=Q(supervise__in=["", *Supervise.values]), name="ladderstep_supervise"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.plain.at

    @property
    def plain(self) -> Step:
        """Return the step as the arithmetic reads it."""
        return Step(
            level=self.level,
            share=self.share,
            after=self.after,
            to=tuple(self.to),
            raise_urgency=self.raise_urgency,
            supervise=self.supervise,
        )


class StepFired(models.Model):
    """A step that was taken, or passed over after a downtime: once a clock and level, whoever tries, however often.

    A clock is that of one round of its ticket, so a round is an episode of its own.
    """

    clock = models.ForeignKey(Clock, models.PROTECT, verbose_name=_("clock"), related_name="fired")
    level = models.PositiveSmallIntegerField(_("level"))
    #: When it fell due, not when somebody noticed.
    due_at = models.DateTimeField(_("due at"))
    fired_at = models.DateTimeField(_("fired at"))
    #: A higher step was due as well: this one told nobody.
    skipped = models.BooleanField(_("passed over"), default=False)

    class Meta:
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clock", "level"], name="stepfired_once")]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.clock} {self.level}"


class LadderFault(models.Model):
    """A clock whose step could not be taken; it is tried again later and meanwhile stands in nobody's way."""

    clock = models.OneToOneField(Clock, models.CASCADE, verbose_name=_("clock"), primary_key=True, related_name="ladder_fault")
    until = models.DateTimeField(_("tried again at"))
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("step put off")
        verbose_name_plural = _("steps put off")

    def __str__(self) -> str:
        return f"{self.clock}: {self.reason}"
