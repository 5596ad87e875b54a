"""Queues, the ticket page and exports: the right rows, the right buttons, and the same queries for one row and for many."""

import csv
import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions import handling, noting
from workorders.models import Category, Ticket, WorkOrder
from workorders.queries import queues

pytestmark = pytest.mark.usefixtures("limits")


@pytest.fixture
def client_of() -> Callable[[Staff], Client]:
    def _client(person: Staff) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return _client


@pytest.fixture
def orders(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department
) -> Callable[[int], list[WorkOrder]]:
    def _orders(count: int) -> list[WorkOrder]:
        return [
            factories.dispatched(
                factories.ticket(category, jinan, agent, NOW, subject=f"第{number}号投诉"),
                network,
                by=officer,
                at=NOW,
            )
            for number in range(count)
        ]

    return _orders


@pytest.mark.parametrize("item_count", [1, 30])
def test_queue_costs_the_same_for_many_rows(
    item_count: int,
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    django_assert_num_queries: Callable,
) -> None:
    orders(item_count)
    client = client_of(contact)

    with django_assert_num_queries(9):
        response = client.get("/queues/department/")

    assert len(response.context["rows"]) == item_count


@pytest.mark.parametrize("item_count", [1, 12])
def test_ticket_page_costs_the_same_for_many_events(
    item_count: int,
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    django_assert_max_num_queries: Callable,
) -> None:
    order = orders(1)[0]
    for _each in range(item_count):
        noting.add_note(ticket=order.ticket, text="备注", by=contact, now=NOW)
    client = client_of(contact)

    with django_assert_max_num_queries(20):
        response = client.get(f"/tickets/{order.ticket_id}/")

    assert len(response.context["story"].lines) == item_count + 5


def test_queue_pages_follow_each_other_without_gap_or_overlap(orders: Callable, client_of: Callable, contact: Staff) -> None:
    made = {order.pk for order in orders(53)}
    client = client_of(contact)

    first = client.get("/queues/department/")
    second = client.get("/queues/department/", {"after": str(first.context["following"])})

    shown = [row.pk for row in [*first.context["rows"], *second.context["rows"]]]
    assert (len(first.context["rows"]), len(second.context["rows"]), set(shown)) == (50, 3, made)


def test_the_address_narrows_the_queue_and_the_exports_alike(orders: Callable, client_of: Callable, contact: Staff) -> None:
    orders(3)
    client = client_of(contact)

    page = client.get("/queues/department/", {"text": "第1号"})
    text = b"".join(client.get("/queues/department/export.csv", {"text": "第1号"}).streaming_content).decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/queues/department/export.xlsx", {"text": "第1号"}).content))

    numbers = [row.ticket.number for row in page.context["rows"]]
    assert len(numbers) == 1
    assert [row[0] for row in list(csv.reader(io.StringIO(text)))[1:]] == numbers
    assert [row[0] for row in list(book.active.values)[1:]] == numbers


def test_a_formula_in_a_subject_is_text_in_the_export(
    category: Category,
    jinan: Region,
    agent: Staff,
    client_of: Callable,
) -> None:
    factories.ticket(category, jinan, agent, NOW, subject='=HYPERLINK("http://x")')

    text = b"".join(client_of(agent).get("/queues/filed/export.csv").streaming_content).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text)))[1][1] == '\'=HYPERLINK("http://x")'


def test_bulk_accept_does_what_it_can_and_says_what_it_could_not(
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    handler: Staff,
) -> None:
    free, taken = orders(2)
    handling.accept(order=taken, by=handler, now=NOW)

    response = client_of(contact).post(
        "/queues/department/bulk/",
        {"action": "accept", "row": [free.pk, taken.pk]},
        follow=True,
    )

    told = [(message.level_tag, str(message)) for message in response.context["messages"]]
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.assignee, taken.assignee) == (contact, handler)
    assert [level for level, _text in told] == ["warning"]
    assert told[0][1].startswith("已接单 1 条；1 条未处理")
    assert handler.name in told[0][1]
    assert str(taken) in told[0][1]


def test_bulk_gathers_equal_reasons_and_names_only_some_of_the_rows(
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    handler: Staff,
) -> None:
    made = orders(12)
    for order in made:
        handling.accept(order=order, by=handler, now=NOW)

    response = client_of(contact).post(
        "/queues/department/bulk/", {"action": "accept", "row": [order.pk for order in made]}, follow=True
    )

    (told,) = response.context["messages"]
    assert (told.level_tag, str(told).count("<li>"), str(told).count("261102")) == ("error", 1, 10)
    assert str(told).startswith("12 条未处理")


def test_the_result_of_one_action_names_what_was_done(orders: Callable, client_of: Callable, contact: Staff) -> None:
    order = orders(1)[0]

    response = client_of(contact).post(f"/orders/{order.pk}/actions/accept/", follow=True)

    assert [str(message) for message in response.context["messages"]] == [f"{order} 已接单"]


def test_replies_to_review_stand_by_the_time_the_customer_has_left(
    category: Category,
    jinan: Region,
    agent: Staff,
    officer: Staff,
    contact: Staff,
    network: Department,
    client_of: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = []
    for number, urgency in enumerate(["normal", "major", "urgent", "normal", "major"]):
        at = NOW + number * dt.timedelta(minutes=1)
        order = factories.dispatched(factories.ticket(category, jinan, agent, at, urgency=urgency), network, by=officer, at=at)
        handling.accept(order=order, by=contact, now=at)
        handling.reply(order=order, by=contact, now=at, result="已恢复", cause="fault", liability="operator")
        expected.append((Ticket.objects.get(pk=order.ticket_id).due_at, order.pk))
    Ticket.objects.filter(pk=WorkOrder.objects.get(pk=expected[2][1]).ticket_id).update(due_at=None)
    last = expected.pop(2)
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    client = client_of(officer)

    shown, after = [], ""
    while True:
        page = client.get("/queues/review/", {"after": after} if after else {})
        shown += [row.pk for row in page.context["rows"]]
        after = str(page.context["following"] or "")
        if not after:
            break

    assert shown == [pk for _due, pk in sorted(expected)] + [last[1]]
    assert "已等待质检" in page.content.decode()


def test_an_order_says_which_of_its_promises_runs_out(orders: Callable, client_of: Callable, contact: Staff) -> None:
    _waiting, accepted = orders(2)
    handling.accept(order=accepted, by=contact, now=NOW)

    rows = client_of(contact).get("/queues/department/").context["rows"]

    assert [(row.pk == accepted.pk, row.is_to_accept) for row in rows] == [(False, True), (True, False)]


def test_the_duty_officer_begins_with_the_returns(client_of: Callable, duty: Staff) -> None:
    assert client_of(duty).get("/")["Location"] == "/queues/returns/"


def test_filters_that_fit_nothing_say_so_and_can_be_cleared(orders: Callable, client_of: Callable, contact: Staff) -> None:
    orders(1)
    client = client_of(contact)

    filtered = client.get("/queues/department/", {"text": "没有这样的工单", "urgency": ""})
    empty = client.get("/queues/mine/")

    assert filtered.context["active"] == 1
    assert "没有符合条件的工单" in filtered.content.decode()
    assert "清除筛选" in filtered.content.decode()
    assert "清除筛选" not in empty.content.decode()


def test_a_stale_page_changes_nothing_and_says_what_changed(
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    handler: Staff,
) -> None:
    order = orders(1)[0]
    client = client_of(contact)
    seen = client.get(f"/tickets/{order.ticket_id}/").context["story"].seen
    handling.accept(order=order, by=handler, now=NOW)

    response = client.post(f"/orders/{order.pk}/actions/assign/", {"assignee": contact.pk, "seen": seen})

    order.refresh_from_db()
    assert response.status_code == 409
    assert handler.name in response.content.decode()
    assert order.assignee == handler


def test_a_dialog_opened_on_a_stale_page_says_at_once_what_changed(
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    handler: Staff,
) -> None:
    order = orders(1)[0]
    client = client_of(contact)
    seen = client.get(f"/tickets/{order.ticket_id}/").context["story"].seen
    handling.accept(order=order, by=handler, now=NOW)

    assign, accept = (client.get(f"/orders/{order.pk}/actions/{name}/", {"seen": seen}) for name in ("assign", "accept"))

    assert (assign.status_code, accept.status_code) == (409, 409)
    assert handler.name in str(assign.context["error"].detail)
    assert (assign.context["seen"], assign.context["is_gone"], accept.context["is_gone"]) == (seen + 1, False, True)
    assert 'type="submit"' not in accept.content.decode().partition("modal-footer")[2].partition("</form>")[0]
    assert client.get(f"/orders/{order.pk}/actions/assign/", {"seen": seen + 1}).status_code == 200


def test_wrong_input_keeps_what_was_typed(orders: Callable, client_of: Callable, contact: Staff) -> None:
    order = orders(1)[0]
    handling.accept(order=order, by=contact, now=NOW)

    response = client_of(contact).post(f"/orders/{order.pk}/actions/reply/", {"result": "查到一半\x07"})

    assert response.status_code == 422
    assert "查到一半" in response.content.decode()
    assert response.context["form"].errors.keys() == {"cause", "liability"}


def test_an_attachment_is_served_to_those_who_may_see_the_ticket(
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    stranger: Staff,
    settings: object,
    tmp_path: object,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    order = orders(1)[0]
    client = client_of(contact)
    client.post(f"/tickets/{order.ticket_id}/actions/attach/", {"upload": SimpleUploadedFile("截图.png", b"\x89PNG\r\n\x1a\nrest")})
    refused = client.post(f"/tickets/{order.ticket_id}/actions/attach/", {"upload": SimpleUploadedFile("病毒.png", b"MZ...")})
    kept = Ticket.objects.get().attachments.get()

    response = client.get(f"/attachments/{kept.pk}/")

    assert (refused.status_code, response.status_code, client_of(stranger).get(f"/attachments/{kept.pk}/").status_code) == (
        422,
        200,
        404,
    )
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == b"\x89PNG\r\n\x1a\nrest"


def test_only_the_permitted_actions_are_offered(
    orders: Callable,
    client_of: Callable,
    contact: Staff,
    agent: Staff,
    manager: Staff,
) -> None:
    order = orders(1)[0]

    def offered(person: Staff) -> set[str]:
        with time_machine.travel(NOW, tick=False):
            told = client_of(person).get(f"/tickets/{order.ticket_id}/").context["story"]
        return {item.name for item in [*told.actions, *told.legs[0].actions]}

    assert offered(contact) == {"add_assist", "note", "attach", "accept", "assign", "request_return", "transfer"}
    assert offered(agent) == {"urge_ticket", "escalate", "note", "attach", "urge"}
    assert offered(manager) == {"note", "attach"}
