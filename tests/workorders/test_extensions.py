"""More time (rule 11): who asks, who decides, what moves and what does not."""

import datetime as dt

import pytest
from django.test import Client

from foundation.errors import Conflict, Invalid, NotAllowed
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders import clocks
from workorders.actions import extending, handling, holding
from workorders.clocks import ClockState
from workorders.menu import menu_for
from workorders.models import Category, Extension, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)
#: The limit is 24 natural hours from NOW.
DUE = NOW + 24 * HOUR


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, contact: Staff, network: Department) -> WorkOrder:
    made = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    return handling.accept(order=made, by=contact, now=NOW)


@pytest.fixture
def centre_head(centre: Department) -> Staff:
    return factories.staff("2003", "投诉中心主任", centre, [Role.HEAD, Role.SUPERVISOR])


def ask(
    order: WorkOrder, by: Staff, *, until: dt.datetime = DUE + 6 * HOUR, at: dt.datetime = NOW + HOUR, **said: object
) -> WorkOrder:
    words = {"reason": "等待设备到货", "evidence": "到货单", "contact": "10:00 已电话告知客户", **said}
    return extending.request_extension(order=order, until=until, by=by, now=at, **words)


def due(order: WorkOrder) -> dt.datetime | None:
    return order.clocks.get(kind="resolve").due_at


def test_a_pending_request_moves_nothing(order: WorkOrder, contact: Staff) -> None:
    asked = ask(order, contact)

    assert (due(order), asked.due_at, asked.extension_count) == (DUE, DUE, 0)


def test_a_granted_request_moves_the_leg_and_not_the_customers_promise(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    promised = order.ticket.clocks.get(kind="overall").due_at
    ask(order, contact)

    granted = extending.grant_extension(order=order, by=duty, now=NOW + 2 * HOUR)

    assert (due(order), granted.due_at) == (DUE + 6 * HOUR, DUE + 6 * HOUR)
    assert (granted.original_due_at, granted.extension_count) == (DUE, 1)
    assert order.ticket.clocks.get(kind="overall").due_at == promised


def test_the_customers_promise_moves_where_the_customer_agreed(order: WorkOrder, contact: Staff, agent: Staff) -> None:
    promised = order.ticket.clocks.get(kind="overall").due_at
    ask(order, contact, customer_agreed=True)

    extending.grant_extension(order=order, by=agent, now=NOW + 2 * HOUR)

    assert order.ticket.clocks.get(kind="overall").due_at == promised + 6 * HOUR
    order.ticket.refresh_from_db()
    assert order.ticket.due_at == promised + 6 * HOUR


def test_a_decision_after_the_deadline_counts_from_the_request(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    ask(order, contact, at=DUE)
    extending.grant_extension(order=order, by=duty, now=DUE + HOUR)

    handling.reply(order=order, result="已处理", cause="fault", liability="operator", by=contact, now=DUE + 6 * HOUR)

    clock = order.clocks.get(kind="resolve")
    assert (clock.due_at, clock.breached_at) == (DUE + 6 * HOUR, None)


def test_a_refused_request_leaves_the_deadline_and_may_be_asked_again(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    ask(order, contact)

    extending.refuse_extension(order=order, decision_reason="理由不充分", by=duty, now=NOW + 2 * HOUR)

    assert (due(order), Extension.objects.get().decision) == (DUE, "refused")
    ask(order, contact, at=NOW + 3 * HOUR)
    assert Extension.objects.count() == 2


def test_the_second_extension_is_the_centre_heads_and_there_is_no_third(
    order: WorkOrder, contact: Staff, duty: Staff, agent: Staff, centre_head: Staff
) -> None:
    ask(order, contact)
    extending.grant_extension(order=order, by=duty, now=NOW + 2 * HOUR)
    ask(order, contact, until=DUE + 12 * HOUR, at=NOW + 3 * HOUR)
    for person in (duty, agent):
        with pytest.raises(NotAllowed):
            extending.grant_extension(order=order, by=person, now=NOW + 4 * HOUR)

    twice = extending.grant_extension(order=order, by=centre_head, now=NOW + 4 * HOUR)

    assert (due(order), twice.extension_count, twice.original_due_at) == (DUE + 12 * HOUR, 2, DUE)
    with pytest.raises(Conflict):
        ask(order, contact, until=DUE + 13 * HOUR, at=NOW + 5 * HOUR)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": DUE}, "until"),
        ({"until": DUE + 25 * HOUR}, "until"),
        ({"until": NOW + dt.timedelta(days=16)}, "until"),
        ({"evidence": " "}, "evidence"),
        ({"contact": ""}, "contact"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_request_that_cannot_be_is_refused_at_its_field(order: WorkOrder, contact: Staff, changes: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(order, contact, **changes)

    assert set(refused.value.errors) == {field}
    assert Extension.objects.count() == 0


def test_after_the_deadline_nobody_asks(order: WorkOrder, contact: Staff) -> None:
    with pytest.raises(Conflict):
        ask(order, contact, at=DUE + dt.timedelta(microseconds=1))


@pytest.mark.parametrize("person", ["handler", "stranger", "officer", "agent", "manager"])
def test_only_the_departments_leaders_ask(order: WorkOrder, person: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        ask(order, request.getfixturevalue(person))


@pytest.mark.parametrize("person", ["contact", "head", "handler", "stranger", "officer", "hall_agent", "manager"])
def test_only_the_internal_client_and_the_centre_decide(
    order: WorkOrder, contact: Staff, person: str, request: pytest.FixtureRequest
) -> None:
    ask(order, contact)

    with pytest.raises(NotAllowed):
        extending.grant_extension(order=order, by=request.getfixturevalue(person), now=NOW + 2 * HOUR)


def test_the_menu_offers_what_may_be_done(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    names = {"request_extension", "grant_extension", "refuse_extension"}
    before = [{item.name for item in menu_for(person, order, NOW)} & names for person in (contact, duty)]
    ask(order, contact)
    after = [{item.name for item in menu_for(person, order, NOW)} & names for person in (contact, duty)]

    assert before == [{"request_extension"}, set()]
    assert after == [set(), {"grant_extension", "refuse_extension"}]


def test_deciders_have_a_queue_and_the_ticket_page_tells(
    order: WorkOrder, contact: Staff, duty: Staff, agent: Staff, head: Staff, centre: Department
) -> None:
    ask(order, contact)
    client = Client()
    client.force_login(head)
    assert client.get("/queues/extensions/").status_code == 404
    for person in (factories.staff("1099", "投诉中心主任", centre, [Role.HEAD, Role.SUPERVISOR]), duty, agent):
        client.force_login(person)
        response = client.get("/queues/extensions/")
        assert [row.pk for row in response.context["rows"]] == [order.pk]

    page = client.get(f"/tickets/{order.ticket_id}/").content.decode()

    assert "等待设备到货" in page


def test_whoever_decides_sees_what_is_asked_for_as_text(order: WorkOrder, contact: Staff, duty: Staff, client: Client) -> None:
    ask(order, contact, reason="等<b>设备</b>")
    client.force_login(duty)

    page = client.get(f"/orders/{order.pk}/actions/grant_extension/", headers={"hx-request": "true"}).content.decode()

    assert "等&lt;b&gt;设备&lt;/b&gt;" in page
    assert "<b>设备" not in page


def test_pitfall_07_an_extended_clock_has_no_due_instant_while_it_is_on_hold(order: WorkOrder, contact: Staff, duty: Staff) -> None:
    ask(order, contact)
    extending.grant_extension(order=order, by=duty, now=NOW + 2 * HOUR)
    hold = {"reason": "wait_customer", "evidence": "客户出差", "until": NOW + 10 * HOUR}
    holding.request_hold(order=order, by=contact, now=NOW + 3 * HOUR, **hold)
    assert due(order) is None

    holding.resume(order=order, by=contact, now=NOW + 10 * HOUR)

    assert due(order) == DUE + (6 + 7) * HOUR


class Natural:
    def add(self, start: dt.datetime, minutes: dt.timedelta) -> dt.datetime:
        return start + minutes

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        return end - start


def test_an_extension_never_undoes_a_breach_and_never_moves_a_stopped_clock() -> None:
    running: ClockState = clocks.started(Natural(), 2 * HOUR, NOW)
    late = clocks.extended(running, Natural(), 4 * HOUR, NOW + 3 * HOUR)
    stopped = clocks.stopped(running, Natural(), NOW + HOUR)

    assert late.breached_at == late.due_at == NOW + 2 * HOUR
    assert clocks.extended(stopped, Natural(), 4 * HOUR, NOW) == stopped
