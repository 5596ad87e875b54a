"""The real files, whole: every row is taken or refused with a reason, and the totals are the file's own, counted by csv alone."""

import csv
import datetime as dt
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from complaints.imports.importing import take
from complaints.imports.mapping import load
from workorders.models import Clock, Ticket, WorkOrder
from workorders.rebuild import Reference, _batch_differences

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
BOSTON, EASTERN = "boston311_2011h2/boston311_2011h2.csv.gz", ZoneInfo("America/New_York")
REPAIRED, DAMAGED = "comcast_2015/comcast_2015_dates_repaired.csv", "comcast_2015/Comcast_telecom_complaints_data.csv"
CHANNELS = {
    "Constituent Call": "hotline",
    "Employee Generated": "staff",
    "Maximo Integration": "staff",
    "Self Service": "web",
    "Citizens Connect App": "app",
    "Twitter": "social",
}
DEPARTMENTS = {
    "PWDx": "Public Works",
    "ISD": "Inspectional Services",
    "PARK": "Parks and Recreation",
    "BTDT": "Transportation",
    "INFO": "Mayor's Hotline",
    "PROP": "Property Management",
    "BWSC": "Water and Sewer Commission",
    "DISB": "Disabilities Commission",
    "BPS_": "Public Schools",
    "BHA_": "Housing Authority",
    "No Q": "No queue",
}
#: Every so manieth ticket is rebuilt from its events: all of them take minutes.
VERIFIED = 60

pytestmark = pytest.mark.usefixtures("operator")


def lines(path: Path) -> list[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def verified(every: int) -> list[str]:
    pks = tuple(Ticket.objects.order_by("pk").values_list("pk", flat=True))[::every]
    return list(_batch_differences(pks, Reference.read()))


def judged(as_of: dt.datetime) -> dict[str, str]:
    """Return our own judgement of each ticket, by its number in the file: OVERDUE when its clock ran out, by `as_of` at the latest."""
    late = {
        clock["ticket__filing_key"]
        for clock in Clock.objects.filter(order=None).values("ticket__filing_key", "breached_at", "running_since", "due_at")
        if clock["breached_at"] or (clock["running_since"] and clock["due_at"] < as_of)
    }
    keys = Ticket.objects.values_list("filing_key", flat=True)
    return {key.partition(":")[2]: "OVERDUE" if key in late else "ONTIME" for key in keys}


def counted(model: Any, *fields: str) -> Counter:
    return Counter(model.objects.values_list(*fields, flat=len(fields) == 1))


def test_boston_comes_out_as_the_city_counts_it(real: Callable[[str], Path]) -> None:
    path, mapping = real(BOSTON), load(Path("boston311.toml"))
    told = lines(path)
    early = [(line, row) for line, row in enumerate(told, start=2) if row["target_dt"] and row["target_dt"] < row["open_dt"]]

    report = take(path, mapping, now=NOW)

    assert (report.rows, report.skipped) == (len(told), 0) == (58251, 0)
    assert [line for line, _reason in report.refused] == [line for line, _row in early]
    assert report.reasons() == [("the deadline is before the receipt", 3)]
    out = {row["case_enquiry_id"] for _line, row in early}
    kept = [row for row in told if row["case_enquiry_id"] not in out]
    assert report.taken == len(kept) == Ticket.objects.count() == WorkOrder.objects.count()
    states = {"Open": "in_progress", "Closed": "closed"}
    assert counted(Ticket, "state") == Counter(states[row["case_status"]] for row in kept)
    assert counted(Ticket, "channel") == Counter(CHANNELS[row["source"]] for row in kept)
    assert counted(Ticket, "category__parent__parent__name") == Counter(row["subject"] for row in kept)
    assert counted(Ticket, "category__name") == Counter(row["type"] for row in kept)
    assert counted(WorkOrder, "department__name_en") == Counter(DEPARTMENTS[row["department"]] for row in kept)
    filed = (at.astimezone(EASTERN) for at in Ticket.objects.values_list("filed_at", flat=True))
    assert Counter(f"{at:%Y-%m}" for at in filed) == Counter(row["open_dt"][:7] for row in kept)
    assert Clock.objects.count() == 2 * sum(bool(row["target_dt"]) for row in kept)
    ours = judged(mapping.as_of)
    wrong = [row for row in kept if row["ontime"] and ours[row["case_enquiry_id"]] != row["ontime"]]
    assert wrong == []
    assert verified(VERIFIED) == []


def test_comcast_comes_out_as_the_file_says(real: Callable[[str], Path]) -> None:
    path, mapping = real(REPAIRED), load(Path("comcast.toml"))
    told = lines(path)

    report = take(path, mapping, now=NOW)

    assert (report.taken, report.skipped, report.refused) == (len(told), 0, []) == (2224, 0, [])
    states = {"Open": "in_progress", "Pending": "in_progress", "Solved": "closed", "Closed": "closed"}
    assert counted(Ticket, "state") == Counter(states[row["status"]] for row in told)
    channels = {"Customer Care Call": "hotline", "Internet": "web"}
    assert counted(Ticket, "channel") == Counter(channels[row["received_via"]] for row in told)
    same = {"District of Columbia": "District Of Columbia"}
    assert counted(Ticket, "region__name") == Counter(same.get(row["state"], row["state"]) for row in told)
    filed = dict(Ticket.objects.values_list("filing_key", "filed_at"))
    assert {key: at.astimezone(EASTERN).replace(tzinfo=None).isoformat() for key, at in filed.items()} == {
        f"comcast:{row['ticket']}": row["received_at"] for row in told
    }
    assert not Clock.objects.exists()
    assert set(Ticket.objects.exclude(closed_at=None).values_list("closed_at", flat=True)) == {mapping.as_of}
    assert verified(10) == []


def test_damaged_comcast_is_put_right_by_its_own_formats(real: Callable[[str], Path]) -> None:
    told = {row["ticket"]: row["received_at"] for row in lines(real(REPAIRED))}

    report = take(real(DAMAGED), load(Path("comcast_raw.toml")), now=NOW)
    again = take(real(REPAIRED), load(Path("comcast.toml")), now=NOW)

    assert (report.taken, report.refused, again.taken, again.skipped) == (2224, [], 0, 2224)
    filed = Ticket.objects.values_list("filing_key", "filed_at")
    assert {key.partition(":")[2]: at.astimezone(EASTERN).replace(tzinfo=None).isoformat() for key, at in filed} == told
