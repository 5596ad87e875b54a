"""Every ticket of the demo and of bulk data closes its ledger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.demo.loading import load
from complaints.demo.synthesis import synthesize
from tests.demo.conftest import MORNING
from tests.workorders.books import check_ledgers
from workorders.ledger import Party, Phase
from workorders.models import Ticket
from workorders.queries.ledger import ledgers


def test_all_of_the_demos_tickets_close_their_ledgers(operator: None) -> None:
    count = load(tickets=4000, months=6, seed=2004, now=MORNING)

    assert check_ledgers(MORNING) == count
    drawn = [ledger for _pk, ledger in ledgers(Ticket.objects.all(), MORNING)]
    accounts = {span.account for ledger in drawn for span in ledger.spans}
    assert {account.party for account in accounts} == set(Party)
    # The demo's people hand over what they file in the same second, and what they merge does not come back.
    assert {account.of for account in accounts if account.party == Party.CENTRE} == set(Phase) - {Phase.INTAKE, Phase.MERGED}
    # Ping-pong comes about by chance there, if at all; hand-offs there are always.
    assert any(ledger.hand_offs for ledger in drawn)


@pytest.mark.django_db(transaction=True)
def test_bulk_tickets_close_their_ledgers(operator: None) -> None:
    synthesize(tickets=1200, months=3, seed=7, open_tickets=100, now=MORNING, workers=1, done=lambda _count: None)

    assert check_ledgers(MORNING) == 1200


@pytest.mark.parametrize("tickets", [50, 200])
def test_many_ledgers_cost_two_queries_a_batch(operator: None, tickets: int) -> None:
    load(tickets=tickets, months=1, seed=3, now=MORNING)

    with CaptureQueriesContext(connection) as asked:
        drawn = list(ledgers(Ticket.objects.all(), MORNING))

    assert len(drawn) == Ticket.objects.count()
    assert len(asked) == 2
