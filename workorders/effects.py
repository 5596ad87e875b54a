"""What a step does to a clock, as data.

Actions store the outcome and write the effect into the event, and `verify` replays the same effects from the events
alone. Pure, like `clocks`.
"""

import datetime as dt

from workorders import clocks
from workorders.clocks import ClockState, Counts

MICROSECOND = dt.timedelta(microseconds=1)
#: An effect as it stands in an event, e.g. ``{"do": "start", "minutes": 1440, "calendar": None}``.
type Effect = dict[str, str | int | None]

PAUSE: Effect = {"do": "pause"}
RESUME: Effect = {"do": "resume"}
STOP: Effect = {"do": "stop"}


def start(minutes: int, calendar_id: int | None) -> Effect:
    """Start a clock of so many working minutes on a calendar (None: natural hours)."""
    return {"do": "start", "minutes": minutes, "calendar": calendar_id}


def reopen(least_minutes: int = 0) -> Effect:
    """Let a stopped clock go on, with at least so many working minutes if it was in time."""
    return {"do": "reopen", "minutes": least_minutes}


def tighten(minutes: int) -> Effect:
    """Bring a clock forward to at most so many working minutes from now."""
    return {"do": "tighten", "minutes": minutes}


def extend(extra: dt.timedelta, asked_at: dt.datetime) -> Effect:
    """Grant a clock so much more working time, as asked for at that instant."""
    return {"do": "extend", "microseconds": extra // MICROSECOND, "asked": asked_at.isoformat()}


def _minutes(effect: Effect) -> dt.timedelta:
    return dt.timedelta(minutes=int(effect["minutes"] or 0))


def started(effect: Effect, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return the clock that a start effect brings into being at `at`."""
    return clocks.started(calendar, _minutes(effect), at)


def applied(effect: Effect, clock: ClockState, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return `clock` after `effect` at `at`; ValueError for an effect that does not exist."""
    match effect["do"]:
        case "pause":
            return clocks.paused(clock, calendar, at)
        case "resume":
            return clocks.resumed(clock, calendar, at)
        case "stop":
            return clocks.stopped(clock, calendar, at)
        case "reopen":
            return clocks.reopened(clock, calendar, at, least=_minutes(effect))
        case "tighten":
            return clocks.tightened(clock, calendar, _minutes(effect), at)
        case "extend":
            extra = int(effect["microseconds"] or 0) * MICROSECOND
            return clocks.extended(clock, calendar, extra, dt.datetime.fromisoformat(str(effect["asked"])))
        case unknown:
            message = f"unknown effect {unknown!r}"
            raise ValueError(message)
