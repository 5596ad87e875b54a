"""A real event log replayed, and counted again from the raw file with nothing but the csv module."""

import csv
import datetime as dt
import gzip
import json
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db.models import Count, Max

from complaints.imports.replay import NO_CALLBACK
from complaints.models import Complaint
from journal.models import Event
from tests import factories
from tests.complaints.imports.test_import_eventlog import MAPPING, ROOT
from workorders.enums import ClockKind, OrderState, TicketState
from workorders.models import Clock, Hold, Ticket, WorkOrder

LOG = ROOT / "tests" / "data" / "incident_eventlog" / "incident_events_601.csv.gz"
ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = dt.timedelta(minutes=1)
#: Its first row bears a later time than its resolution, so that by time it is worked on again, which the log denies.
OUT_OF_ORDER = "INC0000137"
WAITS = ("Awaiting User Info", "Awaiting Problem", "Awaiting Vendor", "Awaiting Evidence")


@dataclass
class Replayed:
    told: dict[str, Any]
    cases: dict[str, list[dict[str, str]]]

    def taken(self) -> dict[str, list[dict[str, str]]]:
        refused = {line["line"] for line in self.told["refused"]}
        return {
            number: sorted(rows, key=at)
            for number, rows in self.cases.items()
            if refused.isdisjoint(int(row["line"]) for row in rows)
        }


def at(row: dict[str, str], column: str = "sys_updated_at") -> dt.datetime:
    return dt.datetime.strptime(row[column], "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


def raw_cases() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            found.setdefault(row["number"], []).append({**row, "line": str(line)})
    return found


def code(group: str) -> str:
    return "INC-NONE" if group == "?" else "INC-" + group.upper().replace(" ", "-")


def check_log_is_taken_but_for_early_rows_and_a_late_reopening(replayed: Replayed) -> None:
    early = [int(rows[0]["line"]) for rows in replayed.cases.values() if min(map(at, rows)) < at(rows[0], "opened_at")]
    late = [
        int(after["line"])
        for rows in replayed.cases.values()
        for before, after in pairwise(rows)
        if (before["incident_state"], after["incident_state"]) == ("Closed", "Active")
        and at(after) - at(before) > dt.timedelta(days=30)
    ]

    assert sorted(refused["line"] for refused in replayed.told["refused"]) == sorted(early + late)
    assert (replayed.told["cases"], replayed.told["taken"], replayed.told["skipped"]) == (601, 595, 0)
    assert replayed.told["reasons"] == {"a row before the case was opened": 5, "the step “again” is not possible": 1}
    assert Complaint.objects.count() == Ticket.objects.count()


def check_log_ends_with_every_ticket_closed(replayed: Replayed) -> None:
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.CLOSED}
    assert not Hold.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(kind="ticket.close", data__reason=NO_CALLBACK).count() == len(replayed.taken())


def check_log_says_replied_and_closed_as_the_tickets_do(replayed: Replayed) -> None:
    last = Complaint.objects.filter(ticket__reopened=None)
    rows = last.values_list("customer__number", "ticket__replied_at", "ticket__closed_at")
    ends = {number.removeprefix("uci498:"): (replied, closed) for number, replied, closed in rows}
    taken = replayed.taken()

    assert {number: ends[number][1] for number in taken} == {number: at(rows[-1], "closed_at") for number, rows in taken.items()}
    known = {number: rows for number, rows in taken.items() if rows[-1]["resolved_at"] != "?" and number != OUT_OF_ORDER}
    assert {number: ends[number][0] for number in known} == {number: at(rows[-1], "resolved_at") for number, rows in known.items()}


def changes(rows: list[dict[str, str]]) -> list[tuple[dict[str, str], dict[str, str]]]:
    return [(before, after) for before, after in pairwise(rows) if before["assignment_group"] != after["assignment_group"]]


def check_log_counts_as_many_hand_offs_as_the_tickets(replayed: Replayed) -> None:
    """A first group counts as a hand-off in the log and as a dispatch here; two cases count one that no row shows."""
    taken = replayed.taken()
    first_groups = sum(rows[0]["assignment_group"] == "?" and bool(changes(rows)) for rows in taken.values())
    counted = {number: int(rows[-1]["reassignment_count"]) for number, rows in taken.items()}
    unseen = [number for number, rows in taken.items() if len(changes(rows)) != counted[number]]

    assert replayed.told["hand_offs"] == sum(len(changes(rows)) for rows in taken.values()) - first_groups
    assert WorkOrder.objects.filter(state=OrderState.TRANSFERRED).count() == replayed.told["hand_offs"]
    assert {counted[number] - len(changes(taken[number])) for number in unseen} == {1}
    assert len(unseen) == 2
    transfers = Counter(
        WorkOrder.objects.filter(state=OrderState.TRANSFERRED).values_list("ticket__complaint__customer__number", flat=True)
    )
    for number, rows in taken.items():
        if number not in unseen:
            first = rows[0]["assignment_group"] == "?" and bool(changes(rows))
            assert transfers[f"uci498:{number}"] + first == counted[number], number


def check_log_counts_as_many_reopenings_as_the_tickets(replayed: Replayed) -> None:
    taken = replayed.taken()
    assert list(map(at, replayed.cases[OUT_OF_ORDER])) != list(map(at, taken[OUT_OF_ORDER]))
    counted = sum(int(rows[-1]["reopen_count"]) for rows in taken.values()) + 1
    rounds = Event.objects.filter(kind="ticket.redispatch").count()
    anew = Ticket.objects.exclude(reopened_from=None).count()

    assert (replayed.told["reopenings"], rounds + anew) == (counted, counted)
    assert Ticket.objects.aggregate(most=Max("round"))["most"] == 2


@dataclass
class Stint:
    """A department's turn as counted from the rows: when it began and ended, and when the case waited meanwhile."""

    group: str
    begun: dt.datetime
    ended: dt.datetime
    waited: dt.timedelta


def stints(rows: list[dict[str, str]]) -> list[Stint]:
    """Count a case's turns by hand: a new one at every change of group and at every reopening, ended by the resolution."""
    found: list[Stint] = []
    holder, is_done = "", False
    marks = instants(rows)
    for (time, state, named), (until, _state, _named) in zip(marks, [*marks[1:], marks[-1]], strict=True):
        is_end = state in {"Resolved", "Closed"}
        if (is_done and is_end) or (named == "?" and not holder):
            continue
        if found and not is_done:
            found[-1].ended = time
        if is_done or named != holder:
            found.append(Stint(named, time, time, dt.timedelta()))
            holder = named
        if state in WAITS:
            found[-1].waited = min(found[-1].waited + (until - time), dt.timedelta(hours=72))
        is_done = is_end
    return found


def instants(rows: list[dict[str, str]]) -> list[tuple[dt.datetime, str, str]]:
    """Return time, state and group of each row; a resolution repeated later counts from the instant its column names."""
    last = max((index for index, row in enumerate(rows) if row["incident_state"] not in {"Resolved", "Closed"}), default=-1)
    resolved = at(rows[-1], "resolved_at") if rows[-1]["resolved_at"] != "?" else None
    first_closed = next(at(row) for row in rows[last + 1 :] if row["incident_state"] == "Closed")
    found = []
    for index, row in enumerate(rows):
        early = index > last and resolved and at(rows[last + 1]) < resolved <= first_closed and at(row) < resolved
        found.append((at(row), "Active" if early else row["incident_state"], row["assignment_group"]))
    return found


def check_log_gives_each_group_its_orders_and_its_minutes(replayed: Replayed) -> None:
    orders: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for rows in replayed.taken().values():
        for stint in stints(rows):
            orders[code(stint.group)] += 1
            held[code(stint.group)] += (stint.ended - stint.begun - stint.waited) // MINUTE
    told = replayed.told["departments"]

    assert {name: each["orders"] for name, each in told.items()} == dict(orders)
    assert {name: each["minutes_held"] for name, each in told.items()} == {name: held[name] for name in orders}
    counted = WorkOrder.objects.values_list("department__code").annotate(orders=Count("pk"))
    assert dict(counted) == dict(orders)


def check_log_on_time_is_what_the_clocks_judged(replayed: Replayed) -> None:
    clocks = Clock.objects.filter(kind=ClockKind.RESOLVE)
    met = clocks.filter(breached_at=None).values_list("order__department__code").annotate(met=Count("pk"))

    assert {name: each["on_time"] for name, each in replayed.told["departments"].items() if each["on_time"]} == dict(met)
    for clock in clocks.select_related("order"):
        assert (clock.breached_at is None) == (clock.used <= clock.allowance), clock.pk


def check_log_read_again_changes_nothing(replayed: Replayed) -> None:
    before = Event.objects.count()
    out = StringIO()

    call_command("import_eventlog", LOG, mapping=MAPPING, json=True, stdout=out)

    again = json.loads(out.getvalue())
    assert (again["taken"], again["skipped"], len(again["refused"])) == (0, 595, 6)
    assert again["departments"] == replayed.told["departments"]
    assert Event.objects.count() == before


@pytest.mark.usefixtures("province", "verified")
def test_real_log_is_what_a_count_of_its_rows_says() -> None:
    """One test, since replaying the log takes half a minute; the journal is verified at its end."""
    factories.limits(review_percent=30)
    out = StringIO()

    call_command("import_eventlog", LOG, mapping=MAPPING, json=True, stdout=out)

    replayed = Replayed(told=json.loads(out.getvalue()), cases=raw_cases())
    check_log_is_taken_but_for_early_rows_and_a_late_reopening(replayed)
    check_log_ends_with_every_ticket_closed(replayed)
    check_log_says_replied_and_closed_as_the_tickets_do(replayed)
    check_log_counts_as_many_hand_offs_as_the_tickets(replayed)
    check_log_counts_as_many_reopenings_as_the_tickets(replayed)
    check_log_gives_each_group_its_orders_and_its_minutes(replayed)
    check_log_on_time_is_what_the_clocks_judged(replayed)
    check_log_read_again_changes_nothing(replayed)
