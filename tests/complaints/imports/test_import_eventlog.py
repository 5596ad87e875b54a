"""Small event logs, and bad ones."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from journal.models import Event, Notice
from organization.models import Department, Region, Staff
from tests import factories
from workorders.actions.escalating import fire_due
from workorders.enums import TicketState
from workorders.models import Clock, Hold, StepFired, Ticket, WorkOrder

ROOT = Path(__file__).resolve().parents[3]
MAPPING = ROOT / "complaints" / "data" / "eventlogs" / "incident_eventlog.toml"
HEADER = (
    "number,incident_state,opened_at,sys_updated_at,contact_type,category,subcategory,u_symptom,priority,"
    "assignment_group,resolved_at,closed_at"
)


def row(number: str, state: str, time: str, group: str = "Group 1", priority: str = "3 - Moderate", opened: str = "08:00") -> str:
    cells = (number, state, f"1/3/2016 {opened}", f"1/3/2016 {time}", "Phone", "Category 1", "Subcategory 2", "?", priority, group)
    return ",".join([*cells, "?", "?"])


def log(path: Path, *rows: str, header: str = HEADER) -> Path:
    file = path / "log.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def run(file: Path, mapping: Path = MAPPING, **options: object) -> dict[str, Any]:
    out = StringIO()
    call_command("import_eventlog", file, mapping=mapping, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def refused(found: dict[str, Any]) -> list[tuple[int, str]]:
    return [(each["line"], each["reason"]) for each in found["refused"]]


@pytest.fixture
def operator(province: Region, limits: None, verified: None) -> None:
    """A region and limits; everything a log needs beyond them is created."""


@pytest.mark.usefixtures("operator")
def test_import_brings_rows_of_one_case_together_wherever_they_lie(tmp_path: Path) -> None:
    file = log(
        tmp_path,
        row("A1", "New", "08:10"),
        row("B1", "New", "08:20", "Group 2"),
        row("A1", "Resolved", "09:00"),
        row("B1", "Active", "09:20", "Group 2"),
        row("A1", "Closed", "10:00"),
    )

    found = run(file)

    assert (found["cases"], found["taken"]) == (2, 2)
    assert found["departments"]["INC-GROUP-1"] == {"name": "Group 1", "orders": 1, "on_time": 1, "minutes_held": 50}
    assert dict(Ticket.objects.values_list("filing_key", "state")) == {"uci498:A1": "closed", "uci498:B1": "in_progress"}


@pytest.mark.usefixtures("operator")
def test_import_refuses_a_case_with_an_unknown_state_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    file = log(tmp_path, row("A1", "New", "08:10", "Group 7"), row("A1", "Parked", "08:20"), row("B1", "New", "08:20"))

    found = run(file)

    assert refused(found) == [(3, "[states] of the mapping does not have this value: 'Parked'")]
    assert list(Ticket.objects.values_list("filing_key", flat=True)) == ["uci498:B1"]
    assert not Department.objects.filter(code="INC-GROUP-7").exists()


@pytest.mark.usefixtures("operator")
def test_import_refuses_a_bad_date_with_its_line(tmp_path: Path) -> None:
    file = log(tmp_path, row("A1", "New", "25:10"), row("B1", "New", "08:00"))

    assert [line for line, _reason in refused(run(file))] == [2]


@pytest.mark.usefixtures("operator")
def test_import_refuses_a_row_before_the_opening(tmp_path: Path) -> None:
    file = log(tmp_path, row("A1", "New", "08:30"), row("A1", "Active", "07:30"))

    assert refused(run(file)) == [(3, "a row before the case was opened: 2016-03-01 07:30 < 2016-03-01 08:00")]


@pytest.mark.usefixtures("operator")
def test_import_refuses_a_row_of_another_shape_and_takes_the_rest(tmp_path: Path) -> None:
    file = log(tmp_path, row("A1", "New", "08:30"), "B1,New", row("", "New", "08:30"))

    found = run(file)

    assert found["taken"] == 1
    assert [line for line, _reason in refused(found)] == [3, 4]


@pytest.mark.usefixtures("operator")
def test_import_undoes_a_case_that_an_action_refuses(tmp_path: Path) -> None:
    file = log(
        tmp_path,
        row("A1", "Closed", "08:30", "Group 9").replace("1/3/2016 08:30", "1/3/2016 08:30"),
        row("A1", "Active", "08:30", "Group 9").replace("1/3/2016 08:30", "1/5/2016 08:30"),
    )

    found = run(file)

    assert [(line, reason.partition(":")[0]) for line, reason in refused(found)] == [(3, "the step “again” is not possible")]
    assert (Ticket.objects.count(), Department.objects.count()) == (0, 0)
    assert not Event.objects.filter(stream__startswith="ticket:").exists()


@pytest.mark.usefixtures("operator")
def test_import_lets_a_wait_end_after_72_hours(tmp_path: Path) -> None:
    file = log(
        tmp_path, row("A1", "Awaiting User Info", "08:00"), row("A1", "Resolved", "09:00").replace("1/3/2016 09", "9/3/2016 09")
    )

    run(file)

    hold = Hold.objects.get()
    assert (hold.reason, hold.ended_at - hold.started_at) == ("wait_customer", dt.timedelta(hours=72))
    resumed = Event.objects.get(kind="order.resume")
    assert (resumed.by, resumed.at) == (Staff.objects.system(), hold.until)


@pytest.mark.usefixtures("operator")
def test_import_solves_at_the_first_point_what_no_group_had(tmp_path: Path) -> None:
    run(
        log(
            tmp_path,
            row("A1", "New", "08:10", "?"),
            row("A1", "Resolved", "09:00", "?"),
            row("A1", "Active", "09:30", "?"),
            row("A1", "Closed", "10:00", "?"),
        )
    )

    ticket = Ticket.objects.get()
    assert (ticket.first_point, ticket.round, ticket.state) == (True, 1, TicketState.CLOSED)
    assert list(ticket.orders.values_list("department__code", flat=True)) == ["INC-NONE"]


@pytest.mark.usefixtures("operator")
def test_import_goes_on_as_a_new_ticket_after_two_further_rounds(tmp_path: Path) -> None:
    rows = [row("A1", state, f"{hour:02}:00") for hour, state in enumerate(["Resolved", "Active"] * 3 + ["Closed"], start=9)]

    found = run(log(tmp_path, *rows))

    assert found["reopenings"] == 3
    first, second = Ticket.objects.order_by("pk")
    assert (first.filing_key, first.round, first.state) == ("uci498:A1", 2, "closed")
    assert (second.reopened_from, second.round, second.state) == (first, 0, "closed")
    assert first.complaint.customer == second.complaint.customer
    assert found["departments"]["INC-GROUP-1"]["orders"] == 4


@pytest.mark.usefixtures("operator")
def test_import_tells_nobody_in_a_department_that_is_here_already(tmp_path: Path, contact: Staff) -> None:
    mapping = tmp_path / "log.toml"
    known = '[departments.known]\n"Group 1" = "NETWORK"\n\n[reply]'
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace("[reply]", known), encoding="utf-8")

    run(log(tmp_path, row("A1", "New", "08:10")), mapping)

    assert WorkOrder.objects.get().department == contact.department
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("operator")
def test_import_dry_run_writes_nothing(tmp_path: Path) -> None:
    found = run(log(tmp_path, row("A1", "New", "08:10")), dry_run=True)

    assert (found["taken"], found["departments"]["INC-GROUP-1"]["orders"]) == (1, 1)
    assert (Ticket.objects.count(), Department.objects.count(), Event.objects.count()) == (0, 0, 0)


@pytest.mark.usefixtures("operator")
def test_import_names_the_columns_a_file_lacks(tmp_path: Path) -> None:
    file = log(tmp_path, header="number,incident_state")

    with pytest.raises(CommandError, match=r"columns\.at: the file has no column 'sys_updated_at'") as error:
        run(file)

    assert error.value.returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"New" = "waiting"', '"New" = "asleep"', r'states\."New": .asleep. is none of'),
        ('region = "sd"', 'region = "zz"', "region: there is no region with the code 'zz'"),
        ('region = "sd"', "", "region: missing"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Mars"', "timezone: 'Mars' is not known"),
        ("create = true", 'create = "yes"', "departments.create: true or false"),
        ('calendar = ""', 'calendar = "NONE"', "departments.calendar: there is no calendar"),
        ('source = "uci498"', 'source = "uci498"\nspare = 1', "spare: there is no such key"),
        ('cause = "other"', 'cause = "fate"', "reply.cause: 'fate' is none of"),
        ('"number"', "[1", "log.toml: "),
    ],
)
@pytest.mark.usefixtures("operator")
def test_import_names_the_key_of_a_mapping_that_cannot_be_used(tmp_path: Path, old: str, new: str, told: str) -> None:
    mapping = tmp_path / "log.toml"
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(CommandError, match=told):
        run(log(tmp_path, row("A1", "New", "08:10")), mapping)


@pytest.mark.usefixtures("operator")
def test_import_prints_departments_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_eventlog", log(tmp_path, row("A1", "New", "08:10"), row("A1", "Resolved", "09:00")), mapping=MAPPING)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 cases: 1 taken, 0 skipped (taken before), 0 refused"
    assert lines[-1].split() == ["Group", "1", "1", "100.0%", "50"]


@pytest.mark.usefixtures("operator")
def test_import_passes_over_the_ladder_steps_of_what_it_left_open_and_tells_nobody(tmp_path: Path) -> None:
    """Pitfalls 22 and 29: a start in the past breaches on attach, and storms."""
    factories.ladders(at=dt.datetime(2016, 1, 1, tzinfo=dt.UTC))

    run(log(tmp_path, row("A1", "New", "08:10"), row("A1", "Active", "08:30"), row("B1", "Closed", "08:30")))

    assert set(StepFired.objects.values_list("clock__ticket__filing_key", "skipped")) == {("uci498:A1", True)}
    assert not Clock.objects.exclude(next_step_at=None).exists()
    assert fire_due(now=dt.datetime.now(dt.UTC)) == 0
    assert not Notice.objects.exists()
    assert not WorkOrder.objects.exclude(supervised_at=None).exists()
