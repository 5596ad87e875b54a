"""The dashboard's figures against a count in plain Python, and every number against the rows behind its link."""

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from complaints.actions.callbacks import record_callback
from complaints.actions.filing import Facts, file_complaint
from complaints.models import Callback, Complaint, Customer
from complaints.queries.dashboard import Line, Overview
from complaints.scopes import preset
from organization.enums import Role
from organization.models import Calendar, Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders import policies
from workorders.actions import closing, dispatching, filing, handling, holding, returning, reviewing, transferring
from workorders.models import Category, Clock, ReturnRequest, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits")

DASHBOARD = "/dashboard/"
#: When the page is looked at: three weeks on, so that the period has several.
VIEWED = NOW + dt.timedelta(days=20)
PERIOD = {"start": "2026-11-02", "end": "2026-11-22"}
LINK = re.compile(r'<a[^>]* href="(/dashboard/\w+/\?[^"]*)"[^>]*>([^<]*)</a>')
RESULT = {"result": "已处理", "cause": "fault", "liability": "operator"}

type Told = Callable[..., Complaint]
type Page = Callable[..., Any]


def after(hours: float) -> dt.datetime:
    return NOW + dt.timedelta(hours=hours)


@pytest.fixture
def fee() -> Category:
    return factories.category("FEE/PLAN/TOLD", "未告知")


@pytest.fixture
def told(agent: Staff, category: Category, jinan: Region, limits: None) -> Told:
    keys = count(1)

    def file(hours: float, **changes: Any) -> Complaint:
        then = {name: changes.pop(name) for name in ("then", "answer") if name in changes}
        facts = {
            "customer": Customer.objects.create(number=f"1390000{next(keys):04d}", name="客户", region=jinan),
            "contact_phone": "1",
            "category": category,
            "channel": "hotline",
            "region": jinan,
            "subject": "无信号",
            "description": "家里没有信号",
            **changes,
        }
        return file_complaint(
            facts=Facts(**facts), filing_key=f"test:{next(keys)}", by=agent, now=after(hours), **({"then": "triage"} | then)
        )

    return file


class Flow:
    """Moves a ticket along at given hours after the first Monday morning."""

    def __init__(self, officer: Staff, agent: Staff, contacts: dict[int, Staff]) -> None:
        self.officer, self.agent, self.contacts = officer, agent, contacts

    def sent(self, complaint: Complaint, lead: Department, *assists: Department, at: float) -> WorkOrder:
        ticket = Ticket.objects.get(pk=complaint.pk)
        if ticket.state == "triage":
            filing.prepare(ticket=ticket, by=self.officer, now=after(at))
        dispatching.dispatch(
            ticket=ticket,
            lead=lead,
            assists=[(dept, "请协助") for dept in assists],
            by=self.officer,
            now=after(at),
        )
        return ticket.orders.get(role="lead", state="dispatched")

    def done(self, order: WorkOrder, *, accepted: float, replied: float, approved: float | None = None) -> None:
        by = self.contacts[order.department_id]
        handling.accept(order=order, by=by, now=after(accepted))
        handling.reply(order=order, by=by, now=after(replied), **RESULT)
        if approved is not None:
            reviewing.approve(order=order, by=self.officer, now=after(approved))

    def answered(self, complaint: Complaint, *, at: float, solved: bool, satisfaction: int, called: float) -> None:
        closing.answer(ticket=complaint.ticket, text="已恢复", by=self.agent, now=after(at))
        self.called(complaint, at=called, solved=solved, satisfaction=satisfaction)

    def called(self, complaint: Complaint, *, at: float, solved: bool, satisfaction: int) -> None:
        record_callback(
            complaint=complaint,
            outcome="reached",
            solved=solved,
            satisfaction=satisfaction,
            remark="还是不行",
            by=self.officer,
            now=after(at),
        )


@pytest.fixture
def flow(officer: Staff, agent: Staff, contact: Staff, biller: Staff, stranger: Staff) -> Flow:
    return Flow(officer, agent, {each.department_id: each for each in (contact, biller, stranger)})


@pytest.fixture
def month(
    told: Told,
    flow: Flow,
    duty: Staff,
    officer: Staff,
    contact: Staff,
    biller: Staff,
    network: Department,
    billing: Department,
    finance: Department,
    fee: Category,
    qingdao: Region,
    province: Region,
) -> None:
    """Three weeks with one case of everything that a figure treats differently."""
    kept = told(0)
    flow.done(flow.sent(kept, network, at=1), accepted=1.2, replied=9, approved=10)
    flow.answered(kept, at=11, solved=True, satisfaction=5, called=20)
    both = told(2, region=qingdao, category=fee, urgency="urgent")
    lead = flow.sent(both, billing, finance, at=3)
    flow.done(both.ticket.orders.get(department=finance), accepted=3.1, replied=20)
    flow.done(lead, accepted=3.2, replied=6, approved=21)
    reviewing.approve(order=both.ticket.orders.get(department=finance), by=officer, now=after(22))
    flow.answered(both, at=60, solved=True, satisfaction=3, called=70)
    late = told(30, region=province)
    flow.done(flow.sent(late, network, at=31), accepted=33, replied=60)
    returned = told(40)
    order = flow.sent(returned, billing, at=41)
    returning.request_return(order=order, reason="not_ours", evidence="覆盖", proposed=network, by=biller, now=after(42.9))
    returning.uphold_return(order=order, by=duty, now=after(80))
    flow.done(flow.sent(returned, network, at=81), accepted=81.1, replied=90)
    closing.cancel(ticket=returned.ticket, reason="客户撤回", by=duty, now=after(200))
    denied = told(45, region=qingdao)
    order = flow.sent(denied, network, at=46)
    returning.request_return(order=order, reason="incomplete", evidence="缺号码", by=contact, now=after(46.5))
    returning.deny_return(order=order, ruling_reason="资料已齐", by=duty, now=after(47))
    merged = told(100)
    flow.sent(merged, network, at=101)
    # The customer's other number: so it is no repeat, and the figures below stay simple.
    Complaint.objects.filter(pk=merged.pk).update(customer=denied.customer)
    closing.merge(ticket=merged.ticket, into=denied.ticket, by=officer, now=after(150))
    early, slow = told(110), told(111, category=fee)
    flow.sent(early, billing, at=112)
    closing.cancel(ticket=early.ticket, reason="客户撤回", by=duty, now=after(113))
    flow.sent(slow, billing, at=114)
    closing.cancel(ticket=slow.ticket, reason="客户撤回", by=duty, now=after(170))
    moved = told(160, region=qingdao)
    order = flow.sent(moved, network, at=161)
    handling.accept(order=order, by=contact, now=after(161.2))
    transferring.transfer(order=order, department=billing, reason="核查账务", by=contact, now=after(163))
    flow.done(moved.ticket.orders.get(department=billing), accepted=164, replied=180)
    rework = told(200)
    order = flow.sent(rework, network, at=201)
    flow.done(order, accepted=201.3, replied=203)
    reviewing.send_back(order=order, defects="没有复测", by=officer, now=after(204))
    handling.reply(order=order, by=contact, now=after(206), **RESULT)
    reviewing.approve(order=order, by=officer, now=after(207))
    flow.answered(rework, at=208, solved=False, satisfaction=1, called=210)
    waits = told(300, category=fee)
    order = flow.sent(waits, network, at=301)
    handling.accept(order=order, by=contact, now=after(301.4))
    holding.request_hold(order=order, reason="wait_customer", evidence="客户出差", until=after(360), by=contact, now=after(302))
    holding.resume(order=order, by=contact, now=after(360))
    broken = told(310)
    order = flow.sent(broken, network, at=311)
    handling.accept(order=order, by=contact, now=after(311.1))
    holding.request_hold(order=order, reason="wait_external", evidence="等待物业", until=after(479.9), by=contact, now=after(450))
    told(320, then="solved", answer="已重启")
    flow.called(told(321, then="solved", answer="已重启", region=qingdao), at=330, solved=True, satisfaction=2)
    flow.sent(told(470, urgency="major"), finance, at=470)
    told(479)


@pytest.fixture
def page(client: Client) -> Iterator[Page]:
    with time_machine.travel(VIEWED, tick=False):

        def get(person: Staff, address: str = DASHBOARD, **query: str) -> Any:
            client.force_login(person)
            response = client.get(address, query or None, headers={"accept-language": "en"})
            assert response.status_code == 200, response.content
            return response

        yield get


# The same figures, counted one by one in plain Python.


def fell_due(clock: Clock) -> dt.datetime | None:
    return clock.due_at or clock.breached_at


def in_period(instant: dt.datetime | None) -> bool:
    return instant is not None and NOW.replace(hour=0) <= instant < VIEWED


def is_kept(clock: Clock) -> bool:
    return clock.stopped_at is not None and clock.breached_at is None


def counts_for_a_department(clock: Clock) -> bool:
    order = clock.order
    if order.state != "voided":
        return True
    if order.returns.filter(ruling="upheld").exists() or order.ticket.state != "cancelled":
        return False
    return fell_due(clock) < order.finished_at


def promises(kind: str, wanted: Callable[[WorkOrder], bool]) -> list[Clock]:
    clocks = Clock.objects.filter(kind=kind).select_related("order__ticket", "order__department")
    return [clock for clock in clocks if in_period(fell_due(clock)) and counts_for_a_department(clock) and wanted(clock.order)]


def answers_due(wanted: Callable[[Ticket], bool]) -> dict[int, list[Clock]]:
    by_ticket: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(kind="overall").select_related("ticket"):
        ticket = clock.ticket
        gone = ticket.state == "merged" or (ticket.state == "cancelled" and not clock.breached_at)
        if in_period(fell_due(clock)) and wanted(ticket) and not (gone and clock.episode == ticket.round):
            by_ticket.setdefault(ticket.pk, []).append(clock)
    return by_ticket


def percentile(values: list[dt.timedelta], part: float) -> dt.timedelta:
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low, high = ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]
    return low + (high - low) * (place - int(place))


def check(found: Overview, wanted: Callable[[Ticket], bool], department: Department | None = None) -> None:
    """Compare what the page shows with a count by hand of the tickets that are `wanted`."""

    def mine(order: WorkOrder) -> bool:
        return wanted(order.ticket) and department in {None, order.department}

    def case(ticket: Ticket) -> bool:
        return wanted(ticket) and (department is None or ticket.orders.filter(department=department).exists())

    resolve, acknowledge = promises("resolve", mine), promises("acknowledge", mine)
    answers = answers_due(case)
    tickets = [ticket for ticket in Ticket.objects.all() if case(ticket)]
    filed = [ticket for ticket in tickets if in_period(ticket.filed_at)]
    returns = [each for each in ReturnRequest.objects.all() if mine(each.order) and in_period(each.requested_at)]
    answered_late = sum(not all(map(is_kept, clocks)) for clocks in answers.values())
    assert found.counts == {
        "filed": len(filed),
        "closed": sum(in_period(ticket.closed_at) for ticket in tickets),
        "open": sum(ticket.is_open for ticket in tickets),
        "overdue": sum(
            mine(order) and order.is_open and bool(order.due_at) and order.due_at < VIEWED for order in WorkOrder.objects.all()
        ),
        "overall_due": len(answers),
        "overall_late": answered_late,
        "overall_met": len(answers) - answered_late,
        "returns": len({each.order_id for each in returns}),
        "returns_upheld": len({each.order_id for each in returns if each.ruling == "upheld"}),
        "redispatched": sum(ticket.round > 0 for ticket in filed),
    }
    check_line(found.total, resolve, acknowledge)
    callbacks = [
        each for each in Callback.objects.filter(outcome="reached") if in_period(each.at) and said_of(each, wanted, department)
    ]
    check_said(found.total, callbacks)
    orders = [order for order in WorkOrder.objects.all() if mine(order)]
    for name, lines, key_of in (
        ("department", found.departments, lambda line, order, _at: order.department == line.key),
        ("region", found.regions, lambda line, order, _at: is_of(line, order.ticket.region)),
        ("category", found.categories, lambda line, order, _at: is_of(line, order.ticket.category)),
        ("week", found.weeks, lambda line, _order, at: in_week(line, at)),
    ):
        for line in lines:
            own = [[c for c in clocks if key_of(line, c.order, fell_due(c))] for clocks in (resolve, acknowledge)]
            check_line(line, *own)
            check_said(line, [each for each in callbacks if is_about(name, line, each)])
            asked = {each.order_id for each in returns if key_of(line, each.order, each.requested_at)}
            assert line.counts["returns"] == len(asked)
            running = [order for order in orders if order.is_open and key_of(line, order, order.dispatched_at)]
            late = [order for order in running if order.due_at and order.due_at < VIEWED]
            if name == "week":
                assert line.counts["sent_overdue"] == len(late)
                of_week = [ticket for ticket in filed if in_week(line, ticket.filed_at)]
                assert (line.filed, line.counts["filed_open"]) == (len(of_week), sum(ticket.is_open for ticket in of_week))
            else:
                assert (line.counts["open_legs"], line.counts["overdue"]) == (len(running), len(late))
            if name in {"region", "category"}:
                assert line.filed == sum(is_of(line, getattr(ticket, name)) for ticket in filed)
        assert sum(line.tally.resolve_due for line in lines) == len(resolve)
        assert sum(line.said.reached for line in lines) == len(
            [each for each in callbacks if name != "department" or lead_of(each)]
        )
        if name != "department":
            assert sum(line.filed for line in lines) == len(filed)


def in_week(line: Line, at: dt.datetime) -> bool:
    return line.key <= at < line.key + dt.timedelta(days=7)


def lead_of(callback: Callback) -> Department | None:
    led = callback.complaint.ticket.orders.filter(role="lead", state="completed", round__lte=callback.round)
    lead = led.order_by("-seq").first()
    return lead.department if lead else None


def said_of(callback: Callback, wanted: Callable[[Ticket], bool], department: Department | None) -> bool:
    return wanted(callback.complaint.ticket) and department in {None, lead_of(callback)}


def is_about(name: str, line: Line, callback: Callback) -> bool:
    if name == "department":
        return lead_of(callback) == line.key
    return in_week(line, callback.at) if name == "week" else is_of(line, getattr(callback.complaint.ticket, name))


def check_said(line: Line, callbacks: list[Callback]) -> None:
    assert (line.said.reached, line.said.satisfied, line.said.solved) == (
        len(callbacks),
        sum(each.satisfaction >= 3 for each in callbacks),
        sum(bool(each.solved) for each in callbacks),
    )


def is_of(line: Line, node: Region | Category) -> bool:
    return node == line.key if line.is_itself else node.path.startswith(line.key.path)


def check_line(line: Line, resolve: list[Clock], acknowledge: list[Clock]) -> None:
    tally = line.tally
    assert (tally.resolve_due, tally.resolve_met) == (len(resolve), sum(map(is_kept, resolve)))
    assert (tally.acknowledge_due, tally.acknowledge_met) == (len(acknowledge), sum(map(is_kept, acknowledge)))
    assert tally.rework == sum(clock.order.send_back_count > 0 for clock in resolve)
    used = [clock.used for clock in resolve if clock.stopped_at]
    assert tally.timed == len(used)
    assert line.times == ((median(used), percentile(used, 0.9)) if used else (None, None))


# The tests.


@pytest.mark.usefixtures("month", "verified")
def test_figures_equal_a_count_by_hand(page: Page, officer: Staff) -> None:
    found: Overview = page(officer, **PERIOD).context["found"]

    check(found, lambda _ticket: True)
    assert found.counts == {
        "filed": 16,
        "closed": 2,
        "open": 10,
        "overdue": 4,
        "overall_due": 12,
        "overall_late": 10,
        "overall_met": 2,
        "returns": 2,
        "returns_upheld": 1,
        "redispatched": 2,
    }
    tally = found.total.tally
    assert (tally.resolve_due, tally.resolve_met, tally.acknowledge_due, tally.acknowledge_met, tally.rework) == (14, 6, 15, 9, 1)
    said = found.total.said
    assert (said.reached, said.satisfied, said.solved) == (4, 2, 3)
    assert found.total.satisfied_share == Fraction(1, 2)


@pytest.mark.usefixtures("month")
def test_figures_narrow_to_what_is_chosen(
    page: Page,
    officer: Staff,
    network: Department,
    qingdao: Region,
    fee: Category,
    province: Region,
) -> None:
    def found(**query: str) -> Overview:
        return page(officer, **PERIOD, **query).context["found"]

    check(found(department="NETWORK"), lambda _ticket: True, network)
    check(found(region="qd"), lambda ticket: ticket.region == qingdao)
    check(found(region="sd"), lambda _ticket: True)
    check(found(region="sd", region_itself="on"), lambda ticket: ticket.region == province)
    check(found(category="FEE"), lambda ticket: ticket.category == fee)
    check(found(urgency="major"), lambda ticket: ticket.urgency == "major")
    check(
        found(department="NETWORK", region="qd", urgency="normal"),
        lambda ticket: ticket.region == qingdao and ticket.urgency == "normal",
        network,
    )


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize("query", [{}, {"region": "sd", "department": "NETWORK"}, {"region": "qd", "category": "FEE"}])
def test_every_number_leads_to_just_that_many_rows(page: Page, officer: Staff, query: dict[str, str]) -> None:
    shown = page(officer, **PERIOD, **query).content.decode()
    links = [(html.unescape(address), text) for address, text in LINK.findall(shown)]
    numbers = {(address, int(text)) for address, text in links if text.isdecimal()}
    assert len(numbers) > 30

    for address, number in numbers:
        context = page(officer, address).context
        assert (context["total"], len(context["rows"])) == (number, number), address


@pytest.mark.usefixtures("month")
def test_every_figure_that_is_explained_has_rows_behind_it(page: Page, officer: Staff) -> None:
    shown = page(officer, **PERIOD)
    linked = {urlsplit(html.unescape(address)).path.split("/")[2] for address, _text in LINK.findall(shown.content.decode())}

    assert {figure.name for figure in shown.context["explained"]} <= linked
    assert {number["figure"].name for number in shown.context["numbers"]} <= linked


@pytest.mark.usefixtures("month")
def test_a_head_sees_the_own_department_whatever_the_address_says(page: Page, head: Staff, network: Department) -> None:
    forged = page(head, **PERIOD, department="BOSS").context

    check(forged["found"], lambda _ticket: True, network)
    assert [line.key for line in forged["found"].departments] == [network]
    assert "department" not in forged["form"].fields
    rows = page(head, f"{DASHBOARD}resolve_due/", **PERIOD, department="BOSS").context["rows"]
    assert {order.department for order in rows} == {network}


@pytest.mark.usefixtures("month")
def test_a_manager_of_a_city_sees_that_city(page: Page, qingdao: Region) -> None:
    local = factories.staff("6002", "青岛分公司经理", None, [Role.MANAGER], qingdao)

    shown = page(local, **PERIOD).context
    check(shown["found"], lambda ticket: ticket.region == qingdao)
    assert set(shown["form"].nodes["region"]) == {"qd"}
    assert page(local, **PERIOD, region="jn").context["form"].errors["region"]


@pytest.mark.usefixtures("month")
def test_nobody_finds_a_row_that_they_may_not_open(page: Page, head: Staff, qingdao: Region) -> None:
    local = factories.staff("6002", "青岛分公司经理", None, [Role.MANAGER], qingdao)

    for person in (head, local):
        shown = page(person, **PERIOD).content.decode()
        visible = set(policies.visible_to(person).values_list("pk", flat=True))
        for address in {
            html.unescape(address) for address, _text in LINK.findall(shown) if "start=2026-11-02&amp;end=2026-11-22" in address
        }:
            rows = page(person, address).context["rows"]
            assert {getattr(row, "complaint_id", None) or getattr(row, "ticket_id", None) or row.pk for row in rows} <= visible


@pytest.mark.parametrize("role", ["agent", "handler", "contact", "stranger_without_head"])
def test_the_dashboard_is_for_those_who_answer_for_figures(
    client: Client,
    agent: Staff,
    handler: Staff,
    contact: Staff,
    finance: Department,
    role: str,
) -> None:
    people = {
        "agent": agent,
        "handler": handler,
        "contact": contact,
        "stranger_without_head": factories.staff("9", "无部门", None, [Role.HEAD, Role.MANAGER]),
    }
    client.force_login(people[role])

    assert [client.get(address).status_code for address in (DASHBOARD, f"{DASHBOARD}filed/")] == [403, 403]


@pytest.mark.parametrize("departments", [1, 30])
def test_the_page_makes_the_same_queries_for_any_number_of_rows(
    page: Page,
    told: Told,
    flow: Flow,
    office: Calendar,
    officer: Staff,
    departments: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(departments):
        lead = factories.department(f"D{number}", f"部门{number}", office)
        flow.contacts[lead.pk] = factories.staff(f"7{number:03d}", "接口人", lead, [Role.CONTACT])
        flow.done(flow.sent(told(number), lead, at=number + 1), accepted=number + 1.1, replied=number + 2)
    client = page(officer, **PERIOD).client

    with django_assert_num_queries(11):
        shown = client.get(DASHBOARD, PERIOD)

    assert len(shown.context["found"].departments) == departments


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "2026-11-10", "end": "2026-11-01"}, "end"),
        ({"start": "2020-01-01", "end": "2026-11-01"}, "end"),
        ({"start": "soon", "end": "2026-11-01"}, "start"),
        ({"start": "2026-11-01", "end": "9999-12-31"}, "end"),
        ({"region": "nowhere"}, "region"),
        ({"category": "\x00"}, "category"),
        ({"urgency": "1"}, "urgency"),
        ({"start": "2026-11-01"}, "end"),
    ],
)
def test_a_wrong_choice_is_named_and_the_last_30_days_are_shown(
    page: Page, officer: Staff, query: dict[str, str], field: str
) -> None:
    shown = page(officer, **query).context

    assert list(shown["form"].errors) == [field]
    assert timezone.localtime(shown["scope"].start).date() == VIEWED.date() - dt.timedelta(days=29)
    assert page(officer, f"{DASHBOARD}filed/", **query).context["total"] == 0


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("last_30_days", "2026-03-01", "2026-01-31", "2026-03-01"),
        ("this_month", "2026-02-28", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-15", "2025-12-01", "2025-12-31"),
        ("last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("this_quarter", "2026-11-24", "2026-10-01", "2026-11-24"),
        ("last_quarter", "2026-02-01", "2025-10-01", "2025-12-31"),
        ("last_quarter", "2026-12-31", "2026-07-01", "2026-09-30"),
    ],
)
def test_named_periods(name: str, today: str, first: str, last: str) -> None:
    assert [f"{day}" for day in preset(name, dt.date.fromisoformat(today))] == [first, last]


def test_a_named_period_keeps_what_else_was_chosen(page: Page, officer: Staff) -> None:
    shown = page(officer, period="last_month", urgency="urgent").context

    assert (f"{timezone.localtime(shown['scope'].start):%Y-%m-%d}", shown["scope"].urgency) == ("2026-10-01", "urgent")
    assert [each["active"] for each in shown["presets"]] == [False, False, True, False, False]
    assert all(parse_qs(each["address"])["urgency"] == ["urgent"] for each in shown["presets"])


def test_an_empty_period_says_so(page: Page, officer: Staff) -> None:
    shown = page(officer)

    assert "Nothing fell due in this period." in shown.content.decode()
    assert (shown.context["found"].overall_share, Callback.objects.count()) == (None, 0)


def test_long_lists_of_callbacks_have_pages(page: Page, told: Told, flow: Flow, officer: Staff) -> None:
    for number in range(51):
        flow.called(told(number, then="solved", answer="已重启"), at=number + 1, solved=True, satisfaction=4)

    first = page(officer, f"{DASHBOARD}reached/", **PERIOD)
    second = page(officer, f"{DASHBOARD}reached/", **PERIOD, after=str(first.context["following"]))

    assert (first.context["total"], len(first.context["rows"]), len(second.context["rows"])) == (51, 50, 1)
    assert second.context["following"] is None
