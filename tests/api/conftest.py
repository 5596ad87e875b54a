"""Callers of the API, and complaints filed through it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from complaints.models import Customer
from organization.models import Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category

type Caller = Callable[[Staff], APIClient]


@pytest.fixture(autouse=True)
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def api() -> Caller:
    def client_of(person: Staff) -> APIClient:
        client = APIClient(headers={"accept-language": "en"})
        client.force_authenticate(person)
        return client

    return client_of


@pytest.fixture
def routed(category: Category, network: Any, limits: None) -> Category:
    factories.route(category, network)
    return category


@pytest.fixture
def told(customer: Customer, routed: Category) -> dict[str, Any]:
    return {
        "customer_number": customer.number,
        "category": routed.code,
        "subject": "室内没有信号",
        "description": "家里没有信号",
    }
