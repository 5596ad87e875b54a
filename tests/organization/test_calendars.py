"""Working time against the worked example E1 and a slow minute-by-minute reference."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organization.calendars import WorkingCalendar, statutory_deadline
from organization.management.commands.load_calendars import FOLDER
from organization.notices import read_notice

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18)))
NOTICES = [read_notice(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
DAYS = {day.date: day.is_workday for notice in NOTICES for day in notice.days}
OFFICE = WorkingCalendar(
    windows=dict.fromkeys(range(5), HOURS),
    exceptions=DAYS,
    known_years=[notice.year for notice in NOTICES],
)
MINUTE = dt.timedelta(minutes=1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-09-30 16:00", 16, "2026-10-09 16:00"),
        ("2026-10-09 17:00", 8, "2026-10-10 17:00"),
        ("2026-02-14 17:00", 4, "2026-02-24 11:30"),
        ("2026-05-01 10:00", 1, "2026-05-06 09:30"),
        ("2026-11-20 12:10", 4.5, "2026-11-20 18:00"),
    ],
)
def test_oracle_e1(start: str, hours: float, end: str) -> None:
    assert OFFICE.add(at(start), int(hours * 60)) == at(end)
    assert OFFICE.between(at(start), at(end)) == dt.timedelta(hours=hours)


def test_oracle_e1_natural_hours() -> None:
    assert WorkingCalendar.natural().add(at("2026-10-03 10:15"), 48 * 60) == at("2026-10-05 10:15")


def test_oracle_e1_statutory_date() -> None:
    assert statutory_deadline(at("2026-11-02 09:00")) == at("2026-11-17 23:59:59")


def test_shipped_notice_of_2026_has_exactly_the_official_days() -> None:
    off = {
        f"2026-{day}"
        for day in [
            "01-01",
            "01-02",
            "01-03",
            "02-15",
            "02-16",
            "02-17",
            "02-18",
            "02-19",
            "02-20",
            "02-21",
            "02-22",
            "02-23",
            "04-04",
            "04-05",
            "04-06",
            "05-01",
            "05-02",
            "05-03",
            "05-04",
            "05-05",
            "06-19",
            "06-20",
            "06-21",
            "09-25",
            "09-26",
            "09-27",
            "10-01",
            "10-02",
            "10-03",
            "10-04",
            "10-05",
            "10-06",
            "10-07",
        ]
    }
    made_up = {f"2026-{day}" for day in ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]}
    days = {str(date): is_workday for date, is_workday in DAYS.items() if date.year == 2026}

    assert {date for date, is_workday in days.items() if not is_workday} == off
    assert {date for date, is_workday in days.items() if is_workday} == made_up


def test_a_year_without_a_notice_is_provisional() -> None:
    assert not OFFICE.is_provisional(at("2026-12-30 09:00"), at("2026-12-31 09:00"))
    assert OFFICE.is_provisional(at("2026-12-30 09:00"), at("2027-01-04 09:00"))


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        OFFICE.add(dt.datetime(2026, 1, 5, 9), 1)


INSTANTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 12, 1), timezones=st.just(SHANGHAI))


def is_working(instant: dt.datetime) -> bool:
    """The reference: whether one instant is working time, by the calendar on the wall."""
    local = instant.astimezone(SHANGHAI)
    works = DAYS.get(local.date(), local.weekday() < 5)
    return works and any(start <= local.time() < end for start, end in HOURS)


@settings(max_examples=60, deadline=None)
@given(start=INSTANTS, minutes=st.integers(0, 4 * 24 * 60))
def test_between_counts_every_minute_as_the_slow_reference_does(start: dt.datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    counted = sum(is_working(start + step * MINUTE) for step in range(minutes))

    assert OFFICE.between(start, start + minutes * MINUTE) == counted * MINUTE


@settings(deadline=None)
@given(start=INSTANTS, seconds=st.integers(0, 60 * 24 * 3600))
def test_add_and_between_undo_each_other(start: dt.datetime, seconds: int) -> None:
    amount = dt.timedelta(seconds=seconds)

    assert OFFICE.between(start, OFFICE.add(start, amount)) == amount


@settings(deadline=None)
@given(start=INSTANTS, seconds=st.integers(1, 60 * 24 * 3600))
def test_going_back_leads_from_where_that_much_time_passes(start: dt.datetime, seconds: int) -> None:
    amount = dt.timedelta(seconds=seconds)

    earlier = OFFICE.add(start, -amount)

    assert earlier <= start
    assert OFFICE.between(earlier, start) == amount


@settings(deadline=None)
@given(instants=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_between_adds_up(instants: tuple[dt.datetime, dt.datetime, dt.datetime]) -> None:
    first, second, third = instants

    assert OFFICE.between(first, second) + OFFICE.between(second, third) == OFFICE.between(first, third)


def test_a_change_of_the_clocks_neither_adds_nor_loses_time() -> None:
    zone = ZoneInfo("America/New_York")
    nights = WorkingCalendar(windows={day: ((dt.time(0), dt.time(4)),) for day in range(7)}, tz="America/New_York")
    forward, back = (dt.datetime(2026, 3, 8, 0, tzinfo=zone), dt.datetime(2026, 11, 1, 0, tzinfo=zone))

    assert nights.between(forward, forward.replace(hour=4)) == dt.timedelta(hours=3)
    assert nights.between(back, back.replace(hour=4)) == dt.timedelta(hours=5)
    assert nights.add(forward, 180) == forward.replace(hour=4)
