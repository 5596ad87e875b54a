import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from complaints.models import Callback, Complaint
from journal.models import Event
from organization.models import Region, Staff
from tests import factories
from tests.complaints.views.conftest import Filed
from tests.conftest import NOW
from workorders.models import Ticket

pytestmark = pytest.mark.usefixtures("verified")

type Page = Callable[[Staff], Client]
URL = reverse("complaints:callbacks")
SATISFIED = {"outcome": "reached", "solved": "yes", "satisfaction": "5"}
DISSATISFIED = {"outcome": "reached", "solved": "no", "satisfaction": "1", "remark": "还是没有信号"}


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


def call(client: Client, complaint: Complaint, answers: dict, **query: str) -> object:
    url = reverse("complaints:callback", args=[complaint.pk], query=query or None)
    seen = client.get(url).context["form"]["seen"].value()
    return client.post(url, {"seen": seen, **answers}, headers={"accept-language": "en"})


def said(response: object) -> str:
    return " ".join(str(each) for each in response.wsgi_request._messages)


def state(complaint: Complaint) -> str:
    return Ticket.objects.get(pk=complaint.pk).state


def test_queue_is_in_order_of_the_callback_due(page: Page, officer: Staff, answered: Filed) -> None:
    normal = answered(ago=hours(10))
    urgent = answered(ago=hours(2), urgency="urgent")
    major = answered(ago=hours(7), urgency="major")

    response = page(officer).get(URL)

    assert response.context["rows"] == [major, urgent, normal]
    assert [each.due_at - each.ticket.replied_at for each in response.context["rows"]] == [hours(6), hours(12), hours(24)]
    assert [(key, count) for key, _label, count in response.context["tabs"]] == [
        ("", 3),
        ("overdue", 1),
        ("untried", 3),
        ("once", 0),
        ("twice", 0),
    ]


def test_agent_sees_only_what_they_filed(page: Page, agent: Staff, hall_agent: Staff, answered: Filed, qingdao: Region) -> None:
    mine = answered()
    answered(by=hall_agent, region=qingdao)

    assert page(agent).get(URL).context["rows"] == [mine]


@pytest.mark.parametrize("who", ["handler", "manager", "duty"])
def test_others_have_no_queue(page: Page, who: str, answered: Filed, request: pytest.FixtureRequest) -> None:
    complaint = answered()
    client = page(request.getfixturevalue(who))

    assert client.get(URL).status_code == 403
    assert client.get(reverse("complaints:callback", args=[complaint.pk])).status_code in {403, 404}


def test_filters_keep_what_lies_below(page: Page, officer: Staff, answered: Filed, qingdao: Region, province: Region) -> None:
    here = answered()
    there = answered(region=qingdao, category=factories.category("SVC/HALL/WAIT", "等候"), urgency="major")
    client = page(officer)

    assert client.get(URL, {"region": qingdao.pk}).context["rows"] == [there]
    assert set(client.get(URL, {"region": province.pk}).context["rows"]) == {here, there}
    assert client.get(URL, {"category": here.ticket.category.parent_id}).context["rows"] == [here]
    assert client.get(URL, {"urgency": "major"}).context["rows"] == [there]
    assert client.get(URL, {"urgency": "x", "region": "\x00", "show": "y", "after": "z"}).status_code == 200


def test_tabs_split_by_attempts(page: Page, officer: Staff, answered: Filed) -> None:
    tried, untried = answered(), answered()
    client = page(officer)
    call(client, tried, {"outcome": "no_answer"})

    assert client.get(URL, {"show": "once"}).context["rows"] == [tried]
    assert client.get(URL, {"show": "untried"}).context["rows"] == [untried]


def test_who_did_not_answer_goes_behind_the_untried_for_two_hours(page: Page, officer: Staff, answered: Filed) -> None:
    tried, untried = answered(ago=hours(9)), answered(ago=hours(8.5))
    client = page(officer)
    call(client, tried, {"outcome": "no_answer"})

    resting = client.get(URL)
    with time_machine.travel(NOW + hours(2), tick=False):
        rested = client.get(URL)

    assert (resting.context["rows"], rested.context["rows"]) == ([untried, tried], [tried, untried])
    assert ["11-02 11:00 后再拨" in each.content.decode() for each in (resting, rested)] == [True, False]


def test_no_answer_again_within_two_hours_is_not_counted_but_an_answer_is(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    client = page(officer)
    call(client, complaint, {"outcome": "no_answer"})

    with time_machine.travel(NOW + hours(1.9), tick=False):
        early = call(client, complaint, {"outcome": "no_answer"})
        reached = call(client, complaint, SATISFIED)

    assert (early.status_code, list(early.context["form"].errors)) == (422, ["outcome"])
    assert (reached.status_code, state(complaint)) == (302, "closed")
    assert list(complaint.callbacks.order_by("attempt").values_list("outcome", flat=True)) == ["no_answer", "reached"]


def test_pages_follow_each_other_without_loss(page: Page, officer: Staff, answered: Filed) -> None:
    everyone = [answered() for _each in range(32)]
    client = page(officer)
    first = client.get(URL)
    second = client.get(URL, {"after": str(first.context["after"])})

    assert len(first.context["rows"]) == 30
    assert [*first.context["rows"], *second.context["rows"]] == everyone
    assert second.context["after"] is None


@pytest.mark.parametrize("item_count", [1, 30])
def test_queue_queries(
    page: Page,
    officer: Staff,
    answered: Filed,
    django_assert_num_queries: Callable,
    item_count: int,
) -> None:
    for _each in range(item_count):
        answered()
    client = page(officer)

    with django_assert_num_queries(9):
        client.get(URL)


def test_satisfied_closes_and_goes_to_the_next(page: Page, officer: Staff, answered: Filed) -> None:
    first, second = answered(ago=hours(3)), answered(ago=hours(2))
    response = call(page(officer), first, SATISFIED, urgency="normal")

    assert state(first) == "closed"
    assert response["Location"] == reverse("complaints:callback", args=[second.pk]) + "?urgency=normal"
    assert said(response) == f"{first.ticket}: closed; the customer is satisfied."


def test_last_of_the_queue_goes_back_to_it(page: Page, officer: Staff, answered: Filed) -> None:
    response = call(page(officer), answered(), SATISFIED)

    assert response["Location"] == URL


def test_not_satisfied_reopens_to_the_department(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    response = call(page(officer), complaint, DISSATISFIED)

    assert state(complaint) == "in_progress"
    assert said(response) == f"{complaint.ticket}: not satisfied; 网络部 handles it anew."


def test_not_satisfied_without_a_remark_keeps_what_was_ticked(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    response = call(page(officer), complaint, DISSATISFIED | {"remark": ""})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["remark"]
    assert response.context["form"]["satisfaction"].value() == "1"
    assert not Callback.objects.exists()
    assert state(complaint) == "awaiting_callback"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "reached", "satisfaction": "5"}, "solved"),
        ({"outcome": "reached", "solved": "yes"}, "satisfaction"),
        ({**SATISFIED, "satisfaction": "6"}, "satisfaction"),
        ({**SATISFIED, "remark": "长" * 5001}, "remark"),
        ({**SATISFIED, "seen": "x"}, "seen"),
    ],
)
def test_bad_input_is_refused_at_its_field(page: Page, officer: Staff, answered: Filed, answers: dict, field: str) -> None:
    response = call(page(officer), answered(), answers)

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Callback.objects.exists()


def test_third_attempt_without_an_answer_closes(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    client = page(officer)
    told = []
    for hour in (0, 2, 4):
        with time_machine.travel(NOW + hours(hour), tick=False):
            told.append(said(call(client, complaint, {"outcome": "no_answer", "satisfaction": "5"})))

    assert state(complaint) == "closed"
    assert [each.rpartition(": ")[2] for each in told] == [
        "no answer, attempt 1 of 3.",
        "no answer, attempt 2 of 3.",
        "closed after three attempts without an answer.",
    ]


def test_refusal_closes(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    response = call(page(officer), complaint, {"outcome": "refused"})

    assert state(complaint) == "closed"
    assert said(response) == f"{complaint.ticket}: closed; the customer declined to answer."


def test_double_submission_counts_one_attempt(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    client = page(officer)
    url = reverse("complaints:callback", args=[complaint.pk])
    data = {"seen": client.get(url).context["form"]["seen"].value(), "outcome": "no_answer", "remark": "关机"}
    client.post(url, data)
    again = client.post(url, data)

    assert Callback.objects.count() == 1
    assert again.status_code == 409
    assert "关机" in again.content.decode()


def test_stale_page_of_a_closed_ticket_says_so(page: Page, officer: Staff, answered: Filed) -> None:
    complaint = answered()
    client = page(officer)
    call(client, complaint, SATISFIED)
    response = client.get(reverse("complaints:callback", args=[complaint.pk]))

    assert response["Location"] == reverse("workorders:ticket", args=[complaint.pk])


@pytest.mark.parametrize("item_count", [1, 30])
def test_callback_page_queries(
    page: Page,
    officer: Staff,
    answered: Filed,
    django_assert_num_queries: Callable,
    item_count: int,
) -> None:
    complaint = next(iter([answered() for _each in range(item_count)]))
    client = page(officer)

    with django_assert_num_queries(10):
        client.get(reverse("complaints:callback", args=[complaint.pk]))
    assert Event.objects.filter(kind="ticket.callback").count() == 0
