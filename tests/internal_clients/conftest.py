"""A scheme, who keeps it, and a month of orders to score."""

import datetime as dt
from decimal import Decimal

import pytest

from complaints.models import Complaint, Customer
from internal_clients.actions import kpi
from internal_clients.actions.kpi import Target
from internal_clients.loading import load_scheme
from internal_clients.models import KpiNode, KpiSheet, Scheme, System
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


OCTOBER = dt.date(2026, 10, 1)
BEFORE = dt.datetime(2026, 10, 1, 8, 0, tzinfo=SHANGHAI)


def targets(pieces: int, on_time: int = 95) -> list[Target]:
    return [
        Target(measure="pieces", target=Decimal(pieces), weight=Decimal(40)),
        Target(measure="on_time", target=Decimal(on_time), limit=Decimal(85), weight=Decimal(30)),
        Target(measure="process", name="现场管理", target=Decimal(20), weight=Decimal(30)),
    ]


@pytest.fixture
def tree(manager: Staff, head: Staff, handler: Staff, contact: Staff, network: Department) -> dict[str, KpiNode]:
    """The company with its network department, one post in it that its contact leads, and one employee."""
    company = kpi.plant(by=manager, now=BEFORE)
    department = kpi.add_place(parent=company, department=network, speaker=head, by=manager, now=BEFORE)
    post = kpi.add_place(parent=department, name="投诉处理岗", speaker=contact, by=head, now=BEFORE)
    employee = kpi.add_place(parent=post, speaker=handler, by=head, now=BEFORE)
    return {"company": company, "department": department, "post": post, "employee": employee}


def put(node: KpiNode, by: Staff, given: list[Target], now: dt.datetime = BEFORE, starts_on: dt.date = OCTOBER) -> KpiSheet:
    sheet = kpi.draft_targets(node=node, starts_on=starts_on, targets=given, by=by, now=now)
    return kpi.put_forward(sheet=sheet, by=by, now=now)


@pytest.fixture
def agreed(tree: dict[str, KpiNode], manager: Staff, head: Staff) -> dict[str, KpiSheet]:
    found = {}
    for name, by in (("company", manager), ("department", manager), ("post", head), ("employee", head)):
        sheet = put(tree[name], by, targets(12))
        found[name] = kpi.agree(sheet=sheet, by=tree[name].speaker, now=BEFORE)
    return found
