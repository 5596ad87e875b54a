"""Customers and tickets are found by what people remember: the last digits, the name, the number in any spelling."""

import pytest
from django.db import connection
from django.test import Client

from complaints.models import Customer
from complaints.numbers import bare
from complaints.queries.customers import complaints_of, found
from organization.models import Region, Staff
from tests.complaints.views.conftest import Filed
from workorders.models import Ticket
from workorders.queries.finding import with_text

pytestmark = pytest.mark.usefixtures("limits")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0000-0001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("+86 531 8888 6666", "053188886666"),
        ("0531-8888 6666", "053188886666"),
        ("+86 400 810 0000", "4008100000"),
        ("10086", "10086"),
        ("+852 5123 4567", "+85251234567"),
    ],
)
def test_a_number_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert bare(typed) == kept


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("1380000", ["13800000001", "13800000002"]),
        ("+86 138 0000 0001", ["13800000001"]),
        ("0002", ["13800000002"]),
        ("002", []),
        ("测试", ["13800000001"]),
        ("试", ["13800000001"]),
        ("客户", ["13800000001", "13800000002"]),
        ("cskh", ["13800000001"]),
        ("lk", []),
        ("", []),
    ],
)
def test_customers_are_found_by_beginning_tail_and_name(customer: Customer, jinan: Region, typed: str, numbers: list[str]) -> None:
    Customer.objects.create(number="13800000002", name="另一客户", region=jinan)

    assert [each.number for each in found(Customer.objects.all(), typed)] == numbers


@pytest.mark.parametrize("typed", ["13800000001", "0001", "+86 138 0000 0001", "测试", "number", "tail"])
def test_the_search_finds_a_ticket_by_its_customer_or_number(
    filed: Filed, client: Client, agent: Staff, jinan: Region, typed: str
) -> None:
    wanted = filed().ticket
    filed(customer=Customer.objects.create(number="13900000777", name="另一客户", region=jinan))
    Ticket.objects.exclude(pk=wanted.pk).update(number="2611029999")
    text = {"number": wanted.number, "tail": wanted.number[-5:]}.get(typed, typed)
    client.force_login(agent)

    response = client.get("/search/", {"q": text}, follow=True)

    groups = response.context.get("groups")
    if groups is None:
        assert response.context["ticket"] == wanted
    else:
        assert [hit.pk for group, found in groups if group.name == "tickets" for hit in found.hits] == [wanted.pk]


def test_the_search_finds_nothing_of_another_region(filed: Filed, client: Client, hall_agent: Staff) -> None:
    filed()
    client.force_login(hall_agent)

    assert client.get("/search/", {"q": "13800000001"}, follow=True).context["groups"] == []


def test_tails_are_found_by_index(jinan: Region, filed: Filed) -> None:
    ticket = filed().ticket
    Customer.objects.bulk_create(Customer(number=f"139{n:08}", name=f"客户{n}", region=jinan) for n in range(20000))
    columns = [field.column for field in Ticket._meta.fields if field.column not in {"id", "number", "filing_key"}]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO workorders_ticket (number, filing_key, {names}) "
            f"SELECT '2510010' || lpad(n::text, 5, '0'), 'bulk' || n, {names} "
            "FROM workorders_ticket, generate_series(1, 20000) n WHERE id = %s",
            [ticket.pk],
        )
        cursor.execute("ANALYZE workorders_searchentry, workorders_ticket, complaints_customer, complaints_complaint")

    assert "customer_number_tail" in found(Customer.objects.all(), "4321")[:9].explain()
    assert "customer_search" in found(Customer.objects.all(), "客户4321")[:9].explain()
    assert "customer_number_tail" in complaints_of("4321").explain()
    assert Ticket.objects.filter(with_text("04321")).count() == 1
    assert Ticket.objects.filter(with_text("信号")).order_by("-pk")[0].number == "251001020000"
