"""Reading a holiday notice in the holiday-cn shape: ``{"year", "papers", "days": [{"name", "date", "isOffDay"}]}``."""

import datetime as dt
import json
from dataclasses import dataclass

from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 2000, 2100
NAME_LENGTH, SOURCE_LENGTH = 40, 300


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
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(_("This is not JSON: %(error)s") % {"error": str(error)[:120]}) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("days"), list):
        raise ValueError(_("A holiday notice is an object with “year” and “days”."))
    year = raw.get("year")
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(_("“year” must be a year between 2000 and 2100."))
    days = tuple(_day(number, entry) for number, entry in enumerate(raw["days"], start=1))
    _check_dates(year, [day.date for day in days])
    papers = raw["papers"] if isinstance(raw.get("papers"), list) else []
    return Notice(year=year, source=", ".join(map(str, papers))[:SOURCE_LENGTH], days=days)


def _check_dates(year: int, dates: list[dt.date]) -> None:
    if not dates:
        raise ValueError(_("The notice of %(year)d has no days: it is not published yet.") % {"year": year})
    twice = sorted({str(date) for date in dates if dates.count(date) > 1})
    if twice:
        raise ValueError(_("Dates that stand twice: %(dates)s") % {"dates": ", ".join(twice[:10])})
    if any(date.year not in {year - 1, year} for date in dates):
        raise ValueError(_("A date lies outside %(year)d and the December before.") % {"year": year})


def _day(number: int, entry: object) -> Day:
    if not isinstance(entry, dict) or not isinstance(entry.get("isOffDay"), bool) or not isinstance(entry.get("name"), str):
        raise ValueError(_("Day %(number)d needs “name”, “date” and “isOffDay”.") % {"number": number})
    try:
        date = dt.date.fromisoformat(str(entry.get("date")))
    except ValueError as error:
        shown = {"number": number, "date": str(entry.get("date"))[:20]}
        raise ValueError(_("Day %(number)d: “%(date)s” is no date.") % shown) from error
    if any(ord(char) < 32 for char in entry["name"]):
        raise ValueError(_("Day %(number)d: the name contains characters that cannot be shown.") % {"number": number})
    return Day(date=date, name=entry["name"][:NAME_LENGTH], is_workday=not entry["isOffDay"])
