"""An action is one transaction, also when it is made of others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation import transaction
from foundation.errors import Invalid
from journal.models import Event
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions.dispatching import dispatch
from workorders.actions.filing import prepare, submit
from workorders.models import Category, Ticket


@pytest.fixture
def ticket(limits: None, category: Category, jinan: Region, agent: Staff) -> Ticket:
    return submit(ticket=factories.ticket(category, jinan, agent, NOW), by=agent, now=NOW)


@transaction.atomic
def send(ticket: Ticket, lead: Department, *assists: Department, by: Staff) -> None:
    prepare(ticket=ticket, by=by, now=NOW)
    dispatch(ticket=ticket, lead=lead, assists=[(each, "请协助") for each in assists], by=by, now=NOW)


@pytest.mark.usefixtures("verified")
def test_an_error_of_an_inner_action_undoes_the_outer_one(ticket: Ticket, network: Department, officer: Staff) -> None:
    with pytest.raises(Invalid):
        send(ticket, network, network, by=officer)

    assert Ticket.objects.get().state == "triage"
    send(ticket, network, by=officer)
    assert Ticket.objects.get().state == "in_progress"


def test_an_action_makes_one_savepoint_however_many_it_is_made_of(ticket: Ticket, network: Department, officer: Staff) -> None:
    with CaptureQueriesContext(connection) as queries:
        send(ticket, network, by=officer)

    assert [query["sql"].split()[0] for query in queries if "SAVEPOINT" in query["sql"]] == ["SAVEPOINT", "RELEASE"]


def test_after_an_error_the_next_action_is_a_transaction_again(ticket: Ticket, network: Department, officer: Staff) -> None:
    with pytest.raises(Invalid):
        send(ticket, network, network, by=officer)
    with CaptureQueriesContext(connection) as queries:
        prepare(ticket=ticket, by=officer, now=NOW)

    assert sum("SAVEPOINT" in query["sql"] for query in queries) == 2


@pytest.mark.usefixtures("verified")
def test_events_of_one_action_follow_each_other_after_an_error_too(ticket: Ticket, network: Department, officer: Staff) -> None:
    with pytest.raises(Invalid):
        send(ticket, network, network, by=officer)
    send(ticket, network, by=officer)

    events = Event.objects.filter(stream=ticket.stream).order_by("seq")
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert list(events.values_list("kind", flat=True))[-3:] == ["ticket.prepare", "ticket.dispatch", "order.dispatch"]
