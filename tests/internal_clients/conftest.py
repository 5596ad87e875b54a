"""A scheme, and who keeps it."""

import pytest

from internal_clients.loading import load_scheme
from internal_clients.models import Scheme, System
from internal_clients.queries.schemes import with_rows
from organization.enums import Role
from organization.models import Calendar, Department, Region, Staff
from tests import factories
from tests.conftest import NOW


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
