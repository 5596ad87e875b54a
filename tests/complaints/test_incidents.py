"""From alert to incident: one master, one announcement, one answer, each complaint with its own record."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from complaints.actions.callbacks import record_callback
from complaints.actions.ending import end_incident, tell_linked
from complaints.actions.filing import Facts, file_complaint
from complaints.actions.incidents import detach, link_present, open_incident
from complaints.actions.messaging import queue_message, send_next
from complaints.models import Alert, Complaint, Customer, CustomerMessage, Incident
from complaints.queries.callbacks import awaiting
from complaints.queries.unanswered import unanswered
from complaints.sampling import sampled
from complaints.tasks import watch_incidents
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.journal.peers import WebPeer
from workorders.actions.closing import answer, cancel, merge
from workorders.actions.handling import accept, reply
from workorders.actions.reviewing import approve
from workorders.models import Category, Clock, Ticket, WorkOrder
from workorders.queries.figures import Reach, Scope, due_answers
from workorders.queries.ledger import ledger_of

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def file(category: Category, jinan: Region, agent: Staff, network: Department) -> Callable[..., Complaint]:
    factories.route(category, network)
    count = iter(range(10**6))

    def _file(at: dt.datetime = NOW, **more: object) -> Complaint:
        number = next(count)
        customer = Customer.objects.create(number=f"139{number:08}", region=jinan)
        facts = {"category": category, "region": jinan, "channel": "hotline", "subject": "无信号", "description": "无信号"}
        made = Facts(customer=customer, contact_phone=customer.number, **facts)
        return file_complaint(facts=made, filing_key=f"incident-test:{number}", by=agent, now=at, **more)

    return _file


@pytest.fixture
def alert(category: Category, jinan: Region) -> Alert:
    return factories.alert(category, jinan, NOW)


@pytest.fixture
def officer_of_all(centre: Department) -> Staff:
    return factories.staff("2003", "值班派单", centre, [Role.DUTY, Role.DISPATCHER])


@pytest.fixture
def begin(alert: Alert, network: Department, officer_of_all: Staff) -> Callable[..., Incident]:
    def _begin(at: dt.datetime = NOW + 5 * MINUTE, **more: object) -> Incident:
        made = open_incident(alert=alert, lead=network, announcement="光缆中断，正在抢修", by=officer_of_all, now=at, **more)
        link_present(incident=made, now=at)
        return made

    return _begin


def test_present_and_future_complaints_are_handled_under_one_master(file: Callable, begin: Callable, network: Department) -> None:
    before = [file(NOW + number * MINUTE) for number in range(3)]
    incident = begin()
    after = file(NOW + HOUR)
    for complaint in (*before, after):
        complaint.ticket.refresh_from_db()

    assert {complaint.ticket.state for complaint in (*before, after)} == {"merged"}
    assert {complaint.ticket.merged_into_id for complaint in (*before, after)} == {incident.ticket_id}
    assert incident.links.count() == 4
    # The department is judged once: every leg but the master's is voided.
    open_legs = WorkOrder.objects.filter(department=network).exclude(state="voided")
    assert [order.ticket_id for order in open_legs] == [incident.ticket_id]


def test_another_city_is_not_covered(file: Callable, begin: Callable, qingdao: Region) -> None:
    incident = begin()
    complaint = file(NOW + HOUR)
    assert incident.links.filter(complaint=complaint).exists()

    incident.region = qingdao
    incident.save()
    assert file(NOW + HOUR).ticket.state == "in_progress"


def test_solved_at_the_first_point_stays_solved(file: Callable, begin: Callable) -> None:
    incident = begin()
    complaint = file(NOW + HOUR, then="solved", answer="已告知正在抢修")

    assert complaint.ticket.state == "awaiting_callback"
    assert not incident.links.exists()


def finish(incident: Incident, contact: Staff, officer: Staff, at: dt.datetime, *, contacted: bool = False) -> None:
    order = incident.ticket.orders.get(role="lead")
    accept(order=order, by=contact, now=at)
    told = {"result": "光缆已修复", "cause": "fault", "liability": "operator", "customer_contacted": contacted}
    reply(order=order, **told, by=contact, now=at)
    order.refresh_from_db()
    if order.state == "replied":
        approve(order=order, by=officer, now=at)


def test_one_answer_reaches_every_record_once(
    file: Callable, begin: Callable, contact: Staff, officer: Staff, officer_of_all: Staff
) -> None:
    complaints = [file(NOW + number * MINUTE) for number in range(3)]
    incident = begin()
    with pytest.raises(Conflict):
        end_incident(incident=incident, answer="已恢复", by=officer_of_all, now=NOW + HOUR)
    finish(incident, contact, officer, NOW + HOUR)
    with pytest.raises(Invalid):
        end_incident(incident=incident, answer=" ", by=officer_of_all, now=NOW + 2 * HOUR)
    end_incident(incident=incident, answer="已恢复", by=officer_of_all, now=NOW + 2 * HOUR)

    incident.refresh_from_db()
    assert tell_linked(incident=incident, now=NOW + 2 * HOUR) == 3
    assert tell_linked(incident=incident, now=NOW + 2 * HOUR) == 0
    for complaint in complaints:
        last = Event.objects.filter(stream=complaint.ticket.stream).order_by("-seq")[0]
        assert (last.kind, last.data["answer"]) == ("ticket.answer_merged", "已恢复")
    incident.ticket.refresh_from_db()
    assert incident.ticket.state == "closed"
    assert file(NOW + 3 * HOUR).ticket.state == "in_progress"


def states(*complaints: Complaint) -> set[tuple[str, int | None]]:
    return set(Ticket.objects.filter(complaint__in=complaints).values_list("state", "merged_into"))


@pytest.mark.parametrize("how", ["by its reply", "by hand"])
def test_an_answered_master_leaves_the_ending_to_the_centre(
    how: str, file: Callable, begin: Callable, contact: Staff, officer: Staff, officer_of_all: Staff
) -> None:
    first = file()
    incident = begin()
    finish(incident, contact, officer, NOW + HOUR, contacted=how == "by its reply")
    if how == "by hand":
        answer(ticket=incident.ticket, text="已修复", by=officer, now=NOW + HOUR)
    late = file(NOW + 2 * HOUR)
    assert states(first, late) == {("merged", incident.ticket_id)}

    ended = end_incident(incident=incident, answer="网络已恢复", by=officer_of_all, now=NOW + 3 * HOUR)
    tell_linked(incident=ended, now=NOW + 3 * HOUR)
    incident.ticket.refresh_from_db()
    assert (incident.ticket.state, ended.ending) == ("closed", "answered")
    assert states(first, late) == {("awaiting_callback", incident.ticket_id)}


def test_a_cancelled_master_gives_each_complaint_its_own_flow_back(
    file: Callable, begin: Callable, network: Department, duty: Staff
) -> None:
    complaints = [file(NOW + number * MINUTE) for number in range(3)]
    incident = begin()
    cancel(ticket=incident.ticket, reason="误报", by=duty, now=NOW + HOUR)
    incident.refresh_from_db()
    assert (incident.ending, incident.ended_by) == ("called_off", duty)

    assert tell_linked(incident=incident, now=NOW + 2 * HOUR) == 3
    assert states(*complaints) == {("in_progress", None)}
    assert WorkOrder.objects.filter(state="dispatched", ticket__complaint__in=complaints, department=network).count() == 3
    running = Clock.objects.filter(ticket__complaint__in=complaints, kind="overall", running_since=NOW + 2 * HOUR)
    assert {clock.used for clock in running} == {(5 - number) * MINUTE for number in range(3)}
    assert file(NOW + 3 * HOUR).ticket.state == "in_progress"


def test_a_master_is_merged_into_another_master_only(
    file: Callable,
    begin: Callable,
    category: Category,
    province: Region,
    network: Department,
    officer_of_all: Staff,
    jinan: Region,
    agent: Staff,
) -> None:
    complaint = file()
    incident = begin()
    wider = open_incident(
        alert=factories.alert(category, province, NOW), lead=network, announcement="全省", by=officer_of_all, now=NOW + HOUR
    )
    other = factories.ticket(category, jinan, agent, NOW)
    with pytest.raises(Conflict):
        merge(ticket=incident.ticket, into=other, vouched=True, by=officer_of_all, now=NOW + 2 * HOUR)
    incident.ticket.refresh_from_db()
    assert incident.ticket.is_open

    merge(ticket=incident.ticket, into=wider.ticket, vouched=True, by=officer_of_all, now=NOW + 2 * HOUR)
    incident.refresh_from_db()
    assert (incident.ending, complaint.incident_link.incident) == ("joined", wider)


def test_what_does_not_belong_is_taken_out_with_a_reason_and_stays_out(
    file: Callable, begin: Callable, officer_of_all: Staff, head: Staff
) -> None:
    stays, goes = file(), file()
    incident = begin()
    link = goes.incident_link
    with pytest.raises(NotAllowed):
        detach(link=link, reason="另有原因", by=head, now=NOW + HOUR)
    with pytest.raises(Invalid):
        detach(link=link, reason=" ", by=officer_of_all, now=NOW + HOUR)
    detach(link=link, reason="另有原因", by=officer_of_all, now=NOW + HOUR)
    with pytest.raises(Conflict):
        detach(link=link, reason="另有原因", by=officer_of_all, now=NOW + HOUR)

    assert (states(stays), states(goes)) == ({("merged", incident.ticket_id)}, {("in_progress", None)})
    ledger = ledger_of(Event.objects.filter(stream=goes.ticket.stream).order_by("seq"), NOW + 2 * HOUR)
    assert sum((span.length for span in ledger.spans), dt.timedelta()) == 2 * HOUR
    assert [span.length for span in ledger.spans if span.account.of == "merged"] == [55 * MINUTE]
    assert link_present(incident=incident, now=NOW + 2 * HOUR) == 0


def test_customers_drawn_in_each_region_are_called_and_the_others_told_by_sms(
    file: Callable, begin: Callable, contact: Staff, officer: Staff, officer_of_all: Staff, connect: Callable
) -> None:
    for number in range(12):
        file(NOW + number * MINUTE)
    incident = begin(NOW + HOUR)
    finish(incident, contact, officer, NOW + HOUR)
    ended = end_incident(incident=incident, answer="已恢复。", sample_percent=20, by=officer_of_all, now=NOW + 2 * HOUR)
    tell_linked(incident=ended, now=NOW + 2 * HOUR)

    drawn = set(ended.links.filter(is_sampled=True).values_list("complaint__ticket__number", flat=True))
    cases = ended.links.values_list("complaint__ticket__number", "complaint__ticket__region")
    assert len(drawn) == 3
    assert drawn == sampled(cases, percent=20, seed=ended.seed)
    assert {each.ticket.number for each in awaiting(officer, NOW + 3 * HOUR)} == drawn
    told = CustomerMessage.objects.all()
    assert not drawn & {message.complaint.ticket.number for message in told}
    assert len(told) == 9
    assert not send_next(now=NOW + 3 * HOUR)
    # Nobody is called in vain, and who says nothing is closed after three days like anybody else.
    assert unanswered(NOW + 75 * HOUR, 3 * 24 * HOUR).count() == 12
    # The customers' limits of merged complaints are in no figure, answered or not.
    scope = Scope(start=NOW, end=NOW + 90 * HOUR, now=NOW + 90 * HOUR, reach=Reach())
    assert set(due_answers(scope).values_list("ticket", flat=True)) == {ended.ticket_id}


def test_a_customer_whom_the_common_answer_did_not_help_is_handled_anew_by_themselves(
    file: Callable, begin: Callable, contact: Staff, officer: Staff, officer_of_all: Staff, network: Department
) -> None:
    complaint, incident = file(), begin()
    finish(incident, contact, officer, NOW + HOUR)
    ended = end_incident(incident=incident, answer="已恢复", sample_percent=100, by=officer_of_all, now=NOW + 2 * HOUR)
    tell_linked(incident=ended, now=NOW + 2 * HOUR)

    said = {"outcome": "reached", "satisfaction": 1, "solved": False, "remark": "家里仍无信号"}
    record_callback(complaint=complaint, **said, by=officer, now=NOW + 3 * HOUR)
    assert states(complaint) == {("in_progress", None)}
    again = complaint.ticket.orders.get(state="dispatched")
    assert (again.department, again.round) == (network, 1)


def test_an_sms_goes_out_through_the_gateway_and_is_tried_again_when_that_fails(file: Callable, connect: Callable) -> None:
    complaint, peer = file(), WebPeer()
    queue_message(complaint=complaint, key="incident:1", text="已恢复。", now=NOW)
    queue_message(complaint=complaint, key="incident:1", text="已恢复。", now=NOW)
    message = CustomerMessage.objects.get()
    try:
        connect("sms", f"smshttp://127.0.0.1:{peer.port}/send?number={{to}}&ok=%22code%22:0&rto=0.5")
        peer.answer = b'{"code":1}'
        assert send_next(now=NOW)
        message.refresh_from_db()
        assert (message.state, message.tries, message.next_try_at > NOW, send_next(now=NOW)) == ("failed", 1, True, False)
        peer.answer = b'{"code":0}'
        assert send_next(now=NOW + HOUR)
    finally:
        peer.close()

    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("sent", NOW + HOUR)
    assert complaint.contact_phone in str(peer.requests[-1])


def test_a_gateway_that_does_not_answer_rests_and_the_other_customers_messages_wait_untried(
    file: Callable, connect: Callable
) -> None:
    for number in range(3):
        queue_message(complaint=file(), key=f"incident:{number}", text="已恢复。", now=NOW)
    gateway = connect("sms", "smshttp://127.0.0.1:1/send?number={to}&rto=0.5")

    assert [send_next(now=NOW) for _each in range(3)] == [True, False, False]

    gateway.refresh_from_db()
    assert (gateway.failures, gateway.rests_until > NOW) == (1, True)
    assert sorted(CustomerMessage.objects.values_list("tries", flat=True)) == [0, 0, 1]


def test_what_a_lost_job_left_undone_is_done_within_the_minute(
    file: Callable, alert: Alert, network: Department, contact: Staff, officer: Staff, officer_of_all: Staff
) -> None:
    complaint = file()
    incident = open_incident(alert=alert, lead=network, announcement="抢修", by=officer_of_all, now=NOW + MINUTE)
    assert states(complaint) == {("in_progress", None)}
    with time_machine.travel(NOW + HOUR):
        assert watch_incidents(0) == 1
    assert states(complaint) == {("merged", incident.ticket_id)}

    finish(incident, contact, officer, NOW + 2 * HOUR)
    end_incident(incident=incident, answer="已恢复", by=officer_of_all, now=NOW + 2 * HOUR)
    with time_machine.travel(NOW + 3 * HOUR):
        assert watch_incidents(0) == 1
        assert watch_incidents(0) == 0
    assert states(complaint) == {("awaiting_callback", incident.ticket_id)}


def test_who_may_and_once_only(begin: Callable, alert: Alert, network: Department, head: Staff, officer_of_all: Staff) -> None:
    with pytest.raises(NotAllowed):
        open_incident(alert=alert, lead=network, announcement="抢修", by=head, now=NOW)
    with pytest.raises(Invalid):
        begin(expected_at=NOW)
    begin()
    with pytest.raises(Conflict):
        begin()


def test_agents_see_the_announcement_as_they_choose_category_and_region(
    begin: Callable, agent: Staff, category: Category, jinan: Region, qingdao: Region
) -> None:
    begin(expected_at=NOW + 7 * HOUR)
    client = Client()
    client.force_login(agent)
    with time_machine.travel(NOW + HOUR):
        here, there = (
            client.get(reverse("complaints:proposal"), {"category": category.pk, "region": where.pk}).content.decode()
            for where in (jinan, qingdao)
        )

    assert "光缆中断，正在抢修" in here
    assert "16:00" in here
    assert "光缆中断" not in there


def test_the_page_opens_and_ends_it(
    alert: Alert, file: Callable, network: Department, officer_of_all: Staff, contact: Staff, officer: Staff
) -> None:
    client = Client()
    client.force_login(officer_of_all)
    with time_machine.travel(NOW + 5 * MINUTE):
        refused = client.post(reverse("complaints:open_incident", args=[alert.pk]), {"announcement": "抢修"})
        done = client.post(reverse("complaints:open_incident", args=[alert.pk]), {"announcement": "抢修", "lead": network.pk})
    assert (refused.status_code, done.status_code) == (422, 302)
    incident = Incident.objects.get()
    finish(incident, contact, officer, NOW + HOUR)
    with time_machine.travel(NOW + 2 * HOUR):
        client.post(reverse("complaints:end_incident", args=[alert.pk]), {"answer": "已恢复", "sample_percent": 10})
        page = client.get(reverse("complaints:alert", args=[alert.pk]))
    assert "已恢复" in page.content.decode()
