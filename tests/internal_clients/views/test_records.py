"""Every kind of record has a list, a page and forms that behave alike."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from internal_clients.actions import systems, telling
from internal_clients.menu import KINDS
from internal_clients.models import Fault, System
from internal_clients.story import WORDS
from internal_clients.views.records import PAGE_SIZE
from organization.models import Department, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category


def _fault(system: System, by: Staff) -> Fault:
    return systems.log_fault(
        system=system, severity="general", what="短信延迟", share=Decimal("0.4"), started_at=NOW, by=by, now=NOW
    )


def page(client: Client, user: Staff, name: str, *args: object) -> object:
    client.force_login(user)
    return client.get(reverse(f"internal_clients:{name}", args=args))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_empty_list_and_offers_to_add_where_one_may(client: Client, kind: str, handler: Staff) -> None:
    response = page(client, handler, "records", kind)

    assert response.status_code == 200
    address = reverse("internal_clients:add", args=[kind])
    assert (f'"{address}"' in response.content.decode()) is KINDS[kind].may_add(handler)


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_opens_for_who_may_and_refuses_who_may_not(client: Client, kind: str, handler: Staff, manager: Staff) -> None:
    allowed = KINDS[kind].may_add(handler)

    assert page(client, handler, "add", kind).status_code == (200 if allowed else 403)
    assert page(client, manager, "add", kind).status_code == 403


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_list_takes_as_many_queries_however_many_rows(
    client: Client, item_count: int, system: System, handler: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(item_count):
        _fault(system, handler)
    page(client, handler, "records", "fault")

    with django_assert_num_queries(3):
        response = page_again(client)

    assert response.content.decode().count("核心网") == item_count


def test_a_page_goes_on_where_the_last_one_ended_also_among_equal_times(client: Client, system: System, handler: Staff) -> None:
    made = [_fault(system, handler).pk for _number in range(PAGE_SIZE + 2)]

    first = page(client, handler, "records", "fault")
    second = client.get(reverse("internal_clients:records", args=["fault"]), {"after": first.context["following"]})

    assert [row["pk"] for each in (first, second) for row in each.context["rows"]] == made[::-1]
    assert second.context["following"] is None
    assert not client.get(reverse("internal_clients:records", args=["fault"]), {"after": "9" * 30}).context["rows"]


def page_again(client: Client) -> object:
    return client.get(reverse("internal_clients:records", args=["fault"]))


def test_a_fault_is_logged_through_its_form_and_shown_with_its_story(client: Client, system: System, handler: Staff) -> None:
    client.force_login(handler)
    typed = {"system": system.pk, "severity": "general", "what": "彩信失败", "share": "0.25", "started_at": "2026-11-02T08:00"}

    response = client.post(reverse("internal_clients:add", args=["fault"]), typed, follow=True)

    fault = Fault.objects.get()
    assert (fault.what, fault.share, fault.logged_by) == ("彩信失败", Decimal("0.25"), handler)
    assert str(WORDS["log"]) in response.content.decode()


def test_wrong_input_is_shown_by_the_field_and_changes_nothing(client: Client, system: System, handler: Staff) -> None:
    client.force_login(handler)
    future = f"{dt.datetime.now() + dt.timedelta(days=2):%Y-%m-%dT%H:%M}"
    typed = {"system": system.pk, "severity": "general", "what": "彩信失败", "share": "0.25", "started_at": future}

    response = client.post(reverse("internal_clients:add", args=["fault"]), typed)

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"started_at"}
    assert "彩信失败" in response.content.decode()
    assert Fault.objects.count() == 0


def test_a_step_that_was_taken_meanwhile_says_so(client: Client, system: System, handler: Staff) -> None:
    fault = _fault(system, handler)
    systems.restore_fault(
        fault=fault, restored_at=NOW + dt.timedelta(minutes=5), cause="好了", by=handler, now=NOW + dt.timedelta(hours=1)
    )
    client.force_login(handler)

    response = client.post(
        reverse("internal_clients:step", args=["fault", fault.pk, "restore"]), {"restored_at": "2026-11-02T10:00", "cause": "再报"}
    )

    assert response.status_code == 409
    fault.refresh_from_db()
    assert fault.cause == "好了"


def test_buttons_are_those_one_may_press(
    client: Client, category: Category, network: Department, handler: Staff, contact: Staff, officer: Staff, duty: Staff
) -> None:
    article = factories.article(category, network, handler, reviewer=contact)
    audit = telling.audit_article(article=article, is_wrong=True, finding="过时", by=officer, now=NOW)

    offered = {
        person.username: [step.name for step in page(client, person, "record", "audit", audit.pk).context["steps"]]
        for person in (handler, officer, duty)
    }

    assert offered == {handler.username: [], officer.username: [], duty.username: ["confirm"]}


def test_a_rating_is_seen_by_nobody_else(client: Client, handler: Staff, agent: Staff) -> None:
    assert page(client, handler, "record", "rating", 1).status_code == 404


def test_an_unknown_kind_or_step_is_not_found(client: Client, system: System, handler: Staff) -> None:
    fault = _fault(system, handler)

    assert page(client, handler, "records", "secrets").status_code == 404
    assert page(client, handler, "step", "fault", fault.pk, "explode").status_code == 404
