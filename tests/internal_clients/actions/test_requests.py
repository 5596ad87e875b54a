"""Internal requests run on the tickets' own flow, on the department's working hours, and end with the requester's word."""

import datetime as dt

import pytest
import time_machine

from complaints.models import Complaint
from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import requests
from internal_clients.models import InternalRequest, Requirement, System
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.requests import due_at
from internal_clients.queries.tallies import tally
from internal_clients.tasks import close_silent
from organization.models import Department, Staff
from tests.conftest import SHANGHAI
from workorders.actions.handling import accept, reply
from workorders.enums import TicketState
from workorders.models import Category, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
#: Friday before the make-up Saturday.
FRIDAY = dt.datetime(2026, 10, 9, 17, 0, tzinfo=SHANGHAI)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def request_(agent: Staff, network: Department, system: System) -> InternalRequest:
    return requests.file_request(
        kind="system",
        department=network,
        subject="专线中断",
        text="营业厅断网",
        system=system,
        filing_key="r1",
        by=agent,
        now=FRIDAY,
    )


@pytest.fixture
def answered(request_: InternalRequest, handler: Staff, contact: Staff, officer: Staff) -> InternalRequest:
    order = request_.ticket.orders.get()
    accept(order=order, by=handler, now=FRIDAY + HOUR)
    done = FRIDAY + 20 * HOUR
    reply(order=order, result="已恢复", cause="fault", liability="operator", customer_contacted=True, by=contact, now=done)
    from workorders.actions.reviewing import approve

    approve(order=order, by=officer, now=done)
    request_.ticket.refresh_from_db()
    return request_


def test_a_request_goes_to_its_department_at_once_on_working_hours(request_: InternalRequest, network: Department) -> None:
    order = request_.ticket.orders.get()

    assert (order.department, order.state, request_.ticket.state) == (network, "dispatched", TicketState.IN_PROGRESS)
    # E1 (b): an hour on Friday, eight on the make-up Saturday, seven on Monday.
    assert order.due_at == dt.datetime(2026, 10, 12, 17, 0, tzinfo=SHANGHAI)
    assert Complaint.objects.count() == 0


def test_filing_twice_with_one_key_makes_one_request(request_: InternalRequest, agent: Staff, network: Department) -> None:
    again = requests.file_request(kind="system", department=network, subject="?", text="?", filing_key="r1", by=agent, now=FRIDAY)

    assert again == request_
    assert Ticket.objects.count() == 1


def test_no_complaint_can_be_filed_under_a_requests_category(request_: InternalRequest) -> None:
    assert set(Category.objects.filter(path__startswith="INT/").values_list("is_active", flat=True)) == {False}


def test_a_request_for_development_is_a_requirement_too(agent: Staff, network: Department) -> None:
    filed = requests.file_request(
        kind="development", department=network, subject="副卡提醒", text="常问", filing_key="r2", by=agent, now=FRIDAY
    )

    assert filed.requirement == Requirement.objects.get()
    assert filed.requirement.proposed_by == agent


def test_who_is_not_the_front_line_files_no_request(network: Department, handler: Staff) -> None:
    with pytest.raises(NotAllowed):
        requests.file_request(kind="system", department=network, subject="?", text="?", filing_key="r3", by=handler, now=FRIDAY)


def test_a_system_belongs_to_the_department_asked(agent: Staff, finance: Department, system: System) -> None:
    with pytest.raises(Invalid):
        requests.file_request(
            kind="system", department=finance, subject="?", text="?", system=system, filing_key="r4", by=agent, now=FRIDAY
        )

    assert Ticket.objects.count() == 0


def test_the_requester_confirms_and_rates_which_closes_it(answered: InternalRequest, agent: Staff, hall_agent: Staff) -> None:
    marks = {"timeliness": 5, "quality": 4, "attitude": 5}
    now = FRIDAY + 22 * HOUR

    with pytest.raises(NotAllowed):
        requests.confirm(request=answered, **marks, by=hall_agent, now=now)
    requests.confirm(request=answered, **marks, by=agent, now=now)
    answered.ticket.refresh_from_db()

    found = InternalRequest.objects.get()
    assert (found.timeliness, found.quality, found.attitude, found.confirmed_at) == (5, 4, 5, now)
    assert answered.ticket.state == TicketState.CLOSED
    with pytest.raises(Conflict):
        requests.confirm(request=answered, **marks, by=agent, now=now)


def test_an_open_request_cannot_be_rated(request_: InternalRequest, agent: Staff) -> None:
    with pytest.raises(Conflict):
        requests.confirm(request=request_, timeliness=5, quality=5, attitude=5, by=agent, now=FRIDAY + HOUR)


def test_what_is_not_solved_goes_back_to_the_department(answered: InternalRequest, agent: Staff, network: Department) -> None:
    with pytest.raises(Invalid):
        requests.doubt(request=answered, reason=" ", by=agent, now=FRIDAY + 22 * HOUR)
    requests.doubt(request=answered, reason="又断了", by=agent, now=FRIDAY + 22 * HOUR)
    answered.ticket.refresh_from_db()

    assert (answered.ticket.state, answered.ticket.round) == (TicketState.IN_PROGRESS, 1)
    assert [order.department for order in WorkOrder.objects.order_by("seq")] == [network, network]
    # Half the hours of the first time (rule 20).
    assert (
        answered.ticket.due_at
        == WorkOrder.objects.order_by("seq")[1].due_at
        == due_at(answered.kind, network, FRIDAY + 22 * HOUR, is_again=True)
    )


def test_silence_closes_without_a_rating(answered: InternalRequest) -> None:
    with time_machine.travel(FRIDAY + 20 * HOUR + dt.timedelta(days=3) - HOUR):
        assert close_silent(timestamp=0) == 0
    with time_machine.travel(FRIDAY + 20 * HOUR + dt.timedelta(days=3) + HOUR):
        assert close_silent(timestamp=0) == 1
    answered.ticket.refresh_from_db()

    assert answered.ticket.state == TicketState.CLOSED
    assert InternalRequest.objects.get().confirmed_at is None


def test_requests_count_for_b4_and_not_for_a1(answered: InternalRequest, network: Department) -> None:
    window = Window(month=dt.date(2026, 10, 1), months=1, now=dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI))

    found = tally("B4", window)[network.pk]
    assert (found.numerator, found.denominator) == (1, 1)
    assert [tally(key, window) for key in ("A1", "A2", "A3", "A4", "A5")] == [{}, {}, {}, {}, {}]
