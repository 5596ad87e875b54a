"""Why a deadline is what it is: a clock's history retold line by line. Pure; the words are the page's."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from workorders import effects
from workorders.clocks import ZERO, ClockState, Counts
from workorders.effects import Effect, Step

ONE_DAY = dt.timedelta(days=1)
#: More days than this are told as their sum.
MAX_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that made the deadline what it is.

    `kind` is what happened: start, pause, resume, stop, reopen, tighten, extend or retarget; or day and rest for a span
    of working time counted, or skipped, up to the deadline. `amount` is working time: the limit that was set, what was used
    by then, or what was added. `waited` is the natural time of a pause.
    """

    kind: str
    at: dt.datetime
    amount: dt.timedelta = ZERO
    waited: dt.timedelta = ZERO
    until: dt.datetime | None = None
    due_at: dt.datetime | None = None


def why(steps: Sequence[Step], calendar_of: Callable[[Effect], Counts]) -> list[Line]:
    """Return the lines of a clock with this history, oldest first; `calendar_of` knows the calendar of a start or retarget."""
    lines: list[Line] = []
    calendar = calendar_of(steps[0].effect)
    clock = effects.started(steps[0].effect, calendar, steps[0].at)
    lines.append(Line(kind="start", at=steps[0].at, amount=clock.allowance, due_at=clock.due_at))
    paused_at: dt.datetime | None = None
    for index, step in enumerate(steps[1:], start=1):
        if step.effect["do"] == "retarget":
            calendar = calendar_of(step.effect)
            after = effects.retargeted(steps[:index], clock, step.effect, calendar, step.at)
        else:
            after = effects.applied(step.effect, clock, calendar, step.at)
        if after != clock:
            lines.append(_line(step, clock, after, paused_at))
        paused_at = step.at if after.is_paused and not clock.is_paused else paused_at
        clock = after
    return lines


def _line(step: Step, before: ClockState, after: ClockState, paused_at: dt.datetime | None) -> Line:
    kind = str(step.effect["do"])
    amounts = {
        "pause": after.used,
        "stop": after.used,
        "resume": after.allowance - after.used,
        "reopen": after.allowance - before.allowance,
        "extend": after.allowance - before.allowance,
        "tighten": after.allowance - after.used,
        "retarget": after.allowance,
    }
    waited = step.at - paused_at if kind == "resume" and paused_at else ZERO
    return Line(kind=kind, at=step.at, amount=amounts[kind], waited=waited, due_at=after.due_at)


def spans(clock: ClockState, calendar: Counts, zone: str) -> list[Line]:
    """Return day by day the working time from where the clock last ran to its deadline, days without any as one rest."""
    if clock.running_since is None or clock.due_at is None:
        return []
    days = list(_days(clock.running_since, clock.due_at, calendar, ZoneInfo(zone)))
    if len(days) > MAX_DAYS:
        return [Line(kind="sum", at=days[0].at, until=days[-1].until, amount=sum((day.amount for day in days), ZERO))]
    return _merged(days)


def _days(start: dt.datetime, end: dt.datetime, calendar: Counts, zone: ZoneInfo) -> Iterator[Line]:
    at = start.astimezone(zone)
    while at < end:
        midnight = dt.datetime.combine(at.date() + ONE_DAY, dt.time(), zone)
        until = min(midnight, end.astimezone(zone))
        amount = calendar.between(at, until)
        yield Line(kind="day" if amount else "rest", at=at, until=until, amount=amount)
        at = midnight


def _merged(days: list[Line]) -> list[Line]:
    merged: list[Line] = []
    for day in days:
        if merged and merged[-1].kind == day.kind == "rest":
            merged[-1] = Line(kind="rest", at=merged[-1].at, until=day.until)
        else:
            merged.append(day)
    return merged
