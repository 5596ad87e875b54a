"""One rater, one voice a month, about departments they dealt with, with facts for what is bad."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions.rating import rate
from internal_clients.models import Rater, Rating
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits")
MONTH = dt.date(2026, 11, 1)


@pytest.fixture
def rater(agent: Staff, officer: Staff, category: Category, jinan: Region, network: Department) -> Staff:
    Rater.objects.create(staff=agent, post="shift")
    factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    return agent


def test_a_rater_marks_a_department_once_a_month(rater: Staff, network: Department) -> None:
    found = rate(department=network, month=MONTH, score=4, by=rater, now=NOW)

    assert (found.score, found.department) == (4, network)
    with pytest.raises(Conflict):
        rate(department=network, month=MONTH, score=5, by=rater, now=NOW)


def test_a_low_mark_needs_facts_here_and_in_the_database(rater: Staff, network: Department) -> None:
    with pytest.raises(Invalid):
        rate(department=network, month=MONTH, score=2, by=rater, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(rater=rater.rater, department=network, month=MONTH, score=1, rated_at=NOW)

    assert rate(department=network, month=MONTH, score=2, facts="三次催办无回应", by=rater, now=NOW).score == 2


def test_only_departments_one_dealt_with_and_only_while_the_month_is_near(
    rater: Staff, network: Department, finance: Department
) -> None:
    with pytest.raises(Invalid):
        rate(department=finance, month=MONTH, score=4, by=rater, now=NOW)
    for month in (dt.date(2026, 10, 1), dt.date(2026, 12, 1)):
        with pytest.raises(Invalid):
            rate(department=network, month=month, score=4, by=rater, now=NOW)
    assert rate(department=network, month=MONTH, score=4, by=rater, now=NOW.replace(month=12, day=5)).month == MONTH


def test_who_is_no_rater_has_no_voice(hall_agent: Staff, network: Department) -> None:
    with pytest.raises(NotAllowed):
        rate(department=network, month=MONTH, score=4, by=hall_agent, now=NOW)
