"""What the dialogs propose and refuse."""

import datetime as dt

import pytest

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import returning
from workorders.forms import DispatchForm
from workorders.menu import FormInvalid, perform
from workorders.models import Category, Ticket, WorkOrder

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def order(category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department) -> WorkOrder:
    factories.route(category, network)
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def returned(order: WorkOrder, contact: Staff, duty: Staff, reason: str, proposed: Department | None) -> Ticket:
    later = NOW + 5 * MINUTE
    returning.request_return(order=order, reason=reason, evidence="核实", proposed=proposed, by=contact, now=later)
    returning.uphold_return(order=order, by=duty, now=later)
    return Ticket.objects.get(pk=order.ticket_id)


def dialog(ticket: Ticket, officer: Staff) -> DispatchForm:
    return DispatchForm(subject=ticket, user=officer, now=NOW + 6 * MINUTE)


def test_dispatch_after_a_return_proposes_whom_the_returner_named(
    order: WorkOrder, contact: Staff, duty: Staff, officer: Staff, billing: Department
) -> None:
    form = dialog(returned(order, contact, duty, "not_ours", billing), officer)

    assert (form["lead"].initial, list(form.fields["lead"].queryset)) == (billing.pk, [billing])
    assert "网络部" in form.fields["lead"].help_text


def test_dispatch_after_a_return_that_named_nobody_proposes_nobody(
    order: WorkOrder, contact: Staff, duty: Staff, officer: Staff, billing: Department
) -> None:
    assert dialog(returned(order, contact, duty, "not_ours", None), officer)["lead"].initial is None


def test_dispatch_to_the_department_that_returned_it_is_refused(
    order: WorkOrder, contact: Staff, duty: Staff, officer: Staff, network: Department
) -> None:
    ticket = returned(order, contact, duty, "not_ours", None)

    with pytest.raises(FormInvalid) as refused:
        perform(officer, ticket, "dispatch", data={"lead": network.pk}, now=NOW + 6 * MINUTE)

    assert set(refused.value.errors) == {"lead"}
    assert "退" in refused.value.errors["lead"]


def test_a_return_for_missing_facts_may_go_back_with_a_warning(
    order: WorkOrder, contact: Staff, duty: Staff, officer: Staff, network: Department
) -> None:
    form = dialog(returned(order, contact, duty, "incomplete", None), officer)

    assert (form["lead"].initial, list(form.fields["lead"].queryset)) == (None, [network])
    assert "网络部" in form.fields["lead"].help_text
