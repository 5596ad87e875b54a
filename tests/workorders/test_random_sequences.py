"""After any sequence of actions by anyone, the invariants hold and `verify` finds nothing."""

import datetime as dt

import pgtrigger
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import DomainError
from organization.actions.calendars import calendar_changed
from organization.models import Department, Region, Staff, WorkWindow
from organization.queries import calendars
from tests import factories
from tests.conftest import NOW
from tests.workorders.books import check_ledgers
from workorders.actions.limits import set_limits
from workorders.actions.recalculating import recalculate
from workorders.actions.reorganizing import absorb_department
from workorders.enums import Hours, OrderRole, OrderState, TicketState
from workorders.menu import ORDER_MENU, TICKET_MENU, perform
from workorders.models import Category, Clock, OlaRule, Ticket
from workorders.queries.recalculation import RuleBook, by_calendar, by_limits
from workorders.rebuild import differences

pytestmark = [pytest.mark.usefixtures("limits"), pytest.mark.django_db]

#: Things an administrator does to everybody's clocks.
EDITS = ["set_limits", "edit_calendar", "absorb_department"]
ITEMS = EDITS + [item.name for item in (*TICKET_MENU, *ORDER_MENU) if item.name != "attach"]
STEPS = st.lists(
    st.tuples(st.sampled_from(ITEMS), st.integers(0, 9), st.integers(0, 5), st.integers(0, 600)),
    min_size=5,
    max_size=25,
)


def typed(departments: list[Department], staff: list[Staff], ticket: Ticket, pick: int, now: dt.datetime) -> dict[str, object]:
    """Return something to type into whatever form comes."""
    one = departments[pick % len(departments)]
    return {
        "lead": one.pk,
        "assists": [departments[(pick + 1) % len(departments)].pk],
        "department": one.pk,
        "proposed": "",
        "question": "请协助",
        "reason": ["not_ours", "wait_customer", "说明"][pick % 3],
        "evidence": "已联系客户",
        "contact": "已告知",
        "decision_reason": "同意",
        "customer_agreed": pick % 2 == 0,
        "until": (now + dt.timedelta(hours=2 + 5 * pick)).isoformat(),
        "result": "已处理",
        "cause": "fault",
        "liability": "operator",
        "customer_contacted": pick % 2 == 0,
        "text": "已告知",
        "answer": "已告知",
        "remark": "",
        "defects": "缺复测",
        "ruling_reason": "核实",
        "urgency": ["urgent", "major"][pick % 2],
        "assignee": staff[pick % len(staff)].pk,
        "into": Ticket.objects.exclude(pk=ticket.pk).first().number,
        "category": Category.objects.filter(children=None)[pick % 2].pk,
    }


def edit(name: str, pick: int, department: Department, administrator: Staff, now: dt.datetime) -> None:
    """Change a limit or a calendar, and recompute the open clocks by it."""
    tickets = list(Ticket.objects.values_list("pk", flat=True))
    if name == "absorb_department":
        absorb_department(department=department, into=Department.objects.get(code="FINANCE"), by=administrator, now=now)
        return
    if name == "set_limits":
        limit = OlaRule(department=department, urgency="normal", acknowledge_minutes=20 + pick, resolve_minutes=300 + 200 * pick)
        limit.effective_from = now
        set_limits(limits=[limit], by=administrator, now=now)
        before = RuleBook.read(now, without=frozenset({limit.pk}))
        targeting = by_limits(before, RuleBook.read(now))
    else:
        calendar = department.calendar
        WorkWindow.objects.filter(calendar=calendar, starts=dt.time(13, 30)).update(ends=dt.time(16 + pick % 5))
        calendar = calendar_changed(calendar=calendar, by=administrator, now=now)
        if pick % 2:
            return
        targeting = by_calendar(calendar)
    recalculate(tickets=tickets, targeting=targeting, data={}, by=administrator, now=now)


def check_invariants() -> None:
    for ticket in Ticket.objects.all():
        open_orders = list(ticket.orders.filter(state__in=OrderState.OPEN))
        if ticket.state in TicketState.FINAL or ticket.state in {TicketState.AWAITING_REPLY, TicketState.AWAITING_CALLBACK}:
            assert open_orders == []
        if ticket.state == TicketState.IN_PROGRESS:
            assert any(order.state in OrderState.WORKING for order in open_orders)
        if ticket.state == TicketState.ON_HOLD:
            assert {o.state for o in open_orders if o.state in OrderState.WORKING} == {OrderState.ON_HOLD}
        assert sum(order.role == OrderRole.LEAD for order in open_orders) <= 1
    for clock in Clock.objects.filter(order__state__in=[*OrderState.FINAL, OrderState.REPLIED], kind="resolve"):
        assert clock.stopped_at is not None
    assert list(differences()) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, hours=st.sampled_from(Hours.values), microseconds=st.integers(0, 59_999_999))
def test_any_sequence_of_actions_keeps_the_invariants(
    steps: list[tuple[str, int, int, int]],
    hours: str,
    microseconds: int,
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    head: Staff,
    biller: Staff,
    network: Department,
    billing: Department,
    finance: Department,
    administrator: Staff,
) -> None:
    people = [agent, officer, duty, contact, head, biller]
    for kept in (calendars._built, calendars._kept):
        # The examples' revisions are rolled back and given out again.
        kept.cache_clear()
    with transaction.atomic():
        now = NOW
        with pgtrigger.ignore("workorders.OlaRule:append_only"):
            OlaRule.objects.update(hours=hours)
        OlaRule.objects.create(department=billing, urgency="normal", acknowledge_minutes=30, resolve_minutes=480, hours="working")
        ticket = factories.ticket(category, jinan, agent, now)
        factories.dispatched(ticket, network, billing, by=officer, at=now)
        factories.dispatched(factories.ticket(category, jinan, agent, now), finance, by=officer, at=now)
        for name, pick, person, minutes in steps:
            now += dt.timedelta(minutes=minutes, microseconds=microseconds if minutes else 0)
            ticket.refresh_from_db()
            is_ticket = name in {item.name for item in TICKET_MENU}
            orders = list(ticket.orders.select_related("department"))
            subject = ticket if is_ticket else orders[pick % len(orders)]
            data = typed([network, billing, finance], people, ticket, pick, now)
            try:
                with transaction.atomic():
                    if name in EDITS:
                        edit(name, pick, [network, billing][pick % 2], administrator, now)
                        continue
                    perform(people[person], subject, name, data=data, now=now)
            except DomainError:
                pass
        check_invariants()
        assert check_ledgers(now + dt.timedelta(minutes=7)) == 2
        transaction.set_rollback(True)
