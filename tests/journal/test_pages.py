"""The pages of notices: what a person sees and keeps, and what administrators run."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from journal.models import Delivery, Event, Gateway, Notice, Preference, Reader, Template
from journal.texts import faults
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from tests.journal.conftest import Clock, states, tell
from tests.journal.peers import WebPeer
from workorders.models import Category, WorkOrder

pytestmark = pytest.mark.django_db
SMS = "smshttp://boss:pa55word@10.0.0.1/send?number={to}"


@pytest.fixture
def page(client: Client, reader: Staff) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def admin(client: Client, centre: Department) -> Staff:
    person = factories.staff("9001", "管理员", centre, [Role.ADMIN])
    person.is_staff = True
    person.save()
    client.force_login(person)
    return person


@pytest.fixture
def order(
    category: Category, jinan: Region, agent: Staff, officer: Staff, reader: Staff, network: Department, limits: None
) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def test_the_inbox_tells_in_the_readers_language_and_leads_to_the_ticket(page: Client, order: WorkOrder) -> None:
    notice = Notice.objects.get()

    chinese = page.get("/notices/").text
    english = page.get("/notices/", headers={"accept-language": "en"}).text
    followed = page.get(f"/notices/{notice.pk}/")

    assert f"新工单 {order.ticket.number}：室内没有信号" in chinese
    assert f"New work order {order.ticket.number}" in english
    assert followed.headers["Location"] == f"/tickets/{order.ticket_id}/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_about_what_is_no_longer_mine_shows_nothing_of_it(
    page: Client, order: WorkOrder, reader: Staff, finance: Department
) -> None:
    """Pitfall 34 and 40: internal text leaks; listed but forbidden to open."""
    reader.department = finance
    reader.save()

    shown = page.get("/notices/").text
    followed = page.get(f"/notices/{Notice.objects.get().pk}/")

    assert order.ticket.number not in shown
    assert "您已无权查看此内容" in shown
    assert followed.headers["Location"] == "/notices/"


def test_another_persons_notice_does_not_exist_for_me(page: Client, handler: Staff) -> None:
    tell(handler)
    foreign = Notice.objects.get()

    assert page.get(f"/notices/{foreign.pk}/").status_code == 404
    page.post("/notices/read/", {"up_to": foreign.pk})
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_the_bell_counts_what_is_unread(page: Client, reader: Staff) -> None:
    for index in range(3):
        tell(reader, key=f"{index}")

    assert 'bell-count">3</span>' in page.get("/notices/unread/").text
    page.post("/notices/read/", {"up_to": Notice.objects.order_by("pk")[1].pk})
    assert 'bell-count">1</span>' in page.get("/notices/unread/").text
    page.post("/notices/read/", {"up_to": "9" * 30})
    page.post("/notices/read/", {"up_to": "9" * 18})
    assert "bell-count" not in page.get("/notices/unread/").text


@pytest.mark.parametrize("number", [1, 3, 40])
def test_the_inbox_costs_the_same_with_more_notices(
    page: Client, reader: Staff, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for index in range(number):
        tell(reader, key=f"{index}")

    with django_assert_num_queries(4):
        shown = page.get("/notices/").text
    assert shown.count('class="notice-subject"') == min(number, 30)


def test_the_inbox_pages_without_gaps(page: Client, reader: Staff) -> None:
    for index in range(31):
        tell(reader, key=f"{index}")

    oldest, second = Notice.objects.order_by("pk")[:2]
    assert f"before={second.pk}" in page.get("/notices/").text
    rest = page.get(f"/notices/?before={second.pk}").context["rows"]
    assert [row.notice for row in rest] == [oldest]
    assert page.get("/notices/?before=x&unread=1").status_code == 200


def test_choices_are_kept_and_one_like_the_default_follows_the_default(page: Client, reader: Staff, connect: Callable) -> None:
    connect("sms", SMS)
    connect("email", "mailto://127.0.0.1?to={to}")
    form = {"language": "en", "quiet_from": "21:30", "quiet_until": "08:00", "channels-order.urged": ["sms"]}
    form |= {"channels-order.dispatched": ["sms", "email"], "language-order.dispatched": ""}

    assert page.post("/me/notices/", form).status_code == 302

    own = Reader.objects.get(user=reader)
    assert (own.language, own.quiet_from, own.quiet_until) == ("en", dt.time(21, 30), dt.time(8))
    kept = dict(Preference.objects.values_list("kind", "channels"))
    assert (kept["order.urged"], kept["order.assigned"]) == (["sms"], [])
    assert "order.dispatched" not in kept
    assert "ticket.answered" not in kept


def test_a_channel_that_the_page_does_not_offer_stays_chosen(page: Client, connect: Callable) -> None:
    connect("email", "mailto://127.0.0.1?to={to}")

    page.post("/me/notices/", {"language": "en", "quiet_from": "22:00", "quiet_until": "07:00"})

    assert Preference.objects.get(kind="order.urged").channels == ["sms"]


@pytest.mark.parametrize(
    "wrong", [{"quiet_from": "soon"}, {"language": "xx"}, {"channels-order.urged": "pigeon"}, {"language-order.urged": "tlh"}]
)
def test_wrong_choices_are_refused_and_change_nothing(page: Client, wrong: dict[str, str]) -> None:
    answer = page.post("/me/notices/", {"language": "en", "quiet_from": "22:00", "quiet_until": "07:00"} | wrong)

    assert (answer.status_code, Reader.objects.count(), Preference.objects.count()) == (422, 0, 0)


def test_only_kinds_that_can_reach_a_person_are_offered(client: Client, agent: Staff) -> None:
    client.force_login(agent)

    kinds = [row.kind.name for row in client.get("/me/notices/").context["form"].rows()]
    assert "ticket.closed" in kinds
    assert "return.to_rule" not in kinds


def test_what_was_given_up_is_read_and_sent_again(
    client: Client, admin: Staff, reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock
) -> None:
    tell(reader, kind="order.urged")
    Delivery.objects.update(state="dead", tries=10, last_error="HTTP 503: busy")

    shown = client.get("/notices/outbox/").text
    answer = client.post(f"/notices/outbox/{Delivery.objects.get().pk}/resend/")
    again = client.post(f"/notices/outbox/{Delivery.objects.get().pk}/resend/")

    assert "HTTP 503: busy" in shown
    assert "家里没有信号" not in shown
    assert (answer.status_code, again.status_code, states()) == (302, 409, ["queued"])
    clock.at = Delivery.objects.get().next_try_at.replace(hour=12)
    assert clock.send(dt.timedelta(days=1)) == 1
    assert Event.objects.get(kind="outbox.resend").by == admin


def test_everything_given_up_on_one_channel_is_sent_again(
    client: Client, admin: Staff, reader: Staff, sms_gateway: Gateway, mail_gateway: Gateway
) -> None:
    tell(reader, key="one")
    tell(reader, key="two")
    Delivery.objects.update(state="dead")

    client.post("/notices/outbox/resend/", {"channel": "sms"})

    assert set(Delivery.objects.values_list("channel", "state")) == {("sms", "queued"), ("email", "dead")}


def test_a_gateways_address_is_kept_encrypted_and_never_shown(client: Client, admin: Staff) -> None:
    client.post("/notices/gateways/new/", {"channel": "sms", "name": "短信", "url": SMS, "is_active": "on"})

    kept = Gateway.objects.get()
    assert kept.url == SMS
    assert b"pa55word" not in bytes(kept.secret)
    for address in ("/notices/gateways/", f"/notices/gateways/{kept.pk}/"):
        assert "pa55word" not in client.get(address).text
    assert "pa55word" not in str(Event.objects.get(kind="gateway.add").data)
    client.post(f"/notices/gateways/{kept.pk}/", {"channel": "sms", "name": "短信二", "url": ""})
    kept.refresh_from_db()
    assert (kept.name, kept.url, kept.is_active) == ("短信二", SMS, False)


@pytest.mark.parametrize(
    ("channel", "url", "field"),
    [
        ("sms", "mailto://x?to={to}", "url"),
        ("sms", "smshttp://10.0.0.1/send?number=1", "url"),
        ("sms", "smpp://10.0.0.1/10086/{to}", "url"),
        ("sms", "smpps://u:p@10.0.0.1/10086/{to}", "url"),
        ("email", "", "url"),
        ("webhook", "webhook://host/path", "url"),
        ("pigeon", SMS, "channel"),
    ],
)
def test_an_address_that_cannot_work_is_refused_at_its_field(
    client: Client, admin: Staff, channel: str, url: str, field: str
) -> None:
    answer = client.post("/notices/gateways/new/", {"channel": channel, "name": "x", "url": url})

    assert (answer.status_code, list(answer.context["form"].errors), Gateway.objects.count()) == (422, [field], 0)


def test_a_test_message_is_sent_and_a_failure_says_why(client: Client, admin: Staff, sms_gateway: Gateway, web: WebPeer) -> None:
    address = f"/notices/gateways/{sms_gateway.pk}/try/"

    assert client.post(address, {"to": "13900000001"}).status_code == 302
    web.answer = b'{"code":7,"reason":"no credit"}'
    refused = client.post(address, {"to": "13900000001"})

    assert (refused.status_code, "no credit" in refused.text) == (422, True)
    assert len(web.requests) == 2


def test_an_own_text_is_in_force_until_the_shipped_one_is_wanted_again(
    client: Client, admin: Staff, reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock
) -> None:
    address = "/notices/texts/order.urged/sms/zh-hans/"

    assert client.post(address, {"body": "请看 {{ number }}"}).status_code == 302
    tell(reader, kind="order.urged")
    clock.send()
    assert "%E8%AF%B7%E7%9C%8B+261102000001" in web.requests[0].body.decode()
    client.post(f"{address}reset/")
    assert Template.objects.count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "{{ number",
        "{{ password }}",
        "{{ number.upper }}",
        "{{ number|safe }}",
        "{% load i18n %}",
        "{% include 'base.html' %}",
        "{% for x in number %}{% endfor %}",
        "{{ number|default:phone }}",
        "{{ subject|ljust:99999999 }}",
        "",
        "x" * 2001,
    ],
)
def test_a_bad_text_is_refused_at_its_field_and_changes_nothing(client: Client, admin: Staff, text: str) -> None:
    answer = client.post("/notices/texts/order.urged/sms/zh-hans/", {"body": text})

    assert (answer.status_code, list(answer.context["form"].errors), Template.objects.count()) == (422, ["body"], 0)


def test_the_preview_shows_the_example_and_counts_short_messages(client: Client, admin: Staff) -> None:
    address = "/notices/texts/order.urged/sms/zh-hans/preview/"

    good = client.post(address, {"body": "好" * 71 + "{{ number }}"}).text
    bad = client.post(address, {"body": "{{ phone }}"}).text

    assert "261104000012" in good
    assert "83 个字，2 条短信" in good
    assert "此处没有变量“phone”" in bad


@pytest.mark.parametrize("words", ["nothing/sms/en", "order.urged/pigeon/en", "order.urged/sms/xx"])
def test_a_text_that_there_cannot_be_is_not_found(client: Client, admin: Staff, words: str) -> None:
    assert client.get(f"/notices/texts/{words}/").status_code == 404


def test_every_kind_has_shipped_texts_in_both_languages_that_fit_one_short_message() -> None:
    from journal.kinds import kinds
    from journal.segments import segments
    from journal.texts import Wording, shipped

    wording, found = Wording(), []
    for kind in kinds().values():
        for language in ("zh-hans", "en"):
            assert {(kind.name, "inbox", language), (kind.name, "sms", language)} <= set(shipped())
            for channel in ("inbox", "sms"):
                source = wording.source(kind.name, channel, language)
                found += faults(kind.name, source.subject) + faults(kind.name, source.body)
            text = wording.text(kind.name, "sms", language, kind.example, now=NOW)
            if segments(text.body) != 1:
                found.append(text.body)
    assert found == []


def test_a_customers_number_in_a_remark_does_not_go_out(reader: Staff, sms_gateway: Gateway, web: WebPeer, clock: Clock) -> None:
    tell(reader, kind="order.urged", remark="请回电13812345678")
    clock.send()

    body = web.requests[0].body.decode()
    assert "13812345678" not in body
    assert "138****5678" in body.replace("%2A", "*")


def test_a_key_that_changed_leaves_the_gateway_without_an_address(connect: Callable, settings: object) -> None:
    kept = connect("sms", SMS)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"

    assert Gateway.objects.get(pk=kept.pk).url == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Gateway.objects.get(pk=kept.pk).url == SMS


def test_the_menu_has_messages_for_administrators_only(client: Client, admin: Staff, agent: Staff) -> None:
    assert reverse("journal:letters") in client.get("/notices/").text
    client.force_login(agent)
    assert reverse("journal:letters") not in client.get("/notices/").text
