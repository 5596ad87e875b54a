"""From the rows of an event log to what happened to each case, as an ordered list of plain steps. Pure, without Django.

One row is one update of a case: when, in which state, with which group. What is compared are neighbouring rows: another
group is a hand-off, another state may be a wait, a resolution, a reopening or the end. See docs/howto/import_eventlog.md.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import NamedTuple

#: Stands for nobody in `Step.group`: the case had a group and has none now.
NOBODY = ""


class State(StrEnum):
    """What a state of the log means to us."""

    WAITING = "waiting"
    WORKING = "working"
    WAIT_CUSTOMER = "wait_customer"
    WAIT_EXTERNAL = "wait_external"
    RESOLVED = "resolved"
    CLOSED = "closed"


WAITS = (State.WAIT_CUSTOMER, State.WAIT_EXTERNAL)
ENDS = (State.RESOLVED, State.CLOSED)


class Do(StrEnum):
    """What is done to a case, in the words of the replay."""

    FILE = "file"
    DISPATCH = "dispatch"
    TRANSFER = "transfer"
    ACCEPT = "accept"
    HOLD = "hold"
    RESUME = "resume"
    RAISE = "raise"
    RESOLVE = "resolve"
    AGAIN = "again"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One row of the log, read: instants are aware, `group` is empty while the case has none."""

    line: int
    at: dt.datetime
    state: State
    group: str
    #: 1 is the lowest.
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All rows of one case, in the file's order, and what its columns say of the case as a whole."""

    number: str
    opened_at: dt.datetime
    updates: tuple[Update, ...]
    resolved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


class Step(NamedTuple):
    """One thing to do at `at`, because of the row on `line`.

    `group` is who gets the case (dispatch, transfer) or had it last (again); `reason` is the kind of a wait; `rank` the
    urgency as filed or raised to; `known` whether some group gets the case before it is resolved (file).
    """

    at: dt.datetime
    line: int
    do: Do
    group: str | None = None
    reason: str = ""
    rank: int = 0
    known: bool = False


class Impossible(Exception):
    """The log contradicts itself about a case; `line` says where."""

    def __init__(self, line: int, reason: str) -> None:
        """Keep the line."""
        super().__init__(reason)
        self.line = line


def steps(case: Case) -> list[Step]:
    """Return what happened to the case, in order. Raises Impossible for a row before the opening.

    Rows are taken by time, and those of the same time in the file's order; a row that changes nothing yields nothing.
    """
    updates = _ordered(case)
    walk = _Walk(updates[0].rank)
    known = _is_known(updates)
    found = [Step(case.opened_at, updates[0].line, Do.FILE, rank=updates[0].rank, known=known)]
    for update in updates:
        found += walk.take(update)
    return found


def _is_known(updates: list[Update]) -> bool:
    """Tell whether a group gets the case before it is resolved for the first time."""
    ended = next((index for index in count() if index == len(updates) or updates[index].state in ENDS), 0)
    return any(update.group for update in updates[: ended + 1])


def _ordered(case: Case) -> list[Update]:
    updates = sorted(case.updates, key=lambda update: update.at)
    if updates[0].at < case.opened_at:
        raise Impossible(
            updates[0].line, f"a row before the case was opened: {updates[0].at:%Y-%m-%d %H:%M} < {case.opened_at:%Y-%m-%d %H:%M}"
        )
    updates = _ended(updates, (State.CLOSED,), case.closed_at, State.RESOLVED)
    return _ended(updates, ENDS, case.resolved_at, State.WORKING)


def _ended(updates: list[Update], ends: tuple[State, ...], at: dt.datetime | None, before: State) -> list[Update]:
    """Let the last stretch of rows in `ends` begin at the instant the column names, where it lies within that stretch.

    A log may write “Resolved” early and again when it was resolved; the column is what it says in the end. Rows of the
    stretch before that instant count as `before`.
    """
    first = len(updates)
    while first and updates[first - 1].state in ends:
        first -= 1
    stretch = updates[first:]
    if not stretch or at is None or at <= stretch[0].at or at > _last_possible(stretch, ends):
        return updates
    early = [update for update in stretch if update.at < at]
    late = stretch[len(early) :]
    if not late or late[0].at > at:
        late.insert(0, replace(early[-1], at=at))
    return [*updates[:first], *(replace(update, state=before) for update in early), *late]


def _last_possible(stretch: list[Update], ends: tuple[State, ...]) -> dt.datetime:
    """Return until when the end may lie: a case is resolved before it is closed, and closed in its last row."""
    if ends == ENDS:
        return next((update.at for update in stretch if update.state == State.CLOSED), stretch[-1].at)
    return stretch[-1].at


class _Walk:
    """Where a case stands while its rows are walked through."""

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self.holder: str | None = None
        self.accepted = False
        self.wait: State | None = None
        self.end: State | None = None

    def take(self, update: Update) -> Iterator[Step]:
        """Yield what the row adds."""
        if self.end and update.state not in ENDS:
            yield self._again(update)
        if update.rank > self.rank and not self.end:
            self.rank = update.rank
            yield Step(update.at, update.line, Do.RAISE, rank=update.rank)
        if not self.end:
            yield from self._hand_over(update)
            yield from self._move(update)
        if update.state in ENDS:
            yield from self._finish(update)

    def _again(self, update: Update) -> Step:
        self.end, self.accepted, self.wait = None, False, None
        return Step(update.at, update.line, Do.AGAIN, group=self.holder)

    def _hand_over(self, update: Update) -> Iterator[Step]:
        if update.group == self.holder or (not update.group and self.holder is None):
            return
        if self.holder is None:
            yield Step(update.at, update.line, Do.DISPATCH, group=update.group)
        else:
            yield from self._resume(update)
            yield Step(update.at, update.line, Do.TRANSFER, group=update.group)
        self.holder, self.accepted = update.group, False

    def _move(self, update: Update) -> Iterator[Step]:
        if update.state != self.wait:
            yield from self._resume(update)
        if self.holder is None or update.state == State.WAITING or update.state in ENDS:
            return
        yield from self._accept(update)
        if update.state in WAITS and self.wait is None:
            self.wait = update.state
            yield Step(update.at, update.line, Do.HOLD, reason=update.state)

    def _accept(self, update: Update) -> Iterator[Step]:
        if not self.accepted:
            self.accepted = True
            yield Step(update.at, update.line, Do.ACCEPT)

    def _resume(self, update: Update) -> Iterator[Step]:
        if self.wait:
            self.wait = None
            yield Step(update.at, update.line, Do.RESUME)

    def _finish(self, update: Update) -> Iterator[Step]:
        if self.end is None:
            if self.holder is not None:
                yield from self._accept(update)
            yield Step(update.at, update.line, Do.RESOLVE)
        if update.state == State.CLOSED and self.end != State.CLOSED:
            yield Step(update.at, update.line, Do.CLOSE)
        self.end = State.CLOSED if self.end == State.CLOSED else update.state
