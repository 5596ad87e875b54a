"""Supervision (督办): the centre watches an order and wants to hear of it at fixed times."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workorders.models.order import WorkOrder
from workorders.watch import Watch

STATE_FIELDS = (
    "every_hours",
    "opened_at",
    "report_due_at",
    "reports",
    "late_reports",
    "owed_since",
    "answer_due_at",
    "answered_at",
    "answer_late_at",
    "ended_at",
)


class Supervision(models.Model):
    """One supervision order over a department's leg, with the reports it has had and those it still waits for.

    All its times are natural time: it does not wait for office hours.
    """

    order = models.ForeignKey(WorkOrder, models.PROTECT, verbose_name=_("work order"), related_name="supervisions")
    reason = models.CharField(_("reason"), max_length=300)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ordered by"), related_name="+")
    opened_at = models.DateTimeField(_("ordered at"))
    every_hours = models.PositiveSmallIntegerField(_("report every, hours"))
    #: When the next progress report must be in; empty while the department has nothing to do, and after the end.
    report_due_at = models.DateTimeField(_("next report due at"), null=True, blank=True)
    reports = models.PositiveSmallIntegerField(_("reports"), default=0)
    late_reports = models.PositiveSmallIntegerField(_("reports not in on time"), default=0)
    #: Since when a report is owed; empty when none is.
    owed_since = models.DateTimeField(_("report owed since"), null=True, blank=True)
    #: An overdue order needs the head's written answer by then.
    answer_due_at = models.DateTimeField(_("head's answer due at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer_late_at = models.DateTimeField(_("answer late since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    #: The next instant at which something is owed: the earlier of report and answer.
    check_at = models.DateTimeField(_("next check at"), null=True, blank=True)

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="supervision_one_open", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(check_at=None), name="supervision_ended_checks_nothing"),
            models.CheckConstraint(condition=Q(every_hours__gt=0), name="supervision_every"),
            models.CheckConstraint(
                condition=Q(answer_late_at=None) | Q(answer_late_at=F("answer_due_at")), name="supervision_answer_late"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["check_at"], name="supervision_check", condition=Q(check_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def watch(self) -> Watch:
        """Return the supervision as the pure arithmetic reads it."""
        return Watch(**{name: getattr(self, name) for name in STATE_FIELDS})

    @watch.setter
    def watch(self, watch: Watch) -> None:
        for name in STATE_FIELDS:
            setattr(self, name, getattr(watch, name))
        self.check_at = watch.check_at
