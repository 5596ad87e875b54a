"""A quarter's survey: one voice a unit, fixed once sent, and nothing that gives a unit away."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import surveys
from internal_clients.actions.rating import rate
from internal_clients.enums import QuestionKind, SurveyState
from internal_clients.models import Period, Rater, Survey, SurveyMark, SurveySheet
from internal_clients.months import last_month
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.evidence.customers import rated
from internal_clients.queries.surveys import overall, results, turnout
from internal_clients.tasks import keep_surveys
from journal.models import Event, Notice
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits")
QUARTER, DECEMBER = dt.date(2026, 10, 1), dt.date(2026, 12, 1)
LAST = dt.date(2026, 12, 31)
OVER = dt.datetime(2027, 1, 2, 9, 0, tzinfo=SHANGHAI)
GOOD = {"timely": 4, "quality": 4, "attitude": 5, "overall": 4}


@pytest.fixture
def units(agent: Staff, officer: Staff, category: Category, province: Region, jinan: Region, network: Department) -> list[Staff]:
    """Six units of one front line that the network department and, by one order, nobody else worked for."""
    people = [agent, *(factories.staff(f"12{each}", f"值班长{each}", agent.department, agent.roles, province) for each in range(5))]
    for person in people:
        Rater.objects.create(staff=person, post="shift")
    factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    return people


@pytest.fixture
def survey(units: list[Staff], scorer: Staff) -> Survey:
    draft = surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=scorer, now=NOW)
    return surveys.open_survey(survey=draft, by=scorer, now=NOW)


def send(survey: Survey, department: Department, people: list[Staff], *overall: int) -> None:
    for person, mark in zip(people, overall, strict=True):
        facts = "两次催办无回应" if mark <= 2 else ""
        marks = {**dict.fromkeys(GOOD, mark), "wish": f"希望{person}"}
        surveys.send_sheet(survey=survey, department=department, marks=marks, facts=facts, by=person, now=NOW)


def c3(month: dt.date, months: int = 1, now: dt.datetime = OVER) -> list[tuple[str, Decimal]]:
    found = rated(Window(month=month, months=months, now=now))
    return sorted((each.kind.value, Decimal(row["over"])) for each in found for row in each.query)


def test_a_survey_is_drafted_changed_opened_and_its_units_are_told(units: list[Staff], scorer: Staff) -> None:
    draft = surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=scorer, now=NOW)
    items = [surveys.Item(code="overall", kind="scale", text="总体"), surveys.Item(code="q2", kind="text", text="建议")]
    surveys.change_survey(survey=draft, name="调查", ends_on=LAST, least=4, items=items, by=scorer, now=NOW)
    surveys.open_survey(survey=draft, by=scorer, now=NOW)

    found = Survey.objects.get()
    assert (found.state, found.least, [each.code for each in found.questions.all()]) == (SurveyState.OPEN, 4, ["overall", "q2"])
    assert set(Notice.objects.filter(kind="survey.open").values_list("recipient", flat=True)) == {each.pk for each in units}
    with pytest.raises(Conflict):
        surveys.change_survey(survey=draft, name="调查", ends_on=LAST, least=3, items=items, by=scorer, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        found.questions.update(text="别的问题")
    with pytest.raises(DatabaseError), transaction.atomic():
        Survey.objects.update(least=3)


def test_no_survey_opens_once_its_quarters_scores_are_shown(scorer: Staff) -> None:
    draft = surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=scorer, now=NOW)
    period = Period.objects.create(month=last_month(QUARTER), state="provisional", provisional_at=NOW)

    with pytest.raises(Conflict):
        surveys.open_survey(survey=draft, by=scorer, now=NOW)
    period.delete()
    assert surveys.open_survey(survey=draft, by=scorer, now=NOW).state == SurveyState.OPEN


def test_only_who_keeps_surveys_does_so_and_within_the_quarter(scorer: Staff, manager: Staff) -> None:
    with pytest.raises(NotAllowed):
        surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=manager, now=NOW)
    for quarter, ends_on in ((DECEMBER, LAST), (QUARTER, dt.date(2027, 1, 6)), (QUARTER, dt.date(2026, 9, 30))):
        with pytest.raises(Invalid):
            surveys.draft_survey(quarter=quarter, ends_on=ends_on, by=scorer, now=NOW)


def test_the_next_survey_begins_with_the_questions_of_the_one_before(survey: Survey, scorer: Staff) -> None:
    surveys.close_survey(survey=survey, by=scorer, now=OVER)

    following = surveys.draft_survey(quarter=dt.date(2027, 1, 1), ends_on=dt.date(2027, 3, 31), by=scorer, now=OVER)

    assert following.version == survey.version + 1
    assert [each.text for each in following.questions.all()] == [each.text for each in survey.questions.all()]


def test_a_unit_keeps_a_draft_and_sends_once(survey: Survey, units: list[Staff], network: Department) -> None:
    surveys.keep_draft(survey=survey, department=network, marks={"timely": 2}, by=units[0], now=NOW)
    assert turnout(survey).answers == 0

    sheet = surveys.send_sheet(survey=survey, department=network, marks={**GOOD, "wish": "快些"}, by=units[0], now=NOW)

    assert (sheet.score, sheet.lowest) == (Decimal("4.25"), 4)
    assert (turnout(survey).asked, turnout(survey).answering, turnout(survey).answers) == (6, 1, 1)
    with pytest.raises(Conflict):
        surveys.send_sheet(survey=survey, department=network, marks=GOOD, by=units[0], now=NOW)
    for rows, change in ((SurveySheet.objects, {"facts": "改"}), (SurveyMark.objects.filter(score=4), {"score": 1})):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    event = Event.objects.filter(kind="survey.answer").get()
    assert event.data == {"department": "NETWORK"}


def test_what_is_missing_is_told_by_its_field_and_the_draft_undone(survey: Survey, units: list[Staff], network: Department) -> None:
    with pytest.raises(Invalid) as missing:
        surveys.send_sheet(survey=survey, department=network, marks={"timely": 5}, by=units[0], now=NOW)
    with pytest.raises(Invalid) as low:
        surveys.send_sheet(survey=survey, department=network, marks={**GOOD, "quality": 2}, by=units[0], now=NOW)

    assert (set(missing.value.errors), set(low.value.errors)) == ({"quality", "attitude", "overall"}, {"facts"})
    assert SurveySheet.objects.count() == 0


def test_strangers_and_departments_not_dealt_with_have_no_voice(
    survey: Survey, units: list[Staff], finance: Department, hall_agent: Staff, network: Department
) -> None:
    with pytest.raises(Invalid):
        surveys.keep_draft(survey=survey, department=finance, marks=GOOD, by=units[0], now=NOW)
    with pytest.raises(NotAllowed):
        surveys.keep_draft(survey=survey, department=network, marks=GOOD, by=hall_agent, now=NOW)
    with pytest.raises(Conflict):
        surveys.keep_draft(survey=survey, department=network, marks=GOOD, by=units[0], now=OVER)


def test_results_appear_from_so_many_answers_on_and_only_when_closed(
    survey: Survey, units: list[Staff], scorer: Staff, network: Department
) -> None:
    everyone = Department.objects.all()
    send(survey, network, units[:5], 5, 4, 4, 3, 2)
    assert results(survey, everyone) == []
    surveys.keep_draft(survey=survey, department=network, marks={"timely": 1}, by=units[5], now=NOW)

    closed = surveys.close_survey(survey=survey, by=scorer, now=OVER)

    (found,) = results(closed, everyone)
    first = found.questions[0]
    assert (found.answers, found.mean, first.mean, first.counts) == (5, Decimal("3.60"), Decimal("3.60"), (0, 1, 1, 2, 1))
    assert found.questions[-1].texts == tuple(sorted(f"希望{person}" for person in units[:5]))
    assert found.facts == ("两次催办无回应",)
    assert overall([found]) == Decimal("3.60")


def test_below_so_many_answers_nothing_is_shown_and_nothing_counts(
    survey: Survey, units: list[Staff], scorer: Staff, network: Department
) -> None:
    send(survey, network, units[:4], 1, 1, 5, 5)

    closed = surveys.close_survey(survey=survey, by=scorer, now=OVER)

    (found,) = results(closed, Department.objects.all())
    assert (found.answers, found.mean, found.questions, found.facts) == (None, None, (), ())
    assert overall([found]) is None
    assert c3(DECEMBER) == []


def test_the_closed_survey_is_the_voice_of_the_quarters_last_month(
    survey: Survey, units: list[Staff], scorer: Staff, network: Department, category: Category, jinan: Region, officer: Staff
) -> None:
    late = dt.datetime(2026, 12, 20, 9, 0, tzinfo=SHANGHAI)
    factories.dispatched(factories.ticket(category, jinan, units[0], late), network, by=officer, at=late)
    for person in (units[0], units[5]):
        rate(department=network, month=DECEMBER, score=1, facts="未答复", by=person, now=late)
    send(survey, network, units[:5], 5, 4, 4, 4, 3)
    assert c3(DECEMBER) == [("rating", Decimal(1))] * 2

    surveys.close_survey(survey=survey, by=scorer, now=OVER)

    sent = [("survey", Decimal(mark)) for mark in (3, 4, 4, 4, 5)]
    assert c3(DECEMBER) == [("rating", Decimal(1)), *sent]
    assert c3(dt.date(2026, 11, 1)) == []
    assert c3(dt.date(2027, 1, 1), months=2) == c3(DECEMBER)


def test_reminded_two_days_before_and_closed_by_itself(survey: Survey, units: list[Staff], network: Department) -> None:
    send(survey, network, units[:5], 5, 5, 5, 5, 5)

    moved = []
    for at in (*(dt.datetime(2026, 12, day, 9, 0, tzinfo=SHANGHAI) for day in (28, 29, 30)), OVER):
        with time_machine.travel(at, tick=False):
            moved.append(keep_surveys(0))

    assert moved == [0, 1, 0, 1]
    assert list(Notice.objects.filter(kind="survey.reminder").values_list("recipient", flat=True)) == [units[5].pk]
    survey.refresh_from_db()
    assert survey.state == SurveyState.CLOSED


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=st.lists(st.integers(1, 5), min_size=3, max_size=6), order=st.randoms())
def test_results_are_the_same_in_any_order_and_no_view_differs_by_fewer_voices(
    marks: list[int], order: object, survey: Survey, units: list[Staff], scorer: Staff, network: Department
) -> None:
    shuffled = list(zip(units[: len(marks)], marks, strict=True))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    with transaction.atomic():
        send(survey, network, [person for person, _mark in shuffled], *[mark for _person, mark in shuffled])
        closed = surveys.close_survey(survey=survey, by=scorer, now=OVER)
        (found,) = results(closed, Department.objects.all())
        voices = [row for row in c3(DECEMBER) if row[0] == "survey"]
        transaction.set_rollback(True)

    shown = len(marks) >= survey.least
    assert (found.answers or 0) == len(voices) == (len(marks) if shown else 0)
    if shown:
        scale = [each for each in found.questions if each.question.kind == QuestionKind.SCALE]
        assert {each.counts for each in scale} == {tuple(marks.count(mark) for mark in range(1, 6))}
        assert Decimal(1) <= found.mean <= Decimal(5)
