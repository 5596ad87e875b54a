"""Who may answer an alert: the same for one alert and for a list of them, and never beyond one's region."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import policies
from complaints.models import Alert
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from workorders.models import Category

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def alerts(
    category: Category,
    province: Region,
    jinan: Region,
    qingdao: Region,
    network: Department,
    billing: Department,
    finance: Department,
) -> list[Alert]:
    above = Category.objects.get(code="NET")
    factories.route(category, network)
    factories.route(above, billing)
    rows = [factories.alert(category, jinan), factories.alert(above, qingdao), factories.alert(category, province)]
    rows[0].rule.departments.add(finance)
    return rows


@SETTINGS
@given(roles=st.sets(st.sampled_from(Role.values), max_size=2), where=st.integers(0, 3), what=st.integers(0, 3))
def test_predicate_and_queryset_agree(
    alerts: list[Alert],
    roles: set[str],
    where: int,
    what: int,
    province: Region,
    jinan: Region,
    qingdao: Region,
    network: Department,
    billing: Department,
    finance: Department,
) -> None:
    user = Staff(pk=0, roles=sorted(roles))
    user.region = [None, province, jinan, qingdao][where]
    user.department = [None, network, billing, finance][what]

    assert set(policies.answerable_by(user)) == {alert for alert in alerts if policies.may_answer_alert(user, alert)}


def test_a_branch_answers_its_own_alerts_only(alerts: list[Alert], jinan: Region) -> None:
    branch, nowhere = Staff(roles=[Role.MANAGER], region=jinan), Staff(roles=[Role.MANAGER])

    assert [policies.may_answer_alert(branch, alert) for alert in alerts] == [True, False, False]
    assert [policies.may_answer_alert(nowhere, alert) for alert in alerts] == [False, False, False]
