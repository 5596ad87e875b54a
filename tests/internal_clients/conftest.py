"""A scheme, who keeps it, and a month of orders to score."""

import datetime as dt

import pytest

from complaints.models import Complaint, Customer
from internal_clients.loading import load_scheme
from internal_clients.models import Scheme, System
from internal_clients.queries.schemes import with_rows
from organization.enums import Role
from organization.models import Calendar, Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.actions.handling import accept, reply
from workorders.models import Category, WorkOrder


@pytest.fixture
def scorer(centre: Department) -> Staff:
    return factories.staff("2101", "考核岗", centre, [Role.SUPERVISOR])


@pytest.fixture
def scheme(network: Department, billing: Department, finance: Department, centre: Department) -> Scheme:
    load_scheme(NOW)
    return with_rows(Scheme.objects.all()).get()


@pytest.fixture
def board(office: Calendar) -> Department:
    return factories.department("BOARD", "公司管理层", office, kind="management")


@pytest.fixture
def general_manager(board: Department, province: Region) -> Staff:
    return factories.staff("6100", "总经理", board, [Role.MANAGER], province)


@pytest.fixture
def system(network: Department) -> System:
    return System.objects.create(code="CORE", name="核心网", department=network)


@pytest.fixture
def legs(
    limits: None,
    scheme: Scheme,
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    network: Department,
    customer: Customer,
) -> list[WorkOrder]:
    """Twelve complaints' legs due in October, the first two answered a day late."""
    made = []
    for number in range(12):
        at = dt.datetime(2026, 10, 5 + number, 9, 0, tzinfo=SHANGHAI)
        ticket = factories.ticket(category, jinan, agent, at)
        Complaint.objects.create(ticket=ticket, customer=customer, contact_phone="1")
        order = factories.dispatched(ticket, network, by=officer, at=at)
        accept(order=order, by=handler, now=at + dt.timedelta(minutes=5))
        done = at + dt.timedelta(hours=30 if number < 2 else 5)
        reply(order=order, result="已处理", cause="coverage", liability="operator", by=handler, now=done)
        made.append(order)
    return made
