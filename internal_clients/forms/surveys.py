"""What the quarterly survey asks for: of the centre, and of a unit."""

import datetime as dt
from itertools import count
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from internal_clients.actions.surveys import Item
from internal_clients.enums import QuestionKind
from internal_clients.forms.base import RecordForm
from internal_clients.models import Survey, SurveyQuestion, SurveySheet
from internal_clients.models.survey import FEWEST
from internal_clients.months import last_month, months_before, next_month, quarter_name, quarter_of
from organization.queries.days import local_day
from workorders.filters import DateInput
from workorders.forms import LongText

#: Empty rows below a draft's questions.
MORE_ROWS = 2
CHOICES = [(5, "5"), (4, "4"), (3, "3"), (2, "2"), (1, "1")]


class NewSurveyForm(RecordForm):
    """Which quarter, and until when."""

    quarter = forms.TypedChoiceField(label=gettext_lazy("quarter"), coerce=dt.date.fromisoformat)
    ends_on = forms.DateField(label=gettext_lazy("last day for answers"), widget=DateInput)

    def prepare(self) -> None:
        """Offer this quarter and the one before, where they have no survey yet."""
        this = quarter_of(local_day(self.now))
        taken = set(Survey.objects.values_list("quarter", flat=True))
        offered = [each for each in (this, months_before(this, 3)) if each not in taken]
        self.fields["quarter"].choices = [(f"{each}", quarter_name(each)) for each in offered]
        self.fields["ends_on"].initial = next_month(last_month(this)) - dt.timedelta(days=1)


class QuestionsForm(forms.Form):
    """A draft: its name, its last day, the fewest answers, and a row for each question; an empty row is left out."""

    name = forms.CharField(max_length=80, label=gettext_lazy("name"))
    ends_on = forms.DateField(label=gettext_lazy("last day for answers"), widget=DateInput)
    least = forms.IntegerField(
        min_value=FEWEST,
        max_value=50,
        label=gettext_lazy("fewest answers shown"),
        help_text=gettext_lazy("A department with fewer has no results."),
    )

    def __init__(self, data: object = None, *, survey: Survey) -> None:
        super().__init__(data, initial={"name": survey.name, "ends_on": survey.ends_on, "least": survey.least})
        self.asked: list[SurveyQuestion | None] = [*survey.questions.all(), *[None] * MORE_ROWS]
        for number, question in enumerate(self.asked, start=1):
            self._add_row(number, question)

    def _add_row(self, number: int, question: SurveyQuestion | None) -> None:
        words = {"number": number}
        self.fields[f"text-{number}"] = forms.CharField(
            max_length=200, required=False, label=_("Question %(number)d") % words, initial=question.text if question else ""
        )
        self.fields[f"text_en-{number}"] = forms.CharField(
            max_length=200,
            required=False,
            label=_("Question %(number)d in English") % words,
            initial=question.text_en if question else "",
        )
        self.fields[f"kind-{number}"] = forms.ChoiceField(
            choices=QuestionKind.choices,
            label=_("Kind of question %(number)d") % words,
            initial=question.kind if question else QuestionKind.SCALE,
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a survey without a mark to give, and an English text without a Chinese one."""
        data = super().clean() or {}
        for number in range(1, len(self.asked) + 1):
            if data.get(f"text_en-{number}") and not data.get(f"text-{number}"):
                self.add_error(f"text-{number}", _("Write the question in Chinese too."))
        if not any(item.kind == QuestionKind.SCALE for item in self.items()):
            self.add_error(None, _("A survey needs at least one question that is answered by a mark."))
        return data

    def items(self) -> list[Item]:
        """Return the questions as given; a question keeps its code, so that quarters can be compared."""
        found, taken = [], {question.code for question in self.asked if question}
        for number, question in enumerate(self.asked, start=1):
            given = {name: self.cleaned_data.get(f"{name}-{number}") or "" for name in ("text", "text_en", "kind")}
            if given["text"]:
                code = question.code if question else _free_code(number, taken)
                taken.add(code)
                found.append(Item(code=code, **given))
        return found

    def table(self) -> list[dict[str, Any]]:
        """Return the questions' rows, each with its three fields."""
        return [
            {"number": number, "fields": [self[f"{name}-{number}"] for name in ("text", "text_en", "kind")]}
            for number in range(1, len(self.asked) + 1)
        ]


def _free_code(number: int, taken: set[str]) -> str:
    return next(code for code in (f"q{each}" for each in count(number)) if code not in taken)


class SheetForm(forms.Form):
    """A unit's answer about one department, as the survey asks; while it is only a draft nothing is required."""

    def __init__(self, data: Any = None, *, survey: Survey, sheet: SurveySheet | None) -> None:
        super().__init__(data)
        self.questions = list(survey.questions.all())
        given = {mark.question_id: mark.score or mark.text for mark in sheet.marks.all()} if sheet else {}
        for question in self.questions:
            self.fields[question.code] = _field(question, given.get(question.pk))
        self.fields["facts"] = LongText(
            label=gettext_lazy("facts"),
            required=False,
            initial=sheet.facts if sheet else "",
            help_text=gettext_lazy(
                "Needed for a mark of 1 or 2. The department reads facts and texts as you write them, without your unit's name: "
                "name no hall, no person and no customer."
            ),
        )

    @property
    def marks(self) -> dict[str, int | str]:
        """Return what was answered, by the question's code."""
        given = {question.code: self.cleaned_data.get(question.code) for question in self.questions}
        return {code: answer for code, answer in given.items() if answer}


def _field(question: SurveyQuestion, given: object) -> forms.Field:
    if question.kind == QuestionKind.TEXT:
        return LongText(label=str(question), required=False, initial=given or "")
    return forms.TypedChoiceField(
        choices=CHOICES, coerce=int, empty_value=None, widget=forms.RadioSelect, label=str(question), required=False, initial=given
    )
