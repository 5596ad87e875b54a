"""When a ladder's steps fall due: pure arithmetic on one clock, without Django and without reading the time.

A step stands at a share of what was promised, or at so many minutes from the due instant; both are *working time on the
clock's own calendar*. So a step an hour before a deadline at 09:00 lies in the evening before, where the calendar has
working time, and not at midnight; and a clock that waits or has stopped has no next step. See docs/algorithms/ladders.md.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from workorders.clocks import ZERO, ClockState, Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung. Exactly one of `share` and `after` is given."""

    #: What makes the step the same one in another version of the ladder; a higher level falls due later.
    level: int
    #: Per cent of the allowance.
    share: int | None = None
    #: Working minutes past the due instant; negative before it.
    after: int | None = None
    #: Who is told, as `workorders.enums.Told`.
    to: tuple[str, ...] = ()
    raise_urgency: bool = False
    #: As `workorders.enums.Supervise`.
    supervise: str = ""

    @property
    def at(self) -> str:
        """Return where the step stands, as people write it: ``80%``, ``+240``."""
        return f"{self.share}%" if self.share is not None else f"{self.after:+d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A ladder as it was in force from some instant on; its steps are in the order of their levels."""

    kind: str
    urgency: str
    number: int
    in_force_from: dt.datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A step and the instant at which it falls due."""

    step: Step
    at: dt.datetime


def chosen(versions: Iterable[Version], *, kind: str, urgency: str, started_at: dt.datetime) -> Version | None:
    """Return the ladder that a clock climbs: the newest that was in force when the clock started.

    A clock keeps to its promise: editing a ladder reaches the clocks that start afterwards. One that started before
    there was any ladder has none.
    """
    fitting = [
        version
        for version in versions
        if version.kind == kind and version.urgency == urgency and version.in_force_from <= started_at
    ]
    return max(fitting, key=lambda version: version.number, default=None)


def used_when_due(allowance: dt.timedelta, step: Step) -> dt.timedelta:
    """Return the working time that is used when the step falls due."""
    if step.share is not None:
        return allowance * step.share // 100
    return max(ZERO, allowance + dt.timedelta(minutes=step.after or 0))


def falls_due(clock: ClockState, calendar: Counts, step: Step) -> dt.datetime | None:
    """Return when the step falls due if the clock runs on; None while it waits and after it stopped.

    A step whose time was passed before the clock began to run as it does now (work sent back, a deadline brought
    forward) falls due at that beginning.
    """
    if clock.running_since is None:
        return None
    missing = used_when_due(clock.allowance, step) - clock.used
    return calendar.add(clock.running_since, missing) if missing > ZERO else clock.running_since


def open_steps(clock: ClockState, calendar: Counts, steps: Iterable[Step], done: Collection[int]) -> list[Due]:
    """Return the steps not yet taken with their instants, by level; no step falls due before the one below it.

    `done` holds the levels already taken. Levels below the highest one taken are passed, whatever ladder they were on,
    so that another ladder never sends what was sent.
    """
    if clock.running_since is None:
        return []
    passed, earliest, found = max(done, default=0), clock.running_since, []
    for step in sorted(steps, key=lambda step: step.level):
        if step.level > passed:
            earliest = max(earliest, falls_due(clock, calendar, step) or earliest)
            found.append(Due(step, earliest))
    return found


def next_step(clock: ClockState, calendar: Counts, steps: Iterable[Step], done: Collection[int]) -> Due | None:
    """Return the step that falls due next, and when; None when there is none or the clock does not run."""
    return next(iter(open_steps(clock, calendar, steps, done)), None)


def out_of_order(steps: Sequence[Step]) -> list[int]:
    """Return the levels that stand before or with the one below them, by whatever limit: shares first, then minutes.

    A share is compared with shares and minutes with minutes; a step before the due instant in minutes is not compared
    with shares, since that depends on the limit.
    """
    wrong = []
    for lower, upper in pairwise(steps):
        if lower.share is not None and upper.share is not None:
            falls = upper.share <= lower.share
        elif lower.after is not None and upper.after is not None:
            falls = upper.after <= lower.after
        else:
            falls = lower.after is not None and lower.after >= 0
        if falls:
            wrong.append(upper.level)
    return wrong
