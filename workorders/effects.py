"""What a step does to a clock, as data.

Actions store the outcome and write the effect into the event, and `verify` replays the same effects from the events
alone. Pure, like `clocks`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workorders import clocks
from workorders.clocks import ClockState, Counts

MICROSECOND = dt.timedelta(microseconds=1)
#: An effect as it stands in an event, e.g. ``{"do": "start", "minutes": 1440, "calendar": None}``.
type Effect = dict[str, str | int | None]

PAUSE: Effect = {"do": "pause"}
RESUME: Effect = {"do": "resume"}
STOP: Effect = {"do": "stop"}


def start(minutes: int, calendar_id: int | None, revision: int | None = None) -> Effect:
    """Start a clock of so many working minutes on a calendar at a revision of it (None: natural hours)."""
    return {"do": "start", "minutes": minutes, "calendar": calendar_id, **({"revision": revision} if calendar_id else {})}


def retarget(minutes: int, calendar_id: int | None, revision: int | None = None) -> Effect:
    """Put an open clock under another limit or calendar; it is recomputed from its own history."""
    return {**start(minutes, calendar_id, revision), "do": "retarget"}


def until(at: dt.datetime, due_at: dt.datetime) -> Effect:
    """Start a clock at `at` that runs out at `due_at` exactly (in whole seconds), in natural hours.

    Raises ValueError when `due_at` is before `at`.
    """
    if due_at < at:
        message = f"a promise due at {due_at} cannot be made at {at}"
        raise ValueError(message)
    minutes, seconds = divmod(int((due_at - at).total_seconds()), 60)
    return {**start(minutes, None), "seconds": seconds}


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
    return dt.timedelta(minutes=int(effect["minutes"] or 0), seconds=int(effect.get("seconds") or 0))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One effect on a clock, when it took place and by which kind of event."""

    effect: Effect
    at: dt.datetime
    kind: str = ""


def effective(steps: Iterable[Step]) -> list[Step]:
    """Return a clock's history as if its last limit had held since it was set: a retarget rewrites what set the limit.

    That is the start, or the last time the urgency was raised, after which the limit counts from there.
    """
    history: list[Step] = []
    for step in steps:
        if step.effect["do"] != "retarget":
            history.append(step)
            continue
        index = max(index for index, each in enumerate(history) if each.effect["do"] in {"start", "tighten"})
        history[index] = replace(history[index], effect=_under(history[index].effect, step.effect))
    return history


def _under(setting: Effect, target: Effect) -> Effect:
    minutes = int(target["minutes"] or 0)
    if setting["do"] == "tighten":
        return tighten(minutes)
    return {**start(minutes, None), **{name: target[name] for name in ("calendar", "revision") if name in target}}


def limit_minutes(steps: Iterable[Step]) -> int:
    """Return the minutes that the last limit set on the clock came to."""
    setting = [step.effect for step in steps if step.effect["do"] in {"start", "tighten", "retarget"}][-1]
    return int(_minutes(setting) / dt.timedelta(minutes=1))


def retargeted(steps: Sequence[Step], clock: ClockState, effect: Effect, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return `clock`, whose history is `steps`, under the limit that `effect` sets, counted on `calendar` from its start.

    Pauses, rework and extensions count as they happened. A stopped clock never changes.
    """
    if clock.stopped_at:
        return clock
    first, *rest = effective([*steps, Step(effect=effect, at=at)])
    replayed = started(first.effect, calendar, first.at)
    for step in rest:
        replayed = replace(applied(step.effect, replayed, calendar, step.at), breached_at=None)
    return clocks.retargeted(clock, calendar, allowance=replayed.allowance, used=clocks.used_at(replayed, calendar, at), at=at)
