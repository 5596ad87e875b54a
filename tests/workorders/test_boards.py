"""The wall board and what changed since somebody left."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from organization.actions.presence import note_seen
from organization.models import Department, Presence, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import handling, noting, urging
from workorders.models import Category, WorkOrder
from workorders.queries.board import board
from workorders.queries.since import changes

pytestmark = pytest.mark.usefixtures("limits")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def orders(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> Callable[..., list[WorkOrder]]:
    def _orders(count: int, at: dt.datetime = NOW) -> list[WorkOrder]:
        return [
            factories.dispatched(factories.ticket(category, jinan, agent, at, subject=f"第{number}号"), network, by=officer, at=at)
            for number in range(count)
        ]

    return _orders


def test_board_counts_what_is_late_soon_and_in_whose_hands(
    orders: Callable[..., list[WorkOrder]],
    network: Department,
    handler: Staff,
    colleague: Staff,
    agent: Staff,
) -> None:
    first, second, _third = orders(3)
    handling.accept(order=first, by=handler, now=NOW + MINUTE)
    handling.accept(order=second, by=handler, now=NOW + MINUTE)
    urging.urge(order=second, remark="", by=agent, now=NOW + 2 * MINUTE)

    found = board(network, NOW + 10 * MINUTE)

    assert (found.counts.open, found.counts.unaccepted, found.counts.urged) == (3, 1, 1)
    assert (found.counts.overdue, found.counts.within_hour) == (0, 1)
    assert [(hand.person, hand.in_hand) for hand in found.hands] == [(colleague, 0), (handler, 2)]
    assert found.free == 1


def test_board_shows_what_is_late_first(orders: Callable[..., list[WorkOrder]], network: Department) -> None:
    late, soon = orders(1)[0], orders(1, NOW + 20 * MINUTE)[0]

    found = board(network, NOW + 40 * MINUTE)

    assert [order.pk for order in found.pressing] == [late.pk, soon.pk]
    assert (found.counts.overdue, found.counts.within_hour) == (1, 1)


@pytest.mark.parametrize("item_count", [1, 30])
def test_board_costs_the_same_for_many_orders(
    item_count: int,
    orders: Callable[..., list[WorkOrder]],
    client: Client,
    head: Staff,
    django_assert_num_queries: Callable,
) -> None:
    orders(item_count)
    client.force_login(head)

    with time_machine.travel(NOW, tick=False), django_assert_num_queries(7):
        response = client.get(reverse("workorders:board", args=["NETWORK"]))

    assert response.status_code == 200


def test_changes_leave_out_what_one_did_oneself_and_what_was_before(
    orders: Callable[..., list[WorkOrder]],
    handler: Staff,
    head: Staff,
    agent: Staff,
) -> None:
    order, other = orders(2)
    handling.accept(order=order, by=handler, now=NOW + MINUTE)
    noting.add_note(ticket=order.ticket, text="已联系客户", by=handler, now=NOW + 5 * MINUTE)
    urging.urge(order=order, remark="客户着急", by=agent, now=NOW + 6 * MINUTE)

    mine = changes(handler, NOW + 2 * MINUTE)

    assert [(change.ticket, [event.kind for event in change.events]) for change in mine] == [(order.ticket, ["order.urge"])]
    assert not mine[0].matters
    of_head = {change.ticket.pk: len(change.events) for change in changes(head, NOW - MINUTE)}
    assert set(of_head) == {order.ticket_id, other.ticket_id}
    assert changes(handler, NOW + 7 * MINUTE) == []


def test_changes_of_a_stranger_are_none(orders: Callable[..., list[WorkOrder]], stranger: Staff) -> None:
    orders(1)

    assert changes(stranger, NOW - MINUTE) == []


@pytest.mark.parametrize(("away", "left"), [(29, False), (31, True)])
def test_presence_after_half_an_hour_away_begins_anew(away: int, left: bool, handler: Staff) -> None:
    note_seen(staff=handler, now=NOW)

    note_seen(staff=handler, now=NOW + away * MINUTE)

    presence = Presence.objects.get(staff=handler)
    assert presence.seen_at == NOW + away * MINUTE
    assert presence.left_at == (NOW if left else None)


def test_presence_is_noted_while_somebody_works(client: Client, handler: Staff) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(handler)
        clock.shift(dt.timedelta(hours=14))
        client.get(reverse("workorders:since"))

    presence = Presence.objects.get(staff=handler)
    assert presence.left_at == NOW
    assert presence.seen_at == NOW + dt.timedelta(hours=14)


def test_since_page_shows_the_time_one_left(
    client: Client,
    orders: Callable[..., list[WorkOrder]],
    head: Staff,
) -> None:
    note_seen(staff=head, now=NOW - 60 * MINUTE)
    orders(1, NOW + MINUTE)
    with time_machine.travel(NOW + 2 * MINUTE, tick=False):
        client.force_login(head)
        page = client.get(reverse("workorders:since")).content.decode()

    assert "11-02 08:00" in page
    assert "第0号" in page
