"""The periods of bulletins, in days: [start, end). Weeks begin on Monday. Pure."""

import datetime as dt
from typing import NamedTuple

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


class Span(NamedTuple):
    """Days from `start` up to, not including, `end`."""

    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """Return how many days they are."""
        return (self.end - self.start).days


def week_of(day: dt.date) -> Span:
    """Return the week in which a day lies."""
    monday = day - dt.timedelta(days=day.weekday())
    return Span(monday, monday + WEEK)


def month_of(day: dt.date) -> Span:
    """Return the month in which a day lies."""
    first = day.replace(day=1)
    return Span(first, (first + 31 * DAY).replace(day=1))


def is_month(span: Span) -> bool:
    """Tell whether the days are exactly one month."""
    return span == month_of(span.start)


def before(span: Span) -> Span:
    """Return the period before: the month before a month, else as many days before."""
    if is_month(span):
        return month_of(span.start - DAY)
    return Span(span.start - dt.timedelta(days=span.days), span.start)


def trail(span: Span, count: int) -> list[Span]:
    """Return so many periods up to this one, the oldest first."""
    found = [span]
    for _number in range(count - 1):
        found.append(before(found[-1]))
    return found[::-1]


def month_end_before(day: dt.date) -> dt.date:
    """Return the first day of the last month that had ended by the beginning of `day`: whose closing number is known then."""
    return month_of(day.replace(day=1) - DAY).start
