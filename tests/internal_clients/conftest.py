"""A scheme, and who keeps it."""

import pytest

from internal_clients.loading import load_scheme
from internal_clients.models import Scheme
from internal_clients.queries.schemes import with_rows
from organization.enums import Role
from organization.models import Department, Staff
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def scorer(centre: Department) -> Staff:
    return factories.staff("2101", "考核岗", centre, [Role.SUPERVISOR])


@pytest.fixture
def scheme(network: Department, billing: Department, finance: Department, centre: Department) -> Scheme:
    load_scheme(NOW)
    return with_rows(Scheme.objects.all()).get()
