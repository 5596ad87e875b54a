import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint, Customer
from journal.models import Event
from organization.models import Region, Staff
from tests import factories
from tests.complaints.views.conftest import Filed
from workorders.models import Attachment, Category, Ticket

pytestmark = pytest.mark.usefixtures("verified")

type Page = Callable[[Staff], Client]
URL = reverse("complaints:intake")


def kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(stream=ticket.stream).order_by("seq").values_list("kind", flat=True))


def test_file_and_dispatch_sends_it_to_the_route(page: Page, agent: Staff, told: dict) -> None:
    response = page(agent).post(URL, told)

    complaint = Complaint.objects.select_related("ticket").get()
    assert response.status_code == 302
    assert response["Location"] == reverse("workorders:ticket", args=[complaint.pk])
    assert complaint.ticket.state == "in_progress"
    assert complaint.ticket.subject == "家里没有信号"
    assert complaint.contact_phone == "13800000001"
    assert [order.department.code for order in complaint.ticket.orders.all()] == ["NETWORK"]


def test_success_tells_the_number_and_the_deadlines(page: Page, agent: Staff, told: dict) -> None:
    response = page(agent).post(URL, told, headers={"accept-language": "en"})

    ticket = Ticket.objects.get()
    [message] = [str(each) for each in response.wsgi_request._messages]
    assert message == (
        f"Filed as {ticket.number}. 网络部 (lead): accept by 11-02 09:30, resolve by 11-03 09:00. "
        "The customer has an answer by 11-04 09:00."
    )


def test_double_submission_files_one_ticket(page: Page, agent: Staff, told: dict) -> None:
    upload = {"uploads": SimpleUploadedFile("a.txt", b"one")}
    first = page(agent).post(URL, told | upload)
    second = page(agent).post(URL, told | {"uploads": SimpleUploadedFile("a.txt", b"one")})

    assert Ticket.objects.count() == 1
    assert Attachment.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_same_key_of_another_agent_files_another_ticket(page: Page, agent: Staff, hall_agent: Staff, told: dict) -> None:
    page(agent).post(URL, told)
    page(hall_agent).post(URL, told | {"customer": "", "number": "13900000009"})

    assert Ticket.objects.count() == 2


def test_to_triage_waits_there(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"then": "triage"})

    assert Ticket.objects.get().state == "triage"


def test_without_a_route_it_goes_to_triage(page: Page, agent: Staff, told: dict) -> None:
    other = factories.category("SVC/HALL/WAIT", "等候")
    page(agent).post(URL, told | {"category": other.pk})

    assert Ticket.objects.get().state == "triage"


def test_solved_at_the_first_point_awaits_the_callback(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"then": "solved", "answer": "已当场解释"})

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.first_point, ticket.answer) == ("awaiting_callback", True, "已当场解释")


def test_solved_without_an_answer_keeps_what_was_typed(page: Page, agent: Staff, told: dict) -> None:
    response = page(agent).post(URL, told | {"then": "solved", "answer": " "})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["answer"]
    assert "已经三天" in response.content.decode()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "长" * 5001),
        ("description", ""),
        ("place", "x" * 201),
        ("subject", "x" * 121),
        ("occurred_at", "2026-11-02T09:01"),
        ("occurred_at", "0001-01-01T00:00"),
        ("occurred_at", "yesterday"),
        ("contact_phone", "1234"),
        ("contact_phone", "138-0000-abcd"),
        ("contact_phone", "1" * 21),
        ("category", "0"),
        ("category", ""),
        ("region", "x"),
        ("urgency", "extreme"),
        ("channel", ""),
        ("filing_key", "mine"),
        ("customer", "99999999"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_is_kept(
    page: Page,
    agent: Staff,
    told: dict,
    field: str,
    value: str,
) -> None:
    before = Event.objects.count()
    response = page(agent).post(URL, told | {"wanted": "保留我写的字", field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "保留我写的字" in response.content.decode()
    assert (Ticket.objects.count(), Event.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("phone", "kept"),
    [("+86 138-0013-8000", "13800138000"), ("0531 8888 6666", "053188886666"), ("10086", "10086")],
)
def test_phone_formats_are_kept_bare(page: Page, agent: Staff, told: dict, phone: str, kept: str) -> None:
    page(agent).post(URL, told | {"contact_phone": phone})

    assert Complaint.objects.get().contact_phone == kept


def test_control_characters_that_were_pasted_are_left_out(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"description": "a\x07b\r\n\x00c\x1b", "contact_name": "李\x00\x08四"})

    complaint = Complaint.objects.select_related("ticket").get()
    assert (complaint.ticket.description, complaint.contact_name) == ("ab\nc", "李四")


def test_nothing_but_control_characters_is_nothing(page: Page, agent: Staff, told: dict) -> None:
    assert list(page(agent).post(URL, told | {"description": "\x07"}).context["form"].errors) == ["description"]


def test_a_hall_clerk_starts_at_the_counter_and_the_hotline_asks_where(page: Page, hall_agent: Staff, agent: Staff) -> None:
    hall, hotline = (page(person).get(URL).context["form"].initial for person in (hall_agent, agent))

    assert (hall["channel"], hall["region"]) == ("hall", hall_agent.region_id)
    assert (hotline["channel"], hotline["region"]) == ("hotline", None)


def test_a_new_customers_region_must_be_chosen(page: Page, agent: Staff, told: dict) -> None:
    response = page(agent).post(URL, told | {"customer": "", "number": "13900000009", "region": ""})

    assert list(response.context["form"].errors) == ["region"]
    assert not Customer.objects.filter(number="13900000009").exists()


def test_urging_again_so_soon_is_refused_and_keeps_what_was_typed(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket
    address = reverse("complaints:instead", args=[ticket.pk, "urge_ticket"])
    page(agent).post(address, told)

    again = page(agent).post(address, told)

    assert (again.status_code, ticket.orders.get().urge_count) == (409, 1)
    assert "前已催办" in again.content.decode()


def test_emoji_are_kept(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"description": "😡 没信号"})

    assert Ticket.objects.get().description == "😡 没信号"


def test_wrong_file_is_refused_by_name_and_nothing_is_kept(page: Page, agent: Staff, told: dict) -> None:
    files = [SimpleUploadedFile("good.txt", b"fine"), SimpleUploadedFile("bad.pdf", b"MZ no pdf")]
    response = page(agent).post(URL, told | {"uploads": files})

    assert response.status_code == 422
    assert "bad.pdf" in " ".join(response.context["form"].errors["uploads"])
    assert not Ticket.objects.exists()


def test_several_files_are_kept(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"uploads": [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]})

    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.txt", "b.txt"]


def test_new_customer_is_entered_with_the_complaint(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"customer": "", "number": "139 0000 0009", "name": "新客户", "tier": "vip"})

    made = Complaint.objects.select_related("ticket", "customer").get()
    assert (made.customer.number, made.customer.name, made.customer.tier) == ("13900000009", "新客户", "vip")
    assert made.ticket.urgency == "urgent"
    assert Event.objects.get(stream=f"customer:{made.customer_id}").kind == "customer.register"


def test_new_customer_is_not_kept_without_the_complaint(page: Page, agent: Staff, told: dict) -> None:
    page(agent).post(URL, told | {"customer": "", "number": "13900000009", "description": ""})

    assert not Customer.objects.filter(number="13900000009").exists()


def test_number_known_elsewhere_keeps_its_own_data(page: Page, hall_agent: Staff, told: dict, customer: Customer) -> None:
    page(hall_agent).post(URL, told | {"customer": "", "number": customer.number, "name": "冒名"})

    customer.refresh_from_db()
    assert customer.name == "测试客户"
    assert Complaint.objects.get().customer == customer


def test_without_a_customer_says_so(page: Page, agent: Staff, told: dict) -> None:
    response = page(agent).post(URL, told | {"customer": ""})

    assert list(response.context["form"].errors) == ["customer"]


@pytest.mark.parametrize("who", ["handler", "manager", "duty"])
def test_others_may_not_file(page: Page, who: str, told: dict, request: pytest.FixtureRequest) -> None:
    client = page(request.getfixturevalue(who))

    assert client.get(URL).status_code == 403
    assert client.post(URL, told).status_code == 403
    assert not Ticket.objects.exists()


def test_customer_is_found_by_number_with_their_complaints(page: Page, agent: Staff, filed: Filed, customer: Customer) -> None:
    complaint = filed()
    response = page(agent).get(reverse("complaints:intake_customer"), {"find": "138 0000 0001"})

    assert response.context["who"].customer == customer
    assert response.context["who"].customer.open_count == 1
    html = response.content.decode()
    assert complaint.ticket.number in html
    assert "138****0001" in html
    assert customer.number not in html


def test_customers_are_offered_by_name(page: Page, agent: Staff, customer: Customer, jinan: Region) -> None:
    Customer.objects.create(number="13800000002", name="测试二", region=jinan)
    response = page(agent).get(reverse("complaints:intake_customer"), {"find": "测试"})

    assert [match.number for match in response.context["who"].matches] == ["13800000001", "13800000002"]


@pytest.mark.parametrize(("query", "is_new"), [("13912345678", True), ("无此人", False), ("a\x00b", False), ("139" * 40, False)])
def test_unknown_number_offers_a_new_customer(page: Page, agent: Staff, query: str, is_new: bool) -> None:
    response = page(agent).get(reverse("complaints:intake_customer"), {"find": query})

    assert response.status_code == 200
    assert response.context["who"].is_new is is_new


def test_proposal_says_who_must_do_what_by_when(page: Page, agent: Staff, told: dict) -> None:
    asked = {name: told[name] for name in ("customer", "category", "urgency", "channel")}
    response = page(agent).get(reverse("complaints:proposal"), asked)

    [leg] = response.context["advice"].plan.legs
    assert leg.department.code == "NETWORK"
    assert re.search("网络部.*11-02 09:30.*11-03 09:00.*11-04 09:00", response.content.decode(), re.DOTALL)


@pytest.mark.parametrize(
    ("channel", "tier", "expected"),
    [
        ("hotline", "vip", "urgent"),
        ("regulator", "standard", "major"),
        ("media", "vip", "major"),
    ],
)
def test_proposal_shows_the_least_urgency_and_why(
    page: Page,
    agent: Staff,
    routed: Category,
    channel: str,
    tier: str,
    expected: str,
) -> None:
    asked = {"category": routed.pk, "urgency": "normal", "channel": channel, "tier": tier}
    response = page(agent).get(reverse("complaints:proposal"), asked)

    assert response.context["advice"].urgency == expected
    assert response.context["advice"].reasons


def test_proposal_for_nonsense_is_empty(page: Page, agent: Staff) -> None:
    response = page(agent).get(reverse("complaints:proposal"), {"category": "x", "urgency": "\x00", "customer": "1e9"})

    assert response.context["advice"].plan is None


def test_duplicate_is_shown_while_it_is_open(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    complaint = filed(ago=dt.timedelta(days=20))
    response = page(agent).get(reverse("complaints:duplicates"), {name: told[name] for name in ("customer", "category")})

    assert [each.complaint for each in response.context["likely"]] == [complaint]


@pytest.mark.parametrize(("ago", "seen"), [(23, True), (25, False)])
def test_duplicate_of_the_second_level_is_shown_for_a_day(
    page: Page,
    agent: Staff,
    answered: Filed,
    told: dict,
    ago: int,
    seen: bool,
) -> None:
    sibling = factories.category("NET/COVER/LIFT", "电梯")
    answered(ago=dt.timedelta(hours=ago), category=sibling)
    response = page(agent).get(reverse("complaints:duplicates"), {name: told[name] for name in ("customer", "category")})

    assert bool(response.context["likely"]) is seen


def test_duplicate_of_another_customer_or_matter_is_not_shown(
    page: Page,
    agent: Staff,
    filed: Filed,
    told: dict,
    jinan: Region,
) -> None:
    filed(customer=Customer.objects.create(number="13800000002", region=jinan))
    filed(category=factories.category("SVC/HALL/WAIT", "等候"))
    response = page(agent).get(reverse("complaints:duplicates"), {name: told[name] for name in ("customer", "category")})

    assert response.context["likely"] == []


def test_urging_instead_files_nothing(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket
    response = page(agent).post(reverse("complaints:instead", args=[ticket.pk, "urge_ticket"]), told)

    assert response["Location"] == reverse("workorders:ticket", args=[ticket.pk])
    assert Ticket.objects.count() == 1
    assert ticket.orders.get().urge_count == 1
    assert Event.objects.get(kind="ticket.urge").data["remark"] == "家里没有信号\n已经三天"


def test_adding_the_words_instead_files_nothing(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket
    page(agent).post(reverse("complaints:instead", args=[ticket.pk, "note"]), told)

    assert Ticket.objects.count() == 1
    assert Event.objects.get(kind="ticket.note").data["text"] == "家里没有信号\n已经三天"


def test_instead_keeps_the_files_too(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket
    files = {"uploads": SimpleUploadedFile("a.txt", b"one")}
    page(agent).post(reverse("complaints:instead", args=[ticket.pk, "note"]), told | files)

    assert Attachment.objects.get().ticket == ticket


def test_instead_refuses_a_wrong_file_and_keeps_nothing(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket
    before = kinds(ticket)
    files = {"uploads": SimpleUploadedFile("bad.exe", b"MZ")}
    response = page(agent).post(reverse("complaints:instead", args=[ticket.pk, "note"]), told | files)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["uploads"]
    assert kinds(ticket) == before


def test_urging_when_nobody_is_at_work_keeps_what_was_typed(page: Page, agent: Staff, answered: Filed, told: dict) -> None:
    ticket = answered().ticket
    response = page(agent).post(reverse("complaints:instead", args=[ticket.pk, "urge_ticket"]), told)

    assert response.status_code == 409
    assert "已经三天" in response.content.decode()


def test_refused_page_says_that_the_files_must_be_chosen_again(page: Page, agent: Staff, told: dict) -> None:
    files = {"uploads": SimpleUploadedFile("a.txt", b"one")}
    response = page(agent).post(URL, told | files | {"description": ""})

    assert set(response.context["form"].errors) == {"description", "uploads"}


def test_adding_no_words_shows_the_page_again(page: Page, agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket
    before = kinds(ticket)
    response = page(agent).post(reverse("complaints:instead", args=[ticket.pk, "note"]), told | {"description": ""})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["description"]
    assert kinds(ticket) == before


def test_instead_hides_what_the_agent_may_not_see(page: Page, hall_agent: Staff, filed: Filed, told: dict) -> None:
    ticket = filed().ticket

    assert page(hall_agent).post(reverse("complaints:instead", args=[ticket.pk, "note"]), told).status_code == 404
    assert page(hall_agent).post(reverse("complaints:instead", args=[ticket.pk, "cancel"]), told).status_code == 404


@pytest.mark.parametrize("item_count", [1, 10])
def test_intake_page_queries(
    page: Page,
    agent: Staff,
    filed: Filed,
    customer: Customer,
    django_assert_num_queries: Callable,
    item_count: int,
) -> None:
    for _each in range(item_count):
        filed()
    client = page(agent)
    client.get(URL)

    with django_assert_num_queries(9):
        client.get(URL, {"customer": customer.pk})


@pytest.mark.parametrize("name", ["intake_customer", "proposal", "duplicates"])
def test_parts_of_the_page_are_for_the_front_line(
    page: Page,
    client: Client,
    name: str,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    handler: Staff,
    manager: Staff,
) -> None:
    url = reverse(f"complaints:{name}")

    assert client.get(url).status_code == 302
    assert [page(user).get(url).status_code for user in (agent, officer)] == [200, 200]
    assert [page(user).get(url).status_code for user in (duty, handler, manager)] == [403, 403, 403]
