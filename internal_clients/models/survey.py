"""The quarterly survey: its questions as rows, and what the front line answered, department by department."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import QuestionKind, SurveyState
from internal_clients.models.rating import Rater
from internal_clients.months import quarter_name
from organization.models import Department

#: Fewer than three voices would tell each of them what the other one said.
FEWEST = 3

_ROW = "(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END)"


_REFUSE = """
    IF NOT EXISTS (SELECT 1 FROM internal_clients_survey WHERE state = '{state}' AND id = {survey}) THEN
        RAISE EXCEPTION 'the survey is not {state}' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def _only_while(name: str, state: str, survey: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses any change of a row unless its survey is in `state`."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_REFUSE.format(state=state, survey=survey.format(row=_ROW)),
    )


class Survey(models.Model):
    """One quarter's survey with its version of the questions: edited as a draft, answered while open, read once closed."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    quarter = models.DateField(_("quarter"), unique=True, help_text=_("The first day of a quarter."))
    ends_on = models.DateField(_("last day for answers"))
    least = models.PositiveSmallIntegerField(
        _("fewest answers shown"),
        default=5,
        validators=[MinValueValidator(FEWEST)],
        help_text=_("A department with fewer has no results."),
    )
    state = models.CharField(_("state"), max_length=8, choices=SurveyState, default=SurveyState.DRAFT)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by"), null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=SurveyState.values), name="survey_state"),
            models.CheckConstraint(condition=Q(quarter__day=1, quarter__month__in=(1, 4, 7, 10)), name="survey_quarter"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("quarter")), name="survey_ends_later"),
            models.CheckConstraint(condition=Q(least__gte=FEWEST), name="survey_least"),
            models.CheckConstraint(
                condition=Q(state=SurveyState.DRAFT, opened_at=None, closed_at=None)
                | Q(state=SurveyState.OPEN, opened_at__isnull=False, closed_at=None)
                | Q(state=SurveyState.CLOSED, opened_at__isnull=False, closed_at__isnull=False),
                name="survey_instants",
            ),
            models.UniqueConstraint(fields=["state"], name="survey_one_open", condition=Q(state=SurveyState.OPEN)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="stays_closed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=SurveyState.CLOSED),
            ),
            pgtrigger.Protect(
                name="keeps_its_promise",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=SurveyState.OPEN)
                & (pgtrigger.Q(old__least__df=pgtrigger.F("new__least")) | pgtrigger.Q(new__state=SurveyState.DRAFT)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.quarter_name}"

    @property
    def quarter_name(self) -> str:
        """Return the quarter as people write it: 2026Q3."""
        return quarter_name(self.quarter)


class SurveyQuestion(models.Model):
    """One question of a survey; fixed from the opening on."""

    survey = models.ForeignKey(Survey, models.CASCADE, verbose_name=_("survey"), related_name="questions")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=16)
    kind = models.CharField(_("kind"), max_length=8, choices=QuestionKind)
    text = models.CharField(_("question"), max_length=200)
    text_en = models.CharField(_("question in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("question of a survey")
        verbose_name_plural = _("questions of surveys")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="surveyquestion_kind"),
            models.CheckConstraint(condition=~Q(text=""), name="surveyquestion_text"),
            models.UniqueConstraint(fields=["survey", "code"], name="surveyquestion_once"),
        ]
        triggers: ClassVar = [_only_while("changes_in_drafts", "draft", "{row}.survey_id")]

    def __str__(self) -> str:
        """Return the question in the reader's language."""
        return self.text_en if self.text_en and get_language() == "en" else self.text


class SurveySheet(models.Model):
    """One unit's answer about one department: a draft until it is sent, from then on fixed; whose it is, nobody is shown."""

    survey = models.ForeignKey(Survey, models.PROTECT, verbose_name=_("survey"), related_name="sheets")
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    rater = models.ForeignKey(Rater, models.PROTECT, verbose_name=_("rater"), related_name="sheets")
    facts = models.TextField(_("facts"), blank=True, help_text=_("What happened; needed for a mark of 1 or 2."))
    given_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    #: The mean of the marks to 0.01, halves up: the sheet's one voice in indicator C3.
    score = models.DecimalField(_("mark"), max_digits=3, decimal_places=2, null=True, blank=True)
    lowest = models.PositiveSmallIntegerField(_("lowest mark"), null=True, blank=True)

    class Meta:
        verbose_name = _("survey answer")
        verbose_name_plural = _("survey answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "department", "rater"], name="surveysheet_one_voice"),
            models.CheckConstraint(
                condition=Q(given_at=None, score=None, lowest=None)
                | Q(given_at__isnull=False, score__range=(1, 5), lowest__range=(1, 5)),
                name="surveysheet_scored_when_sent",
            ),
            models.CheckConstraint(condition=Q(given_at=None) | Q(lowest__gt=2) | ~Q(facts=""), name="surveysheet_facts"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="stays_sent", operation=pgtrigger.Update | pgtrigger.Delete, condition=pgtrigger.Q(old__given_at__isnull=False)
            ),
            _only_while("changes_while_open", "open", "{row}.survey_id"),
        ]

    def __str__(self) -> str:
        return f"{self.survey}: {self.department}"


class SurveyMark(models.Model):
    """The answer to one question: a mark of 1 to 5, or a text."""

    sheet = models.ForeignKey(SurveySheet, models.CASCADE, verbose_name=_("survey answer"), related_name="marks")
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, verbose_name=_("question"), related_name="+")
    score = models.PositiveSmallIntegerField(_("mark"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to questions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "question"], name="surveymark_once"),
            models.CheckConstraint(
                condition=Q(score__range=(1, 5), text="") | (Q(score=None) & ~Q(text="")), name="surveymark_score_or_text"
            ),
        ]
        triggers: ClassVar = [
            _only_while(
                "changes_in_open_drafts",
                "open",
                "(SELECT survey_id FROM internal_clients_surveysheet WHERE given_at IS NULL AND id = {row}.sheet_id)",
            )
        ]

    def __str__(self) -> str:
        return self.text or str(self.score)
