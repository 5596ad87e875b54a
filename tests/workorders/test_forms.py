"""What the action forms offer, and what they leave to the person."""

import pytest

from organization.models import Department, Staff
from tests import factories
from workorders.forms import DispatchForm, HoldForm, ReplyForm, ReturnForm
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits")


@pytest.mark.parametrize(
    ("kind", "field"), [(ReplyForm, "cause"), (ReplyForm, "liability"), (ReturnForm, "reason"), (HoldForm, "reason")]
)
def test_a_judgement_is_never_made_for_the_person(
    kind: type, field: str, category: Category, jinan: object, agent: Staff, officer: Staff, network: Department
) -> None:
    ticket = factories.ticket(category, jinan, agent, factories.NOW)
    order = factories.dispatched(ticket, network, by=officer, at=factories.NOW)

    empty = kind({field: ""}, subject=order, user=officer, now=factories.NOW)
    shown = kind(subject=order, user=officer, now=factories.NOW)

    assert shown.fields[field].choices[0][0] == ""
    assert shown[field].initial is None
    assert empty.errors[field] == ["请选择。"]


def test_the_departments_that_the_route_proposes_stand_first(
    category: Category,
    jinan: object,
    agent: Staff,
    officer: Staff,
    network: Department,
    billing: Department,
    finance: Department,
) -> None:
    factories.route(category, billing, 请核查覆盖=network)
    ticket = factories.ticket(category, jinan, agent, factories.NOW)

    form = DispatchForm(subject=ticket, user=officer, now=factories.NOW)
    drawn = form["assists"].as_field_group()

    assert [str(box.choice_label) for box in form["assists"]] == ["网络部", "业务支撑部", "财务部"]
    assert [box.data["selected"] for box in form["assists"]] == [True, False, False]
    assert drawn.count("form-check-input") == drawn.count('type="checkbox"') == 3
