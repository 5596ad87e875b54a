"""A ticket is merged only into an open one of the same customer and category, picked from a list."""

import pytest
from django.test import Client

from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint, Customer
from foundation.errors import Invalid
from organization.models import Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import closing
from workorders.forms import MergeForm
from workorders.menu import FormInvalid, perform
from workorders.models import Category, Ticket
from workorders.story import story

pytestmark = pytest.mark.usefixtures("limits", "verified")


@pytest.fixture
def other(jinan: Region) -> Customer:
    return Customer.objects.create(number="13800000002", name="另一客户", region=jinan)


def filed(customer: Customer, leaf: Category, agent: Staff, subject: str = "没有信号") -> Complaint:
    facts = Facts(
        customer=customer,
        contact_phone=customer.number,
        category=leaf,
        channel="hotline",
        region=customer.region,
        subject=subject,
        description="家里没有信号",
    )
    key = f"merge-{Ticket.objects.count()}"
    return file_complaint(facts=facts, then="triage", filing_key=key, by=agent, now=NOW)


def test_the_dialog_lists_the_customers_open_tickets_of_the_category(
    customer: Customer, other: Customer, category: Category, agent: Staff, officer: Staff
) -> None:
    source, target = filed(customer, category, agent), filed(customer, category, agent, "又没有信号")
    filed(other, category, agent)
    filed(customer, factories.category("FEE/PLAN/TOLD", "未告知"), agent)

    field = MergeForm(subject=source.ticket, user=officer, now=NOW)["into"].field

    shown = [label for value, label in field.choices if value]
    assert shown == [f"{target.ticket.number} · 又没有信号 · 预处理 · 11-02 09:00"]


def test_merging_names_the_target_on_page_and_timeline(
    customer: Customer, category: Category, agent: Staff, officer: Staff, client: Client
) -> None:
    source, target = filed(customer, category, agent), filed(customer, category, agent)

    perform(officer, source.ticket, "merge", data={"into": target.ticket.number}, now=NOW)

    merged = Ticket.objects.get(pk=source.pk)
    told = {line.event.kind: line.said for line in story(officer, merged, NOW).lines}
    client.force_login(officer)
    assert (merged.state, merged.merged_into_id, told["ticket.merge"]) == ("merged", target.pk, [target.ticket.number])
    assert f"并入 {target.ticket.number}" in client.get(f"/tickets/{source.pk}/").content.decode()


@pytest.mark.parametrize("whose", ["other customer", "other category", "nobody's"])
def test_merging_into_anything_else_is_refused_beside_the_field(
    whose: str, customer: Customer, other: Customer, category: Category, agent: Staff, officer: Staff, jinan: Region
) -> None:
    source = filed(customer, category, agent).ticket
    target = {
        "other customer": lambda: filed(other, category, agent).ticket,
        "other category": lambda: filed(customer, factories.category("FEE/PLAN/TOLD", "未告知"), agent).ticket,
        "nobody's": lambda: factories.ticket(category, jinan, agent, NOW),
    }[whose]()

    with pytest.raises(FormInvalid) as by_form:
        perform(officer, source, "merge", data={"into": target.number}, now=NOW)
    with pytest.raises(Invalid) as by_action:
        closing.merge(ticket=source, into=target, by=officer, now=NOW)

    assert (set(by_form.value.errors), set(by_action.value.errors)) == ({"into"}, {"into"})
    assert target.number in by_form.value.errors["into"]
    assert set(Ticket.objects.values_list("merged_into", flat=True)) == {None}
