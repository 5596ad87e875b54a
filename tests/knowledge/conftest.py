"""An article of indoor coverage, which the network department owns."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from knowledge.models import Article
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions.filing import solve
from workorders.models import Category, Ticket

type Page = Callable[[Staff], Client]


@pytest.fixture(autouse=True)
def monday(db: None) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(client: Client) -> Page:
    def logged_in(user: Staff) -> Client:
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def submitted(category: Category, network: Department, handler: Staff) -> Article:
    return factories.article(category, network, handler)


@pytest.fixture
def published(category: Category, network: Department, handler: Staff, contact: Staff) -> Article:
    return factories.article(category, network, handler, reviewer=contact)


@pytest.fixture
def solved(category: Category, jinan: Region, agent: Staff, limits: None) -> Ticket:
    ticket = factories.ticket(
        category, jinan, agent, NOW, subject="13800000001 无信号", description="我是测试客户，13800000001 没有信号，2026-11-01 起"
    )
    return solve(ticket=ticket, answer="已为 13800000001 重启基站", by=agent, now=NOW)
