"""Streams of complaints for the detectors' tests."""

import datetime as dt
import random

from complaints.surge import Alarm, Detector, Level, Watcher

#: A Monday.
START = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MINUTE, HOUR, DAY, WEEK = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)


def steady(weeks: float, an_hour: float, *, seed: int = 1, start: dt.datetime = START) -> list[dt.datetime]:
    """Complaints by chance alone, so many an hour."""
    chance, at, made = random.Random(seed), start, []
    while (at := at + dt.timedelta(hours=chance.expovariate(an_hour))) < start + weeks * WEEK:
        made.append(at)
    return made


def burst(at: dt.datetime, count: int, minutes: float) -> list[dt.datetime]:
    return [at + dt.timedelta(minutes=minutes * each / count) for each in range(count)]


def told(watcher: Watcher, stream: list[dt.datetime]) -> list[Alarm]:
    return [alarm for at in stream if (alarm := watcher.feed(at))]


def levels(alarms: list[Alarm]) -> list[Level]:
    return [alarm.level for alarm in alarms]


def watched(stream: list[dt.datetime]) -> list[Alarm]:
    return told(Detector(), stream)
