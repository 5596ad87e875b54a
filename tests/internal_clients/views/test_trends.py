import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from internal_clients.actions import scoring
from internal_clients.models import InternalRequest, Rater, Rating, Scorecard
from internal_clients.months import months_before
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW, SHANGHAI
from workorders.models import Category, WorkOrder

OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)
TREND, GIVEN = reverse("internal_clients:trend"), reverse("internal_clients:given")


def test_trend_shows_everybodys_totals_and_no_trial(
    client: Client, legs: list[WorkOrder], scorer: Staff, stranger: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    scoring.show(month=OCTOBER, by=scorer, now=AFTER)
    scoring.try_out(month=dt.date(2026, 9, 1), by=scorer, now=AFTER)
    client.force_login(stranger)

    with django_assert_max_num_queries(12):
        found = client.get(TREND).context["found"]
    cells = list(openpyxl.load_workbook(BytesIO(client.get(f"{TREND}?as=xlsx").content)).active.values)

    totals = dict(Scorecard.objects.filter(run__period__month=OCTOBER).values_list("department__code", "total"))
    assert {line.department.code: line.totals[-1] for line in found.lines} == totals
    assert found.months == (OCTOBER,)
    assert [row[-1] for row in cells[1:]] == [None if line.totals[-1] is None else f"{line.totals[-1]:.2f}" for line in found.lines]


def test_trend_without_a_scored_month_says_so(client: Client, head: Staff) -> None:
    client.force_login(head)

    assert "还没有考核过的月份" in client.get(TREND).content.decode()


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("item_count", [1, 3])
def test_internal_client_sees_the_marks_of_the_own_unit_without_names(
    client: Client,
    item_count: int,
    agent: Staff,
    hall_agent: Staff,
    network: Department,
    category: Category,
    jinan: Region,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    colleagues = [factories.staff(f"109{n}", f"同事{n}", agent.department, agent.roles, agent.region) for n in range(2)]
    september = months_before(OCTOBER, 1)
    for person, mark in ((agent, 5), (colleagues[0], 2), (colleagues[1], 4), (hall_agent, 1)):
        rater = Rater.objects.create(staff=person, post="shift")
        facts = "" if mark > 2 else "拖延"
        for month in (OCTOBER,) if person == colleagues[1] else (OCTOBER, september):
            Rating.objects.create(month=month, department=network, rater=rater, score=mark, facts=facts, rated_at=AFTER)
    rated = {"confirmed_at": NOW, "timeliness": 4, "quality": 5, "attitude": 3, "department": network, "kind": "information"}
    mine = [factories.ticket(category, jinan, agent, NOW) for _ in range(item_count)]
    for ticket in [*mine, factories.ticket(category, jinan, hall_agent, NOW)]:
        InternalRequest.objects.create(ticket=ticket, **rated)
    client.force_login(agent)

    with django_assert_max_num_queries(12):
        response = client.get(GIVEN)

    assert [(each.mean, each.voices, each.own) for each in response.context["marks"]] == [
        (pytest.approx(11 / 3), 3, 5),
        # Of two, one could work out what the other gave.
        (None, 2, 5),
    ]
    assert [each.ticket for each in response.context["requests"]] == mine[::-1]
    assert "同事" not in response.content.decode()
    assert reverse("workorders:ticket", args=[mine[0].pk]) in response.content.decode()
    assert [each.ticket for each in client.get(f"{GIVEN}?before={mine[-1].pk}").context["requests"]] == mine[-2::-1]


def test_ratings_are_not_for_those_who_are_rated(client: Client, handler: Staff) -> None:
    client.force_login(handler)

    assert client.get(GIVEN).status_code == 403
