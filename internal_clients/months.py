"""Months as they are scored: pure, half-open, in local time (domain.md 7.1.4)."""

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def month_of(day: dt.date) -> dt.date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def next_month(month: dt.date) -> dt.date:
    """Return the first day of the month after."""
    return dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_before(month: dt.date, count: int) -> dt.date:
    """Return the first day of the month so many months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return dt.date(index // 12, index % 12 + 1, 1)


def quarter_of(day: dt.date) -> dt.date:
    """Return the first day of the quarter of `day`."""
    return dt.date(day.year, day.month - (day.month - 1) % 3, 1)


def last_month(quarter: dt.date) -> dt.date:
    """Return the first day of the quarter's last month."""
    return months_before(quarter, -2)


def quarter_end(month: dt.date, months: int) -> dt.date | None:
    """Return the month that ends a quarter among `months` (at most 3) months up to `month`, or None."""
    near = (months_before(month, back) for back in range(months))
    return next((each for each in near if each.month % 3 == 0), None)


def parsed(text: str) -> dt.date:
    """Return the month that is written as 2026-10; ValueError for anything else."""
    return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=ZONE).date()


def quarter_name(quarter: dt.date) -> str:
    """Return the quarter that begins on this day as people write it: 2026Q3."""
    return f"{quarter:%Y}Q{(quarter.month + 2) // 3}"
