"""When: working calendars, and the State Council's holiday notices as data."""

from typing import ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organization.models.base import Named


class Calendar(Named):
    """A working calendar: round the clock, or weekly windows that follow the holiday notices."""

    round_the_clock = models.BooleanField(_("round the clock"), default=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    follows_holidays = models.BooleanField(
        _("follows statutory holidays"),
        default=True,
        help_text=_("Closed on holidays and open on make-up workdays."),
    )

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")


class CalendarVersion(models.Model):
    """A calendar as it was at one revision, kept for the clocks that were promised on it; never changed."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, verbose_name=_("working calendar"), related_name="versions")
    revision = models.PositiveIntegerField(_("revision"))
    #: "always" and "follows" (holidays) as booleans, "windows" as [weekday, "08:30:00", "12:00:00"], "days" as
    #: ["2026-10-10", true], and the "years" with a notice.
    content = models.JSONField(_("content"))

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar", "revision"], name="calendarversion_once")]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.calendar} {self.revision}"


class WorkWindow(models.Model):
    """Working time on one weekday of a calendar, half-open: [starts, ends)."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(
        _("weekday"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
        validators=[MaxValueValidator(6)],
    )
    starts = models.TimeField(_("starts"))
    ends = models.TimeField(_("ends"))

    class Meta:
        verbose_name = _("working window")
        verbose_name_plural = _("working windows")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="workwindow_ends_after_start",
                violation_error_message=_("A window must end after it starts."),
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="workwindow_weekday"),
            models.UniqueConstraint(fields=["calendar", "weekday", "starts"], name="workwindow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class HolidayNotice(models.Model):
    """One year's official notice on holidays and make-up workdays, as imported."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("holiday notice")
        verbose_name_plural = _("holiday notices")

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A date that differs from its weekday: a holiday, or a make-up workday (调休上班)."""

    date = models.DateField(_("date"), primary_key=True)
    is_workday = models.BooleanField(_("make-up workday"))
    name = models.CharField(_("name"), max_length=40)
    notice = models.ForeignKey(HolidayNotice, models.CASCADE, verbose_name=_("holiday notice"), related_name="days")

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"
