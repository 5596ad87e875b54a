import datetime as dt
from typing import Any

import pytest
import time_machine
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from complaints.models import Complaint, Customer
from organization.models import Region, Staff
from tests.api.conftest import Caller
from workorders.models import Category, Ticket

pytestmark = pytest.mark.usefixtures("limits", "verified")

COMPLAINTS = "/api/v1/complaints/"


def test_filing_dispatches_by_route_and_masks_the_number(api: Caller, agent: Staff, told: dict[str, Any], jinan: Region) -> None:
    response = api(agent).post(COMPLAINTS, told, format="json")

    filed = response.json()
    assert (response.status_code, filed["customer_number"], filed["contact_phone"]) == (201, "138****0001", "138****0001")
    assert (filed["ticket"]["state"], filed["ticket"]["region"]) == ("in_progress", jinan.code)
    assert "13800000001" not in api(agent).get(f"{COMPLAINTS}{filed['ticket']['id']}/").content.decode()


def test_filing_counts_once_for_one_key(api: Caller, agent: Staff, told: dict[str, Any]) -> None:
    first = api(agent).post(COMPLAINTS, told, format="json", headers={"Idempotency-Key": "shop-17:2026-11-02"})
    again = api(agent).post(COMPLAINTS, told, format="json", headers={"Idempotency-Key": "shop-17:2026-11-02"})

    assert (first.status_code, again.status_code, Ticket.objects.count()) == (201, 200, 1)
    assert first.json()["ticket"]["id"] == again.json()["ticket"]["id"]


@pytest.mark.parametrize("key", ["x" * 61, "a b", "键".encode().decode("latin-1")])
def test_a_key_that_cannot_be_kept_is_refused(api: Caller, agent: Staff, told: dict[str, Any], key: str) -> None:
    assert api(agent).post(COMPLAINTS, told, format="json", headers={"Idempotency-Key": key}).status_code == 400
    assert not Ticket.objects.exists()


def test_filing_enters_a_customer_who_is_new(api: Caller, agent: Staff, told: dict[str, Any], qingdao: Region) -> None:
    new = told | {"customer_number": "139 0000 0009", "customer_name": "新客户", "tier": "vip", "region": qingdao.code}

    response = api(agent).post(COMPLAINTS, new, format="json")

    assert (response.status_code, response.json()["ticket"]["urgency"]) == (201, "urgent")
    assert Customer.objects.filter(number="13900000009", name="新客户", tier="vip", region=qingdao).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer_number": ""}, "customer_number"),
        ({"customer_number": "13900000009"}, "region"),
        ({"category": "NOWHERE"}, "category"),
        ({"category": "NET"}, "category"),
        ({"description": ""}, "description"),
        ({"description": "长" * 5001}, "description"),
        ({"occurred_at": "2026-11-03T00:00:00+08:00"}, "occurred_at"),
        ({"occurred_at": "soon"}, "occurred_at"),
        ({"channel": "pigeon"}, "channel"),
        ({"then": "solved"}, "answer"),
        ({"region": "\x00"}, "region"),
    ],
)
def test_filing_names_the_field_that_is_wrong(
    api: Caller,
    agent: Staff,
    told: dict[str, Any],
    changes: dict[str, Any],
    field: str,
) -> None:
    response = api(agent).post(COMPLAINTS, told | changes, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (422, [field])
    assert not Ticket.objects.exists()


def test_control_characters_are_left_out_as_on_the_page(api: Caller, agent: Staff, told: dict[str, Any]) -> None:
    response = api(agent).post(COMPLAINTS, told | {"subject": "a\u0007b\u0000", "place": "\u0000"}, format="json")

    assert (response.status_code, Ticket.objects.get().subject, response.json()["place"]) == (201, "ab", "")


def test_only_the_front_line_files(api: Caller, handler: Staff, manager: Staff, told: dict[str, Any]) -> None:
    assert [api(person).post(COMPLAINTS, told, format="json").status_code for person in (handler, manager)] == [403, 403]


def test_lists_narrow_by_the_ticket_and_the_customer(
    api: Caller,
    agent: Staff,
    stranger: Staff,
    told: dict[str, Any],
    routed: Category,
) -> None:
    pk = api(agent).post(COMPLAINTS, told, format="json").json()["ticket"]["id"]

    def found(person: Staff, **query: str) -> list[int]:
        return [row["ticket"]["id"] for row in api(person).get(COMPLAINTS, query).json()["results"]]

    assert found(agent, category="NET", state="in_progress", customer_number="13800000001") == [pk]
    assert found(agent, state="closed") == found(agent, customer_number="13800000002") == found(stranger) == []
    assert api(stranger).get(f"{COMPLAINTS}{pk}/").status_code == 404


def test_callbacks_wait_in_the_order_of_their_due_instant(
    api: Caller,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    told: dict[str, Any],
    monday: time_machine.Traveller,
) -> None:
    solved = told | {"then": "solved", "answer": "已重启基站"}
    normal = api(agent).post(COMPLAINTS, solved, format="json").json()["ticket"]["id"]
    monday.shift(dt.timedelta(minutes=5))
    major = api(agent).post(COMPLAINTS, solved | {"urgency": "major"}, format="json").json()["ticket"]["id"]
    attempt = api(officer).post(f"{COMPLAINTS}{normal}/callbacks/", {"outcome": "no_answer"}, format="json")

    waiting = api(officer).get(f"{COMPLAINTS}awaiting_callback/").json()["results"]
    paged = api(officer).get(f"{COMPLAINTS}awaiting_callback/", {"page_size": 1}).json()

    assert attempt.status_code == 201
    assert [(row["ticket"]["id"], row["attempts"]) for row in waiting] == [(major, 0), (normal, 1)]
    assert [row["ticket"]["id"] for row in api(officer).get(paged["next"]).json()["results"]] == [normal]
    assert api(handler).get(f"{COMPLAINTS}awaiting_callback/").json()["results"] == []


def test_a_callback_says_what_came_of_it(api: Caller, agent: Staff, officer: Staff, told: dict[str, Any]) -> None:
    pk = api(agent).post(COMPLAINTS, told | {"then": "solved", "answer": "已重启"}, format="json").json()["ticket"]["id"]
    address, client = f"{COMPLAINTS}{pk}/callbacks/", api(officer)

    nothing = client.post(address, {}, format="json")
    unsaid = client.post(address, {"outcome": "reached", "satisfaction": 1, "solved": False}, format="json")
    stale = client.post(address, {"outcome": "refused", "seen": 1}, format="json")
    closed = client.post(address, {"outcome": "reached", "satisfaction": 4, "solved": True}, format="json")
    late = client.post(address, {"outcome": "refused"}, format="json")

    assert (nothing.status_code, list(nothing.json()["errors"])) == (422, ["outcome"])
    assert (unsaid.status_code, list(unsaid.json()["errors"])) == (422, ["remark"])
    assert (stale.status_code, late.status_code) == (409, 409)
    assert (closed.status_code, closed.json()["ticket"]["state"]) == (201, "closed")
    assert [each["satisfaction"] for each in closed.json()["callbacks"]] == [4]


def test_callbacks_are_for_those_who_call(api: Caller, agent: Staff, duty: Staff, stranger: Staff, told: dict[str, Any]) -> None:
    pk = api(agent).post(COMPLAINTS, told | {"then": "solved", "answer": "已重启"}, format="json").json()["ticket"]["id"]
    body = {"outcome": "refused"}

    assert api(duty).post(f"{COMPLAINTS}{pk}/callbacks/", body, format="json").status_code == 403
    assert api(stranger).post(f"{COMPLAINTS}{pk}/callbacks/", body, format="json").status_code == 404
    assert Complaint.objects.get().callbacks.count() == 0


def test_nobody_is_told_to_log_in_and_a_wrong_address_is_a_problem(agent: Staff) -> None:
    client = APIClient()

    anonymous = client.get(COMPLAINTS)
    wrong = client.get("/api/v1/complaint/")
    method = APIClient(headers={"Authorization": f"Token {Token.objects.create(user=agent).key}"}).delete(COMPLAINTS)

    assert (anonymous.status_code, anonymous["WWW-Authenticate"]) == (401, "Token")
    assert (wrong.status_code, method.status_code) == (404, 405)
    assert {each["Content-Type"] for each in (anonymous, wrong, method)} == {"application/problem+json"}


def test_a_session_opens_the_api_too_and_guards_it_against_forgery(agent: Staff, told: dict[str, Any]) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(agent)

    assert client.get(COMPLAINTS).status_code == 200
    assert client.post(COMPLAINTS, told, format="json").status_code == 403


def test_colleagues_are_shown_without_anything_private(api: Caller, agent: Staff, handler: Staff, stranger: Staff) -> None:
    shown = api(agent).get(f"/api/v1/staff/{handler.username}/").json()
    listed = api(agent).get("/api/v1/staff/", {"department": "NETWORK"}).json()["results"]

    assert set(shown) == {"id", "username", "name", "name_en", "department", "roles"}
    assert [each["username"] for each in listed] == [handler.username]
