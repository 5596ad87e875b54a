import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from organization.models import Department, Region, Staff
from tests import factories
from tests.api.conftest import Caller
from tests.conftest import NOW
from workorders.actions import closing
from workorders.models import Attachment, Category, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")

TICKETS, ORDERS = "/api/v1/tickets/", "/api/v1/orders/"
RESULT = {"result": "已处理", "cause": "fault", "liability": "operator"}


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def ids(response: Any) -> list[int]:
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_list_narrows_by_state_urgency_category_region_and_time(
    api: Caller,
    category: Category,
    jinan: Region,
    qingdao: Region,
    province: Region,
    agent: Staff,
    officer: Staff,
) -> None:
    other = factories.category("FEE/PLAN/TOLD", "未告知")
    near = factories.ticket(category, jinan, agent, NOW, urgency="urgent")
    far = factories.ticket(other, qingdao, agent, NOW + dt.timedelta(hours=1))
    cancelled = factories.ticket(category, qingdao, agent, NOW + dt.timedelta(hours=2))
    closing.cancel(ticket=cancelled, reason="客户撤回", by=Staff.objects.system(), now=NOW + dt.timedelta(hours=3))
    client = api(officer)

    assert ids(client.get(TICKETS)) == [cancelled.pk, far.pk, near.pk]
    assert ids(client.get(TICKETS, {"state": "cancelled"})) == [cancelled.pk]
    assert ids(client.get(TICKETS, {"state": ["draft", "cancelled"]})) == [cancelled.pk, far.pk, near.pk]
    assert ids(client.get(TICKETS, {"urgency": "urgent"})) == [near.pk]
    assert ids(client.get(TICKETS, {"category": "NET"})) == [cancelled.pk, near.pk]
    assert ids(client.get(TICKETS, {"category": other.code})) == [far.pk]
    assert ids(client.get(TICKETS, {"region": qingdao.code})) == [cancelled.pk, far.pk]
    assert ids(client.get(TICKETS, {"region": province.code})) == [cancelled.pk, far.pk, near.pk]
    assert ids(client.get(TICKETS, {"filed_after": far.filed_at.isoformat()})) == [cancelled.pk, far.pk]
    assert ids(client.get(TICKETS, {"filed_before": far.filed_at.isoformat()})) == [near.pk]


def test_list_refuses_a_filter_that_means_nothing(api: Caller, officer: Staff) -> None:
    response = api(officer).get(TICKETS, {"category": "NOWHERE", "filed_after": "yesterday"})

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()["errors"]) == {"category", "filed_after"}


def test_pages_follow_a_cursor(api: Caller, category: Category, jinan: Region, agent: Staff, officer: Staff) -> None:
    filed = [factories.ticket(category, jinan, agent, NOW).pk for _each in range(3)]
    client = api(officer)

    first = client.get(TICKETS, {"page_size": 2})
    second = client.get(first.json()["next"])

    assert (ids(first), ids(second), second.json()["next"]) == (filed[:0:-1], filed[:1], None)


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD0xMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Ng=="])
def test_a_made_up_cursor_is_no_error_of_the_server(api: Caller, officer: Staff, order: WorkOrder, cursor: str) -> None:
    assert api(officer).get(TICKETS, {"cursor": cursor}).status_code in {200, 400, 404}


@pytest.mark.parametrize("count", [1, 3])
def test_lists_make_the_same_queries_for_any_number_of_rows(
    api: Caller,
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    network: Department,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _each in range(count):
        factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    client = api(officer)

    with django_assert_num_queries(3):
        assert len(ids(client.get(TICKETS))) == count
    with django_assert_num_queries(4):
        assert len(ids(client.get(ORDERS))) == count


def test_a_stranger_learns_of_nothing(api: Caller, stranger: Staff, order: WorkOrder) -> None:
    client, pk = api(stranger), order.ticket_id
    addresses = [f"{TICKETS}{pk}/", f"{TICKETS}{pk}/events/", f"{TICKETS}{pk}/actions/", f"{ORDERS}{order.pk}/"]

    assert (ids(client.get(TICKETS)), ids(client.get(ORDERS))) == ([], [])
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert client.post(f"{TICKETS}{pk}/actions/note/", {"text": "?"}, format="json").status_code == 404


def test_actions_are_those_of_the_page(api: Caller, order: WorkOrder, handler: Staff, contact: Staff, duty: Staff) -> None:
    def names(person: Staff) -> list[str]:
        listed = api(person).get(f"{ORDERS}{order.pk}/actions/").json()
        assert api(person).get(f"{ORDERS}{order.pk}/").json()["actions"] == [each["name"] for each in listed]
        return [each["name"] for each in listed]

    assert names(handler) == ["accept"]
    assert names(contact) == ["accept", "assign", "request_return", "transfer"]
    assert names(duty) == ["transfer", "urge"]


def test_an_action_on_a_stale_view_is_refused_and_says_what_changed(api: Caller, order: WorkOrder, contact: Staff) -> None:
    client, address = api(contact), f"{ORDERS}{order.pk}/"
    seen = client.get(address).json()["last_event"]
    assert client.post(f"{address}actions/accept/", {"seen": seen}, format="json").status_code == 200

    stale = client.post(f"{address}actions/reply/", {**RESULT, "seen": seen}, format="json")
    fresh = client.post(f"{address}actions/reply/", {**RESULT, "seen": seen + 1}, format="json")

    assert (stale.status_code, stale.json()["type"]) == (409, "urn:problem:conflict")
    assert contact.name in stale.json()["detail"]
    assert (fresh.status_code, fresh.json()["state"]) == (200, "replied")


def test_reopening_answers_with_the_new_ticket(
    api: Caller,
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    client = api(agent)
    assert (
        client.post(f"{TICKETS}{ticket.pk}/actions/solve/", {"answer": "已重启"}, format="json").json()["state"]
        == "awaiting_callback"
    )
    closing.close(ticket=ticket, reason="ok", by=officer, now=NOW)

    new = api(duty).post(f"{TICKETS}{ticket.pk}/actions/reopen/", {"reason": "又没信号了"}, format="json").json()

    assert (new["id"] != ticket.pk, new["reopened_from"], new["state"]) == (True, ticket.pk, "awaiting_dispatch")


def test_a_file_is_attached_and_sent_to_those_who_may_see_the_ticket(
    api: Caller,
    order: WorkOrder,
    agent: Staff,
    handler: Staff,
    stranger: Staff,
    settings: Any,
    tmp_path: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("现场.txt", "走廊没有信号".encode(), "text/plain")

    ticket = api(agent).post(f"{TICKETS}{order.ticket_id}/actions/attach/", {"upload": file, "seen": ""}, format="multipart").json()
    address = f"/api/v1/attachments/{ticket['attachments'][0]['id']}/"
    sent = api(handler).get(address, headers={"accept": "text/plain"})

    assert [each["name"] for each in ticket["attachments"]] == ["现场.txt"]
    assert b"".join(sent.streaming_content).decode() == "走廊没有信号"
    assert sent["Content-Disposition"].startswith("attachment;")
    assert api(stranger).get(address).status_code == 404
    Attachment.objects.get().file.delete(save=False)
    assert api(handler).get(address).status_code == 404


def test_a_file_that_is_not_what_it_says_is_refused(api: Caller, order: WorkOrder, agent: Staff) -> None:
    file = SimpleUploadedFile("a.pdf", b"MZ\x90", "application/pdf")

    response = api(agent).post(f"{TICKETS}{order.ticket_id}/actions/attach/", {"upload": file}, format="multipart")

    assert (response.status_code, list(response.json()["errors"])) == (422, ["upload"])
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('"text"', 400),
        ('{"text": "\\ud800"}', 400),
        ('{"text": ""}', 422),
        ('{"text": "a\\u0000"}', 200),
        ('{"text": "x", "seen": "yesterday"}', 422),
        ('{"text": ["a", {"b": 1}]}', 200),
    ],
)
def test_any_body_gets_a_clear_answer(api: Caller, order: WorkOrder, agent: Staff, body: str, status: int) -> None:
    response = api(agent).post(f"{TICKETS}{order.ticket_id}/actions/note/", body, content_type="application/json")

    assert response.status_code == status
    assert status == 200 or response["Content-Type"] == "application/problem+json"


def test_a_ticket_shows_its_clocks_orders_and_the_last_event(api: Caller, order: WorkOrder, officer: Staff) -> None:
    ticket = api(officer).get(f"{TICKETS}{order.ticket_id}/").json()

    assert [clock["kind"] for clock in ticket["clocks"]] == ["overall"]
    assert [(leg["id"], leg["department"], len(leg["clocks"])) for leg in ticket["orders"]] == [(order.pk, "NETWORK", 2)]
    assert ticket["last_event"] == len(api(officer).get(f"{TICKETS}{order.ticket_id}/events/").json())
    assert Ticket.objects.get().subject == ticket["subject"]


@pytest.mark.parametrize("name", ["filed_from", "filed_to", "filed_after", "filed_before"])
@pytest.mark.parametrize("value", ["0001-01-01", "0450-05-05T00:00:00-12:34", "9999-12-31", "9999-12-31T23:59:59-23:59"])
@pytest.mark.parametrize("area", ["tickets", "orders", "complaints"])
def test_days_at_the_ends_of_time_are_refused(api: Caller, agent: Staff, area: str, name: str, value: str) -> None:
    response = api(agent).get(f"/api/v1/{area}/", {name: value})

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [name]
