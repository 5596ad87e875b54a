"""The tree's pages: one's own place only, errors at the field, no more queries with more people, the orders behind a figure."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from internal_clients.actions import kpi as actions
from internal_clients.models import KpiMark, KpiNode, KpiSheet
from organization.enums import Role
from organization.models import Department, Staff
from tests import factories
from tests.internal_clients.conftest import OCTOBER
from workorders.models import WorkOrder

NOW = dt.datetime.now(tz=dt.UTC)


def get(client: Client, user: Staff, name: str, *args: object, **asked: object) -> object:
    client.force_login(user)
    return client.get(reverse(f"internal_clients:{name}", args=args), asked)


def test_everybody_sees_their_own_place_and_heads_and_managers_what_is_theirs(
    client: Client, tree: dict[str, KpiNode], handler: Staff, contact: Staff, head: Staff, manager: Staff, stranger: Staff
) -> None:
    seen = {
        person.username: [name for name, node in tree.items() if get(client, person, "kpi_node", node.pk).status_code == 200]
        for person in (handler, contact, head, manager, stranger)
    }

    assert seen == {
        handler.username: ["employee"],
        contact.username: ["post"],
        head.username: ["department", "post", "employee"],
        manager.username: list(tree),
        stranger.username: [],
    }
    assert get(client, handler, "kpi").url == reverse("internal_clients:kpi_node", args=[tree["employee"].pk])
    assert get(client, stranger, "kpi").status_code == 200


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_place_takes_as_many_queries_however_many_are_below(
    client: Client,
    item_count: int,
    tree: dict[str, KpiNode],
    agreed: dict[str, KpiSheet],
    head: Staff,
    network: Department,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(item_count - 1):
        person = factories.staff(f"310{number}", f"处理人{number}", network, [Role.HANDLER])
        actions.add_place(parent=tree["post"], speaker=person, by=head, now=NOW)
    get(client, head, "kpi_node", tree["post"].pk)

    with django_assert_max_num_queries(12):
        response = client.get(reverse("internal_clients:kpi_node", args=[tree["post"].pk]), {"month": "2026-10"})

    assert len(response.context["children"]) == item_count


def test_a_draft_that_does_not_fit_is_told_at_its_fields_and_keeps_what_was_typed(
    client: Client, tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff
) -> None:
    page = reverse("internal_clients:kpi_targets", args=[tree["employee"].pk])
    client.force_login(head)
    month = client.get(page).context["form"].fields["starts_on"].choices[1][0]
    typed = {"starts_on": month, "put_forward": "1", "measure-2": "pieces", "target-2": "5", "weight-2": "60"}

    response = client.post(page, {**typed, "measure-4": "on_time", "target-4": "99", "limit-4": "99", "weight-4": "30"})
    assert (response.status_code, set(response.context["form"].errors)) == (422, {"limit-4"})
    response = client.post(page, {**typed, "measure-4": "on_time", "target-4": "90", "limit-4": "85", "weight-4": "30"})

    assert (response.status_code, set(response.context["form"].errors)) == (422, {"target-2", "target-4", "weight-4"})
    assert 'value="60"' in response.content.decode()
    assert KpiSheet.objects.filter(node=tree["employee"]).count() == 1


def test_targets_are_put_forward_answered_and_judged_on_the_pages(
    client: Client, tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], head: Staff, handler: Staff
) -> None:
    place = tree["employee"].pk
    page = reverse("internal_clients:kpi_targets", args=[place])
    client.force_login(head)
    month = client.get(page).context["form"].fields["starts_on"].choices[1][0]
    rows = {f"{name}-1": value for name, value in {"measure": "pieces", "target": "15", "weight": "100"}.items()}
    assert client.post(page, {"starts_on": month, "put_forward": "1", **rows}).status_code == 302
    client.force_login(handler)
    assert client.post(reverse("internal_clients:kpi_object", args=[place]), {"objection": ""}).status_code == 422
    assert client.post(reverse("internal_clients:kpi_agree", args=[place])).status_code == 302
    client.force_login(head)
    item = agreed["employee"].items.get(measure="process")
    judged = client.post(
        reverse("internal_clients:kpi_judge", args=[place, item.pk]) + "?month=2026-10", {"passed": "18", "reason": "两项未达标"}
    )

    assert judged.status_code == 302
    assert KpiSheet.objects.get(node=place, version=2).state == "agreed"
    assert KpiMark.objects.get().passed == Decimal(18)


def test_the_orders_behind_a_figure_are_as_many_as_it_says(
    client: Client, legs: list[WorkOrder], tree: dict[str, KpiNode], agreed: dict[str, KpiSheet], handler: Staff
) -> None:
    actions.count(month=OCTOBER, now=NOW)

    standing = get(client, handler, "kpi_node", tree["employee"].pk, month="2026-10").context["standing"]
    rows = get(client, handler, "kpi_behind", tree["employee"].pk, "on_time", month="2026-10").context["rows"]

    assert (standing.lines[1].over, standing.lines[1].under) == (sum(good for _order, good in rows), len(rows)) == (10, 12)
    assert get(client, handler, "kpi_behind", tree["employee"].pk, "pieces", month="2099-01").status_code == 404
