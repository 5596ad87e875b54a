"""The whole story through the API alone: three departments, a return, a transfer, rework, the reply, the callback."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from complaints.models import Customer
from organization.models import Department, Region, Staff
from tests import factories
from workorders.models import Category, Ticket

pytestmark = pytest.mark.usefixtures("limits", "verified")
RESULT = {"result": "已处理", "cause": "fault", "liability": "operator"}


def client_of(person: Staff) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def act(person: Staff, kind: str, pk: int, name: str, **body: Any) -> dict[str, Any]:
    response = client_of(person).post(f"/api/v1/{kind}/{pk}/actions/{name}/", body, format="json")
    assert response.status_code == 200, response.json()
    return response.json()


def order_of(ticket: int, department: Department) -> int:
    return Ticket.objects.get(pk=ticket).orders.filter(department=department).latest("seq").pk


def test_the_whole_story_through_the_api(
    category: Category,
    customer: Customer,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    biller: Staff,
    stranger: Staff,
    network: Department,
    billing: Department,
    finance: Department,
) -> None:
    filed = client_of(agent).post(
        "/api/v1/complaints/",
        {
            "customer_number": customer.number,
            "category": category.code,
            "subject": "室内没有信号",
            "description": "家里没有信号",
            "then": "triage",
        },
        headers={"Idempotency-Key": "one"},
    )
    again = client_of(agent).post(
        "/api/v1/complaints/",
        {
            "customer_number": customer.number,
            "category": category.code,
            "subject": "室内没有信号",
            "description": "家里没有信号",
            "then": "triage",
        },
        headers={"Idempotency-Key": "one"},
    )
    assert (filed.status_code, filed.json()["customer_number"]) == (201, "138****0001")
    assert again.json()["ticket"]["id"] == filed.json()["ticket"]["id"]
    pk = filed.json()["ticket"]["id"]

    act(officer, "tickets", pk, "prepare")
    act(officer, "tickets", pk, "dispatch", lead=billing.pk, assists=[finance.pk], question="请核实")
    act(biller, "orders", order_of(pk, billing), "request_return", reason="not_ours", evidence="覆盖问题", proposed=network.pk)
    act(duty, "orders", order_of(pk, billing), "uphold_return")
    act(officer, "tickets", pk, "dispatch", lead=network.pk)
    act(contact, "orders", order_of(pk, network), "accept")
    act(contact, "orders", order_of(pk, network), "transfer", department=billing.pk, reason="需核查账务")
    act(biller, "orders", order_of(pk, billing), "accept")
    act(biller, "orders", order_of(pk, billing), "reply", **RESULT)
    act(officer, "orders", order_of(pk, billing), "send_back", defects="没有说明原因")
    act(biller, "orders", order_of(pk, billing), "reply", **RESULT)
    act(stranger, "orders", order_of(pk, finance), "accept")
    act(stranger, "orders", order_of(pk, finance), "reply", **RESULT)
    act(officer, "orders", order_of(pk, finance), "approve")
    act(officer, "orders", order_of(pk, billing), "approve")
    act(agent, "tickets", pk, "answer", text="已恢复")
    called = client_of(agent).post(
        f"/api/v1/complaints/{pk}/callbacks/",
        {"outcome": "reached", "satisfaction": 5, "solved": True},
        format="json",
    )
    assert called.status_code == 201

    events = client_of(agent).get(f"/api/v1/tickets/{pk}/events/").json()
    assert [event["kind"] for event in events] == [
        "ticket.file",
        "ticket.submit",
        "ticket.prepare",
        "ticket.dispatch",
        "order.dispatch",
        "order.dispatch",
        "order.request_return",
        "order.uphold_return",
        "ticket.lose_lead",
        "ticket.dispatch",
        "order.dispatch",
        "order.accept",
        "order.transfer",
        "order.dispatch",
        "order.accept",
        "order.reply",
        "order.send_back",
        "order.reply",
        "order.accept",
        "order.reply",
        "ticket.enter_review",
        "order.approve",
        "order.approve",
        "ticket.pass_review",
        "ticket.reply",
        "ticket.callback",
        "ticket.close",
    ]
    assert client_of(agent).get(f"/api/v1/tickets/{pk}/").json()["state"] == "closed"


def test_errors_are_problem_bodies(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    colleague: Staff,
    stranger: Staff,
    network: Department,
) -> None:
    ticket = factories.ticket(category, jinan, agent, factories.NOW)
    order = factories.dispatched(ticket, network, by=officer, at=factories.NOW)
    address = f"/api/v1/orders/{order.pk}/actions"

    hidden = client_of(stranger).post(f"{address}/accept/")
    unknown = client_of(handler).post(f"{address}/fly/")
    forbidden = client_of(agent).post(f"{address}/accept/")
    assert client_of(handler).post(f"{address}/accept/").status_code == 200
    late = client_of(colleague).post(f"{address}/accept/")
    empty = client_of(handler).post(f"{address}/reply/", {}, format="json")
    stale = client_of(handler).post(f"{address}/reply/", {**RESULT, "seen": 1}, format="json")

    assert [response.status_code for response in (hidden, unknown, forbidden, late, empty, stale)] == [404, 404, 403, 409, 422, 409]
    assert {response["Content-Type"] for response in (hidden, forbidden, late, empty)} == {"application/problem+json"}
    assert handler.name in late.json()["detail"]
    assert set(empty.json()["errors"]) == {"result", "cause", "liability"}


def test_one_token_opens_the_api(agent: Staff) -> None:
    from rest_framework.authtoken.models import Token

    token = Token.objects.create(user=agent)
    client = APIClient()

    assert client.get("/api/v1/tickets/").status_code == 401
    assert client.get("/api/v1/tickets/", headers={"Authorization": f"Token {token.key}"}).status_code == 200
