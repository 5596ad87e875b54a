"""The grid of limits: who reads and edits it, the draft, its preview, and the job that applies it."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import changing, handling
from workorders.models import Category, Clock, LimitChange, OlaRule, WorkOrder
from workorders.queries.grid import grid
from workorders.tasks import apply_limits, preview_limits

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)
NEW = {"acknowledge_minutes": 20, "resolve_minutes": 240, "hours": "natural"}


@pytest.fixture
def administrator(centre: Department) -> Staff:
    return factories.staff("9001", "管理员", centre, [Role.ADMIN])


@pytest.fixture
def desk(administrator: Staff) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def orders(
    category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff, network: Department, billing: Department
) -> list[WorkOrder]:
    """Three of the network department's orders, dispatched 0, 4 and 8 hours after NOW, and one of another's."""
    made = []
    for hours, lead in ((0, network), (4, network), (8, network), (8, billing)):
        at = NOW + hours * HOUR
        made.append(factories.dispatched(factories.ticket(category, jinan, agent, at), lead, by=officer, at=at))
    for order in made[:3]:
        handling.accept(order=order, by=contact, now=order.dispatched_at)
    return made


def dues() -> list[dt.datetime | None]:
    return list(Clock.objects.filter(kind="resolve").order_by("pk").values_list("due_at", flat=True))


def drafted(desk: Client, network: Department, category: Category) -> LimitChange:
    where = f"department={network.pk}&category={Category.objects.get(path='NET/').pk}&urgency=normal"
    assert desk.post(f"/targets/edit/?{where}", NEW).status_code == 302
    return LimitChange.objects.get()


def test_a_draft_is_previewed_and_applied_to_the_open_clocks(
    desk: Client, orders: list[WorkOrder], network: Department, category: Category
) -> None:
    before = dues()
    with time_machine.travel(NOW + 9 * HOUR, tick=False):
        change = drafted(desk, network, category)
        desk.post("/targets/draft/preview/", {"include_open": "on"})
        preview_limits(change_id=change.pk)
        page = desk.get("/targets/").content.decode()
        assert "3 个在途计时将变动" in page
        assert "其中 2 个将立即超时" in page
        assert orders[0].ticket.number in page
        assert (dues(), OlaRule.objects.filter(department=network).count()) == (before, 0)

        desk.post("/targets/draft/apply/", {"include_open": "on"})
        apply_limits(change_id=change.pk)

    now = NOW + 9 * HOUR
    assert dues() == [now, now, NOW + 12 * HOUR, before[3]]
    change.refresh_from_db()
    assert (change.state, change.done, change.total) == ("applied", 4, 4)
    assert (change.impact["earlier"], change.impact["breaching"]) == (3, 2)
    assert list(ProcrastinateJob.objects.order_by("id").values_list("task_name", flat=True)) == [
        "workorders.preview_limits",
        "workorders.apply_limits",
    ]


def test_without_the_open_clocks_only_later_orders_are_under_the_new_limit(
    desk: Client, orders: list[WorkOrder], network: Department, category: Category, jinan: Region, agent: Staff, officer: Staff
) -> None:
    before, tomorrow = dues(), NOW + 24 * HOUR
    with time_machine.travel(NOW + 9 * HOUR, tick=False):
        change = drafted(desk, network, category)
        desk.post("/targets/draft/preview/", {"effective_from": tomorrow.isoformat()})
        preview_limits(change_id=change.pk)
        desk.post("/targets/draft/apply/", {"effective_from": tomorrow.isoformat()})
        apply_limits(change_id=change.pk)

    for at, minutes in ((tomorrow - HOUR, 1440), (tomorrow, 240)):
        order = factories.dispatched(factories.ticket(category, jinan, agent, at), network, by=officer, at=at)
        assert order.clocks.get(kind="resolve").due_at == at + dt.timedelta(minutes=minutes)
    assert dues()[:4] == before


def test_a_job_that_died_goes_on_where_it_was(
    administrator: Staff, desk: Client, orders: list[WorkOrder], network: Department, category: Category
) -> None:
    with time_machine.travel(NOW + 9 * HOUR, tick=False):
        change = drafted(desk, network, category)
        desk.post("/targets/draft/preview/", {"include_open": "on"})
        changing.run_preview(change=LimitChange.objects.get(), now=NOW + 9 * HOUR)
        desk.post("/targets/draft/apply/", {"include_open": "on"})
    change.refresh_from_db()
    changing._save_limits(change, NOW + 9 * HOUR)

    changing.run_apply(change=LimitChange.objects.get(), now=NOW + 10 * HOUR)
    changing.run_apply(change=LimitChange.objects.get(), now=NOW + 11 * HOUR)

    assert OlaRule.objects.filter(department=network).count() == 1
    assert dues()[2] == NOW + 12 * HOUR


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"resolve_minutes": 2881}, "resolve_minutes"),
        ({"hours": "working"}, "resolve_minutes"),
        ({"acknowledge_minutes": 0}, "acknowledge_minutes"),
    ],
)
def test_what_cannot_be_is_refused_at_the_field_and_kept_out_of_the_draft(
    desk: Client, network: Department, changes: dict, field: str
) -> None:
    response = desk.post(f"/targets/edit/?department={network.pk}&urgency=normal", {**NEW, **changes})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not LimitChange.objects.exists()


def test_an_edit_after_the_preview_must_be_previewed_again(desk: Client, network: Department, category: Category) -> None:
    change = drafted(desk, network, category)
    desk.post("/targets/draft/preview/", {})
    preview_limits(change_id=change.pk)
    desk.post(f"/targets/edit/?department={network.pk}&urgency=major", {**NEW, "resolve_minutes": 180})

    desk.post("/targets/draft/apply/")

    change.refresh_from_db()
    assert (change.state, change.edits.count()) == ("draft", 2)


def test_what_was_typed_after_the_preview_is_not_applied_unseen(
    desk: Client, orders: list[WorkOrder], network: Department, category: Category
) -> None:
    with time_machine.travel(NOW + 9 * HOUR, tick=False):
        change = drafted(desk, network, category)
        desk.post("/targets/draft/preview/", {})
        preview_limits(change_id=change.pk)

        refused = desk.post("/targets/draft/apply/", {"include_open": "on"}, follow=True).content.decode()

    change.refresh_from_db()
    assert change.state == "previewed"
    assert "请重新预演" in refused


def test_pitfall_28_applying_counts_anew_what_the_preview_said(
    desk: Client, orders: list[WorkOrder], network: Department, category: Category, contact: Staff
) -> None:
    with time_machine.travel(NOW + 9 * HOUR, tick=False):
        change = drafted(desk, network, category)
        desk.post("/targets/draft/preview/", {"include_open": "on"})
        preview_limits(change_id=change.pk)
    handling.reply(order=orders[0], result="已处理", cause="fault", liability="operator", by=contact, now=NOW + 10 * HOUR)

    with time_machine.travel(NOW + 11 * HOUR, tick=False):
        desk.post("/targets/draft/apply/", {"include_open": "on"})
        apply_limits(change_id=change.pk)

    change.refresh_from_db()
    assert (change.impact["earlier"], change.impact["breaching"]) == (2, 1)
    assert dues()[0] == NOW + 24 * HOUR


def test_while_a_job_is_at_it_the_draft_stays_as_it_is(desk: Client, network: Department, category: Category) -> None:
    change = drafted(desk, network, category)
    step = desk.post(f"/targets/draft/preview/?department={network.pk}", {})

    response = desk.post(f"/targets/edit/?department={network.pk}&urgency=major", {**NEW, "resolve_minutes": 180})

    assert step["Location"] == f"/targets/?department={network.pk}"
    assert (response.status_code, len(response.context["form"].non_field_errors())) == (422, 1)
    assert change.edits.count() == 1
    assert "every 1s" in desk.get("/targets/draft/").content.decode()


def test_managers_read_and_nobody_else_edits(manager: Staff, network: Department) -> None:
    client = Client()
    client.force_login(manager)

    page = client.get("/targets/").content.decode()

    assert "/targets/edit/" not in page
    assert client.post(f"/targets/edit/?department={network.pk}&urgency=normal", NEW).status_code == 403
    assert client.post("/targets/draft/apply/").status_code == 404


def test_gaps_and_inherited_cells_are_told(network: Department, billing: Department, category: Category, now: dt.datetime) -> None:
    OlaRule.objects.all().delete()
    OlaRule.objects.create(department=network, urgency="normal", acknowledge_minutes=30, resolve_minutes=600)

    shown = grid(network, None, now)

    net = Category.objects.get(path="NET/")
    assert shown.gaps == [(billing, net), (network, net)]
    assert [(cell.limit is None, cell.is_own) for cell in shown.rows[0].cells] == [(False, True), (True, False), (True, False)]
    assert [(cell.limit is None, cell.is_own) for cell in shown.rows[1].cells] == [(False, False), (True, False), (True, False)]


@pytest.mark.parametrize("edits", [1, 3])
def test_the_grid_costs_the_same_for_many_edits(
    desk: Client, network: Department, category: Category, edits: int, django_assert_max_num_queries: Callable
) -> None:
    for urgency in ("normal", "urgent", "major")[:edits]:
        desk.post(f"/targets/edit/?department={network.pk}&urgency={urgency}", {**NEW, "resolve_minutes": 200})

    with django_assert_max_num_queries(14):
        response = desk.get(f"/targets/?department={network.pk}")

    assert len(response.context["edits"]) == edits
