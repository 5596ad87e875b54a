"""What every action is made of: the move, the clocks, the hashed event."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping

from complaints.bulk.cast import Cast, Person
from complaints.bulk.rows import ClockRow, EventRow, LegRow, TicketRow
from journal.types import Data, Json
from workorders import effects
from workorders.effects import Effect
from workorders.enums import ClockKind
from workorders.models.order import ORDER_MOVES
from workorders.models.ticket import TICKET_MOVES

TICKET_LEGAL = {(str(before), str(after)) for before, after in TICKET_MOVES}
ORDER_LEGAL = {(str(before), str(after)) for before, after in ORDER_MOVES}
STOP_LEG: dict[ClockKind, Effect] = {ClockKind.ACKNOWLEDGE: effects.STOP, ClockKind.RESOLVE: effects.STOP}
STOP_OVERALL: dict[ClockKind, Effect] = {ClockKind.OVERALL: effects.STOP}

type Subject = TicketRow | LegRow
type Effects = Mapping[ClockKind, Effect]
#: Tickets by customer and category, in the order of their filing.
type Filed = Mapping[tuple[int, int], list[TicketRow]]


ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def chained(previous: str, stream: str, seq: int, kind: str, at: dt.datetime, by: int, data: str) -> str:
    """Return `journal.models.digest` of an event whose instant is in UTC and whose data is JSON already.

    Nothing but the data can hold a sign that JSON would escape, so that the rest is put together as it is.
    """
    text = f'["{previous}","{stream}",{seq},"{kind}","{at.isoformat()}",{by},{data}]'
    return hashlib.sha256(text.encode()).hexdigest()


class Steps:
    """Where rows live their lives. All instants are in UTC; a move that the database would refuse raises ValueError."""

    def __init__(
        self,
        cast: Cast,
        ticket_id: Callable[[], int],
        order_id: Callable[[TicketRow], int],
        known: Filed | None = None,
    ) -> None:
        self.cast = cast
        self._ticket_id, self._order_id, self._known = ticket_id, order_id, known or {}
        self.tickets: list[TicketRow] = []
        self.filed: dict[tuple[int, int], list[TicketRow]] = {}

    def advance(
        self,
        subject: Subject,
        name: str,
        state: str,
        *,
        by: Person,
        at: dt.datetime,
        clocks: Effects | None = None,
        data: Mapping[str, Json] | None = None,
    ) -> None:
        """Move the subject to `state` and note it."""
        legal = TICKET_LEGAL if isinstance(subject, TicketRow) else ORDER_LEGAL
        if (str(subject.state), str(state)) not in legal:
            message = f"{name}: no such move {subject.state} → {state}"
            raise ValueError(message)
        subject.state = state
        self.note(subject, name, by=by, at=at, clocks=clocks, data=data)

    def note(
        self,
        subject: Subject,
        name: str,
        *,
        by: Person,
        at: dt.datetime,
        clocks: Effects | None = None,
        data: Mapping[str, Json] | None = None,
    ) -> None:
        """Move the clocks and write the event."""
        own: Data = {"state": str(subject.state), **(data or {})}
        if clocks:
            self._move(subject, clocks, at)
            own["clocks"] = {str(kind): dict(effect) for kind, effect in clocks.items()}
        if isinstance(subject, TicketRow):
            self._record(subject, f"ticket.{name}", by, at, own)
        else:
            own |= {"order": subject.pk, "seq": subject.seq}
            self._record(subject.ticket, f"order.{name}", by, at, own)

    def _move(self, subject: Subject, moved: Effects, at: dt.datetime) -> None:
        clocks = subject.overall[-1:] if isinstance(subject, TicketRow) else list(subject.clocks.values())
        for clock in clocks:
            effect = moved.get(clock.kind)
            if effect and effect["do"] != "start":
                clock.state = effects.applied(effect, clock.state, self.cast.calendars[clock.calendar], at)
        running = [clock.state.due_at for clock in clocks if clock.state.running_since and clock.state.due_at]
        subject.due_at = min(running, default=None)

    @staticmethod
    def _record(ticket: TicketRow, kind: str, by: Person, at: dt.datetime, data: Data) -> None:
        seq, previous = len(ticket.events) + 1, ticket.events[-1].hash if ticket.events else ""
        text = ENCODE(data)
        digest = chained(previous, ticket.stream, seq, kind, at, by.pk, text)
        ticket.events.append(EventRow(seq=seq, kind=kind, at=at, by=by.pk, data=text, hash=digest))

    def _start(
        self,
        effect: Effect,
        kind: ClockKind,
        episode: int,
        at: dt.datetime,
        *,
        ola: int | None = None,
        sla: int | None = None,
    ) -> ClockRow:
        calendar = effect["calendar"]
        key = None if calendar is None else int(calendar)
        kept = effect.get("revision")
        revision = None if kept is None else int(kept)
        state = effects.started(effect, self.cast.calendars[key], at)
        return ClockRow(kind=kind, episode=episode, calendar=key, revision=revision, state=state, ola=ola, sla=sla)
