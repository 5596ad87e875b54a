"""The survey's pages: who sees what when, drafts by the way, errors at the field, and nothing that grows with the answers."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from foundation.errors import Conflict
from internal_clients.actions import scoring, surveys
from internal_clients.actions.surveys import Item
from internal_clients.forms.surveys import QuestionsForm
from internal_clients.models import Rater, Survey, SurveySheet
from internal_clients.months import last_month, next_month, quarter_of
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits")
TODAY = dt.datetime.now(tz=SHANGHAI)
QUARTER = quarter_of(TODAY.date())
LAST = next_month(last_month(QUARTER)) - dt.timedelta(days=1)
MARKS = {"timely": "5", "quality": "4", "attitude": "4", "overall": "4"}


@pytest.fixture
def rater(agent: Staff, officer: Staff, category: Category, jinan: Region, network: Department) -> Staff:
    Rater.objects.create(staff=agent, post="shift")
    factories.dispatched(factories.ticket(category, jinan, agent, TODAY), network, by=officer, at=TODAY)
    return agent


@pytest.fixture
def survey(rater: Staff, scorer: Staff) -> Survey:
    draft = surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=scorer, now=TODAY)
    return surveys.open_survey(survey=draft, by=scorer, now=TODAY)


def at(client: Client, user: Staff, name: str, *args: object) -> str:
    client.force_login(user)
    return reverse(f"internal_clients:{name}", args=args)


def test_a_unit_keeps_a_draft_by_the_way_and_sends_it_in_the_end(
    client: Client, survey: Survey, rater: Staff, network: Department
) -> None:
    page = at(client, rater, "survey_sheet", survey.pk, "NETWORK")

    kept = client.post(page, {"timely": "2"}, headers={"HX-Request": "true"})
    missing = client.post(page, {**MARKS, "timely": "2", "overall": "", "send": "1"})
    assert (kept.status_code, "已存草稿" in kept.content.decode()) == (200, True)
    assert (missing.status_code, set(missing.context["form"].errors)) == (422, {"overall"})
    low = client.post(page, {**MARKS, "timely": "2", "send": "1"})
    assert (low.status_code, set(low.context["form"].errors)) == (422, {"facts"})
    assert client.get(page).context["form"]["timely"].initial == 2
    sent = client.post(page, {**MARKS, "send": "1"})

    assert sent.status_code == 302
    assert SurveySheet.objects.get().given_at is not None
    assert "已提交" in client.get(reverse("internal_clients:survey", args=[survey.pk])).content.decode()


def test_each_sees_a_survey_only_when_it_concerns_them(
    client: Client, survey: Survey, rater: Staff, scorer: Staff, head: Staff, manager: Staff, hall_agent: Staff
) -> None:
    people = {"rater": rater, "scorer": scorer, "head": head, "manager": manager, "stranger": hall_agent}

    def seen() -> set[str]:
        return {name for name, user in people.items() if client.get(at(client, user, "survey", survey.pk)).status_code == 200}

    assert seen() == {"rater", "scorer"}
    surveys.close_survey(survey=survey, by=scorer, now=TODAY)
    assert seen() == {"scorer", "head", "manager"}


@pytest.mark.parametrize("item_count", [5, 7])
def test_results_take_as_many_queries_however_many_answers(
    client: Client,
    item_count: int,
    survey: Survey,
    rater: Staff,
    scorer: Staff,
    head: Staff,
    network: Department,
    province: Region,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count):
        person = factories.staff(f"12{number}", f"值班长{number}", rater.department, rater.roles, province)
        Rater.objects.create(staff=person, post="shift")
        surveys.send_sheet(survey=survey, department=network, marks={**MARKS, "wish": "快"}, by=person, now=TODAY)
    surveys.close_survey(survey=survey, by=scorer, now=TODAY)
    page = at(client, head, "survey", survey.pk)

    with django_assert_num_queries(8):
        response = client.get(page)

    assert [each.answers for each in response.context["results"]] == [item_count]


def test_the_centre_edits_a_draft_opens_and_closes_it(client: Client, rater: Staff, scorer: Staff, manager: Staff) -> None:
    made = client.post(at(client, scorer, "surveys"), {"quarter": f"{QUARTER}", "ends_on": f"{LAST}"})
    survey = Survey.objects.get()
    page = reverse("internal_clients:survey", args=[survey.pk])
    assert made.url == page
    typed = {"name": "调查", "ends_on": f"{LAST}", "least": "2", "text-1": "总体满意吗？", "kind-1": "scale", "kind-2": "text"}
    rest = {f"kind-{number}": "scale" for number in range(3, 8)}

    refused = client.post(page, {**typed, **rest, "text_en-2": "Why?"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"least", "text-2"})
    assert client.post(page, {**typed, **rest, "least": "6"}).status_code == 302
    for step, state in (("open", "open"), ("close", "closed")):
        client.post(reverse("internal_clients:survey_step", args=[survey.pk, step]))
        survey.refresh_from_db()
        assert survey.state == state

    assert [(each.code, each.text) for each in survey.questions.all()] == [("timely", "总体满意吗？")]
    assert survey.least == 6


def test_two_new_questions_get_codes_of_their_own(scorer: Staff) -> None:
    draft = surveys.draft_survey(quarter=QUARTER, ends_on=LAST, by=scorer, now=TODAY)
    # Once the third question, now the first: the third row's own code is taken, and so is the next one's by then.
    old = Item(code="q3", kind="scale", text="及时", text_en="")
    surveys.change_survey(
        survey=draft,
        name="调查",
        ends_on=LAST,
        least=5,
        items=[old, Item(code="x", kind="scale", text="质量")],
        by=scorer,
        now=TODAY,
    )
    given = {"name": "调查", "ends_on": str(LAST), "least": "5"}
    given |= {f"{name}-{row}": value for row in range(1, 5) for name, value in (("text", f"问题{row}"), ("kind", "scale"))}

    form = QuestionsForm(given | {"kind-5": "scale", "kind-6": "scale"}, survey=Survey.objects.get(pk=draft.pk))

    form.is_valid()
    assert [item.code for item in form.items()] == ["q3", "x", "q4", "q5"]


def test_what_speaks_against_a_draft_is_said_beside_the_button_alone(client: Client, survey: Survey, rater: Staff) -> None:
    page = at(client, rater, "survey_sheet", survey.pk, "NETWORK")
    client.post(page, {**MARKS, "send": "1"})

    late = client.post(page, {"timely": "5"}, headers={"HX-Request": "true"})

    assert late.status_code == 422
    assert "<form" not in late.content.decode()
    assert "text-danger" in late.content.decode()


@pytest.mark.usefixtures("scheme")
def test_the_quarters_last_month_waits_for_its_survey(survey: Survey, scorer: Staff) -> None:
    month = last_month(QUARTER)
    later = dt.datetime.combine(next_month(month) + dt.timedelta(days=2), dt.time(9), SHANGHAI)

    with pytest.raises(Conflict):
        scoring.show(month=month, by=scorer, now=later)
    surveys.close_survey(survey=survey, by=scorer, now=later)
    assert scoring.show(month=month, by=scorer, now=later).period.month == month
