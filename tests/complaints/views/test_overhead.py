"""The register of over-the-head complaints: papers, days left, who decides the liability, and once."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.actions.overhead import end_of
from complaints.actions.overhead_calendar import remind_wanted
from complaints.models import Complaint, Customer, OverHead
from foundation.errors import Invalid
from journal.models import Notice
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.complaints.views.conftest import Filed
from tests.conftest import NOW
from workorders.models import Ticket

pytestmark = pytest.mark.usefixtures("verified")

type Page = Callable[[Staff], Client]
URL = reverse("complaints:overheads")


@pytest.fixture
def earlier(filed: Filed) -> Complaint:
    return filed(ago=dt.timedelta(days=3))


@pytest.fixture
def over(earlier: Complaint, filed: Filed) -> Complaint:
    return filed(ago=dt.timedelta(hours=1), channel="regulator")


def at(complaint: Complaint) -> str:
    return reverse("complaints:overhead", args=[complaint.pk])


def test_the_papers_give_the_date_and_the_days_left(page: Page, officer: Staff, over: Complaint, earlier: Complaint) -> None:
    told = {"step": "papers", "document": "鲁通管申〔2026〕31号", "wanted_on": f"{NOW.date() + dt.timedelta(days=4)}"}
    client = page(officer)

    response = client.post(at(over), {**told, "earlier": earlier.pk})

    assert response.status_code == 302
    kept = OverHead.objects.get()
    assert (kept.pk, kept.document, kept.earlier) == (over.pk, told["document"], earlier)
    assert [(row[0], row[3]) for row in client.get(URL).context["rows"]] == [(over, 4)]


def test_another_customers_complaint_is_not_the_earlier_one(
    page: Page, officer: Staff, filed: Filed, jinan: Region, earlier: Complaint
) -> None:
    other = Customer.objects.create(number="13800000077", name="另一客户", region=jinan)
    over = filed(ago=dt.timedelta(hours=1), channel="media", customer=other)

    response = page(officer).post(at(over), {"step": "papers", "document": "1", "earlier": earlier.pk})

    assert (response.status_code, OverHead.objects.count()) == (422, 0)


def test_the_liability_is_decided_once_with_its_reason(page: Page, duty: Staff, over: Complaint) -> None:
    client, told = page(duty), {"step": "fault", "fault": "ours", "reason": "首次投诉未按时答复"}

    assert client.post(at(over), {**told, "reason": " "}).status_code == 422
    assert client.post(at(over), told).status_code == 302
    assert client.post(at(over), {**told, "fault": "not_ours"}).status_code == 409
    assert client.post(at(over), {"step": "papers", "document": "2"}).status_code == 409

    assert list(OverHead.objects.values_list("fault", "decided_by", "decided_at")) == [("ours", duty.pk, NOW)]


def test_who_may_not_decide_cannot(page: Page, officer: Staff, duty: Staff, network: Department, over: Complaint) -> None:
    told = {"step": "fault", "fault": "ours", "reason": "未按时答复"}

    assert page(officer).post(at(over), told).status_code == 403
    Staff.objects.filter(pk=duty.pk).update(department=network)
    assert page(duty).post(at(over), told).status_code == 403
    assert not OverHead.objects.exists()


def test_the_register_as_a_workbook(page: Page, manager: Staff, over: Complaint) -> None:
    response = page(manager).get(URL, {"format": "xlsx"})

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    assert sheet.max_row == 2
    assert sheet.cell(2, 1).value == Ticket.objects.get(pk=over.pk).number


def test_a_manager_has_the_register_of_the_own_region(page: Page, manager: Staff, over: Complaint, qingdao: Region) -> None:
    elsewhere = factories.staff("6002", "青岛管理者", None, [Role.MANAGER], qingdao)

    assert [row[0] for row in page(manager).get(URL).context["rows"]] == [over]
    assert page(elsewhere).get(URL).context["rows"] == []
    assert page(elsewhere).get(at(over)).status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_register_queries(page: Page, officer: Staff, filed: Filed, item_count: int) -> None:
    for hours in range(item_count):
        filed(ago=dt.timedelta(hours=hours + 1), channel="consumer")
    client = page(officer)
    client.get(URL)

    with CaptureQueriesContext(connection) as asked:
        response = client.get(URL)

    assert (len(response.context["rows"]), len(asked)) == (item_count, 3)


def test_the_day_on_the_letter_is_where_putting_off_ends(page: Page, officer: Staff, over: Complaint, filed: Filed) -> None:
    told = {"step": "papers", "document": "31号"}
    media = filed(ago=dt.timedelta(hours=1), channel="media", document="32号", wanted_on=NOW.date() + dt.timedelta(days=40))
    statutory = over.ticket.statutory_at

    page(officer).post(at(over), {**told, "wanted_on": f"{NOW.date() + dt.timedelta(days=40)}"})
    over.ticket.refresh_from_db()
    assert over.ticket.statutory_at == end_of(NOW.date() + dt.timedelta(days=40))

    assert media.ticket.statutory_at == statutory
    assert media.over_head.document == "32号"


def test_a_letters_date_cuts_our_own_promise_short_and_lies_not_before_the_complaint(filed: Filed) -> None:
    at_night, day = dt.timedelta(hours=-14), NOW.date()
    soon = filed(ago=at_night, channel="regulator", document="31号", wanted_on=day)
    late = filed(ago=at_night, channel="regulator", document="32号", wanted_on=day + dt.timedelta(days=30))

    assert (soon.ticket.due_at, soon.ticket.statutory_at) == (end_of(day), end_of(day))
    assert soon.ticket.due_at < late.ticket.due_at < late.ticket.statutory_at
    with pytest.raises(Invalid) as refused:
        filed(channel="regulator", document="33号", wanted_on=NOW.date() - dt.timedelta(days=1))
    assert list(refused.value.errors) == ["wanted_on"]


def test_papers_belong_to_what_was_forwarded(filed: Filed) -> None:
    with pytest.raises(Invalid) as refused:
        filed(channel="hotline", document="31号")

    assert list(refused.value.errors) == ["channel"]
    assert not Complaint.objects.exists()


def test_people_are_reminded_once_a_day_that_counts_and_the_head_when_it_presses(
    filed: Filed, duty: Staff, contact: Staff, head: Staff
) -> None:
    over = filed(ago=dt.timedelta(hours=1), channel="group", document="1", wanted_on=NOW.date() + dt.timedelta(days=3))
    told = {}
    for days in range(5):
        for _again in range(2):
            assert remind_wanted(now=NOW + dt.timedelta(days=days)) == int(days != 1)
        notices = Notice.objects.filter(kind="overhead.wanted", at=NOW + dt.timedelta(days=days))
        told[days] = sorted(notices.values_list("recipient__username", flat=True))

    assert told == {
        0: sorted([duty.username, contact.username]),
        1: [],
        2: (pressing := sorted([duty.username, contact.username, head.username])),
        3: pressing,
        4: pressing,
    }
    assert Notice.objects.filter(kind="overhead.wanted").values_list("data__left", flat=True).last() == "已过期限"
    Ticket.objects.filter(pk=over.pk).update(replied_at=NOW)
    assert remind_wanted(now=NOW + dt.timedelta(days=2)) == 0
