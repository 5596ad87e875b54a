"""Real connections, real races: one winner, and the loser reads who won."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from complaints.actions.ending import end_incident, tell_linked
from complaints.actions.filing import Facts, file_complaint
from complaints.actions.incidents import link_present, open_incident
from complaints.models import Complaint, Customer
from foundation.errors import Conflict
from journal.models import Event
from knowledge.actions.writing import Words, write_article
from knowledge.models import Article
from organization.models import Department, Region, Staff
from tests import factories
from tests.complaints.test_incidents import finish
from tests.conftest import NOW
from workorders.actions import closing, handling
from workorders.models import Category, Ticket
from workorders.rebuild import differences

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)

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


def test_a_page_sent_twice_at_once_makes_one_article(category: Category, network: Department, handler: Staff) -> None:
    def write() -> object:
        words = Words(title="室内信号弱", category=category, question="没有信号", answer="请到窗边再试")
        return write_article(department=network, words=words, filing_key="page:1:same", submit=True, by=handler, now=NOW)

    first, second = at_once(write, write)

    assert first == second == Article.objects.get()


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


def test_complaints_that_change_while_a_batch_links_them_lose_none_of_it(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, duty: Staff
) -> None:
    factories.route(category, network)
    complaints = [_filed(category, jinan, agent, number) for number in range(12)]
    incident = open_incident(
        alert=factories.alert(category, jinan, NOW), lead=network, announcement="抢修", by=duty, now=NOW + MINUTE
    )

    results = at_once(
        lambda: link_present(incident=incident, now=NOW + 2 * MINUTE),
        lambda: link_present(incident=incident, now=NOW + 2 * MINUTE),
        *(lambda each=each: closing.cancel(ticket=each.ticket, reason="客户撤诉", by=duty, now=NOW) for each in complaints[4:6]),
        lambda: _filed(category, jinan, agent, 12).ticket.state,
    )

    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, Conflict)]
    states = list(Ticket.objects.exclude(pk=incident.ticket_id).values_list("state", flat=True))
    assert set(states) <= {"merged", "cancelled"}
    assert len(states) == incident.links.count() == 13
    assert list(differences()) == []


def test_two_jobs_that_tell_an_incidents_end_tell_each_once(
    category: Category, jinan: Region, agent: Staff, network: Department, duty: Staff, contact: Staff, officer: Staff
) -> None:
    factories.route(category, network)
    complaints = [_filed(category, jinan, agent, number) for number in range(6)]
    alert = factories.alert(category, jinan, NOW)
    incident = open_incident(alert=alert, lead=network, announcement="抢修", by=duty, now=NOW + MINUTE)
    link_present(incident=incident, now=NOW + 2 * MINUTE)
    finish(incident, contact, officer, NOW + HOUR)
    incident = end_incident(incident=incident, answer="已恢复", by=duty, now=NOW + HOUR)

    at_once(*[lambda: tell_linked(incident=incident, now=NOW + HOUR)] * 3)

    told = Event.objects.filter(stream__in=[f"ticket:{each.pk}" for each in complaints], kind="ticket.answer_merged")
    notes = Event.objects.filter(stream__in=[f"ticket:{each.pk}" for each in complaints], kind="ticket.note")
    assert (told.count(), notes.count()) == (6, 0)
    assert list(differences()) == []


def test_filing_while_the_incident_ends_goes_one_way_or_the_other(
    category: Category, jinan: Region, agent: Staff, network: Department, duty: Staff
) -> None:
    factories.route(category, network)
    incident = open_incident(
        alert=factories.alert(category, jinan, NOW), lead=network, announcement="抢修", by=duty, now=NOW + MINUTE
    )

    at_once(
        lambda: closing.cancel(ticket=incident.ticket, reason="误报", by=duty, now=NOW + HOUR),
        *(lambda number=number: _filed(category, jinan, agent, number) for number in range(3)),
    )
    incident.refresh_from_db()
    tell_linked(incident=incident, now=NOW + HOUR)

    states = Ticket.objects.exclude(pk=incident.ticket_id).values_list("state", flat=True)
    assert set(states) == {"in_progress"}
    assert list(differences()) == []


def _filed(category: Category, jinan: Region, agent: Staff, number: int) -> Complaint:
    customer = Customer.objects.create(number=f"139{number:08}", region=jinan)
    facts = Facts(
        customer=customer,
        contact_phone=customer.number,
        category=category,
        region=jinan,
        channel="hotline",
        subject="无信号",
        description="无信号",
    )
    return file_complaint(facts=facts, filing_key=f"race:{number}", by=agent, now=NOW)
