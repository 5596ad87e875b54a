"""A higher urgency brings a clock forward, and takes no lateness away."""

import datetime as dt

import pytest

from organization.calendars import NaturalCalendar
from workorders.clocks import ClockState, is_late, started, stopped, tightened

CALENDAR = NaturalCalendar()
START = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def clock() -> ClockState:
    return started(CALENDAR, 24 * HOUR, START)


@pytest.mark.parametrize(("after", "due"), [(1, 5), (20, 24), (24, 24)])
def test_tightened_clock_is_due_at_the_earlier_instant(clock: ClockState, after: int, due: int) -> None:
    at = START + after * HOUR

    tight = tightened(clock, CALENDAR, 4 * HOUR, at)

    assert (tight.due_at, tight.breached_at, is_late(tight, at)) == (START + due * HOUR, None, False)


def test_tightened_late_clock_stays_late_since_it_ran_out(clock: ClockState) -> None:
    at = START + 25 * HOUR

    ended = stopped(tightened(clock, CALENDAR, 4 * HOUR, at), CALENDAR, at)

    assert (ended.due_at, ended.breached_at, ended.used) == (START + 24 * HOUR, START + 24 * HOUR, 25 * HOUR)
