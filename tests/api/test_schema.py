"""Whatever the schema permits is answered without an error of the server's own."""

from typing import Any

import pytest
import requests
import schemathesis
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.authtoken.models import Token

from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint, Customer
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.menu import ORDER_MENU, TICKET_MENU
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits")

#: So many requests are made up of each operation; fewer of the many that are made by one pattern.
EXAMPLES, OF_A_PATTERN = 4, 1
ADDRESS = "/api/schema/?format=json"
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.fixture
def everybody(network: Department, province: Region) -> Staff:
    """One person who holds every office, so that what is sent gets as far as it can."""
    return factories.staff("0001", "全能", network, [role for role in Role.values if role != Role.SYSTEM], province)


@pytest.fixture
def complaint(category: Category, customer: Customer, network: Department, jinan: Region, everybody: Staff) -> Complaint:
    factories.route(category, network)
    facts = Facts(
        customer=customer,
        contact_phone=customer.number,
        category=category,
        channel="hotline",
        region=jinan,
        subject="无信号",
        description="家里没有信号",
    )
    return file_complaint(facts=facts, filing_key="fuzzed", by=everybody, now=NOW)


@pytest.fixture
def described(client: Client, everybody: Staff) -> dict[str, Any]:
    client.force_login(everybody)
    return client.get(ADDRESS).json()


def send(case: schemathesis.Case, token: Token) -> HttpResponse:
    """Send what was made up as it would go over the wire, through Django's test client."""
    wire = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {"Authorization": f"Token {token.key}", "Idempotency-Key": wire.headers.get("Idempotency-Key", "")}
    client = Client(raise_request_exception=False)
    return client.generic(
        wire.method,
        wire.path_url,
        wire.body or b"",
        content_type=wire.headers.get("Content-Type", ""),
        headers=headers,
    )


def test_schema_spells_out_every_action(described: dict[str, Any]) -> None:
    addresses = set(described["paths"])

    assert {f"/api/v1/tickets/{{id}}/actions/{item.name}/" for item in TICKET_MENU} <= addresses
    assert {f"/api/v1/orders/{{id}}/actions/{item.name}/" for item in ORDER_MENU} <= addresses


def test_schema_describes_an_action_by_its_form(described: dict[str, Any]) -> None:
    body = described["components"]["schemas"]["OrderReplyBody"]

    assert set(body["properties"]) == {"seen", "result", "cause", "liability", "customer_contacted"}
    assert set(body["required"]) == {"result", "cause", "liability"}


@pytest.mark.parametrize(
    "area",
    [
        "tickets",
        "orders",
        "complaints",
        "staff",
        "attachments",
        "departments",
        "regions",
        "categories",
        "score-periods",
        "score-runs",
        "scorecards",
        "score-lines",
        "internal-requests",
        "records",
    ],
)
def test_nothing_that_the_schema_permits_breaks_the_server(
    area: str,
    described: dict[str, Any],
    complaint: Complaint,
    everybody: Staff,
) -> None:
    order = complaint.ticket.orders.get()
    known = {"tickets": {"id": complaint.pk}, "orders": {"id": order.pk}, "complaints": {"ticket": complaint.pk}}.get(area, {})
    token = Token.objects.create(user=everybody)
    schema = schemathesis.openapi.from_dict(described)
    broken = []

    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith(f"/api/v1/{area}/"):
            continue

        @settings(
            max_examples=OF_A_PATTERN if area == "records" else EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=HEALTH,
        )
        @given(case=operation.as_strategy(), real=st.booleans())
        def answers(case: schemathesis.Case, real: bool) -> None:
            if real and case.path_parameters:
                case.path_parameters.update(known)
            response = send(case, token)
            if response.status_code >= 500 or (response.content and "json" not in response["Content-Type"]):
                broken.append((case.method, case.formatted_path, case.query, case.body, response.status_code))

        answers()

    assert broken == []
