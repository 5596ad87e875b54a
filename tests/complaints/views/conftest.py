"""A call comes in: a network complaint of a customer of Jinan, routed to the network department."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint, Customer
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category

KEY = "6f9619ff-8b86-4011-b42d-00c04fc964ff"

type Filed = Callable[..., Complaint]


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def routed(category: Category, network: Department, limits: None) -> Category:
    factories.route(category, network)
    return category


@pytest.fixture
def told(customer: Customer, routed: Category, jinan: Region) -> dict[str, object]:
    return {
        "customer": customer.pk,
        "category": routed.pk,
        "region": jinan.pk,
        "urgency": "normal",
        "channel": "hotline",
        "description": "家里没有信号\n已经三天",
        "wanted": "尽快恢复",
        "then": "dispatch",
        "filing_key": KEY,
    }


@pytest.fixture
def page(client: Client) -> Callable[[Staff], Client]:
    def logged_in(user: Staff) -> Client:
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def filed(customer: Customer, routed: Category, jinan: Region, agent: Staff) -> Filed:
    """File a complaint `ago` before now."""
    count = iter(range(10**6))

    def file(ago: dt.timedelta = dt.timedelta(hours=2), **changes: Any) -> Complaint:
        more = {name: changes.pop(name) for name in ("then", "answer") if name in changes}
        by = changes.pop("by", agent)
        facts = {
            "customer": customer,
            "contact_phone": customer.number,
            "category": routed,
            "channel": "hotline",
            "region": jinan,
            "subject": "室内没有信号",
            "description": "家里没有信号",
            **changes,
        }
        return file_complaint(facts=Facts(**facts), filing_key=f"test:{next(count)}", by=by, now=NOW - ago, **more)

    return file


@pytest.fixture
def answered(filed: Filed) -> Filed:
    """File a complaint that was answered at once and awaits the callback."""

    def answer(**changes: Any) -> Complaint:
        return filed(then="solved", answer="已重启小区基站", **changes)

    return answer
