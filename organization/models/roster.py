"""The duty roster: who acts for a department, and when."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from organization.enums import Role
from organization.models.department import Department


class _Span(Func):
    """Half-open: [starts_at, ends_at), so that one duty may begin when the other ends."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Duty(models.Model):
    """One turn: this person acts as the department's head, contact or duty officer from one instant to another."""

    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="duties")
    role = models.CharField(
        _("acts as"), max_length=16, choices=[(role.value, role.label) for role in (Role.HEAD, Role.CONTACT, Role.DUTY)]
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("on duty"), related_name="duties")
    #: Steps in where the person is no longer with us when the turn comes.
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("deputy"), null=True, blank=True, related_name="+"
    )
    starts_at = models.DateTimeField(_("duty begins"))
    ends_at = models.DateTimeField(_("duty ends"))

    class Meta:
        verbose_name = _("turn of duty")
        verbose_name_plural = _("duty roster")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="duty_ends_after_start",
                violation_error_message=_("A turn must end after it starts."),
            ),
            models.CheckConstraint(condition=Q(role__in=[Role.HEAD, Role.CONTACT, Role.DUTY]), name="duty_role"),
            ExclusionConstraint(
                name="duty_one_at_a_time",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_Span("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Somebody else has that duty in this time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.get_role_display()} {self.person}"
