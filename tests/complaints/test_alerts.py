"""Early warning from filing to all-clear: counted by series, told by levels, acknowledged, climbing, concluded."""

import datetime as dt
import random
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from complaints.actions.answering import acknowledge, climb_due, conclude
from complaints.actions.arriving import arrive
from complaints.actions.counting import count_arrivals, let_time_pass
from complaints.actions.filing import Facts, file_complaint
from complaints.actions.rehearsing import rehearse
from complaints.models import Alert, AlertRule, Arrival, Complaint, Customer, Watch
from complaints.queries.rehearsing import rehearsed
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.models import Event, Notice
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions.categorizing import recategorize
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits", "verified")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)

type File = Callable[..., Complaint]


@pytest.fixture
def file(category: Category, jinan: Region, agent: Staff, network: Department) -> File:
    factories.route(category, network)
    count = iter(range(10**6))

    def _file(
        at: dt.datetime, *, who: int | None = None, where: Region = jinan, what: Category = category, **more: str
    ) -> Complaint:
        number = next(count)
        phone = f"139{who if who is not None else number:08}"
        customer, _made = Customer.objects.get_or_create(number=phone, defaults={"region": where})
        facts = Facts(
            customer=customer,
            contact_phone=phone,
            category=what,
            region=where,
            channel=more.get("channel", "hotline"),
            subject="没有信号",
            description="没有信号",
        )
        return file_complaint(facts=facts, filing_key=f"alerts:{number}", then="triage", by=agent, now=at)

    return _file


@pytest.fixture
def fixed(duty: Staff, network: Department) -> AlertRule:
    """Ten within an hour, in each city, of each leaf; no other rule."""
    AlertRule.objects.all().delete()
    rule = AlertRule.objects.create(
        name="十件", method="fixed", count=10, minutes=60, region_kind="city", category_depth=3, owner=duty
    )
    rule.departments.add(network)
    return rule


@pytest.fixture
def surge(file: File, fixed: AlertRule) -> Callable[..., Alert]:
    def _surge(count: int = 10, start: dt.datetime = NOW, **more: object) -> Alert:
        for number in range(count):
            file(start + number * MINUTE, **more)
        now = start + count * MINUTE
        count_arrivals(now=now)
        return Alert.objects.order_by("-pk")[0]

    return _surge


def told(alert: Alert, kind: str = "surge.alert") -> set[str]:
    notices = Notice.objects.filter(kind=kind, stream=alert.stream).select_related("recipient")
    return {notice.recipient.username for notice in notices}


def test_nine_are_none_and_ten_are_an_alert(file: File, surge: Callable, duty: Staff) -> None:
    for number in range(9):
        file(NOW + number * MINUTE)
    count_arrivals(now=NOW + 9 * MINUTE)
    assert not Alert.objects.exists()

    file(NOW + 9 * MINUTE)
    count_arrivals(now=NOW + 10 * MINUTE)
    alert = Alert.objects.get()
    assert (alert.level, alert.seen, alert.region.code, alert.category.code) == (1, 10, "jn", "NET-COVER-INDOOR")
    assert not Arrival.objects.exists()


def test_ten_calls_of_one_customer_are_one(file: File, fixed: AlertRule) -> None:
    for number in range(12):
        file(NOW + number * MINUTE, who=7)
    count_arrivals(now=NOW + HOUR)

    assert not Alert.objects.exists()


def test_what_staff_enter_in_batches_is_left_out(surge: Callable, fixed: AlertRule, file: File) -> None:
    for number in range(12):
        file(NOW + number * MINUTE, channel="staff")

    assert not Arrival.objects.exists()


def test_every_level_of_both_trees_is_a_series(file: File, jinan: Region) -> None:
    file(NOW)
    count_arrivals(now=NOW)

    assert Watch.objects.count() == 3 * 2


def test_a_corrected_category_takes_the_complaint_along(file: File, surge: Callable, officer: Staff, fixed: AlertRule) -> None:
    other = factories.category("NET/CALL/DROP", "掉话")
    moved = [file(NOW + number * MINUTE, what=other) for number in range(6)]
    stays = [file(NOW + (10 + number) * MINUTE) for number in range(4)]
    count_arrivals(now=NOW + 20 * MINUTE)
    for complaint in moved:
        recategorize(
            ticket=complaint.ticket, category=stays[0].ticket.category, reason="归类有误", by=officer, now=NOW + 21 * MINUTE
        )
    count_arrivals(now=NOW + 22 * MINUTE)

    assert Alert.objects.get().category == stays[0].ticket.category


def test_one_alert_a_surge_updated_in_place_and_each_level_told_once(
    surge: Callable, file: File, duty: Staff, contact: Staff, head: Staff, manager: Staff
) -> None:
    alert = surge()
    assert told(alert) == {"2002", "3003"}

    for number in range(20):
        file(NOW + (10 + number) * MINUTE)
    count_arrivals(now=NOW + HOUR)
    alert.refresh_from_db()
    assert Alert.objects.count() == 1
    assert alert.level == 4
    assert told(alert) == {"2002", "3003", "3004", "6001"}
    levels = Notice.objects.filter(recipient=duty, kind="surge.alert").values_list("key", flat=True)
    assert sorted(levels) == [f"surge:{alert.pk}:{level}" for level in (1, 2, 3, 4)]


def test_the_branchs_manager_is_told_from_orange_on(surge: Callable, file: File, jinan: Region) -> None:
    branch = factories.staff("6002", "济南分管", None, [Role.MANAGER], jinan)
    alert = surge(15)
    assert branch.username not in told(alert)

    for number in range(5):
        file(NOW + (15 + number) * MINUTE)
    count_arrivals(now=NOW + HOUR)
    assert branch.username in told(alert)


def test_the_roster_decides_whom_blue_reaches(surge: Callable, network: Department, handler: Staff, contact: Staff) -> None:
    factories.duty(network, Role.DUTY, handler, NOW - HOUR, NOW + DAY)

    assert told(surge()) == {"2002", "3001"}


def test_unacknowledged_it_climbs_with_its_level_unchanged(
    surge: Callable, duty: Staff, contact: Staff, head: Staff, manager: Staff
) -> None:
    alert = surge()
    opened = alert.opened_at

    assert climb_due(now=opened + 29 * MINUTE) == 0
    assert climb_due(now=opened + 32 * MINUTE) == 1
    alert.refresh_from_db()
    assert (alert.level, alert.told_level) == (1, 2)
    assert head.username in told(alert)
    assert manager.username not in told(alert)
    for minutes in (60, 80, 100):
        climb_due(now=opened + minutes * MINUTE)
    assert manager.username in told(alert)


def test_told_to_all_it_is_repeated_six_times(surge: Callable, duty: Staff, manager: Staff) -> None:
    alert = surge()
    counts = [climb_due(now=alert.opened_at + HOUR * number) for number in range(1, 15)]

    assert sum(counts) == 3 + 6
    assert Notice.objects.filter(recipient=manager).count() == 1 + 6


def test_acknowledged_by_name_it_climbs_no_further(surge: Callable, contact: Staff, duty: Staff, stranger: Staff) -> None:
    alert = surge()

    with pytest.raises(NotAllowed):
        acknowledge(alert=alert, by=stranger, now=NOW + 11 * MINUTE)
    acknowledge(alert=alert, by=contact, now=NOW + 12 * MINUTE)
    with pytest.raises(Conflict):
        acknowledge(alert=alert, by=duty, now=NOW + 13 * MINUTE)
    assert climb_due(now=NOW + 5 * HOUR) == 0
    alert.refresh_from_db()
    assert alert.acknowledged_by == contact


def test_acknowledged_it_still_rises_by_size_but_not_by_time(surge: Callable, file: File, duty: Staff) -> None:
    alert = surge()
    acknowledge(alert=alert, by=duty, now=NOW + 12 * MINUTE)
    for number in range(22):
        file(NOW + (50 + number * 6) * MINUTE)
    count_arrivals(now=NOW + 3 * HOUR)
    alert.refresh_from_db()
    assert (alert.level, alert.cleared_at) == (1, None)

    for number in range(30):
        file(NOW + 180 * MINUTE + number * MINUTE / 2)
    count_arrivals(now=NOW + 4 * HOUR)
    alert.refresh_from_db()
    assert alert.level == 4


def test_over_after_an_hour_of_calm_and_everybody_told_hears_of_it(surge: Callable, duty: Staff, contact: Staff) -> None:
    alert = surge()
    let_time_pass(now=NOW + HOUR)
    alert.refresh_from_db()
    assert alert.is_open

    let_time_pass(now=NOW + 3 * HOUR)
    alert.refresh_from_db()
    assert not alert.is_open
    assert NOW + 2 * HOUR < alert.cleared_at <= NOW + 3 * HOUR
    assert told(alert, "surge.over") == told(alert) == {"2002", "3003"}
    assert [event.kind for event in Event.objects.filter(stream=alert.stream).order_by("seq")] == ["alert.open", "alert.clear"]


def test_it_does_not_flap(surge: Callable, file: File, duty: Staff, contact: Staff) -> None:
    alert = surge(11)
    let_time_pass(now=NOW + 140 * MINUTE)
    alert.refresh_from_db()
    assert not alert.is_open

    again = surge(10, start=NOW + 150 * MINUTE)
    assert again == alert
    assert again.is_open
    # Who was told hears that it goes on, and the level that they know is not told them twice.
    assert told(alert, "surge.again") == told(alert) == {"2002", "3003"}
    assert Notice.objects.filter(kind="surge.again").count() == 2
    # It lasts two hours and more by now: yellow, which must be acknowledged within 20 minutes.
    assert (again.level, again.climbs_at) == (2, NOW + 160 * MINUTE + 20 * MINUTE)
    let_time_pass(now=NOW + 10 * HOUR)
    assert surge(10, start=NOW + 15 * HOUR) != alert


def test_several_children_are_brought_together_on_the_parent(
    file: File, fixed: AlertRule, jinan: Region, qingdao: Region, province: Region
) -> None:
    AlertRule.objects.create(name="全省", method="fixed", count=18, minutes=60, region_kind="province", category_depth=3)
    for number in range(22):
        file(NOW + number * MINUTE, where=(jinan, qingdao)[number % 2])
        count_arrivals(now=NOW + number * MINUTE)

    shown = Alert.objects.get(merged_into=None)
    assert shown.region == province
    assert Alert.objects.exclude(merged_into=None).count() <= 1
    assert Alert.objects.filter(cleared_at=None, merged_into=None).count() == 1


def test_a_surge_that_spreads_to_other_cities_stays_one_alert(
    file: File, category: Category, jinan: Region, qingdao: Region, province: Region
) -> None:
    AlertRule.objects.all().delete()
    AlertRule.objects.create(name="每级", method="fixed", count=6, minutes=60, category_depth=3)
    for number in range(7):
        file(NOW + number * MINUTE, where=jinan)
    count_arrivals(now=NOW + 7 * MINUTE)
    assert [alert.region for alert in Alert.objects.filter(cleared_at=None, merged_into=None)] == [jinan]

    for number in range(12):
        file(NOW + (10 + number) * MINUTE, where=qingdao)
        count_arrivals(now=NOW + (10 + number) * MINUTE)
    shown = Alert.objects.get(cleared_at=None, merged_into=None)
    assert (shown.region, shown.seen, Alert.objects.count()) == (province, 18, 1)


def test_a_child_that_explains_its_parent_is_where_the_alert_stands(file: File, category: Category, jinan: Region) -> None:
    """The adaptive rule watches every level; a surge of one kind in one city is one alert, there."""
    chance, at = random.Random(3), NOW
    while (at := at + dt.timedelta(hours=chance.expovariate(0.2))) < NOW + 22 * DAY:
        file(at)
    for number in range(25):
        file(NOW + 22 * DAY + number * MINUTE)
    while count_arrivals(now=NOW + 23 * DAY):
        pass

    surging = Alert.objects.filter(since__gte=NOW + 22 * DAY - HOUR, merged_into=None)
    assert [(alert.category, alert.region) for alert in surging] == [(category, jinan)]
    assert Watch.objects.filter(is_open=True).count() == 6


def test_a_conclusion_needs_its_facts(surge: Callable, duty: Staff, network: Department) -> None:
    alert = surge()
    with pytest.raises(Conflict):
        conclude(alert=alert, outcome="incident", cause="光缆中断", department=network, by=duty, now=NOW + HOUR)
    let_time_pass(now=NOW + 3 * HOUR)

    with pytest.raises(Invalid):
        conclude(alert=alert, outcome="incident", cause="光缆中断", by=duty, now=NOW + 3 * HOUR)
    conclude(alert=alert, outcome="incident", cause="光缆中断", department=network, by=duty, now=NOW + 3 * HOUR)
    alert.refresh_from_db()
    assert (alert.outcome, alert.department, alert.concluded_by) == ("incident", network, duty)


def test_a_preview_tells_what_the_rule_would_have_told_and_what_was_confirmed(
    surge: Callable, fixed: AlertRule, duty: Staff, network: Department, file: File
) -> None:
    alert = surge()
    let_time_pass(now=NOW + 3 * HOUR)
    conclude(alert=alert, outcome="incident", cause="光缆中断", department=network, by=duty, now=NOW + 3 * HOUR)
    surge(12, start=NOW + 2 * DAY)
    sent = Notice.objects.count()

    rehearse(rule=fixed, now=NOW + 3 * DAY)

    assert (fixed.rehearsal["fired"], fixed.rehearsal["confirmed"], fixed.rehearsal["complaints"]) == (2, 1, 22)
    assert Notice.objects.count() == sent
    fixed.count = 50
    rehearse(rule=fixed, now=NOW + 3 * DAY)
    assert fixed.rehearsal["fired"] == 0


def live(complaints: list[tuple[dt.datetime, Category, Region]], agent: Staff, until: dt.datetime) -> None:
    """Let complaints come in at their times, and the job of each minute run in between."""
    at = complaints[0][0]
    for number, (filed, what, where) in enumerate(complaints):
        while (at := at + 5 * MINUTE) < filed:
            let_time_pass(now=at)
        let_time_pass(now=filed)
        at = filed
        customer = Customer.objects.create(number=f"137{number:08}", region=where)
        ticket = factories.ticket(what, where, agent, filed, filing_key=f"live:{number}")
        arrive(Complaint.objects.create(ticket=ticket, customer=customer, contact_phone=customer.number))
        count_arrivals(now=filed)
    while (at := at + 5 * MINUTE) < until:
        let_time_pass(now=at)


@pytest.mark.parametrize(("count", "happened"), [(4, {"alert.move"}), (7, {"alert.reopen"})])
def test_the_preview_tells_what_was_told_live(
    count: int, happened: set[str], category: Category, jinan: Region, qingdao: Region, agent: Staff, duty: Staff
) -> None:
    AlertRule.objects.all().delete()
    rule = AlertRule.objects.create(name="每级", method="fixed", count=count, minutes=60, owner=duty)
    call, fee = factories.category("NET/CALL/DROP", "掉话"), factories.category("FEE/PLAN/TOLD", "未告知")
    chance = random.Random(count)
    bursts = [(0, 12, [category], [jinan]), (130, 8, [category], [jinan]), (200, 16, [category, call], [jinan, qingdao]),
              (420, 10, [fee], [qingdao]), (560, 9, [fee], [qingdao]), (900, 14, [category, call, fee], [jinan])]  # fmt: skip
    complaints = sorted(
        ((NOW + (start + chance.uniform(0, 50)) * MINUTE, chance.choice(what), chance.choice(wheres))
         for start, number, what, wheres in bursts for _each in range(number)), key=lambda each: each[0],
    )  # fmt: skip

    live(complaints, agent, NOW + 2 * DAY)
    told = rehearsed(rule, NOW + 2 * DAY)

    alerts = Alert.objects.filter(merged_into=None).order_by("opened_at", "pk")
    assert [
        (each["category"], each["region"], each["opened"], each["cleared"], each["level"], each["excess"])
        for each in sorted(told["firings"], key=lambda each: each["opened"])
    ] == [
        (
            alert.category_id,
            alert.region_id,
            alert.opened_at.isoformat(),
            alert.cleared_at.isoformat(),
            alert.level,
            round(alert.excess),
        )
        for alert in alerts
    ]
    assert told["fired"] == len(alerts) > 2
    kinds = set(Event.objects.filter(kind__startswith="alert.").values_list("kind", flat=True))
    assert kinds >= {"alert.open", "alert.rise", "alert.clear", *happened}


# — pages —


def client_of(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_shows_course_places_complaints_and_what_it_was_before(surge: Callable, duty: Staff, jinan: Region) -> None:
    first = surge()
    let_time_pass(now=NOW + 3 * HOUR)
    conclude(alert=first, outcome="nothing", by=duty, now=NOW + 3 * HOUR)
    second = surge(14, start=NOW + DAY)

    with time_machine.travel(NOW + DAY + HOUR):
        page = client_of(duty).get(reverse("complaints:alert", args=[second.pk]))
    course = page.context["course"]
    assert sum(hour.seen for hour in course.hours if hour.is_surge) == 14
    assert [(row.place, row.total) for row in course.heat] == [(jinan, 14)]
    assert len(page.context["complaints"]) == 14
    assert [each.outcome for each in page.context["similar"]] == ["nothing"]
    assert "139****0013" not in page.content.decode()


@pytest.mark.parametrize("count", [10, 60])
def test_the_page_costs_the_same_for_many_complaints(
    count: int, surge: Callable, head: Staff, django_assert_max_num_queries: Callable
) -> None:
    alert = surge(count)
    client = client_of(head)

    with time_machine.travel(NOW + 2 * HOUR), django_assert_max_num_queries(12) as counted:
        assert client.get(reverse("complaints:alert", args=[alert.pk])).status_code == 200
    assert len(counted) == 12


def test_a_person_acknowledges_and_concludes_on_the_page(surge: Callable, contact: Staff, network: Department) -> None:
    alert = surge()
    client = client_of(contact)
    with time_machine.travel(NOW + 11 * MINUTE):
        client.post(reverse("complaints:acknowledge_alert", args=[alert.pk]))
    let_time_pass(now=NOW + 3 * HOUR)
    with time_machine.travel(NOW + 3 * HOUR):
        refused = client.post(reverse("complaints:conclude_alert", args=[alert.pk]), {"outcome": "incident", "cause": "光缆中断"})
        done = client.post(
            reverse("complaints:conclude_alert", args=[alert.pk]),
            {"outcome": "incident", "cause": "光缆中断", "department": network.pk},
        )

    assert refused.status_code == 422
    assert "光缆中断" in refused.content.decode()
    assert done.status_code == 302
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.outcome) == (contact, "incident")


def test_the_list_and_the_menu_count_what_goes_on(surge: Callable, duty: Staff, django_assert_num_queries: Callable) -> None:
    alert = surge()
    client = client_of(duty)
    with time_machine.travel(NOW + HOUR):
        assert client.get(reverse("complaints:alert_count")).context["counted"] == 1
        with django_assert_num_queries(6):
            assert client.get(reverse("complaints:alerts")).context["rows"] == [alert]
        assert client.get(reverse("complaints:alerts"), {"show": "past"}).context["rows"] == []


def test_a_rule_is_previewed_by_a_job(fixed: AlertRule, duty: Staff, head: Staff) -> None:
    address = reverse("complaints:rehearse_rule", args=[fixed.pk])
    with time_machine.travel(NOW, tick=False):
        assert client_of(head).post(address).status_code == 403
        assert client_of(duty).post(address).status_code == 302
    fixed.refresh_from_db()
    assert fixed.rehearsal_asked_at == NOW
    rehearse(rule=fixed, now=NOW)
    page = client_of(duty).get(reverse("complaints:alert_rule", args=[fixed.pk]))
    assert page.context["told"]["fired"] == 0
