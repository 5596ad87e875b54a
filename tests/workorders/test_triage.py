"""Triage corrects what the front line got wrong, and whoever may dispatch does both in one step."""

import datetime as dt

import pytest

from foundation.errors import Invalid, NotAllowed
from journal.models import Event
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import filing, forwarding
from workorders.forms import ForwardForm, PrepareForm
from workorders.menu import menu_for, perform
from workorders.models import Category, Ticket
from workorders.story import story

pytestmark = pytest.mark.usefixtures("limits", "verified")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ticket(category: Category, jinan: Region, agent: Staff, network: Department) -> Ticket:
    factories.route(category, network)
    filed = factories.ticket(category, jinan, agent, NOW)
    return filing.submit(ticket=filed, by=agent, now=NOW)


@pytest.fixture
def dispatcher(centre: Department) -> Staff:
    return factories.staff("2003", "派单员", centre, [Role.DISPATCHER])


def test_triage_corrects_category_region_and_urgency(ticket: Ticket, officer: Staff, qingdao: Region) -> None:
    fee = factories.category("FEE/PLAN/TOLD", "未告知")
    corrected = {"category": fee.pk, "region": qingdao.pk, "urgency": "urgent", "remark": "已核实"}

    perform(officer, ticket, "prepare", data=corrected, now=NOW + HOUR)

    ticket.refresh_from_db()
    said = next(line.said for line in story(officer, ticket, NOW + HOUR).lines if line.event.kind == "ticket.prepare")
    assert (ticket.category, ticket.region, ticket.urgency, ticket.state) == (fee, qingdao, "urgent", "awaiting_dispatch")
    assert ticket.due_at == NOW + 25 * HOUR
    assert said == ["已核实", "室内覆盖 → 未告知", "济南 → 青岛", "普通 → 紧急"]


def test_triage_does_not_lower_the_urgency(category: Category, jinan: Region, agent: Staff, officer: Staff) -> None:
    filed = factories.ticket(category, jinan, agent, NOW, urgency="major")
    filing.submit(ticket=filed, by=agent, now=NOW)

    with pytest.raises(Invalid) as refused:
        filing.prepare(ticket=filed, urgency="normal", by=officer, now=NOW)

    assert set(refused.value.errors) == {"urgency"}
    form = PrepareForm(subject=filed, user=officer, now=NOW)
    assert [value for value, _label in form.fields["urgency"].choices] == ["major"]


def test_categories_are_listed_by_their_whole_path(ticket: Ticket, officer: Staff) -> None:
    form = PrepareForm(subject=ticket, user=officer, now=NOW)

    assert [label for value, label in form["category"].field.choices if value] == ["NET / NET-COVER / 室内覆盖"]


def test_an_officer_sends_a_ticket_from_triage_to_the_departments_in_one_step(
    ticket: Ticket, officer: Staff, network: Department
) -> None:
    form = ForwardForm(subject=ticket, user=officer, now=NOW)
    perform(officer, ticket, "forward", data={"lead": network.pk, "remark": "已核实", "urgency": "urgent"}, now=NOW + HOUR)

    ticket.refresh_from_db()
    made = Event.objects.filter(kind__in=["ticket.prepare", "ticket.dispatch"]).order_by("seq").values_list("kind", "by")
    assert form.fields["lead"].initial == network.pk
    assert (ticket.state, ticket.urgency, ticket.orders.get().department) == ("in_progress", "urgent", network)
    assert list(made) == [("ticket.prepare", officer.pk), ("ticket.dispatch", officer.pk)]


def test_a_dispatcher_leaves_the_preparing_to_the_system(ticket: Ticket, dispatcher: Staff, network: Department) -> None:
    form = ForwardForm(subject=ticket, user=dispatcher, now=NOW)
    with pytest.raises(NotAllowed):
        forwarding.forward(ticket=ticket, lead=network, urgency="urgent", by=dispatcher, now=NOW + HOUR)

    perform(dispatcher, ticket, "forward", data={"lead": network.pk, "urgency": "urgent"}, now=NOW + HOUR)

    ticket.refresh_from_db()
    assert list(form.fields) == ["lead", "question", "assists"]
    assert (ticket.state, ticket.urgency) == ("in_progress", "normal")
    assert Event.objects.get(kind="ticket.prepare").by == Staff.objects.system()


def test_the_one_step_is_offered_to_those_who_may_dispatch(ticket: Ticket, officer: Staff, dispatcher: Staff, duty: Staff) -> None:
    offered = {person: {item.name for item in menu_for(person, ticket, NOW)} for person in (officer, dispatcher, duty)}

    assert [("forward" in offered[person]) for person in (officer, dispatcher, duty)] == [True, True, False]
