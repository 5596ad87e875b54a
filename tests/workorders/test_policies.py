"""What a person may open and what a list shows them are the same, for every role, scope and action."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders import policies
from workorders.actions import handling
from workorders.models import Category, Ticket, WorkOrder
from workorders.queries.search import newest, reach

pytestmark = pytest.mark.usefixtures("limits")
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def tickets(
    category: Category,
    jinan: Region,
    qingdao: Region,
    agent: Staff,
    hall_agent: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
    billing: Department,
) -> list[Ticket]:
    one = factories.ticket(category, jinan, agent, NOW)
    handling.accept(order=factories.dispatched(one, network, billing, by=officer, at=NOW), by=contact, now=NOW)
    two = factories.ticket(category, qingdao, hall_agent, NOW, urgency="major")
    factories.dispatched(two, billing, by=officer, at=NOW)
    three = factories.ticket(category, qingdao, agent, NOW)
    return [one, two, three]


@SETTINGS
@given(roles=st.sets(st.sampled_from(Role.values), max_size=3), where=st.integers(0, 3), who=st.integers(0, 3))
def test_predicate_and_queryset_agree(
    tickets: list[Ticket],
    roles: set[str],
    where: int,
    who: int,
    province: Region,
    jinan: Region,
    qingdao: Region,
    network: Department,
    billing: Department,
    finance: Department,
    agent: Staff,
    contact: Staff,
) -> None:
    user = [Staff(pk=0), agent, contact, Staff(pk=-1)][who]
    user.roles = sorted(roles)
    user.region = [None, province, jinan, qingdao][where]
    user.department = [None, network, billing, finance][where]

    assert set(policies.visible_to(user)) == {t for t in Ticket.objects.all() if policies.may_see(user, t) or Role.SYSTEM in roles}
    assert set(policies.visible_to(user).values_list("pk", flat=True)) <= set(newest(reach(user) or "'@a' | !'@a'").pks)
    assert {d for d in Department.objects.all() if policies.may_watch_board(user, d)} == set(policies.boards_of(user))
    for action in policies.TICKET_ACTIONS:
        permitted = {t for t in Ticket.objects.all() if policies.may(user, action, t)}
        assert set(policies.tickets_permitting(user, action)) == permitted, action
    for action in policies.ORDER_ACTIONS:
        allowed = {o for o in WorkOrder.objects.all() if policies.may(user, action, o)}
        assert set(policies.orders_permitting(user, action)) == allowed, action
