"""When steps fall due: pure, on real calendars."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.calendars import NaturalCalendar, WorkingCalendar
from tests.conftest import SHANGHAI
from workorders import clocks
from workorders.ladder import Due, Step, Version, chosen, next_step, open_steps, out_of_order

HOUR = dt.timedelta(hours=1)
OFFICE = WorkingCalendar(
    windows={day: [(dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18))] for day in range(5)},
    known_years=[2026],
)
NATURAL = NaturalCalendar()
#: A Monday.
START = dt.datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
HALF = Step(level=1, share=50)
WARN = Step(level=2, share=80)
FULL = Step(level=3, share=100)
LATER = Step(level=4, after=240)
LADDER = (HALF, WARN, FULL, LATER)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def due_by(clock: clocks.ClockState, done: set[int], now: dt.datetime) -> list[Due]:
    return [due for due in open_steps(clock, NATURAL, LADDER, done) if due.at <= now]


def instants(found: list[Due]) -> list[tuple[int, dt.datetime]]:
    return [(due.step.level, due.at) for due in found]


def test_steps_stand_at_shares_of_the_allowance_and_minutes_past_due() -> None:
    clock = clocks.started(NATURAL, 24 * HOUR, START)

    found = instants(open_steps(clock, NATURAL, LADDER, ()))

    assert found == [
        (1, START + 12 * HOUR),
        (2, START + dt.timedelta(hours=19, minutes=12)),
        (3, START + 24 * HOUR),
        (4, START + 28 * HOUR),
    ]


def test_pitfall_13_a_step_before_a_deadline_across_midnight_is_counted_back_through_the_calendar() -> None:
    clock = clocks.started(OFFICE, 8 * HOUR, at(2, 9, 15))
    before = Step(level=1, after=-60)

    due = next_step(clock, OFFICE, [before], ())

    assert clock.due_at == at(3, 9, 15)
    assert due == Due(before, at(2, 17, 45))


def test_pitfall_13_a_step_before_a_deadline_is_never_before_the_clocks_start() -> None:
    clock = clocks.started(OFFICE, HOUR / 2, START)

    assert next_step(clock, OFFICE, [Step(level=1, after=-60)], ()) == Due(Step(level=1, after=-60), START)


def test_minutes_past_due_are_working_minutes() -> None:
    clock = clocks.started(OFFICE, 8 * HOUR, at(6, 9, 0))

    due = next_step(clock, OFFICE, [LATER], ())

    assert clock.due_at == at(9, 9, 0)
    assert due == Due(LATER, at(9, 14, 30))


def test_a_paused_clock_has_no_next_step() -> None:
    clock = clocks.paused(clocks.started(NATURAL, 24 * HOUR, START), NATURAL, START + HOUR)

    assert next_step(clock, NATURAL, LADDER, ()) is None
    assert due_by(clock, set(), START + 100 * HOUR) == []


def test_a_stopped_clock_has_no_next_step() -> None:
    clock = clocks.stopped(clocks.started(NATURAL, 24 * HOUR, START), NATURAL, START + HOUR)

    assert next_step(clock, NATURAL, LADDER, ()) is None


def test_a_pause_moves_the_steps_that_were_not_taken() -> None:
    clock = clocks.paused(clocks.started(NATURAL, 24 * HOUR, START), NATURAL, START + 13 * HOUR)
    resumed = clocks.resumed(clock, NATURAL, START + 23 * HOUR)

    assert next_step(resumed, NATURAL, LADDER, {1}) == Due(WARN, START + dt.timedelta(hours=29, minutes=12))


def test_a_step_passed_when_the_deadline_is_brought_forward_falls_due_then() -> None:
    clock = clocks.started(NATURAL, 24 * HOUR, START)
    tightened = clocks.tightened(clock, NATURAL, HOUR, START + 6 * HOUR)

    assert next_step(tightened, NATURAL, LADDER, ()) == Due(HALF, START + 6 * HOUR)


def test_after_a_downtime_every_step_missed_is_found_with_its_own_instant() -> None:
    clock = clocks.started(NATURAL, 24 * HOUR, START)

    missed = instants(due_by(clock, {1}, START + 30 * HOUR))

    assert missed == [
        (2, START + dt.timedelta(hours=19, minutes=12)),
        (3, START + 24 * HOUR),
        (4, START + 28 * HOUR),
    ]


def test_a_step_is_due_exactly_at_its_instant() -> None:
    clock = clocks.started(NATURAL, 24 * HOUR, START)

    assert due_by(clock, set(), START + 12 * HOUR - dt.timedelta(microseconds=1)) == []
    assert len(due_by(clock, set(), START + 12 * HOUR)) == 1


def test_pitfall_22_another_ladder_does_not_send_again_what_was_sent() -> None:
    clock = clocks.started(NATURAL, 24 * HOUR, START)
    denser = (Step(level=1, share=30), Step(level=2, share=60), Step(level=3, share=90))

    assert next_step(clock, NATURAL, denser, {1, 2}) == Due(denser[2], START + dt.timedelta(hours=21, minutes=36))


def test_pitfall_20_a_clock_climbs_the_ladder_it_started_under() -> None:
    old = Version(kind="resolve", urgency="normal", number=1, in_force_from=START - HOUR, steps=(HALF,))
    new = Version(kind="resolve", urgency="normal", number=2, in_force_from=START + HOUR, steps=(FULL,))

    def found(started_at: dt.datetime) -> Version | None:
        return chosen([old, new], kind="resolve", urgency="normal", started_at=started_at)

    assert found(START) == old
    assert found(START + HOUR) == new
    assert found(START - 2 * HOUR) is None


def test_pitfall_35_a_resolve_clock_finds_no_acknowledge_ladder() -> None:
    acknowledge = Version(kind="acknowledge", urgency="normal", number=1, in_force_from=START, steps=(HALF,))

    assert chosen([acknowledge], kind="resolve", urgency="normal", started_at=START) is None


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        (LADDER, []),
        ((FULL, Step(level=5, share=50)), [5]),
        ((LATER, Step(level=5, share=50)), [5]),
        ((LATER, Step(level=5, after=240)), [5]),
        ((Step(level=1, after=-60), Step(level=2, share=80)), []),
    ],
)
def test_levels_must_fall_due_in_their_order(steps: tuple[Step, ...], wrong: list[int]) -> None:
    assert out_of_order(steps) == wrong


@given(
    minutes=st.integers(30, 5000),
    start=st.datetimes(dt.datetime(2026, 1, 2), dt.datetime(2026, 11, 1)),
    after=st.integers(-600, 5000),
    natural=st.booleans(),
)
def test_the_time_used_when_a_step_falls_due_is_what_it_says(minutes: int, start: dt.datetime, after: int, natural: bool) -> None:
    calendar = NATURAL if natural else OFFICE
    begun = start.replace(tzinfo=SHANGHAI)
    clock = clocks.started(calendar, dt.timedelta(minutes=minutes), begun)

    due = next_step(clock, calendar, [Step(level=1, after=after)], ())

    assert due is not None
    assert clocks.used_at(clock, calendar, due.at) == max(dt.timedelta(), dt.timedelta(minutes=minutes + after))
