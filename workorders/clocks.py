"""How a promise is measured: pure arithmetic on one clock, without Django and without reading the time.

A clock counts *working time* on a calendar. It starts when an order is dispatched (or a ticket filed), pauses in an
approved hold, stops when the work is submitted and goes on from where it stood when the work is sent back. It is judged
from timestamps when it pauses or stops: `breached_at` is the instant the time ran out, not the instant anyone noticed.
A paused clock has no due instant. See docs/algorithms/clocks.md.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Protocol

ZERO = dt.timedelta()


class Counts(Protocol):
    """What a clock needs of a working calendar (`organization.calendars`)."""

    def add(self, start: dt.datetime, minutes: int | dt.timedelta) -> dt.datetime:
        """Return the instant at which that much working time has passed since `start`."""
        ...

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time in [start, end)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """One promise and how much of it is used. All instants are aware, all durations are working time."""

    #: What was promised, extensions included.
    allowance: dt.timedelta
    started_at: dt.datetime
    #: Working time used before `running_since`.
    used: dt.timedelta = ZERO
    running_since: dt.datetime | None
    due_at: dt.datetime | None
    stopped_at: dt.datetime | None = None
    breached_at: dt.datetime | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether time is being counted."""
        return self.running_since is not None

    @property
    def is_paused(self) -> bool:
        """Tell whether the clock waits, neither counting nor stopped."""
        return self.running_since is None and self.stopped_at is None


def started(calendar: Counts, allowance: dt.timedelta, at: dt.datetime) -> ClockState:
    """Return a clock that runs from `at`."""
    return ClockState(allowance=allowance, started_at=at, running_since=at, due_at=calendar.add(at, allowance))


def used_at(clock: ClockState, calendar: Counts, at: dt.datetime) -> dt.timedelta:
    """Return the working time used up to `at`."""
    return clock.used + (calendar.between(clock.running_since, at) if clock.running_since else ZERO)


def _judged(clock: ClockState, at: dt.datetime) -> dt.datetime | None:
    """Return when the time ran out, if it did by `at`; exactly on time is on time, and a breach stays a breach."""
    if clock.breached_at or clock.due_at is None or at <= clock.due_at:
        return clock.breached_at
    return clock.due_at


def paused(clock: ClockState, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return the clock waiting since `at`; one that does not run is returned as it is."""
    if not clock.is_running:
        return clock
    return replace(clock, used=used_at(clock, calendar, at), running_since=None, due_at=None, breached_at=_judged(clock, at))


def _running(clock: ClockState, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return the clock counting again since `at`, with what was left."""
    due_at = clock.breached_at or calendar.add(at, max(ZERO, clock.allowance - clock.used))
    return replace(clock, running_since=at, stopped_at=None, due_at=due_at)


def resumed(clock: ClockState, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return a paused clock counting again since `at`; any other is returned as it is."""
    return _running(clock, calendar, at) if clock.is_paused else clock


def stopped(clock: ClockState, calendar: Counts, at: dt.datetime) -> ClockState:
    """Return the clock stopped at `at` and judged. Its due instant stays as it then was, also when it was paused."""
    if clock.stopped_at:
        return clock
    running = resumed(clock, calendar, at)
    return replace(
        running,
        used=used_at(running, calendar, at),
        running_since=None,
        stopped_at=at,
        breached_at=_judged(running, at),
    )


def reopened(clock: ClockState, calendar: Counts, at: dt.datetime, *, least: dt.timedelta = ZERO) -> ClockState:
    """Return a stopped clock going on since `at` with what was left: work sent back resumes, it never restarts.

    `least` is the working time granted at the least when the first submission was in time (rule 16: two hours, once).
    """
    if not clock.stopped_at:
        return clock
    left = clock.allowance - clock.used
    granted = max(ZERO, least - left) if clock.breached_at is None else ZERO
    return _running(replace(clock, allowance=clock.allowance + granted), calendar, at)


def tightened(clock: ClockState, calendar: Counts, limit: dt.timedelta, at: dt.datetime) -> ClockState:
    """Return the clock under a higher urgency: due at the earlier of the old instant and `at` + `limit`.

    A clock not late before is not made late by it (rule 22), and one that is late stays late since the same instant.
    Stopped clocks never change.
    """
    if clock.stopped_at:
        return clock
    used = used_at(clock, calendar, at)
    allowance = min(clock.allowance, used + limit)
    changed = replace(clock, allowance=allowance, used=used, breached_at=_judged(clock, at))
    return _running(changed, calendar, at) if clock.is_running else changed


def retargeted(clock: ClockState, calendar: Counts, *, allowance: dt.timedelta, used: dt.timedelta, at: dt.datetime) -> ClockState:
    """Return the clock with another allowance, of which `used` is gone by `at`.

    A breach that happened stays. What would have run out earlier under the new limit runs out at `at`: nobody is made
    late for the past. A paused clock stays paused, a stopped one never changes.
    """
    if clock.stopped_at:
        return clock
    changed = replace(clock, allowance=allowance, used=used, breached_at=_judged(clock, at))
    return _running(changed, calendar, at) if clock.is_running else changed


def extended(clock: ClockState, calendar: Counts, extra: dt.timedelta, asked_at: dt.datetime) -> ClockState:
    """Return the clock with `extra` working time granted on a request of `asked_at`, not later than its due instant.

    It counts from when it was asked: what ran out while the request waited is not late. A stopped clock never changes,
    and a breach that was there when it was asked stays.
    """
    if clock.stopped_at:
        return clock
    changed = replace(clock, allowance=clock.allowance + extra, breached_at=_judged(clock, asked_at))
    if clock.running_since is None or changed.breached_at:
        return changed
    return replace(changed, due_at=calendar.add(clock.running_since, max(ZERO, changed.allowance - changed.used)))


def is_late(clock: ClockState, at: dt.datetime) -> bool:
    """Tell whether the promise is broken as of `at`."""
    return _judged(clock, at) is not None if clock.is_running else clock.breached_at is not None
