"""The daily sums, less and plus what changed since, are the rows: for every scope, at any moment, whatever happened in between."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from complaints.actions.rolling import begin, fold
from complaints.models import Callback, Rollup, RollupBefore, RollupMark, RollupState
from complaints.queries import gathering, rolled
from complaints.queries.dashboard import _place, _topic, _tops
from complaints.queries.gathering import Found, of_rows, summed
from complaints.queries.percentiles import PARTS, coarse_wanted, neighbours, percentiles
from complaints.queries.satisfaction import Said
from complaints.queries.summed import sum_differences
from complaints.rollups.entries import ENTRIES
from complaints.rollups.measures import BIN, COARSE, LAST, WIDTH, edges
from complaints.scopes import midnight
from complaints.tasks import fold_sums
from foundation.errors import DomainError
from organization.models import Department, Region, Staff
from organization.queries import calendars
from tests import factories
from tests.complaints import test_dashboard
from tests.complaints.test_dashboard import DASHBOARD, PERIOD, VIEWED, Flow, Page, Told, after, check
from tests.conftest import NOW
from tests.demo import conftest as demo
from tests.demo.conftest import MORNING
from tests.demo.test_bulk import made
from tests.workorders.test_random_sequences import EDITS, STEPS, edit, typed
from workorders.actions import closing, handling
from workorders.menu import TICKET_MENU, perform
from workorders.models import Category, Clock, Ticket, WorkOrder
from workorders.queries.figures import Reach, Scope
from workorders.queries.groups import EVERYTHING, Tally

#: The dashboard's cast and the demo's operator.
fee, flow, month, page, told = (getattr(test_dashboard, name) for name in ("fee", "flow", "month", "page", "told"))
operator = demo.operator

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def scopes(now: dt.datetime, start: dt.date, end: dt.date) -> Iterator[Scope]:
    """Yield scopes of every kind: whole, a head's, a city manager's, and narrowed by one thing or two."""
    departments = list(Department.objects.filter(kind="support").order_by("pk"))[:3]
    cities = list(Region.objects.filter(kind="city").order_by("pk"))[:2]
    categories = list(Category.objects.order_by("path"))
    period = {"start": midnight(start), "end": midnight(end + DAY), "now": now, "reach": Reach()}
    yield Scope(**period)
    yield Scope(**period | {"start": midnight(end - 2 * DAY), "end": midnight(end - DAY)})
    for urgency in ("normal", "urgent"):
        yield Scope(**period, urgency=urgency)
    for department in departments:
        yield Scope(**period, department_id=department.pk)
        yield Scope(**period | {"reach": Reach(department_id=department.pk)}, urgency="normal")
    for city in cities:
        yield Scope(**period, region=city)
        yield Scope(**period | {"reach": Reach(region_id=city.pk)}, urgency="urgent")
        yield Scope(**period, region=city.parent, region_itself=True)
    for category in categories[:2]:
        yield Scope(**period, category=category)
        yield Scope(**period, category=category, category_itself=True, urgency="normal")


def nodes() -> tuple[dict[int, Region], dict[int, Category]]:
    return {each.pk: each for each in Region.objects.all()}, {each.pk: each for each in Category.objects.all()}


def both(scope: Scope) -> tuple[Found, Found]:
    """Return the figures out of the sums and out of the rows."""
    regions, categories = nodes()
    tops = {"region": _tops(regions, _place(scope)), "category": _tops(categories, _topic(scope))}
    held = {name: {key: top.pk for key, top in own.items()} for name, own in tops.items()}
    out_of_sums = summed(rolled.sliced(scope, regions, categories), held)
    assert out_of_sums is not None
    return out_of_sums, of_rows(scope, held)


def told_by(found: Found) -> dict[str, Any]:
    """Return what a page can tell; a group that has nothing is as good as none."""
    return {
        "tallies": {group: tally for group, tally in found.tallies.items() if tally != Tally()},
        "said": {group: said for group, said in found.said.items() if said != Said()},
        "counts": {group: dict(counts) for group, counts in found.counts.items() if group[1] is not None and counts},
        "total": found.total,
        "times": {
            group: times for group, times in found.times.items() if times != (None, None) and (group[1] or group == EVERYTHING)
        },
    }


def check_sums(now: dt.datetime, start: dt.date, end: dt.date) -> None:
    for scope in scopes(now, start, end):
        out_of_sums, out_of_rows = both(scope)
        assert told_by(out_of_sums) == told_by(out_of_rows), scope
    assert list(sum_differences()) == []


START, END = dt.date(2026, 11, 2), dt.date(2026, 11, 22)


@pytest.fixture
def summed_from_the_start(limits: None) -> None:
    begin(now=NOW - DAY)


@pytest.mark.usefixtures("limits", "summed_from_the_start", "month", "verified")
def test_what_changed_since_the_sums_were_made_is_counted_as_it_is() -> None:
    assert RollupMark.objects.count() == Ticket.objects.count() == 16
    assert not Rollup.objects.exists()
    # All are marked and were nothing before, so that the sums lack nothing up to now.
    RollupState.objects.update(upto=VIEWED - MINUTE)

    check_sums(VIEWED, START, END)


@pytest.mark.usefixtures("limits", "month", "verified")
def test_sums_made_of_everything_are_the_rows() -> None:
    fold(now=VIEWED)

    assert not RollupMark.objects.exists()
    assert Rollup.objects.exclude(since=None).exists()
    check_sums(VIEWED, START, END)


@pytest.mark.usefixtures("limits", "month", "verified")
def test_figures_out_of_sums_equal_a_count_by_hand(
    page: Page, officer: Staff, head: Staff, network: Department, qingdao: Region, fee: Category
) -> None:
    fold(now=VIEWED)

    def found(person: Staff, **query: str) -> Any:
        return page(person, **PERIOD, **query).context["found"]

    check(found(officer), lambda _ticket: True)
    check(found(head), lambda _ticket: True, network)
    check(found(officer, region="qd"), lambda ticket: ticket.region == qingdao)
    check(found(officer, category="FEE", urgency="urgent"), lambda ticket: ticket.category == fee and ticket.urgency == "urgent")


@pytest.mark.usefixtures("limits", "month")
def test_late_changes_to_past_days_are_counted_at_once_and_after_folding(
    duty: Staff, officer: Staff, contact: Staff, qingdao: Region, flow: Flow
) -> None:
    fold(now=VIEWED)
    for ticket in Ticket.objects.filter(state="in_progress"):
        closing.cancel(ticket=ticket, reason="客户撤回", by=duty, now=VIEWED)
    Ticket.objects.filter(state="closed").update(region=qingdao, urgency="urgent")
    WorkOrder.objects.filter(send_back_count=1).update(send_back_count=0)
    Callback.objects.filter(satisfaction=5).update(satisfaction=1)
    Clock.objects.filter(kind="resolve", stopped_at__isnull=False).update(used=dt.timedelta(hours=9))

    assert RollupMark.objects.count() > 5
    check_sums(VIEWED + MINUTE, START, END)
    fold(now=VIEWED + 2 * MINUTE)
    assert (RollupMark.objects.count(), RollupBefore.objects.count()) == (0, 0)
    check_sums(VIEWED + 3 * MINUTE, START, END)


@pytest.mark.usefixtures("limits", "month")
def test_time_moves_on_without_a_change() -> None:
    """Promises fall due by themselves: between two folds they are counted from the rows, later in the sums."""
    for hours in (1, 40, 100, 331, 480):
        fold(now=after(hours))
        for minutes in (0, 30, 60 * 24):
            check_sums(after(hours) + minutes * MINUTE, START, END)


@pytest.mark.usefixtures("limits", "month")
def test_a_moment_before_the_sums_is_counted_from_the_rows() -> None:
    fold(now=VIEWED)
    regions, categories = nodes()
    scope = next(scopes(VIEWED - DAY, START, END))

    assert summed(rolled.sliced(scope, regions, categories), {"region": {}, "category": {}}) is None


@pytest.mark.usefixtures("limits", "month")
def test_sums_that_lag_far_behind_are_left_alone(officer: Staff, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    regions, categories = nodes()
    asked = rolled.sliced(next(scopes(VIEWED, START, END)), regions, categories)
    fold(now=VIEWED)
    assert rolled.state_for(asked) is not None

    Ticket.objects.update(tier="vip")
    monkeypatch.setattr(rolled, "MOST", 15)
    assert rolled.state_for(asked) is None
    monkeypatch.setattr(rolled, "MOST", 16)
    assert rolled.state_for(asked) is not None
    begin(now=VIEWED)
    assert rolled.state_for(asked) is None
    check(page(officer, **PERIOD).context["found"], lambda _ticket: True)


@pytest.mark.usefixtures("limits", "month")
def test_a_scope_of_three_things_is_counted_from_the_rows(
    network: Department, qingdao: Region, province: Region, fee: Category
) -> None:
    fold(now=VIEWED)
    regions, categories = nodes()
    period = {"start": midnight(START), "end": midnight(END), "now": VIEWED, "reach": Reach()}

    def is_summed(**chosen: Any) -> bool:
        return rolled.sliced(Scope(**period, **chosen), regions, categories).is_summed

    assert is_summed(department_id=network.pk, region=province, urgency="normal")
    assert not is_summed(department_id=network.pk, region=qingdao)
    assert not is_summed(category=fee, region=qingdao)


@pytest.mark.django_db
@pytest.mark.usefixtures("limits")
@settings(
    max_examples=8,
    deadline=None,
    # A failing example is short enough to read; making it shorter takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, folds=st.sets(st.integers(0, 24), max_size=4), redone=st.booleans())
def test_after_any_sequence_of_actions_the_sums_are_the_rows(
    steps: list[tuple[str, int, int, int]],
    folds: set[int],
    redone: bool,
    category: Category,
    jinan: Region,
    qingdao: Region,
    agent: Staff,
    officer: Staff,
    duty: Staff,
    contact: Staff,
    head: Staff,
    biller: Staff,
    network: Department,
    billing: Department,
    finance: Department,
    administrator: Staff,
) -> None:
    people = [agent, officer, duty, contact, head, biller]
    for kept in (calendars._built, calendars._kept):
        # The examples' revisions are rolled back and given out again.
        kept.cache_clear()
    with transaction.atomic():
        now = folded = NOW
        fold(now=now)
        ticket = factories.ticket(category, jinan, agent, now)
        factories.dispatched(ticket, network, billing, by=officer, at=now)
        other = factories.ticket(category, qingdao, agent, now, urgency="urgent")
        factories.dispatched(other, finance, by=officer, at=now)
        for number, (name, pick, person, minutes) in enumerate(steps):
            now += dt.timedelta(minutes=minutes)
            ticket.refresh_from_db()
            orders = list(ticket.orders.select_related("department"))
            subject = ticket if name in {item.name for item in TICKET_MENU} else orders[pick % len(orders)]
            data = typed([network, billing, finance], people, ticket, pick, now)
            try:
                with transaction.atomic():
                    if name in EDITS:
                        edit(name, pick, [network, billing][pick % 2], administrator, now)
                    else:
                        perform(people[person], subject, name, data=data, now=now)
            except DomainError:
                pass
            # Sums that are two days behind are not read.
            if number in folds or now - folded > DAY:
                fold(now=now)
                folded = now
        check_sums(now + MINUTE, START, now.date())
        if redone:
            begin(now=now)
        fold(now=now + DAY)
        check_sums(now + DAY, START, now.date() + DAY)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_sums_follow_bulk_data_that_no_trigger_saw(operator: None) -> None:
    made(600)

    assert not RollupMark.objects.exists()
    assert Rollup.objects.filter(kind=0).exists()
    check_sums(MORNING, MORNING.date() - 60 * DAY, MORNING.date())
    made(60, 10)
    check_sums(MORNING, MORNING.date() - 60 * DAY, MORNING.date())


@pytest.mark.django_db(transaction=True)
def test_percentiles_of_many_are_within_the_width_of_a_bin(operator: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made(900)
    exact = [both(scope)[1].times for scope in scopes(MORNING, MORNING.date() - 60 * DAY, MORNING.date())]
    monkeypatch.setattr(gathering, "EXACT", 0)

    for scope, wanted in zip(scopes(MORNING, MORNING.date() - 60 * DAY, MORNING.date()), exact, strict=True):
        binned = told_by(both(scope)[0])["times"]
        assert set(binned) == {
            group for group, times in wanted.items() if (group[1] or group == EVERYTHING) and times != (None, None)
        }
        for group, times in binned.items():
            for found, true in zip(times, wanted[group], strict=True):
                assert abs(found / true - 1) <= WIDTH - 1 + 0.001, group


@given(st.lists(st.floats(0.5, 1.8e7), min_size=1, max_size=60))
def test_percentiles_of_bins_are_as_exact_as_the_bins(seconds: list[float]) -> None:
    ordered = sorted(seconds)
    numbers = [next(number for number in range(LAST + 1) if value < edges(number)[1] or number == LAST) for value in ordered]
    bins, coarse = Counter(numbers), Counter(number // COARSE for number in numbers)
    needed = Counter({number: count for number, count in bins.items() if number // COARSE in coarse_wanted(coarse)})

    for part, found in zip(PARTS, percentiles(coarse, needed), strict=True):
        low, high = (ordered[place] for place in neighbours(part, len(ordered)))
        assert low / WIDTH - 11 <= found.total_seconds() <= high * WIDTH + 11


@pytest.mark.django_db
def test_bins_in_the_database_are_those_of_the_edges() -> None:
    durations = [0.0, 9.99, 10.0, 10.1, 60.0, 3600.0, 86_400.0, 1e6, 1e9]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT s, {BIN.format(used='make_interval(secs => s)')} FROM unnest(%s::float8[]) AS s", [durations])
        found = dict(cursor.fetchall())

    assert found[0.0] == found[9.99] == 0
    assert found[1e9] == LAST
    for seconds in durations[2:-1]:
        lower, upper = edges(found[seconds])
        assert lower <= seconds < upper


@pytest.mark.django_db
def test_the_database_has_the_entries_of_today() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'complaints_entries'")
        (source,) = cursor.fetchone()

    assert ENTRIES in source


@pytest.mark.usefixtures("limits", "month")
def test_verify_tells_a_sum_that_differs_from_the_rows() -> None:
    fold(now=VIEWED)
    assert list(sum_differences()) == []
    one = Rollup.objects.filter(kind=0, filed__gt=0).first()
    Rollup.objects.filter(pk=one.pk).update(filed=one.filed + 1)

    found = list(sum_differences())

    assert len(found) == 2
    assert f"day {one.day}" in found[0]


@pytest.mark.usefixtures("limits")
@pytest.mark.parametrize("departments", [1, 30])
def test_the_page_makes_the_same_queries_out_of_sums(
    page: Page, told: Told, flow: Flow, office: Any, officer: Staff, departments: int, django_assert_num_queries: Any
) -> None:
    for number in range(departments):
        lead = factories.department(f"D{number}", f"部门{number}", office)
        flow.contacts[lead.pk] = factories.staff(f"7{number:03d}", "接口人", lead, ["contact"])
        flow.done(flow.sent(told(number), lead, at=number + 1), accepted=number + 1.1, replied=number + 2)
    fold(now=VIEWED)
    client = page(officer, **PERIOD).client

    with django_assert_num_queries(9):
        shown = client.get(DASHBOARD, PERIOD)

    assert len(shown.context["found"].departments) == departments


@pytest.mark.usefixtures("limits", "month")
def test_the_worker_and_the_command_bring_the_sums_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(VIEWED, tick=False):
        assert fold_sums(timestamp=0) > 1
        call_command("fold_sums", anew=True)

    assert "up to date" in capsys.readouterr().out
    assert RollupState.objects.get().upto == VIEWED - MINUTE
    assert list(sum_differences()) == []


# Races, on connections of their own.


class Beside:
    """Runs one call in a thread; `held` once it has done its work, which it keeps until `release`."""

    def __init__(self, call: Any) -> None:
        self.held, self.release = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(call,))
        self.thread.start()

    def _run(self, call: Any) -> None:
        try:
            with transaction.atomic():
                call()
                self.held.set()
                self.release.wait(20)
        finally:
            connection.close()

    def end(self) -> None:
        self.release.set()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def order(
    transactional_db: None, limits: None, category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department
) -> WorkOrder:
    return factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)


def test_a_change_that_is_under_way_while_the_sums_are_folded_is_not_lost(order: WorkOrder, handler: Staff) -> None:
    fold(now=NOW + MINUTE)
    change = Beside(lambda: handling.accept(order=order, by=handler, now=NOW + 3 * MINUTE))
    assert change.held.wait(20)

    fold(now=NOW + DAY)
    check_sums(NOW + DAY, START, START + DAY)
    change.end()

    assert RollupMark.objects.count() == 1
    check_sums(NOW + DAY, START, START + DAY)
    fold(now=NOW + DAY + MINUTE)
    assert RollupMark.objects.count() == 0
    check_sums(NOW + DAY + MINUTE, START, START + DAY)


def test_a_change_of_a_marked_ticket_is_folded_later_than_its_transaction(order: WorkOrder, handler: Staff) -> None:
    fold(now=NOW + MINUTE)
    handling.accept(order=order, by=handler, now=NOW + 2 * MINUTE)
    change = Beside(lambda: Ticket.objects.filter(pk=order.ticket_id).update(urgency="major"))
    assert change.held.wait(20)

    fold(now=NOW + DAY)
    assert RollupMark.objects.count() == 1
    change.end()

    check_sums(NOW + DAY, START, START + DAY)
    fold(now=NOW + DAY + MINUTE)
    check_sums(NOW + DAY + MINUTE, START, START + DAY)


def test_a_change_waits_for_the_fold_of_its_ticket_and_marks_it_anew(order: WorkOrder, handler: Staff) -> None:
    fold(now=NOW + MINUTE)
    handling.accept(order=order, by=handler, now=NOW + 2 * MINUTE)
    folding = Beside(lambda: fold(now=NOW + DAY))
    assert folding.held.wait(20)
    change = Beside(lambda: Ticket.objects.filter(pk=order.ticket_id).update(urgency="major"))

    assert not change.held.wait(0.5)
    folding.end()
    assert change.held.wait(20)
    change.end()

    assert RollupMark.objects.count() == 1
    check_sums(NOW + DAY, START, START + DAY)


def test_beginning_waits_for_who_writes(order: WorkOrder, handler: Staff) -> None:
    change = Beside(lambda: handling.accept(order=order, by=handler, now=NOW + MINUTE))
    assert change.held.wait(20)
    beginning = Beside(lambda: begin(now=NOW + DAY))

    assert not beginning.held.wait(0.5)
    change.end()
    assert beginning.held.wait(20)
    beginning.end()
    fold(now=NOW + DAY)

    assert RollupState.objects.get().upto == NOW + DAY - MINUTE
    check_sums(NOW + DAY, START, START + DAY)


def test_two_do_not_fold_at_once(order: WorkOrder) -> None:
    fold(now=NOW + MINUTE)
    folding = Beside(lambda: fold(now=NOW + DAY))
    assert folding.held.wait(20)
    before = RollupState.objects.get().version

    fold(now=NOW + 2 * DAY)
    assert RollupState.objects.get().version == before
    folding.end()

    check_sums(NOW + 2 * DAY, START, START + DAY)
