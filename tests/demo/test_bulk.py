"""Bulk data and the demo: what they promise of themselves."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.bulk.cast import gathered
from complaints.demo import people
from complaints.demo.loading import load, told
from complaints.demo.synthesis import synthesize
from complaints.models import Callback, Complaint, Customer
from journal.models import Event
from tests.demo.conftest import MORNING
from workorders.enums import OrderState, TicketState
from workorders.models import Hold, ReturnRequest, Ticket, WorkOrder
from workorders.rebuild import differences


def made(tickets: int, open_tickets: int = 100) -> None:
    synthesize(
        tickets=tickets,
        months=3,
        seed=7,
        open_tickets=open_tickets,
        now=MORNING,
        workers=1,
        done=lambda _count: None,
    )


@pytest.mark.django_db(transaction=True)
def test_bulk_data_is_what_the_journal_says(operator: None) -> None:
    made(1200)

    assert list(differences()) == []
    states = Counter(Ticket.objects.values_list("state", flat=True))
    assert states.total() == 1200 == Complaint.objects.count()
    assert 80 <= sum(states[state] for state in TicketState.OPEN) <= 100
    assert list(Ticket.objects.order_by("pk").values_list("pk")) == list(
        Ticket.objects.order_by("filed_at", "pk").values_list("pk")
    )
    assert not Ticket.objects.filter(filed_at__gte=MORNING).exists()
    assert not Event.objects.filter(stream__startswith="ticket:", at__gt=MORNING).exists()
    assert Complaint.objects.exclude(repeat_of=None).count() > 10


@pytest.mark.django_db(transaction=True)
def test_bulk_data_leaves_the_sequences_behind_its_rows(operator: None) -> None:
    made(60, 10)
    made(60, 10)

    assert Ticket.objects.count() == 120
    for model in (Ticket, WorkOrder, Customer):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
            assert cursor.fetchone()[0] == model.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    assert list(differences()) == []


def test_demo_has_everything_that_can_happen(operator: None) -> None:
    count = load(tickets=4000, months=6, seed=2004, now=MORNING)

    assert count == Ticket.objects.count() >= 4000
    assert set(TicketState.values) - {TicketState.DRAFT} <= set(Ticket.objects.values_list("state", flat=True))
    assert set(Callback.objects.values_list("outcome", flat=True)) == {"reached", "no_answer", "refused"}
    assert set(Callback.objects.exclude(satisfaction=None).values_list("satisfaction", flat=True)) == {1, 2, 3, 4, 5}
    assert {"upheld", "denied"} <= set(ReturnRequest.objects.values_list("ruling", flat=True))
    assert {OrderState.ACCEPTED, OrderState.ON_HOLD, OrderState.TRANSFERRED} <= set(
        WorkOrder.objects.values_list("state", flat=True)
    )
    assert Hold.objects.filter(ended_at=None).exists()
    assert WorkOrder.objects.filter(state=OrderState.RETURN_REQUESTED).count() >= 3
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"ticket.urge", "ticket.redispatch", "ticket.escalate", "ticket.absorb", "order.send_back", "order.assign"} <= kinds
    assert WorkOrder.objects.filter(state=OrderState.ACCEPTED, due_at__lt=MORNING).exists()
    assert Ticket.objects.filter(filed_at__gt=MORNING - dt.timedelta(hours=2)).count() >= 15
    assert list(differences()) == []


@pytest.mark.parametrize("hour", [0, 3, 12, 22])
def test_demo_has_returns_to_rule_on_at_any_hour(operator: None, hour: int) -> None:
    now = MORNING.replace(hour=hour)

    _callers, office = told(gathered(), tickets=400, months=1, seed=2004, now=now, first=(1, 1, 1))

    states = [leg.state for ticket in office.tickets for leg in ticket.legs]
    assert states.count(OrderState.RETURN_REQUESTED) >= 3


def test_demo_is_the_same_for_the_same_seed(operator: None) -> None:
    def hashes(seed: int) -> list[str]:
        _callers, office = told(gathered(), tickets=80, months=1, seed=seed, now=MORNING, first=(1, 1, 1))
        return [ticket.events[-1].hash for ticket in office.tickets]

    assert hashes(5) == hashes(5) != hashes(6)


def test_demo_loads_once(db: None) -> None:
    call_command("demo_data", tickets=30)
    before = (Ticket.objects.count(), Event.objects.count())
    call_command("demo_data", tickets=30)

    assert (Ticket.objects.count(), Event.objects.count()) == before


def test_demo_is_refused_beside_other_tickets(operator: None) -> None:
    load(tickets=20, months=1, seed=1, now=MORNING)
    people.Staff.objects.filter(username=people.LOGINS[0].username).update(username="renamed")

    with pytest.raises(CommandError):
        call_command("demo_data", tickets=30)


def test_every_login_that_is_printed_works(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo_data", tickets=0)
    call_command("demo_logins")

    printed = capsys.readouterr().out
    for login in people.LOGINS:
        person = people.Staff.objects.get(username=login.username)
        assert person.check_password(people.password(login.username))
        assert people.password(login.username) in printed
