"""The actions of `workorders` and `complaints` on rows in memory: the same moves, clocks and events, without a database.

For bulk data only. What an action writes is decided by the actions; this module repeats them with the same pure
arithmetic and the same hash chain, and tests/demo/test_memory.py holds both equal, row by row and hash by hash.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from complaints.actions.callbacks import MAX_ATTEMPTS, REFUSED, SATISFIED, TO_MEETING, UNREACHED
from complaints.demo.cast import Cast, Leaf, Person, Unit
from complaints.demo.rows import CallbackRow, ClockRow, CustomerRow, EventRow, HoldRow, LegRow, ReturnRow, TicketRow
from complaints.enums import CallbackOutcome, Satisfaction
from complaints.queries.customers import REPEAT_AFTER, REPEAT_WITHIN
from journal.types import Data, Json
from organization.calendars import SHANGHAI, statutory_deadline
from workorders import effects
from workorders.actions.closing import MAX_ROUNDS
from workorders.actions.dispatching import LEAD_SHARE
from workorders.actions.filing import STATUTORY_DAYS, least_urgency
from workorders.clocks import used_at
from workorders.effects import Effect
from workorders.enums import ClockKind, HoldReason, OrderRole, OrderState, Ruling, TicketState
from workorders.models.order import ORDER_MOVES
from workorders.models.ticket import TICKET_MOVES
from workorders.targets import REWORK_GRACE

O, T = OrderState, TicketState
TICKET_LEGAL = {(str(before), str(after)) for before, after in TICKET_MOVES}
ORDER_LEGAL = {(str(before), str(after)) for before, after in ORDER_MOVES}
ZONE = ZoneInfo(SHANGHAI)
STOP_LEG: dict[str, Effect] = {ClockKind.ACKNOWLEDGE: effects.STOP, ClockKind.RESOLVE: effects.STOP}
STOP_OVERALL: dict[str, Effect] = {ClockKind.OVERALL: effects.STOP}

type Subject = TicketRow | LegRow
type Effects = Mapping[str, Effect]


def chained(previous: str, stream: str, seq: int, kind: str, at: dt.datetime, by: int, data: Data) -> str:
    """Return `journal.models.digest` of an event whose instant is in UTC already."""
    content = [previous, stream, seq, kind, at.isoformat(), by, data]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Office:
    """Where rows live their lives. All instants are in UTC; a move that the database would refuse raises ValueError."""

    def __init__(self, cast: Cast, ticket_id: Callable[[], int], order_id: Callable[[TicketRow], int]) -> None:
        self.cast = cast
        self._ticket_id, self._order_id = ticket_id, order_id
        self.tickets: list[TicketRow] = []
        self._filed: dict[tuple[int, int], list[TicketRow]] = {}

    # — steps —

    def advance(
        self, subject: Subject, name: str, state: str, *, by: Person, at: dt.datetime, clocks: Effects | None = None,
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
        self, subject: Subject, name: str, *, by: Person, at: dt.datetime, clocks: Effects | None = None,
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
        clocks = [subject.overall[-1]] if isinstance(subject, TicketRow) else list(subject.clocks.values())
        for clock in clocks:
            effect = moved.get(clock.kind)
            if effect and effect["do"] != "start":
                clock.state = effects.applied(effect, clock.state, self.cast.calendars[clock.calendar], at)
        running = [clock.state.due_at for clock in clocks if clock.state.running_since and clock.state.due_at]
        subject.due_at = min(running, default=None)

    @staticmethod
    def _record(ticket: TicketRow, kind: str, by: Person, at: dt.datetime, data: Data) -> None:
        seq, previous = len(ticket.events) + 1, ticket.events[-1].hash if ticket.events else ""
        digest = chained(previous, ticket.stream, seq, kind, at, by.pk, data)
        ticket.events.append(EventRow(seq=seq, kind=kind, at=at, by=by.pk, data=data, hash=digest))

    def _start(self, effect: Effect, kind: str, episode: int, at: dt.datetime, *, ola: int | None = None, sla: int | None = None) -> ClockRow:
        calendar = effect["calendar"]
        key = None if calendar is None else int(calendar)
        state = effects.started(effect, self.cast.calendars[key], at)
        return ClockRow(kind=kind, episode=episode, calendar=key, state=state, ola=ola, sla=sla)

    # — filing —

    def file(
        self, *, customer: CustomerRow, leaf: Leaf, channel: str, urgency: str, subject: str, description: str, wanted: str,
        place: str, occurred_at: dt.datetime | None, filing_key: str, by: Person, at: dt.datetime,
    ) -> TicketRow:
        """File a complaint as a draft (`file_complaint` up to where it is forwarded)."""
        earlier = self._repeated(customer, leaf, at)
        urgency = least_urgency(urgency, channel=channel, tier=customer.tier, is_repeat=earlier is not None)
        ticket = self._draft(
            customer=customer, leaf=leaf, channel=channel, urgency=urgency, subject=subject, description=description,
            wanted=wanted, filing_key=filing_key, by=by, at=at,
        )
        ticket.place, ticket.occurred_at, ticket.repeat_of = place, occurred_at, earlier.pk if earlier else None
        return ticket

    def _draft(
        self, *, customer: CustomerRow, leaf: Leaf, channel: str, urgency: str, subject: str, description: str, wanted: str,
        filing_key: str, by: Person, at: dt.datetime, reopened_from: TicketRow | None = None,
    ) -> TicketRow:
        pk = self._ticket_id()
        region = reopened_from.region if reopened_from else customer.region
        ticket = TicketRow(
            pk=pk, number=f"{at.astimezone(ZONE):%y%m%d}{pk:06d}", leaf=leaf, urgency=urgency, channel=channel, tier=customer.tier,
            region=region, subject=subject, description=description, wanted=wanted, filed_by=by, filed_at=at,
            filing_key=filing_key, statutory_at=statutory_deadline(at, STATUTORY_DAYS), customer=customer,
            reopened_from=reopened_from.pk if reopened_from else None,
        )
        self.tickets.append(ticket)
        self._filed.setdefault((customer.pk, leaf.pk), []).append(ticket)
        clock = effects.start(self.cast.overall_minutes(urgency, channel, customer.tier, 0), None)
        ticket.overall.append(self._start(clock, ClockKind.OVERALL, 0, at, sla=self.cast.sla(urgency, channel).pk))
        data: Data = {"category": leaf.code, "urgency": str(urgency), "channel": str(channel), "region": self._region(region)}
        self.note(ticket, "file", by=by, at=at, clocks={ClockKind.OVERALL: clock}, data=data)
        return ticket

    def _region(self, pk: int) -> str:
        return next(city.code for city in self.cast.cities if city.pk == pk)

    def _repeated(self, customer: CustomerRow, leaf: Leaf, at: dt.datetime) -> TicketRow | None:
        for ticket in reversed(self._filed.get((customer.pk, leaf.pk), [])):
            in_time = at - REPEAT_WITHIN <= ticket.filed_at < at - REPEAT_AFTER
            if in_time and ticket.state not in {T.MERGED, T.CANCELLED}:
                return ticket
        return None

    def submit(self, ticket: TicketRow, *, by: Person, at: dt.datetime) -> None:
        """As `filing.submit`."""
        self.advance(ticket, "submit", T.TRIAGE, by=by, at=at)

    def prepare(self, ticket: TicketRow, *, remark: str = "", by: Person, at: dt.datetime) -> None:
        """As `filing.prepare`, with the category left as it is."""
        self.advance(ticket, "prepare", T.AWAITING_DISPATCH, by=by, at=at, data={"remark": remark})

    def solve(self, ticket: TicketRow, *, answer: str, by: Person, at: dt.datetime) -> None:
        """As `filing.solve`."""
        ticket.answer, ticket.replied_at, ticket.first_point = answer, at, True
        self.advance(ticket, "solve", T.AWAITING_CALLBACK, by=by, at=at, clocks=STOP_OVERALL, data={"answer": answer})

    def dispatch_by_route(self, ticket: TicketRow, *, at: dt.datetime) -> bool:
        """As `dispatching.dispatch_by_route`; tell whether there is a route."""
        if not ticket.leaf.lead:
            return False
        units = self.cast.units
        assists = [(units[code], question) for code, question in ticket.leaf.assists]
        self.dispatch(ticket, lead=units[ticket.leaf.lead], assists=assists, by=self.cast.system, at=at)
        return True

    def dispatch(
        self, ticket: TicketRow, *, lead: Unit, assists: list[tuple[Unit, str]] | None = None, question: str = "", by: Person,
        at: dt.datetime,
    ) -> None:
        """As `dispatching.dispatch`."""
        predecessor = ticket.last_lead()
        self.advance(ticket, "dispatch", T.IN_PROGRESS, by=by, at=at, data={"lead": lead.code})
        leg = self._open_leg(ticket, lead, question, OrderRole.LEAD, by=by, at=at, predecessor=predecessor)
        for unit, asked in assists or []:
            self._open_leg(ticket, unit, asked, OrderRole.ASSIST, by=by, at=at, lead=leg)

    def add_assist(self, ticket: TicketRow, *, unit: Unit, question: str, by: Person, at: dt.datetime) -> None:
        """As `dispatching.add_assist`."""
        lead = next(leg for leg in ticket.legs if leg.role == OrderRole.LEAD and leg.is_working)
        self._open_leg(ticket, unit, question, OrderRole.ASSIST, by=by, at=at, lead=lead)
        self._settle(ticket, by=by, at=at)

    def _open_leg(
        self, ticket: TicketRow, unit: Unit, question: str, role: str, *, by: Person, at: dt.datetime, lead: LegRow | None = None,
        predecessor: LegRow | None = None,
    ) -> LegRow:
        limits = self.cast.limits(unit, ticket.leaf, ticket.urgency, ticket.tier, ticket.round)
        leg = LegRow(
            pk=self._order_id(ticket), ticket=ticket, seq=len(ticket.legs) + 1, unit=unit, role=role, round=ticket.round,
            question=question, dispatched_by=by.pk, dispatched_at=at, predecessor=predecessor,
        )
        started = {
            ClockKind.ACKNOWLEDGE: effects.start(limits.acknowledge, limits.calendar),
            ClockKind.RESOLVE: effects.start(self._resolve_minutes(limits.resolve, lead, at), limits.calendar),
        }
        for kind, effect in started.items():
            leg.clocks[kind] = self._start(effect, kind, ticket.round, at, ola=limits.rule)
        ticket.legs.append(leg)
        data: Data = {"department": unit.code, "role": str(role), "question": question}
        self.note(leg, "dispatch", by=by, at=at, clocks=started, data=data)
        return leg

    def _resolve_minutes(self, minutes: int, lead: LegRow | None, at: dt.datetime) -> int:
        clock = lead.clocks[ClockKind.RESOLVE] if lead else None
        if clock is None or clock.state.stopped_at:
            return minutes
        used = used_at(clock.state, self.cast.calendars[clock.calendar], at)
        left = clock.state.allowance - used - clock.state.allowance / LEAD_SHARE
        return max(1, min(minutes, int(left.total_seconds() // 60)))

    # — settling —

    def _settle(self, ticket: TicketRow, *, by: Person, at: dt.datetime) -> None:
        states = {leg.state for leg in ticket.legs if leg.is_open}
        working = states - {O.REPLIED}
        if ticket.state == T.ON_HOLD and working != {O.ON_HOLD}:
            self.advance(ticket, "unpause", T.IN_PROGRESS, by=by, at=at, clocks={ClockKind.OVERALL: effects.RESUME})
        if ticket.state == T.IN_REVIEW and working:
            self.advance(ticket, "leave_review", T.IN_PROGRESS, by=by, at=at)
        if ticket.state == T.IN_PROGRESS and working == {O.ON_HOLD}:
            self._pause(ticket, by=by, at=at)
        if ticket.state == T.IN_PROGRESS and not working:
            self.advance(ticket, "enter_review", T.IN_REVIEW, by=by, at=at)
        if ticket.state == T.IN_REVIEW and not states:
            self._pass_review(ticket, by=by, at=at)

    def _pause(self, ticket: TicketRow, *, by: Person, at: dt.datetime) -> None:
        reasons = {hold.reason for leg in ticket.legs for hold in leg.holds if hold.ended_at is None}
        for_customer = reasons == {HoldReason.WAIT_CUSTOMER}
        clocks = {ClockKind.OVERALL: effects.PAUSE} if for_customer else None
        self.advance(ticket, "pause", T.ON_HOLD, by=by, at=at, clocks=clocks)

    def _pass_review(self, ticket: TicketRow, *, by: Person, at: dt.datetime) -> None:
        self.advance(ticket, "pass_review", T.AWAITING_REPLY, by=by, at=at)
        lead = ticket.last_lead(O.COMPLETED)
        if lead and lead.customer_contacted:
            self._reply_to_customer(ticket, lead.result, self.cast.system, at)

    def _reply_to_customer(self, ticket: TicketRow, text: str, by: Person, at: dt.datetime) -> None:
        ticket.answer, ticket.replied_at = text, at
        self.advance(ticket, "reply", T.AWAITING_CALLBACK, by=by, at=at, clocks=STOP_OVERALL, data={"answer": text})

    # — a department's work —

    @staticmethod
    def _acknowledgement(leg: LegRow, by: Person) -> dict[str, Effect]:
        return {ClockKind.ACKNOWLEDGE: effects.STOP} if by.unit == leg.unit.pk else {}

    def accept(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `handling.accept`."""
        leg.accepted_at, leg.assignee = at, by
        self.advance(leg, "accept", O.ACCEPTED, by=by, at=at, clocks=self._acknowledgement(leg, by), data={"assignee": by.pk})

    def accept_by_silence(self, leg: LegRow, *, at: dt.datetime) -> None:
        """As `handling.accept_by_silence`."""
        leg.accepted_at, leg.assignee = at, None
        self.advance(leg, "accept", O.ACCEPTED, by=self.cast.system, at=at, data={"silence": True})

    def assign(self, leg: LegRow, *, assignee: Person, by: Person, at: dt.datetime) -> None:
        """As `handling.assign`."""
        clocks, data = self._acknowledgement(leg, by), {"assignee": assignee.pk}
        if leg.state == O.DISPATCHED:
            leg.accepted_at = at
            leg.assignee = assignee
            self.advance(leg, "accept", O.ACCEPTED, by=by, at=at, clocks=clocks, data=data)
        leg.assignee = assignee
        self.note(leg, "assign", by=by, at=at, clocks=clocks, data=data)

    def reply(
        self, leg: LegRow, *, result: str, cause: str, liability: str, customer_contacted: bool, by: Person, at: dt.datetime,
    ) -> None:
        """As `handling.reply`."""
        leg.replied_at, leg.result, leg.cause = at, result, cause
        leg.liability, leg.customer_contacted = liability, customer_contacted
        data: Data = {"result": result, "cause": cause, "liability": liability, "customer_contacted": customer_contacted}
        clocks = {**self._acknowledgement(leg, by), ClockKind.RESOLVE: effects.STOP}
        self.advance(leg, "reply", O.REPLIED, by=by, at=at, clocks=clocks, data=data)
        if not self.is_sampled(leg):
            self._approve(leg, self.cast.system, at, sampled=False)
        self._settle(leg.ticket, by=by, at=at)

    def is_sampled(self, leg: LegRow) -> bool:
        """As `settling.is_sampled`."""
        percent = self.cast.sla(leg.ticket.urgency, leg.ticket.channel).review_percent
        draw = hashlib.sha256(f"{leg.ticket.number}-{leg.seq}-{leg.send_back_count}".encode()).digest()
        return int.from_bytes(draw[:4]) % 100 < percent

    def _approve(self, leg: LegRow, by: Person, at: dt.datetime, *, sampled: bool) -> None:
        leg.finished_at = at
        self.advance(leg, "approve", O.COMPLETED, by=by, at=at, data={"sampled": sampled})

    def approve(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `reviewing.approve`."""
        self._approve(leg, by, at, sampled=True)
        self._settle(leg.ticket, by=by, at=at)

    def send_back(self, leg: LegRow, *, defects: str, by: Person, at: dt.datetime) -> None:
        """As `reviewing.send_back`."""
        grace = 0 if leg.send_back_count else int(REWORK_GRACE.total_seconds() // 60)
        leg.send_back_count += 1
        clocks = {ClockKind.RESOLVE: effects.reopen(grace)}
        self.advance(leg, "send_back", O.REWORK, by=by, at=at, clocks=clocks, data={"defects": defects})
        self._settle(leg.ticket, by=by, at=at)

    # — waiting, returning, transferring —

    def request_hold(
        self, leg: LegRow, *, reason: str, evidence: str, until: dt.datetime, at_once: bool, by: Person, at: dt.datetime,
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
        self.advance(leg, "hold", O.ON_HOLD, by=by, at=at, clocks={ClockKind.RESOLVE: effects.PAUSE}, data={"reason": hold.reason})
        self._settle(leg.ticket, by=by, at=at)

    def refuse_hold(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `holding.refuse_hold`."""
        leg.holds[-1].decided_by, leg.holds[-1].ended_at = by.pk, at
        self.note(leg, "refuse_hold", by=by, at=at)

    def resume(self, leg: LegRow, *, by: Person, at: dt.datetime) -> None:
        """As `holding.resume`."""
        self.advance(leg, "resume", O.ACCEPTED, by=by, at=at, clocks={ClockKind.RESOLVE: effects.RESUME})
        self._end_holds(leg, at)
        self._settle(leg.ticket, by=by, at=at)

    @staticmethod
    def _end_holds(leg: LegRow, at: dt.datetime) -> None:
        for hold in leg.holds:
            hold.ended_at = hold.ended_at or at

    def request_return(
        self, leg: LegRow, *, reason: str, evidence: str, proposed: Unit | None, by: Person, at: dt.datetime,
    ) -> None:
        """As `returning.request_return`."""
        data: Data = {"reason": reason, "evidence": evidence, "proposed": proposed.code if proposed else None}
        self.advance(leg, "request_return", O.RETURN_REQUESTED, by=by, at=at, clocks=self._acknowledgement(leg, by), data=data)
        leg.returns.append(ReturnRow(
            reason=reason, evidence=evidence, proposed=proposed.pk if proposed else None, requested_by=by.pk, requested_at=at,
            ruling=Ruling.PENDING,
        ))

    def uphold_return(self, leg: LegRow, *, reason: str, by: Person, at: dt.datetime) -> None:
        """As `returning.uphold_return`."""
        leg.finished_at = at
        self.advance(leg, "uphold_return", O.VOIDED, by=by, at=at, clocks=STOP_LEG, data={"reason": reason})
        self._rule(leg, Ruling.UPHELD, reason, by, at)
        if leg.role == OrderRole.LEAD:
            resumed = {ClockKind.OVERALL: effects.RESUME}
            self.advance(leg.ticket, "lose_lead", T.AWAITING_DISPATCH, by=by, at=at, clocks=resumed)
        else:
            self._settle(leg.ticket, by=by, at=at)

    def deny_return(self, leg: LegRow, *, reason: str, by: Person, at: dt.datetime) -> None:
        """As `returning.deny_return`."""
        leg.accepted_at = leg.accepted_at or at
        self.advance(leg, "deny_return", O.ACCEPTED, by=by, at=at, data={"reason": reason})
        self._rule(leg, Ruling.DENIED, reason, by, at)

    @staticmethod
    def _rule(leg: LegRow, ruling: str, reason: str, by: Person, at: dt.datetime) -> None:
        last = leg.returns[-1]
        last.ruling, last.ruling_reason, last.ruled_by, last.ruled_at = ruling, reason, by.pk, at

    def transfer(self, leg: LegRow, *, unit: Unit, reason: str, by: Person, at: dt.datetime) -> LegRow:
        """As `transferring.transfer`."""
        leg.finished_at = at
        data: Data = {"reason": reason, "to": unit.code}
        self.advance(leg, "transfer", O.TRANSFERRED, by=by, at=at, clocks=STOP_LEG, data=data)
        successor = self._open_leg(leg.ticket, unit, leg.question or reason, leg.role, by=by, at=at, predecessor=leg)
        self._settle(leg.ticket, by=by, at=at)
        return successor
