"""Reading a holiday notice in the holiday-cn shape: ``{"year", "papers", "days": [{"name", "date", "isOffDay"}]}``. Pure."""

import datetime as dt
import json
from dataclasses import dataclass

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date that differs from its weekday."""

    date: dt.date
    name: str
    is_workday: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One year's notice; its days may reach into the December before."""

    year: int
    source: str
    days: tuple[Day, ...]


def read_notice(text: str) -> Notice:
    """Return the notice in `text`; raise ValueError, saying what is wrong, for anything else."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: line {error.lineno}: {error.msg}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("days"), list):
        raise ValueError("a notice is an object with “year” and “days”")
    year = raw.get("year")
    if not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"“year” is {year!r}")
    days = tuple(_day(number, entry) for number, entry in enumerate(raw["days"], start=1))
    dates = [day.date for day in days]
    if not days:
        raise ValueError(f"the notice of {year} has no days: it is not published yet")
    if len(dates) != len(set(dates)):
        raise ValueError("a date stands twice: " + ", ".join(sorted({str(date) for date in dates if dates.count(date) > 1})))
    if any(date.year not in {year - 1, year} for date in dates):
        raise ValueError(f"a date lies outside {year} and the December before")
    return Notice(year=year, source=", ".join(map(str, raw.get("papers") or [])), days=days)


def _day(number: int, entry: object) -> Day:
    if not isinstance(entry, dict) or not isinstance(entry.get("isOffDay"), bool) or not isinstance(entry.get("name"), str):
        raise ValueError(f"day {number} needs “name”, “date” and “isOffDay”")
    try:
        date = dt.date.fromisoformat(str(entry.get("date")))
    except ValueError as error:
        raise ValueError(f"day {number}: {entry.get('date')!r} is no date") from error
    return Day(date=date, name=entry["name"], is_workday=not entry["isOffDay"])
