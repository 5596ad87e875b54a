"""Real connections, real races: one winner, and the loser reads who won."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from foundation.errors import Conflict
from journal.models import Event
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import closing, handling
from workorders.models import Category, Ticket
from workorders.rebuild import differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls at the same instant, each on its own connection; return results or errors in order."""
    barrier = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(index: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[index] = call()
        except Conflict as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_handlers_accept_at_once_one_wins_and_the_other_reads_who(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    handler: Staff,
    colleague: Staff,
    network: Department,
) -> None:
    order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)

    results = at_once(
        lambda: handling.accept(order=order, by=handler, now=NOW),
        lambda: handling.accept(order=order, by=colleague, now=NOW),
    )

    losers = [result for result in results if isinstance(result, Conflict)]
    order.refresh_from_db()
    assert len(losers) == 1
    assert order.assignee.name in str(losers[0].detail)
    assert Event.objects.filter(kind="order.accept").count() == 1
    assert list(differences()) == []


def test_merging_in_opposite_directions_loses_neither(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
) -> None:
    one, two = (factories.ticket(category, jinan, agent, NOW) for _ in range(2))

    results = at_once(
        lambda: closing.merge(ticket=one, into=two, by=officer, now=NOW),
        lambda: closing.merge(ticket=two, into=one, by=officer, now=NOW),
    )

    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert sorted(Ticket.objects.values_list("state", flat=True)) == ["draft", "merged"]
    assert list(differences()) == []


def test_filing_twice_with_one_key_at_once_files_one_ticket(category: Category, jinan: Region, agent: Staff) -> None:
    def file() -> Ticket:
        return factories.ticket(category, jinan, agent, NOW, filing_key="same")

    results = at_once(file, file)

    assert Ticket.objects.count() == 1
    assert {result.pk for result in results} == {Ticket.objects.get().pk}
