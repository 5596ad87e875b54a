"""The classic rules, against the worked example E7 of the domain."""

import datetime as dt

import pytest

from complaints.surge import ControlChart, FixedRule, Level
from complaints.surge.classic import Course, chart_threshold
from tests.complaints.surge.streams import DAY, HOUR, MINUTE, START, burst, levels, told


def clock(text: str) -> float:
    hour, minute = text.split(":")
    return (int(hour) * 60 + int(minute)) * 60.0


def course(counts: list[tuple[str, int]], threshold: int = 10) -> list[tuple[str, int]]:
    """Judge counts, each holding every five minutes until the next one; return the levels told and when."""
    judged, found = Course(), []
    for (at, count), (until, _next) in zip(counts, [*counts[1:], counts[-1]], strict=True):
        now = clock(at)
        while now == clock(at) or now < clock(until):
            level = judged.judge(now, count, threshold)
            if level is not None:
                found.append((f"{int(now // 3600):02}:{int(now % 3600 // 60):02}", int(level)))
            now += 300
    return found


@pytest.mark.parametrize(("normal", "province", "city"), [(4, 10, 10), (2.25, 10, 7), (16, 28, 28), (20, 34, 34), (0, 10, 5)])
def test_the_charts_limit(normal: float, province: int, city: int) -> None:
    assert chart_threshold(normal, 10) == province
    assert chart_threshold(normal, 5) == city


def test_oracle_e7() -> None:
    counts = [("09:00", 9), ("09:05", 10), ("09:30", 16), ("10:10", 21), ("11:05", 21), ("11:40", 12), ("12:00", 6), ("13:00", 3)]

    assert course(counts) == [("09:05", 1), ("09:30", 2), ("10:10", 3), ("11:05", 4), ("13:00", 0)]


def test_oracle_e7_long_and_low() -> None:
    assert course([("09:05", 10), ("10:00", 14), ("12:00", 11), ("15:05", 12)]) == [
        ("09:05", 1), ("11:05", 2), ("13:05", 3), ("15:05", 4),
    ]  # fmt: skip


def test_oracle_e7_twelve_complaints_of_eight_customers_are_eight() -> None:
    rule = FixedRule(count=100, minutes=60)
    for number in range(12):
        rule.feed(START + number * MINUTE, 1 + number % 8)

    assert rule.count((START + 12 * MINUTE).timestamp()) == 8


def test_between_the_limits_it_stays_open_without_a_bonus() -> None:
    assert course([("09:00", 10), ("10:00", 8), ("12:30", 8)]) == [("09:00", 1)]


def test_a_crossing_within_two_hours_is_the_same_surge() -> None:
    counts = [("09:00", 16), ("09:30", 0), ("11:00", 10), ("11:05", 0), ("15:00", 10)]

    assert course(counts) == [("09:00", 2), ("10:30", 0), ("11:00", 2), ("12:05", 0), ("15:00", 1)]


def test_the_fixed_rule_counts_within_its_minutes() -> None:
    assert told(FixedRule(count=10, minutes=30), burst(START, 9, 20)) == []
    assert levels(told(FixedRule(count=10, minutes=30), burst(START, 12, 20))) == [Level.BLUE]
    assert told(FixedRule(count=10, minutes=30), burst(START, 12, 60)) == []


def test_the_fixed_rule_clears_when_time_passes() -> None:
    rule = FixedRule(count=10, minutes=30)
    told(rule, burst(START, 12, 20))

    assert rule.tick(START + HOUR) is None
    cleared = rule.tick(START + 2 * HOUR)
    assert cleared
    assert cleared.level == Level.CLEARED
    # 7 of the 12 are left below the limit of 7 once the sixth is 30 minutes old; an hour later it is over.
    assert START + 90 * MINUTE <= cleared.at <= START + 105 * MINUTE


def four_an_hour(days: int) -> list[dt.datetime]:
    return [at for each in range(days * 24) for at in burst(START + each * HOUR + MINUTE, 4, 59)]


def test_the_control_chart_learns_its_hours() -> None:
    chart = ControlChart(least=5)
    told(chart, four_an_hour(28))
    now = (START + 28 * DAY).timestamp()

    assert chart.normal(now) == 4
    assert chart.threshold(now) == 10


def test_a_young_series_has_a_fixed_threshold() -> None:
    chart = ControlChart(least=5, early=40)
    told(chart, four_an_hour(13))

    assert chart.threshold((START + 13 * DAY).timestamp()) == 40


def test_hours_inside_an_alert_are_left_out_of_the_baseline() -> None:
    chart = ControlChart(least=5)
    at = START + 20 * DAY + 9 * HOUR
    stream = sorted([*four_an_hour(28), *burst(at, 50, 50)])

    assert max(levels(told(chart, stream))) == Level.RED
    assert chart.normal((START + 28 * DAY + 9 * HOUR).timestamp()) == 4


@pytest.mark.parametrize("make", [lambda: FixedRule(count=10, minutes=30), lambda: ControlChart(least=5)])
def test_a_restart_changes_no_alarm(make: type) -> None:
    stream = sorted([*four_an_hour(20), *burst(START + 18 * DAY, 40, 50)])
    watcher, alarms = make(), []
    for at in stream:
        saved, watcher = watcher.saved(), make()
        watcher.load(saved)
        if alarm := watcher.feed(at):
            alarms.append(alarm)

    assert alarms
    assert alarms == told(make(), stream)


def test_what_is_taken_out_again_no_longer_counts() -> None:
    rule = FixedRule(count=10, minutes=60)
    told(rule, burst(START, 9, 9))
    rule.forget(START)

    assert rule.feed(START + 10 * MINUTE) is None
    assert rule.feed(START + 11 * MINUTE)
