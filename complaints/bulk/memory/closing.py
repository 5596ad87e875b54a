"""The end of a ticket, pressing on, and callbacks."""

import datetime as dt

from complaints.actions.callbacks import MAX_ATTEMPTS, REFUSED, SATISFIED, TO_MEETING, UNCALLED, UNREACHED
from complaints.bulk.cast import Person
from complaints.bulk.memory.handling import Handling
from complaints.bulk.memory.steps import STOP_LEG, STOP_OVERALL
from complaints.bulk.rows import CallbackRow, TicketRow
from complaints.enums import CallbackOutcome, Satisfaction
from journal.types import Data
from workorders import effects
from workorders.actions.closing import MAX_ROUNDS
from workorders.effects import Effect
from workorders.enums import ClockKind, OrderState, TicketState

S, T = OrderState, TicketState


class Office(Handling):
    """Everything that can happen to a complaint."""

    def answer(self, ticket: TicketRow, *, text: str, by: Person, at: dt.datetime) -> None:
        """As `closing.answer`."""
        self._reply_to_customer(ticket, text, by, at)

    def _close(self, ticket: TicketRow, reason: str, by: Person, at: dt.datetime) -> None:
        ticket.closed_at = at
        self.advance(ticket, "close", T.CLOSED, by=by, at=at, data={"reason": reason})

    def close(self, ticket: TicketRow, *, reason: str, by: Person, at: dt.datetime) -> None:
        """As `closing.close`."""
        self._close(ticket, reason, by, at)

    def close_unanswered(self, ticket: TicketRow, *, at: dt.datetime) -> None:
        """As `callbacks.close_unanswered`."""
        self._close(ticket, UNCALLED, self.cast.system, at)

    def _redispatch(self, ticket: TicketRow, reason: str, by: Person, at: dt.datetime) -> None:
        ticket.round += 1
        ticket.replied_at = None
        minutes = self.cast.overall_minutes(ticket.urgency, ticket.channel, ticket.tier, ticket.round)
        clock = effects.start(minutes, None)
        sla = self.cast.sla(ticket.urgency, ticket.channel).pk
        ticket.overall.append(self._start(clock, ClockKind.OVERALL, ticket.round, at, sla=sla))
        data: Data = {"reason": reason, "round": ticket.round}
        started = {ClockKind.OVERALL: clock}
        self.advance(ticket, "redispatch", T.AWAITING_DISPATCH, by=by, at=at, clocks=started, data=data)
        lead = ticket.last_lead(S.COMPLETED)
        if lead is None:
            self.dispatch_by_route(ticket, at=at)
        else:
            self.dispatch(ticket, lead=lead.unit, question=reason, by=self.cast.system, at=at)

    def cancel(self, ticket: TicketRow, *, reason: str, by: Person, at: dt.datetime) -> None:
        """As `closing.cancel`."""
        self.advance(ticket, "cancel", T.CANCELLED, by=by, at=at, clocks=STOP_OVERALL, data={"reason": reason})
        self._void_legs(ticket, by, at)

    def merge(self, ticket: TicketRow, *, into: TicketRow, by: Person, at: dt.datetime) -> None:
        """As `closing.merge`."""
        ticket.merged_into = into.pk
        data: Data = {"into": into.pk, "number": into.number}
        self.advance(ticket, "merge", T.MERGED, by=by, at=at, clocks=STOP_OVERALL, data=data)
        self._void_legs(ticket, by, at)
        self.note(into, "absorb", by=by, at=at, data={"ticket": ticket.pk, "number": ticket.number})

    def _void_legs(self, ticket: TicketRow, by: Person, at: dt.datetime) -> None:
        for leg in ticket.open_legs:
            leg.finished_at = at
            self.advance(leg, "void", S.VOIDED, by=by, at=at, clocks=STOP_LEG)
        for leg in ticket.legs:
            self._end_holds(leg, at)

    def add_note(self, ticket: TicketRow, *, text: str, by: Person, at: dt.datetime) -> None:
        """As `noting.add_note`."""
        self.note(ticket, "note", by=by, at=at, data={"text": text})

    def urge_ticket(self, ticket: TicketRow, *, remark: str, by: Person, at: dt.datetime) -> None:
        """As `urging.urge_ticket`."""
        for leg in ticket.legs:
            leg.urge_count += leg.is_working
        self.note(ticket, "urge", by=by, at=at, data={"remark": remark})

    def escalate(self, ticket: TicketRow, *, urgency: str, reason: str, by: Person, at: dt.datetime) -> None:
        """As `urging.escalate`."""
        before, ticket.urgency = ticket.urgency, urgency
        limit = self.cast.overall_minutes(urgency, ticket.channel, ticket.tier, ticket.round)
        data: Data = {"urgency": str(urgency), "before": str(before), "reason": reason}
        tightened: dict[ClockKind, Effect] = {ClockKind.OVERALL: effects.tighten(limit)}
        self.note(ticket, "escalate", by=by, at=at, clocks=tightened, data=data)
        for leg in ticket.legs:
            if leg.is_working:
                limits = self.cast.limits(leg.unit, ticket.leaf, urgency, ticket.tier, ticket.round)
                clocks: dict[ClockKind, Effect] = {
                    ClockKind.ACKNOWLEDGE: effects.tighten(limits.acknowledge),
                    ClockKind.RESOLVE: effects.tighten(limits.resolve),
                }
                self.note(leg, "tighten", by=by, at=at, clocks=clocks)

    def call_back(
        self,
        ticket: TicketRow,
        *,
        outcome: str,
        satisfaction: int | None = None,
        solved: bool | None = None,
        remark: str = "",
        by: Person,
        at: dt.datetime,
    ) -> None:
        """As `record_callback`."""
        attempt = sum(callback.round == ticket.round for callback in ticket.callbacks) + 1
        callback = CallbackRow(
            round=ticket.round,
            attempt=attempt,
            outcome=outcome,
            satisfaction=satisfaction,
            solved=solved,
            remark=remark,
            by=by.pk,
            at=at,
        )
        ticket.callbacks.append(callback)
        data: Data = {
            "outcome": str(outcome),
            "satisfaction": satisfaction,
            "solved": solved,
            "remark": remark,
            "attempt": attempt,
        }
        self.note(ticket, "callback", by=by, at=at, data=data)
        self._follow(ticket, callback, by, at)

    def _follow(self, ticket: TicketRow, callback: CallbackRow, by: Person, at: dt.datetime) -> None:
        satisfied = bool(callback.solved) and (callback.satisfaction or 0) >= Satisfaction.ACCEPTABLE
        match callback.outcome:
            case CallbackOutcome.REACHED if satisfied:
                self._close(ticket, SATISFIED, by, at)
            case CallbackOutcome.REACHED if ticket.round >= MAX_ROUNDS:
                ticket.for_joint_meeting = True
                self._close(ticket, TO_MEETING, by, at)
            case CallbackOutcome.REACHED:
                self._redispatch(ticket, callback.remark, by, at)
            case CallbackOutcome.REFUSED:
                self._close(ticket, REFUSED, by, at)
            case _ if callback.attempt >= MAX_ATTEMPTS:
                self._close(ticket, UNREACHED, by, at)
