"""The adaptive detector: what it tells, and that nothing but the complaints decides."""

import datetime as dt
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.surge import Detector, Level
from tests.complaints.surge.streams import DAY, HOUR, MINUTE, START, WEEK, burst, levels, steady, told, watched

NOISE = steady(6, 2)
SURGE_AT = START + 5 * WEEK + 10 * HOUR
WITH_SURGE = sorted([*NOISE, *burst(SURGE_AT, 60, 90)])


def test_chance_alone_is_no_surge() -> None:
    assert watched(NOISE) == []


def test_a_surge_is_told_within_minutes_climbs_and_is_cleared() -> None:
    alarms = watched(WITH_SURGE)

    assert levels(alarms) == [Level.BLUE, Level.YELLOW, Level.ORANGE, Level.CLEARED]
    first, *_rest, last = alarms
    assert SURGE_AT < first.at < SURGE_AT + 15 * MINUTE
    assert first.seen >= 3 * first.expected
    assert first.since <= SURGE_AT
    assert SURGE_AT + 90 * MINUTE < last.at < SURGE_AT + 6 * HOUR
    assert 50 < last.excess < 70


def test_the_first_week_is_silent_and_the_second_needs_more() -> None:
    small, large = burst(START + 10 * DAY, 7, 15), burst(START + 10 * DAY, 40, 15)

    assert watched(sorted([*steady(1, 2), *burst(START + 3 * DAY, 60, 30)])) == []
    assert watched(sorted([*steady(2, 2), *small])) == []
    assert levels(watched(sorted([*steady(2, 2), *large])))[:1] == [Level.BLUE]
    assert levels(watched(sorted([*steady(4, 2), *burst(START + 24 * DAY, 7, 15)])))[:1] == [Level.BLUE]


def test_five_complaints_are_the_least() -> None:
    rare = [START + each * DAY for each in range(28)]
    at = START + 25 * DAY + 12 * HOUR

    assert watched(sorted([*rare, *burst(at, 4, 10)])) == []
    assert levels(watched(sorted([*rare, *burst(at, 8, 10)])))[:1] == [Level.BLUE]


def test_the_rhythm_of_the_week_is_no_surge() -> None:
    days = [START + each * DAY for each in range(42)]
    busy = [at for day in days if day.weekday() < 5 for at in burst(day + 9 * HOUR, 60, 480)]

    assert watched(busy) == []
    sunday = START + 34 * DAY + 9 * HOUR
    assert levels(watched(sorted([*busy, *burst(sunday, 60, 480)])))[:1] == [Level.BLUE]


def test_a_holiday_is_expected_to_be_a_sunday() -> None:
    days = [START + each * DAY for each in range(42)]
    busy = [at for day in days if day.weekday() < 5 for at in burst(day + 9 * HOUR, 60, 480)]
    holiday = dt.date(2026, 7, 8)
    watcher = Detector(is_rest=lambda day: day.weekday() >= 5 or day == holiday)

    assert [alarm.at.date() for alarm in told(watcher, busy) if alarm.level == Level.BLUE] == [holiday]


def test_a_lasting_rise_becomes_the_normal() -> None:
    risen = sorted([*NOISE, *steady(3, 8, seed=2, start=START + 6 * WEEK)])
    opened = [alarm for alarm in watched(risen) if alarm.level == Level.BLUE]

    assert 1 <= len(opened) <= 3
    assert all(alarm.at < START + 8 * WEEK for alarm in opened)


def test_the_surge_itself_is_not_learnt() -> None:
    once = sorted([*NOISE, *burst(SURGE_AT, 200, 180)])
    again = sorted([*once, *burst(SURGE_AT + DAY, 30, 60)])

    assert [alarm.at.date() for alarm in watched(again) if alarm.level == Level.BLUE] == [
        SURGE_AT.date(),
        (SURGE_AT + DAY).date(),
    ]


def test_acknowledged_it_climbs_by_size_only() -> None:
    slow = sorted([*NOISE, *burst(SURGE_AT, 40, 400)])
    by_time = levels(watched(slow))
    watcher, hushed = Detector(), []
    for at in slow:
        if alarm := watcher.feed(at):
            hushed.append(alarm.level)
            watcher.hush()

    assert max(by_time) == Level.RED
    assert max(hushed) < Level.RED


def test_a_burst_that_is_over_climbs_no_further_by_ordinary_complaints() -> None:
    for seed in range(12):
        stream = sorted([*steady(6, 12, seed=seed), *burst(SURGE_AT, 18, 40)])
        rises = [alarm.at for alarm in watched(stream) if alarm.level > Level.BLUE]
        assert all(at <= SURGE_AT + 55 * MINUTE for at in rises), seed


def test_a_customer_counts_once_however_often_they_call() -> None:
    watcher = Detector()
    alarms = told(watcher, NOISE)
    at = START + 6 * WEEK + HOUR
    one_customer = [watcher.feed(each, 7) for each in burst(at, 60, 60)]
    many = [watcher.feed(each, 100 + number) for number, each in enumerate(burst(at + HOUR, 60, 60))]

    assert alarms == []
    assert not any(one_customer)
    assert any(many)


def test_time_alone_clears_an_alarm() -> None:
    watcher = Detector()
    told(watcher, sorted([*NOISE, *burst(START + 6 * WEEK - HOUR, 60, 60)]))
    assert watcher.is_open

    ticks = [watcher.tick(START + 6 * WEEK + each * MINUTE) for each in range(600)]

    assert levels([alarm for alarm in ticks if alarm]) == [Level.CLEARED]
    assert not watcher.is_open


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(WITH_SURGE) - 1), max_size=6))
def test_a_restart_anywhere_changes_no_alarm(cuts: list[int]) -> None:
    watcher, alarms = Detector(), []
    for number, at in enumerate(WITH_SURGE):
        if number in cuts:
            saved, watcher = watcher.saved(), Detector()
            watcher.load(saved)
        if alarm := watcher.feed(at):
            alarms.append(alarm)

    assert alarms == watched(WITH_SURGE)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_what_comes_minutes_late_changes_no_level(seed: int) -> None:
    """Each entry is up to four minutes late: the alarms are the same, some minutes later."""
    chance = random.Random(seed)
    shuffled = sorted(WITH_SURGE, key=lambda at: at + chance.random() * 4 * MINUTE)
    late, punctual = watched(shuffled), watched(WITH_SURGE)

    assert levels(late) == levels(punctual)
    assert all(abs(a.at - b.at) <= 15 * MINUTE for a, b in zip(late, punctual, strict=True))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 400), st.integers(1, 12))
def test_what_is_taken_out_again_leaves_no_trace_in_the_windows(before: int, count: int) -> None:
    quiet, wrong = Detector(), Detector()
    told(quiet, NOISE)
    told(wrong, NOISE)
    at = NOISE[-1]
    mistaken = [at - before * MINUTE / 4] * count
    for each in mistaken:
        wrong.feed(each)
    for each in mistaken:
        wrong.forget(each)
    rest = burst(at + MINUTE, 25, 60)

    if not wrong.is_open:
        assert levels(told(wrong, rest)) == levels(told(quiet, rest))


def test_the_same_complaints_give_the_same_alarms_and_no_look_ahead() -> None:
    cut = WITH_SURGE.index(next(at for at in WITH_SURGE if at > SURGE_AT + HOUR))

    assert watched(WITH_SURGE) == watched(WITH_SURGE)
    assert watched(WITH_SURGE[:cut]) == [alarm for alarm in watched(WITH_SURGE) if alarm.at < WITH_SURGE[cut]]
