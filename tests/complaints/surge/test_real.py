"""Surges that really happened, replayed from when the complaints came (tests/data/surges)."""

import datetime as dt
import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

from complaints.surge import Alarm, ControlChart, Detector, FixedRule, Level
from tests.complaints.surge.streams import HOUR, told

DATA = Path(__file__).parents[2] / "data" / "surges"
EASTERN = ZoneInfo("America/New_York")


def stream(name: str) -> list[dt.datetime]:
    lines = gzip.decompress((DATA / name).read_bytes()).decode().split("\n")
    return [dt.datetime.fromisoformat(line).replace(tzinfo=EASTERN) for line in lines if line]


def opened(alarms: list[Alarm]) -> list[dt.date]:
    """Return the days on which an alarm opened that was not open."""
    before = [Alarm(at=alarms[0].at, level=Level.CLEARED, seen=0, expected=0, minutes=0, since=alarms[0].at, excess=0), *alarms]
    return [
        each.at.astimezone(EASTERN).date()
        for last, each in zip(before, alarms, strict=False)
        if each.level and last.level == Level.CLEARED
    ]


def test_the_operators_surge_of_june_2015() -> None:
    alarms = told(Detector(zone=EASTERN), stream("comcast.txt.gz"))
    june = [alarm for alarm in alarms if alarm.at.astimezone(EASTERN).date() >= dt.date(2015, 6, 20)]

    assert opened(alarms).count(dt.date(2015, 6, 23)) == 1
    assert june[0].at.astimezone(EASTERN) < dt.datetime(2015, 6, 23, 14, 30, tzinfo=EASTERN)
    assert max(alarm.level for alarm in june) == Level.RED
    assert max(alarm.excess for alarm in june) > 100
    # Besides the surge: less than one alarm a fortnight.
    assert len(opened(alarms)) <= 6


def test_the_hurricane_and_the_snow_of_2011() -> None:
    trees = stream("boston_tree_emergencies.txt.gz")
    alarms = told(Detector(zone=EASTERN), trees)
    hurricane = [alarm for alarm in alarms if alarm.at.astimezone(EASTERN).date() == dt.date(2011, 8, 28)]

    assert {dt.date(2011, 8, 28), dt.date(2011, 10, 30)} <= set(opened(alarms))
    assert max(alarm.level for alarm in hurricane) == Level.RED
    first_five = [at for at in trees if at.date() == dt.date(2011, 8, 28)][4]
    assert hurricane[0].at - first_five < 2 * HOUR


def test_the_classic_rules_see_them_too_and_the_fixed_rule_much_besides() -> None:
    comcast = stream("comcast.txt.gz")
    chart = opened(told(ControlChart(least=10, zone=EASTERN), comcast))
    fixed = opened(told(FixedRule(count=5, minutes=60), comcast))

    assert dt.date(2015, 6, 23) in chart
    assert dt.date(2015, 6, 23) in fixed
    assert len(fixed) > 4 * len(opened(told(Detector(zone=EASTERN), comcast)))
