"""The quarterly survey's life: drafted, opened, reminded of, closed; and what a unit writes and sends."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed, require
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.actions.rating import LAST_DAY, LOW
from internal_clients.enums import PeriodState, QuestionKind, SurveyState
from internal_clients.locking import locked
from internal_clients.models import Period, Rater, Survey, SurveyMark, SurveyQuestion, SurveySheet
from internal_clients.months import last_month, next_month, quarter_of
from internal_clients.queries.surveys import departments_of, raters_asked, raters_silent, shipped
from internal_clients.scoring import mean_of
from journal.notify import notify
from organization.models import Department, Staff
from organization.queries.days import local_day

#: Raters who have not answered are reminded so many days before the last one.
REMIND_BEFORE = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question as the draft's page gives it."""

    code: str
    kind: str
    text: str
    text_en: str = ""


@transaction.atomic
def draft_survey(*, quarter: dt.date, ends_on: dt.date, by: Staff, now: dt.datetime) -> Survey:
    """Begin a quarter's survey with the questions of the newest one, or with the shipped ones.

    Raises NotAllowed, Conflict when the quarter has one, or Invalid when its last day is too late to count for the quarter.
    """
    require(policies.may_keep_surveys(by))
    _check_days(quarter, ends_on)
    if Survey.objects.filter(quarter=quarter).exists():
        raise Conflict(_("This quarter has a survey already."))
    newest, given = Survey.objects.order_by("-version").first(), shipped()
    survey = Survey.objects.create(
        version=(newest.version if newest else 0) + 1,
        name=newest.name if newest else given["name"],
        least=newest.least if newest else given["least"],
        quarter=quarter,
        ends_on=ends_on,
    )
    _ask(survey, _items_of(newest) if newest else _shipped_items(given["questions"]))
    note(survey, "draft", by=by, now=now, data={"version": survey.version, "quarter": f"{quarter:%Y-%m-%d}"})
    return survey


def _items_of(survey: Survey) -> list[Item]:
    return [Item(code=each.code, kind=each.kind, text=each.text, text_en=each.text_en) for each in survey.questions.all()]


def _shipped_items(rows: list[dict[str, str]]) -> list[Item]:
    return [Item(code=row["code"], kind=row["kind"], text=row["text"][0], text_en=row["text"][1]) for row in rows]


def _check_days(quarter: dt.date, ends_on: dt.date) -> None:
    """Refuse days by which the survey could not count in the quarter's last month, whose scores are shown after the 5th."""
    if quarter != quarter_of(quarter):
        raise Invalid(quarter=_("Give the first day of a quarter."))
    if not quarter <= ends_on < next_month(last_month(quarter)) + dt.timedelta(days=LAST_DAY):
        raise Invalid(ends_on=_("A survey ends within its quarter, or by the 5th of the month after, so that it counts."))


def _ask(survey: Survey, items: Sequence[Item]) -> None:
    survey.questions.all().delete()
    SurveyQuestion.objects.bulk_create(
        SurveyQuestion(survey=survey, position=place, code=item.code, kind=item.kind, text=item.text, text_en=item.text_en)
        for place, item in enumerate(items, start=1)
    )


def _locked(survey: Survey, state: SurveyState) -> Survey:
    survey = locked(Survey.objects.all(), survey.pk)
    if survey.state != state:
        raise Conflict(_("This survey is “%(state)s”.") % {"state": survey.get_state_display()})
    return survey


@transaction.atomic
def change_survey(
    *, survey: Survey, name: str, ends_on: dt.date, least: int, items: Sequence[Item], by: Staff, now: dt.datetime
) -> Survey:
    """Change a draft: its last day, its questions, and from how many answers on results are shown.

    Raises NotAllowed, Conflict when it was opened, or Invalid.
    """
    require(policies.may_keep_surveys(by))
    survey = _locked(survey, SurveyState.DRAFT)
    _check_days(survey.quarter, ends_on)
    if not any(item.kind == QuestionKind.SCALE for item in items):
        raise Invalid(_("A survey needs at least one question that is answered by a mark."))
    survey.name, survey.ends_on, survey.least = name, ends_on, least
    survey.save(update_fields=["name", "ends_on", "least"])
    _ask(survey, items)
    note(survey, "change", by=by, now=now, data={"ends_on": f"{ends_on:%Y-%m-%d}", "least": least, "questions": len(items)})
    return survey


@transaction.atomic
def discard_survey(*, survey: Survey, by: Staff, now: dt.datetime) -> None:
    """Throw a draft away. Raises NotAllowed, or Conflict when it was opened."""
    require(policies.may_keep_surveys(by))
    survey = _locked(survey, SurveyState.DRAFT)
    note(survey, "discard", by=by, now=now, data={"version": survey.version})
    survey.delete()


@transaction.atomic
def open_survey(*, survey: Survey, by: Staff, now: dt.datetime) -> Survey:
    """Open a draft for answers and tell every rater; its questions are fixed from now on.

    Raises NotAllowed, Conflict when it or another one is open or its scores are shown, or Invalid when its days do not fit.
    """
    require(policies.may_keep_surveys(by))
    survey = _locked(survey, SurveyState.DRAFT)
    if Survey.objects.filter(state=SurveyState.OPEN).exists():
        raise Conflict(_("Another survey is still open; close it first."))
    if not survey.quarter <= local_day(now) <= survey.ends_on:
        raise Invalid(ends_on=_("The survey can be opened from its quarter's beginning until its last day."))
    if Period.objects.filter(month=last_month(survey.quarter)).exclude(state=PeriodState.OPEN).exists():
        raise Conflict(_("The scores of the quarter's last month are shown already; answers would come too late to count."))
    survey.state, survey.opened_by, survey.opened_at = SurveyState.OPEN, by, now
    survey.save(update_fields=["state", "opened_by", "opened_at"])
    note(survey, "open", by=by, now=now, data={"ends_on": f"{survey.ends_on:%Y-%m-%d}"})
    _tell("survey.open", survey, [rater.staff for rater in raters_asked(survey).select_related("staff")], now)
    return survey


def _tell(kind: str, survey: Survey, people: list[Staff], now: dt.datetime) -> None:
    data = {
        "name": survey.name,
        "quarter": survey.quarter_name,
        "ends_on": f"{survey.ends_on:%Y-%m-%d}",
        "least": str(survey.least),
    }
    notify(kind, key=f"{kind}:{survey.pk}", to=people, at=now, stream=f"survey:{survey.pk}", data=data)


@transaction.atomic
def remind(*, survey: Survey, now: dt.datetime) -> Survey:
    """Remind, once, those who have not sent all their answers, from two days before the last day on. Raises Conflict."""
    survey = _locked(survey, SurveyState.OPEN)
    if survey.reminded_at is not None or local_day(now) < survey.ends_on - REMIND_BEFORE:
        raise Conflict
    survey.reminded_at = now
    survey.save(update_fields=["reminded_at"])
    silent = [rater.staff for rater in raters_silent(survey)]
    note(survey, "remind", by=Staff.objects.system(), now=now, data={"people": len(silent)})
    _tell("survey.reminder", survey, silent, now)
    return survey


@transaction.atomic
def close_survey(*, survey: Survey, by: Staff, now: dt.datetime) -> Survey:
    """Close an open survey for good: what was only drafted is thrown away, the rest is shown and counts for C3.

    Raises NotAllowed or Conflict.
    """
    require(policies.may_keep_surveys(by))
    survey = _locked(survey, SurveyState.OPEN)
    SurveySheet.objects.filter(survey=survey, given_at=None).delete()
    survey.state, survey.closed_at = SurveyState.CLOSED, now
    survey.save(update_fields=["state", "closed_at"])
    note(survey, "close", by=by, now=now, data={"answers": SurveySheet.objects.filter(survey=survey).count()})
    return survey


type Marks = Mapping[str, int | str]


@transaction.atomic
def keep_draft(
    *, survey: Survey, department: Department, marks: Marks, facts: str = "", by: Staff, now: dt.datetime
) -> SurveySheet:
    """Keep what a unit has written so far about a department; nothing of it counts or is shown until it is sent.

    `marks` has a mark (1 to 5) or a text by the question's code. Raises NotAllowed, Conflict when it was sent or the survey is not
    open, or Invalid for a department that the unit did not deal with.
    """
    rater = policies.rater_of(by)
    if rater is None:
        raise NotAllowed(_("Hall managers, shift leaders and branches rate the departments."))
    survey = _open_for(survey, now)
    return _written(survey, rater, department, marks, facts)


def _open_for(survey: Survey, now: dt.datetime) -> Survey:
    survey = _locked(survey, SurveyState.OPEN)
    if local_day(now) > survey.ends_on:
        raise Conflict(_("The last day for answers is over."))
    return survey


def _written(survey: Survey, rater: Rater, department: Department, marks: Marks, facts: str) -> SurveySheet:
    if not departments_of(survey, rater).filter(pk=department.pk).exists():
        raise Invalid(_("You had nothing to do with this department in that quarter."))
    sheet, _made = SurveySheet.objects.get_or_create(survey=survey, rater=rater, department=department)
    if sheet.given_at is not None:
        raise Conflict(_("Your unit has sent its answer about this department."))
    if sheet.facts != facts:
        sheet.facts = facts
        sheet.save(update_fields=["facts"])
    sheet.marks.all().delete()
    SurveyMark.objects.bulk_create(
        _mark(sheet, question, marks[question.code]) for question in survey.questions.all() if marks.get(question.code)
    )
    return sheet


def _mark(sheet: SurveySheet, question: SurveyQuestion, given: int | str) -> SurveyMark:
    if question.kind == QuestionKind.SCALE:
        return SurveyMark(sheet=sheet, question=question, score=int(given))
    return SurveyMark(sheet=sheet, question=question, text=str(given))


@transaction.atomic
def send_sheet(
    *, survey: Survey, department: Department, marks: Marks, facts: str = "", by: Staff, now: dt.datetime
) -> SurveySheet:
    """Send a unit's answer about a department, once and for good. The journal says that it was sent, not what it says.

    Raises as `keep_draft`, and Invalid where a mark is missing, or a mark of 1 or 2 has no facts.
    """
    sheet = keep_draft(survey=survey, department=department, marks=marks, facts=facts, by=by, now=now)
    scales = [each.code for each in survey.questions.all() if each.kind == QuestionKind.SCALE]
    missing = {code: _("Please choose a mark.") for code in scales if not marks.get(code)}
    if missing:
        raise Invalid(**missing)
    given = [int(marks[code]) for code in scales]
    if min(given) <= LOW and not facts.strip():
        raise Invalid(facts=_("Write what happened; a mark this low needs facts."))
    sheet.given_at, sheet.lowest, sheet.score = now, min(given), _voice(given)
    sheet.save(update_fields=["given_at", "lowest", "score"])
    note(survey, "answer", by=by, now=now, data={"department": department.code})
    return sheet


def _voice(given: Sequence[int]) -> Decimal:
    """Return a sheet's one voice in C3: the mean of its marks to 0.01, halves up."""
    return mean_of(Decimal(sum(given)), len(given))
