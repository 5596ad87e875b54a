"""What a department does with its leg, and what the centre rules and reviews."""

import datetime as dt
import hashlib

from complaints.bulk.cast import Person, Unit
from complaints.bulk.memory.flow import Flow
from complaints.bulk.memory.steps import STOP_LEG
from complaints.bulk.rows import HoldRow, LegRow, ReturnRow
from journal.types import Data
from workorders import effects
from workorders.effects import Effect
from workorders.enums import ClockKind, OrderRole, OrderState, Ruling, TicketState
from workorders.targets import REWORK_GRACE

S, T = OrderState, TicketState


class Handling(Flow):
    """Accept, reply, review, hold, return, transfer."""

    @staticmethod
    def _acknowledgement(leg: LegRow, by: Person) -> dict[ClockKind, Effect]:
        return {ClockKind.ACKNOWLEDGE: effects.STOP} if by.unit == leg.unit.pk else {}

    def accept(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `handling.accept`."""
        leg.accepted_at, leg.assignee = at, by
        self.advance(leg, "accept", S.ACCEPTED, by=by, at=at, clocks=self._acknowledgement(leg, by), data={"assignee": by.pk})

    def accept_by_silence(self, leg: LegRow, *, at: dt.datetime) -> None:
        """As `handling.accept_by_silence`."""
        leg.accepted_at, leg.assignee = at, None
        self.advance(leg, "accept", S.ACCEPTED, by=self.cast.system, at=at, data={"silence": True})

    def assign(self, leg: LegRow, *, assignee: Person, by: Person, at: dt.datetime) -> None:
        """As `handling.assign`."""
        clocks, data = self._acknowledgement(leg, by), {"assignee": assignee.pk}
        if leg.state == S.DISPATCHED:
            leg.accepted_at = at
            leg.assignee = assignee
            self.advance(leg, "accept", S.ACCEPTED, by=by, at=at, clocks=clocks, data=data)
        leg.assignee = assignee
        self.note(leg, "assign", by=by, at=at, clocks=clocks, data=data)

    def reply(
        self,
        leg: LegRow,
        *,
        result: str,
        cause: str,
        liability: str,
        customer_contacted: bool,
        by: Person,
        at: dt.datetime,
    ) -> None:
        """As `handling.reply`."""
        leg.replied_at, leg.result, leg.cause = at, result, cause
        leg.liability, leg.customer_contacted = liability, customer_contacted
        data: Data = {"result": result, "cause": cause, "liability": liability, "customer_contacted": customer_contacted}
        clocks = {**self._acknowledgement(leg, by), ClockKind.RESOLVE: effects.STOP}
        self.advance(leg, "reply", S.REPLIED, by=by, at=at, clocks=clocks, data=data)
        if not self.is_sampled(leg):
            self._approve(leg, self.cast.system, at, sampled=False)
        self._settle(leg.ticket, by=by, at=at)

    def is_sampled(self, leg: LegRow) -> bool:
        """As `settling.is_sampled`."""
        percent = self.cast.sla(leg.ticket.urgency, leg.ticket.channel).review_percent
        draw = hashlib.sha256(f"{leg.ticket.number}-{leg.seq}-{leg.send_back_count}".encode()).digest()
        return int.from_bytes(draw[:4]) % 100 < percent

    def _approve(self, leg: LegRow, by: Person, at: dt.datetime, *, sampled: bool) -> None:
        leg.finished_at, leg.is_reviewed = at, sampled
        self.advance(leg, "approve", S.COMPLETED, by=by, at=at, data={"sampled": sampled})

    def approve(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `reviewing.approve`."""
        self._approve(leg, by, at, sampled=True)
        self._settle(leg.ticket, by=by, at=at)

    def send_back(self, leg: LegRow, *, defects: str, by: Person, at: dt.datetime) -> None:
        """As `reviewing.send_back`."""
        grace = 0 if leg.send_back_count else int(REWORK_GRACE.total_seconds() // 60)
        leg.send_back_count += 1
        clocks = {ClockKind.RESOLVE: effects.reopen(grace)}
        self.advance(leg, "send_back", S.REWORK, by=by, at=at, clocks=clocks, data={"defects": defects})
        self._settle(leg.ticket, by=by, at=at)

    def request_hold(
        self,
        leg: LegRow,
        *,
        reason: str,
        evidence: str,
        until: dt.datetime,
        at_once: bool,
        by: Person,
        at: dt.datetime,
    ) -> None:
        """As `holding.request_hold`; `at_once` where `by` may approve it."""
        leg.holds.append(HoldRow(reason=reason, evidence=evidence, until=until, requested_by=by.pk, requested_at=at))
        data: Data = {"reason": reason, "evidence": evidence, "until": until.isoformat()}
        self.note(leg, "request_hold", by=by, at=at, clocks=self._acknowledgement(leg, by), data=data)
        if at_once:
            self.approve_hold(leg, by=by, at=at)

    def approve_hold(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `holding.approve_hold`."""
        hold = leg.holds[-1]
        hold.decided_by, hold.started_at = by.pk, at
        clocks = {ClockKind.RESOLVE: effects.PAUSE}
        self.advance(leg, "hold", S.ON_HOLD, by=by, at=at, clocks=clocks, data={"reason": hold.reason})
        self._settle(leg.ticket, by=by, at=at)

    def refuse_hold(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `holding.refuse_hold`."""
        leg.holds[-1].decided_by, leg.holds[-1].ended_at = by.pk, at
        self.note(leg, "refuse_hold", by=by, at=at)

    def resume(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `holding.resume`."""
        self.advance(leg, "resume", S.ACCEPTED, by=by, at=at, clocks={ClockKind.RESOLVE: effects.RESUME})
        self._end_holds(leg, at)
        self._settle(leg.ticket, by=by, at=at)

    @staticmethod
    def _end_holds(leg: LegRow, at: dt.datetime) -> None:
        for hold in leg.holds:
            hold.ended_at = hold.ended_at or at

    def request_return(
        self,
        leg: LegRow,
        *,
        reason: str,
        evidence: str,
        proposed: Unit | None,
        by: Person,
        at: dt.datetime,
    ) -> None:
        """As `returning.request_return`."""
        data: Data = {"reason": reason, "evidence": evidence, "proposed": proposed.code if proposed else None}
        self.advance(leg, "request_return", S.RETURN_REQUESTED, by=by, at=at, clocks=self._acknowledgement(leg, by), data=data)
        leg.returns.append(
            ReturnRow(
                reason=reason,
                evidence=evidence,
                proposed=proposed.pk if proposed else None,
                requested_by=by.pk,
                requested_at=at,
                ruling=Ruling.PENDING,
            )
        )

    def uphold_return(self, leg: LegRow, *, reason: str, by: Person, at: dt.datetime) -> None:
        """As `returning.uphold_return`."""
        leg.finished_at = at
        self.advance(leg, "uphold_return", S.VOIDED, by=by, at=at, clocks=STOP_LEG, data={"reason": reason})
        self._rule(leg, Ruling.UPHELD, reason, by, at)
        if leg.role == OrderRole.LEAD:
            resumed = {ClockKind.OVERALL: effects.RESUME}
            self.advance(leg.ticket, "lose_lead", T.AWAITING_DISPATCH, by=by, at=at, clocks=resumed)
        else:
            self._settle(leg.ticket, by=by, at=at)

    def deny_return(self, leg: LegRow, *, reason: str, by: Person, at: dt.datetime) -> None:
        """As `returning.deny_return`."""
        leg.accepted_at = leg.accepted_at or at
        self.advance(leg, "deny_return", S.ACCEPTED, by=by, at=at, data={"reason": reason})
        self._rule(leg, Ruling.DENIED, reason, by, at)

    @staticmethod
    def _rule(leg: LegRow, ruling: str, reason: str, by: Person, at: dt.datetime) -> None:
        last = leg.returns[-1]
        last.ruling, last.ruling_reason, last.ruled_by, last.ruled_at = ruling, reason, by.pk, at

    def transfer(self, leg: LegRow, *, unit: Unit, reason: str, by: Person, at: dt.datetime) -> LegRow:
        """As `transferring.transfer`."""
        leg.finished_at = at
        data: Data = {"reason": reason, "to": unit.code}
        self.advance(leg, "transfer", S.TRANSFERRED, by=by, at=at, clocks=STOP_LEG, data=data)
        successor = self._open_leg(leg.ticket, unit, leg.question or reason, leg.role, by=by, at=at, predecessor=leg)
        self._settle(leg.ticket, by=by, at=at)
        return successor
