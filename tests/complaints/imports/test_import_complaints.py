"""Files are taken in whole: each row taken, skipped or refused with a reason, and nothing invented."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.imports import importing
from complaints.imports.importing import NotSaved, take
from complaints.imports.mapping import BadMapping, FileMapping
from complaints.imports.playing import CLOSED, CLOSED_AS_OF
from complaints.imports.report import Report
from complaints.models import Callback, Complaint, Customer
from journal.models import Event, Notice
from organization.models import Department, Region
from tests import factories
from tests.complaints.imports.conftest import changed, row
from workorders.actions.escalating import fire_due
from workorders.enums import ClockKind, OrderState, TicketState
from workorders.models import Category, Clock, StepFired, Ticket, WorkOrder
from workorders.rebuild import differences

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
DONE = {"state": "归档", "closed": "2026-03-03 09:00:01", "note": "已扩容"}

pytestmark = pytest.mark.usefixtures("operator")


def taken(path: Path, mapping: FileMapping | None = None, **options: Any) -> Report:
    return take(path, mapping or changed(), now=NOW, **options)


def reasons(report: Report) -> list[tuple[int, str]]:
    return [(line, reason.partition(":")[0]) for line, reason in report.refused]


def counts() -> list[int]:
    return [model.objects.count() for model in (Ticket, WorkOrder, Customer, Event, Category, Region, Department)]


def test_open_row_lies_with_its_department_under_its_own_deadline(file: Callable) -> None:
    report = taken(file(row()))

    ticket = Ticket.objects.get(filing_key="test:1")
    assert (report.taken, report.skipped, report.refused) == (1, 0, [])
    assert (ticket.state, ticket.subject, ticket.channel) == (TicketState.IN_PROGRESS, "上网慢", "hotline")
    assert ticket.filed_at == dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
    assert (ticket.region.name, ticket.category.code, ticket.filed_by.username) == ("济南分公司", "NET-DATA-SLOW", "SYSTEM")
    order = ticket.orders.get()
    assert (order.department.code, order.state, order.assignee) == ("NETWORK", OrderState.DISPATCHED, None)
    due = dt.datetime(2026, 3, 3, 1, 0, 1, tzinfo=dt.UTC)
    assert set(Clock.objects.values_list("kind", "order", "started_at", "due_at", "ola_rule", "sla_rule")) == {
        (ClockKind.OVERALL, None, ticket.filed_at, due, None, None),
        (ClockKind.RESOLVE, order.pk, ticket.filed_at, due, None, None),
    }
    assert list(differences()) == []


@pytest.mark.parametrize(("second", "is_late"), [(1, False), (2, True)])
def test_closed_row_is_judged_to_the_second(file: Callable, second: int, is_late: bool) -> None:
    taken(file(row(**DONE | {"closed": f"2026-03-03 09:00:0{second}"})))

    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.answer) == (TicketState.CLOSED, "已扩容")
    assert ticket.closed_at == ticket.replied_at == dt.datetime(2026, 3, 3, 1, 0, second, tzinfo=dt.UTC)
    assert [clock.breached_at is not None for clock in Clock.objects.all()] == [is_late, is_late]
    assert Event.objects.get(kind="ticket.close").data["reason"] == CLOSED
    assert not Callback.objects.exists()
    assert list(differences()) == []


def test_row_without_deadline_gets_no_clock(file: Callable) -> None:
    taken(file(row(due=""), row(no="2", due="", **DONE)))

    assert not Clock.objects.exists()
    assert list(Ticket.objects.order_by("pk").values_list("state", "due_at")) == [("in_progress", None), ("closed", None)]
    assert list(differences()) == []


def test_our_own_limits_hold_where_the_mapping_says_so(file: Callable) -> None:
    taken(file(row()), changed(targets="policy"))

    assert sorted(Clock.objects.values_list("kind", flat=True)) == ["acknowledge", "overall", "resolve"]
    assert not Clock.objects.filter(due_at=dt.datetime(2026, 3, 3, 1, 0, 1, tzinfo=dt.UTC)).exists()
    assert list(differences()) == []


def test_closed_without_a_time_is_closed_as_of_the_files_end(file: Callable) -> None:
    path = file(row(**DONE | {"closed": ""}))
    as_of = {"as_of": dt.datetime(2026, 4, 1), "closed_without_time": "as_of"}

    assert reasons(taken(path)) == [(2, "closed, but without a closing time")]
    taken(path, changed(**as_of))

    assert Ticket.objects.get().closed_at == dt.datetime(2026, 3, 31, 16, 0, tzinfo=dt.UTC)
    assert Event.objects.get(kind="ticket.close").data["reason"] == CLOSED_AS_OF


def test_every_case_has_a_customer_of_its_own(file: Callable) -> None:
    taken(file(row(), row(no="2", received="2026-03-05 09:00:00", due="")))

    assert list(Customer.objects.order_by("number").values_list("number", flat=True)) == ["test:1", "test:2"]
    assert Complaint.objects.filter(repeat_of=None).count() == 2


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"no": ""}, "the number is missing"),
        ({"no": "9" * 28}, "the number is longer than 27 characters"),
        ({"received": ""}, "the time of receipt is missing"),
        ({"received": "31.02.2026"}, "received is no date in the mapping's formats"),
        ({"received": "2027-01-01 00:00:00", "due": ""}, "received in the future, or after the file's own end (as_of)"),
        ({"received": "9999-12-31 23:59:59", "due": ""}, "received in the future, or after the file's own end (as_of)"),
        ({"due": "2026-03-02 08:59:59"}, "the deadline is before the receipt"),
        (DONE | {"closed": "2026-03-02 08:59:59"}, "closed before it was received"),
        (DONE | {"closed": "2027-03-02 08:59:59"}, "closed in the future, or after the file's own end (as_of)"),
        ({"closed": "2026-03-02 10:00:00"}, "open, but with a closing time"),
        ({"state": "unclear"}, "unknown status"),
        ({"via": "brieftaube"}, "unknown channel"),
        ({"dept": "ATLANTIS"}, "unknown department"),
        ({"area": "亚特兰蒂斯"}, "unknown region"),
        ({"area": ""}, "the region is missing"),
        ({"kind": "NET-DATA"}, "unknown category"),
        ({"about": " "}, "the subject is missing"),
        ({"about": "长" * 121}, "subject is longer than 120 characters"),
        ({"note": "长" * 5001}, "note is longer than 5000 characters"),
        ({"about": "a\x07b"}, "control characters"),
    ],
)
def test_bad_row_is_refused_and_the_others_are_taken(file: Callable, cells: dict[str, str], reason: str) -> None:
    report = taken(file(row(no="first"), row(**cells), row(no="last")))

    assert (report.taken, reasons(report)) == (2, [(3, reason)])


def test_local_time_that_did_not_exist_is_refused(file: Callable) -> None:
    path = file(row(received="2026-03-08 02:30:00", due=""), row(no="2", received="2026-11-01 01:30:00", due=""))

    report = taken(path, changed(timezone="America/New_York"))

    assert reasons(report) == [(2, "received is a local time that did not exist (the clocks were put forward)")]
    assert Ticket.objects.get().filed_at == dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC)


def test_second_row_with_the_number_is_refused(file: Callable) -> None:
    report = taken(file(row(), row(about="另一件"), row(no="2", received="?"), row(no="2")))

    assert report.taken == 2
    assert report.refused == [
        (3, "the number stands in the file already: 1 on line 2"),
        (4, "received is no date in the mapping's formats: ?"),
    ]


def test_long_subject_is_shortened_where_the_mapping_says_so(file: Callable) -> None:
    taken(file(row(about="长" * 130)), changed(shorten_subject=True, columns={"description": "about"}))

    ticket = Ticket.objects.get()
    assert (len(ticket.subject), ticket.subject[-1], len(ticket.description)) == (120, "…", 130)


def test_values_that_count_as_empty(file: Callable) -> None:
    taken(file(row(due="?", closed="?")), changed(empty=["?"]))

    assert Ticket.objects.get().due_at is None


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
def test_other_encodings_are_taken(file: Callable, encoding: str) -> None:
    assert taken(file(row(), encoding=encoding)).taken == 1
    assert Ticket.objects.get().subject == "上网慢"


def test_emoji_and_copys_own_signs_are_kept(file: Callable) -> None:
    text = "😀 a\\b\tc\\N\nd"
    taken(file(row(**DONE | {"note": text}, due="")))

    assert Ticket.objects.get().answer == text
    assert list(differences()) == []


def test_same_file_twice_changes_nothing(file: Callable) -> None:
    path = file(row(), row(no="2", **DONE), row(no="3", dept="NEW"))
    mapping = changed(department={"create": True})
    taken(path, mapping)
    before = counts()

    report = taken(path, mapping)

    assert (report.taken, report.skipped, report.refused) == (0, 3, [])
    assert counts() == before


def test_longer_file_adds_only_its_new_rows(file: Callable) -> None:
    taken(file(row()))

    report = taken(file(row(), row(no="2")))

    assert (report.taken, report.skipped) == (1, 1)


def test_dry_run_writes_nothing_and_says_the_same(file: Callable) -> None:
    path = file(row(), row(no="2", dept="NEW"), row(no="3", via="?"))
    mapping = changed(department={"create": True})
    before = counts()

    dry = taken(path, mapping, dry_run=True)

    assert counts() == before
    assert dry == taken(path, mapping)
    assert (dry.taken, dry.refused) == (2, [(4, "unknown channel: ?")])


def test_unknown_names_are_made_where_the_mapping_says_so(file: Callable) -> None:
    mapping = changed(
        columns={"category": ["about", "kind", "note"]},
        defaults={"category": None},
        category={"create": True},
        region={"create": True, "root": ["land", "某国", "Land"], "names": {"North": ["北区", "North"]}},
        department={"create": True, "names": {"D 1": ["一部", "First"]}},
    )
    taken(file(row(kind="慢", note="很慢", area="North", dept="D 1"), row(no="2", note="很慢", area="", dept="D 1")), mapping)

    first, second = Ticket.objects.order_by("pk").select_related("category", "region")
    assert [first.category.name, first.category.parent.name, first.category.parent.parent.name] == ["很慢", "慢", "上网慢"]
    assert (first.category.depth, first.region.name, first.region.parent.code, second.region.code) == (3, "北区", "land", "land")
    department = first.orders.get().department
    assert (department.name, department.name_en, department.code[:8]) == ("一部", "First", "test-d-1")
    assert len(department.code) <= 32
    assert taken(file(row(no="3", kind="慢", note="很慢", area="North", dept="D 1")), mapping).taken == 1
    assert list(differences()) == []


def test_category_by_rules_takes_the_first_that_fits(file: Callable) -> None:
    rules = [{"match": "slow|慢", "code": "NET-DATA-SLOW"}, {"match": "账", "code": "BILL-WRONG-AMOUNT"}]
    mapping = changed(columns={"category": "about"}, category={"rules": rules}, defaults={"category": "OTH-OTHER-OTHER"})

    taken(file(row(about="SLOW 账"), row(no="2", about="账"), row(no="3", about="其他")), mapping)

    found = Ticket.objects.order_by("pk").values_list("category__code", flat=True)
    assert list(found) == ["NET-DATA-SLOW", "BILL-WRONG-AMOUNT", "OTH-OTHER-OTHER"]


def test_department_follows_the_route_and_then_the_default(file: Callable) -> None:
    rows = [row(dept=""), row(no="2", dept="", kind="OTH-OTHER-OTHER"), row(no="3", dept="", kind="OTH-OTHER-OTHER", **DONE)]

    report = taken(file(*rows))
    assert reasons(report) == [(4, "no department, and the category has no route")]
    taken(file(*rows), changed(defaults={"department": "CARE"}))

    assert Ticket.objects.get(filing_key="test:2").state == TicketState.AWAITING_DISPATCH
    assert Ticket.objects.get(filing_key="test:3").orders.get().department.code == "CARE"
    assert Ticket.objects.get(filing_key="test:1").orders.get().department.code == "NETWORK"


@pytest.mark.django_db(transaction=True)
def test_failed_batch_leaves_the_earlier_ones_and_a_second_run_completes(file: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    path = file(*(row(no=str(number)) for number in range(1, 6)))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workorders_ticket ADD CONSTRAINT refusing CHECK (filing_key <> 'test:4')")
    try:
        with pytest.raises(NotSaved, match="lines 4 to 5 were not saved"):
            taken(path)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE workorders_ticket DROP CONSTRAINT refusing")

    assert sorted(Ticket.objects.values_list("filing_key", flat=True)) == ["test:1", "test:2"]
    report = taken(path)
    assert (report.taken, report.skipped) == (3, 2)
    assert list(differences()) == []


def test_missing_calendar_is_told_by_its_key(file: Callable) -> None:
    with pytest.raises(BadMapping, match="department.calendar: there is no calendar 'moon'; there are: "):
        taken(file(row(dept="NEW")), changed(department={"create": True, "calendar": "moon"}))
    assert not Ticket.objects.exists()


TOML = """
source = "cli"
timezone = "Asia/Shanghai"
[columns]
number = "no"
received = "received"
subject = "about"
status = "state"
region = "area"
department = "dept"
[dates]
received = "%Y-%m-%d %H:%M:%S"
[values.status]
"在途" = "open"
[defaults]
channel = "staff"
category = "NET-DATA-SLOW"
"""


def test_command_reports_by_line_and_writes_the_refused(file: Callable, tmp_path: Path) -> None:
    (mapping := tmp_path / "map.toml").write_text(TOML, encoding="utf-8")
    path, out, refused = file(row(), row(no="2", state="?")), io.StringIO(), tmp_path / "refused.csv"

    call_command("import_complaints", path, "--mapping", mapping, "--refused", refused, stdout=out)

    assert out.getvalue().splitlines() == [
        "2 rows: 1 taken, 0 skipped (taken before), 1 refused",
        "  1 × unknown status",
        "      line 3: unknown status: ?",
    ]
    with refused.open(encoding="utf-8-sig", newline="") as found:
        assert list(csv.reader(found)) == [["line", "reason"], ["3", "unknown status: ?"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("subject =", "colour ="), "map.toml: columns.colour: there is no such field"),
        (('"about"', '"title"'), "columns.subject: the file has no column 'title'"),
        (("timezone", "timezome"), "map.toml: timezone: is missing"),
    ],
)
def test_command_fails_for_a_bad_mapping(file: Callable, tmp_path: Path, change: tuple[str, str], message: str) -> None:
    (mapping := tmp_path / "map.toml").write_text(TOML.replace(*change), encoding="utf-8")

    with pytest.raises(CommandError, match=message):
        call_command("import_complaints", file(row()), "--mapping", mapping)
    assert not Ticket.objects.exists()


def test_command_fails_for_a_bad_file_with_nothing_saved(tmp_path: Path) -> None:
    (mapping := tmp_path / "map.toml").write_text(TOML, encoding="utf-8")
    (path := tmp_path / "file.csv").write_text(
        'no,received,about,state,area,dept\n1,2026-03-02 09:00:00,慢,在途,济南分公司,NETWORK\n2,"open', encoding="utf-8"
    )

    with pytest.raises(CommandError, match="line 3: .*quotation mark"):
        call_command("import_complaints", path, "--mapping", mapping)
    assert not Ticket.objects.exists()


def test_ladder_steps_of_the_past_are_passed_over_and_tell_nobody(file: Callable) -> None:
    """Pitfalls 22 and 29: a start in the past breaches on attach, and storms."""
    factories.ladders(at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    factories.staff("3009", "接口人", Department.objects.get(code="NETWORK"), ["contact"], None)

    taken(file(row(), row(no="2", **DONE), row(no="3", received="2026-11-24 09:00:00", due="2026-11-24 20:00:00")))
    fired = fire_due(now=NOW)

    past = Clock.objects.get(ticket__filing_key="test:1", kind=ClockKind.RESOLVE)
    assert fired == 0
    assert list(past.fired.order_by("level").values_list("level", "skipped")) == [(level, True) for level in range(1, 7)]
    assert past.next_step_at is None
    assert not StepFired.objects.exclude(clock__ticket__filing_key="test:1").exists()
    assert not Notice.objects.exists()
    assert not WorkOrder.objects.exclude(supervised_at=None).exists()
    assert set(Ticket.objects.values_list("urgency", flat=True)) == {"normal"}
    assert list(differences()) == []

    later = Clock.objects.get(ticket__filing_key="test:3", kind=ClockKind.RESOLVE)
    assert fire_due(now=later.next_step_at) == 1
    assert Notice.objects.exists()
    assert list(differences()) == []
