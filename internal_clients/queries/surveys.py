"""The quarterly survey: who is asked about whom, how many have answered, and results that give nobody away.

A department's results exist from `Survey.least` answers on, only once the survey is closed, and only as a whole: they are not
split by post, region or day, nor is there a figure over departments that holds one without results. So no two views differ
by fewer than `least` voices. See docs/decisions/0021-surveys-that-give-nobody-away.md.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from foundation.durations import midnight
from internal_clients.enums import SurveyState
from internal_clients.models import Rater, Survey, SurveyMark, SurveyQuestion, SurveySheet
from internal_clients.months import last_month, next_month
from internal_clients.queries.rating import departments_dealt_between
from internal_clients.scoring import mean_of
from organization.models import Department
from workorders.models import WorkOrder

FILE = Path(__file__).resolve().parent.parent / "data" / "survey.toml"
MARKS = (1, 2, 3, 4, 5)


def shipped() -> dict[str, Any]:
    """Return the survey that comes with the product."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def counting_sheets() -> QuerySet[SurveySheet]:
    """Return what was sent to closed surveys about departments with enough answers: what is shown, and counts for C3."""
    sent = SurveySheet.objects.filter(survey=OuterRef("survey"), department=OuterRef("department"), given_at__isnull=False)
    answers = sent.order_by().values("survey", "department").annotate(number=Count("pk")).values("number")
    closed = SurveySheet.objects.filter(survey__state=SurveyState.CLOSED, given_at__isnull=False)
    return closed.alias(answers=Subquery(answers)).filter(answers__gte=F("survey__least"))


@dataclass(frozen=True, slots=True)
class Task:
    """A department that a unit dealt with in the quarter, and what the unit has written about it so far."""

    department: Department
    sheet: SurveySheet | None

    @property
    def state(self) -> str:
        """Return "todo", "draft" or "sent"."""
        if self.sheet is None:
            return "todo"
        return "draft" if self.sheet.given_at is None else "sent"


def departments_of(survey: Survey, rater: Rater) -> QuerySet[Department]:
    """Return whom the unit may answer about: the departments it dealt with in the quarter."""
    return departments_dealt_between(rater.staff, survey.quarter, next_month(last_month(survey.quarter)))


def tasks_of(survey: Survey, rater: Rater) -> list[Task]:
    """Return the unit's departments in the order of their codes, each with its sheet."""
    sheets = {sheet.department_id: sheet for sheet in SurveySheet.objects.filter(survey=survey, rater=rater)}
    return [Task(department, sheets.get(department.pk)) for department in departments_of(survey, rater)]


def _dealt(survey: Survey) -> QuerySet[WorkOrder]:
    """Return the orders of what the outer rater's department filed in the quarter."""
    return WorkOrder.objects.filter(
        ticket__filed_by__department=OuterRef("staff__department"),
        ticket__filed_at__gte=midnight(survey.quarter),
        ticket__filed_at__lt=midnight(next_month(last_month(survey.quarter))),
    )


def _with(dealt: QuerySet[WorkOrder]) -> QuerySet[Rater]:
    """Return the active raters who have such orders in their region."""
    near = dealt.filter(ticket__region__path__startswith=OuterRef("staff__region__path"))
    return Rater.objects.filter(is_active=True).filter(Exists(near) | Q(staff__region=None) & Exists(dealt))


def raters_asked(survey: Survey) -> QuerySet[Rater]:
    """Return the active raters whose unit filed something in the quarter that a department handled."""
    return _with(_dealt(survey))


def raters_silent(survey: Survey) -> QuerySet[Rater]:
    """Return the raters who still have something to send, with their staff."""
    sent = SurveySheet.objects.filter(survey=survey, rater=OuterRef(OuterRef("pk")), given_at__isnull=False)
    return _with(_dealt(survey).exclude(department__in=sent.values("department"))).select_related("staff")


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many units are asked, how many of them have sent at least one answer, and how many answers there are."""

    asked: int
    answering: int
    answers: int


def turnout(survey: Survey) -> Turnout:
    """Count, without saying who."""
    sent = SurveySheet.objects.filter(survey=survey, given_at__isnull=False)
    counts = sent.aggregate(answers=Count("pk"), answering=Count("rater", distinct=True))
    return Turnout(asked=raters_asked(survey).count(), **counts)


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to one question: marks counted, from 1 to 5, or texts in the order of the alphabet, never of arrival."""

    question: SurveyQuestion
    counts: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def mean(self) -> Decimal | None:
        """Return the mean mark to 0.01, halves up; None for a text."""
        return mean(self.counts)

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Return (mark, how many), the best first."""
        return [(mark, self.counts[mark - 1]) for mark in reversed(MARKS)]

    @property
    def most(self) -> int:
        """Return how often the most frequent mark was given; 1 for a text."""
        return max((*self.counts, 1))


@dataclass(frozen=True, slots=True)
class Result:
    """A department's results; `answers` is None where there are too few to be shown."""

    department: Department
    answers: int | None
    mean: Decimal | None
    questions: tuple[Answered, ...]
    facts: tuple[str, ...]


def mean(counts: tuple[int, ...]) -> Decimal | None:
    """Return the mean of marks that were counted from 1 to 5, to 0.01, halves up; None of none."""
    number = sum(counts)
    total = sum(mark * count for mark, count in zip(MARKS, counts, strict=True))
    return mean_of(Decimal(total), number) if number else None


def results(survey: Survey, departments: QuerySet[Department]) -> list[Result]:
    """Return the results of the departments that anybody answered about, with the means of those with enough answers.

    Four queries, whatever their number. Nothing at all while the survey is open.
    """
    if survey.state != SurveyState.CLOSED:
        return []
    sent = SurveySheet.objects.filter(survey=survey, given_at__isnull=False, department__in=departments)
    shown: dict[int, list[SurveySheet]] = defaultdict(list)
    for sheet in counting_sheets().filter(survey=survey, department__in=departments).only("department", "score", "facts"):
        shown[sheet.department_id].append(sheet)
    questions, given = list(survey.questions.all()), _given(survey, set(shown))
    return [
        _result(department, shown.get(department.pk, []), questions, given)
        for department in departments.filter(pk__in=sent.values("department")).order_by("code")
    ]


def overall(found: list[Result]) -> Decimal | None:
    """Return the mean of the shown departments' means, each one voice; those without results are not in it."""
    means = [each.mean for each in found if each.mean is not None]
    return mean_of(sum(means, Decimal(0)), len(means)) if means else None


type Given = Mapping[tuple[int, int], tuple[tuple[int, ...], tuple[str, ...]]]


def _given(survey: Survey, departments: set[int]) -> Given:
    """Return the marks counted and the texts, by department and question."""
    marks = SurveyMark.objects.filter(
        sheet__survey=survey, sheet__given_at__isnull=False, sheet__department__in=departments
    ).values_list("sheet__department", "question", "score", "text")
    counts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(MARKS))
    texts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for department, question, score, text in marks:
        if score is None:
            texts[department, question].append(text)
        else:
            counts[department, question][score - 1] += 1
    keys = counts.keys() | texts.keys()
    return {key: (tuple(counts[key]), tuple(sorted(texts[key]))) for key in keys}


def _result(department: Department, sheets: list[SurveySheet], questions: list[SurveyQuestion], given: Given) -> Result:
    if not sheets:
        return Result(department, None, None, (), ())
    scores = sum((sheet.score or Decimal(0) for sheet in sheets), Decimal(0))
    nothing = ((0,) * len(MARKS), ())
    answered = tuple(Answered(question, *given.get((department.pk, question.pk), nothing)) for question in questions)
    facts = tuple(sorted(sheet.facts for sheet in sheets if sheet.facts))
    return Result(department, len(sheets), mean_of(scores, len(sheets)), answered, facts)
