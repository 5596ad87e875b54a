"""Pages, queues, figures and the API cope with tickets to which nothing was promised, and people can work on them."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from complaints.imports.importing import take
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.complaints.imports.conftest import changed, row
from workorders.actions import closing, handling, transferring, urging
from workorders.models import Clock, Ticket
from workorders.rebuild import differences

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
DONE = {"state": "归档", "closed": "2026-03-03 09:00:01", "note": "已处理"}


@pytest.fixture
def imported(operator: None, file: Callable) -> None:
    take(file(row(due=""), row(no="2", due="", **DONE)), changed(), now=NOW)


@pytest.fixture
def person(imported: None) -> Callable[..., Staff]:
    def _person(number: str, code: str | None, *roles: str) -> Staff:
        department = Department.objects.get(code=code) if code else None
        return factories.staff(number, number, department, list(roles), Region.objects.get())

    return _person


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_and_api_answer(person: Callable, language: str) -> None:
    officer = person("o", None, Role.TRIAGE, Role.DISPATCHER, Role.DUTY, Role.VISITOR, Role.REVIEWER, Role.SUPERVISOR)
    contact, manager = person("c", "NETWORK", Role.HANDLER, Role.CONTACT, Role.HEAD), person("m", None, Role.MANAGER)
    addresses = [f"/tickets/{pk}/" for pk in Ticket.objects.values_list("pk", flat=True)]
    for user, pages in (
        (officer, [*addresses, "/queues/all/"]),
        (contact, [*addresses, "/queues/department/"]),
        (manager, ["/dashboard/", "/dashboard/?start=2026-03-01&end=2026-03-31"]),
    ):
        client = Client(headers={"accept-language": language})
        client.force_login(user)
        for page in pages:
            assert client.get(page).status_code == 200, page
    api = APIClient()
    api.force_authenticate(officer)
    for pk in Ticket.objects.values_list("pk", flat=True):
        assert api.get(f"/api/v1/tickets/{pk}/").json()["clocks"] == []


def test_ticket_page_claims_nothing_that_is_not_known(person: Callable, file: Callable) -> None:
    take(file(row(no="3")), changed(), now=NOW)
    client = Client(headers={"accept-language": "en"})
    client.force_login(person("o", None, Role.TRIAGE))

    def page(key: str) -> str:
        answer = client.get(f"/tickets/{Ticket.objects.get(filing_key=key).pk}/")
        return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())

    closed, agreed = page("test:2"), page("test:3")
    assert "已处理" in closed
    assert "已处理 ·" not in closed
    assert "as agreed for this ticket · natural hours" in agreed


def test_department_can_work_on_it(person: Callable) -> None:
    contact, duty = person("c", "NETWORK", Role.HANDLER, Role.CONTACT), person("d", None, Role.DUTY, Role.REVIEWER, Role.VISITOR)
    ticket = Ticket.objects.get(filing_key="test:1")
    order = ticket.orders.get()

    urging.escalate(ticket=ticket, urgency="urgent", reason="客户催", by=duty, now=NOW)
    handling.accept(order=order, by=contact, now=NOW)
    transferring.transfer(order=order, department=Department.objects.get(code="CARE"), reason="归口客服", by=contact, now=NOW)
    closing.cancel(ticket=ticket, reason="客户撤诉", by=duty, now=NOW)

    # The successor's promise is our own; the imported leg keeps none.
    assert set(Clock.objects.values_list("order__department__code", "kind")) == {("CARE", "acknowledge"), ("CARE", "resolve")}
    assert list(differences()) == []


def test_satisfied_by_none_is_handled_anew_under_our_own_limits(person: Callable) -> None:
    contact = person("c", "NETWORK", Role.HANDLER, Role.CONTACT)
    visitor = person("v", None, Role.VISITOR, Role.REVIEWER)
    ticket = Ticket.objects.get(filing_key="test:1")
    order = ticket.orders.get()
    order = handling.accept(order=order, by=contact, now=NOW)
    handling.reply(order=order, result="已处理", cause="fault", liability="operator", customer_contacted=True, by=contact, now=NOW)
    ticket.refresh_from_db()
    if ticket.state == "in_review":
        from workorders.actions.reviewing import approve

        approve(order=order, by=visitor, now=NOW)
    closing.redispatch(ticket=ticket, reason="仍然慢", by=visitor, now=NOW)

    assert Clock.objects.get(order=None).episode == 1
    assert list(differences()) == []
