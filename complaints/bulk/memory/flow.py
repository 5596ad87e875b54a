"""Filing and dispatching, and keeping a ticket's state in step with its legs."""

import datetime as dt
from zoneinfo import ZoneInfo

from complaints.bulk.cast import Leaf, Person, Unit
from complaints.bulk.memory.steps import STOP_OVERALL, Steps
from complaints.bulk.rows import CustomerRow, LegRow, TicketRow
from complaints.queries.customers import REPEAT_AFTER, REPEAT_WITHIN
from journal.types import Data
from organization.calendars import SHANGHAI, statutory_deadline
from workorders import effects
from workorders.actions.dispatching import LEAD_SHARE
from workorders.actions.filing import STATUTORY_DAYS, least_urgency
from workorders.clocks import used_at
from workorders.effects import Effect
from workorders.enums import ClockKind, HoldReason, OrderRole, OrderState, TicketState
from workorders.targets import Agreed

S, T = OrderState, TicketState
ZONE = ZoneInfo(SHANGHAI)


class Flow(Steps):
    """From filing to dispatch, and what follows from a leg's move."""

    def file(
        self,
        *,
        customer: CustomerRow,
        leaf: Leaf,
        channel: str,
        urgency: str,
        subject: str,
        description: str,
        wanted: str,
        place: str,
        occurred_at: dt.datetime | None,
        filing_key: str,
        agreed: Agreed | None = None,
        by: Person,
        at: dt.datetime,
    ) -> TicketRow:
        """File a complaint as a draft (`file_complaint` up to where it is forwarded)."""
        earlier = self._repeated(customer, leaf, at)
        urgency = least_urgency(urgency, channel=channel, tier=customer.tier, is_repeat=earlier is not None)
        ticket = self._draft(
            customer=customer,
            leaf=leaf,
            channel=channel,
            urgency=urgency,
            subject=subject,
            description=description,
            wanted=wanted,
            filing_key=filing_key,
            agreed=agreed,
            by=by,
            at=at,
        )
        ticket.place, ticket.occurred_at, ticket.repeat_of = place, occurred_at, earlier.pk if earlier else None
        return ticket

    def _draft(
        self,
        *,
        customer: CustomerRow,
        leaf: Leaf,
        channel: str,
        urgency: str,
        subject: str,
        description: str,
        wanted: str,
        filing_key: str,
        agreed: Agreed | None,
        by: Person,
        at: dt.datetime,
    ) -> TicketRow:
        pk = self._ticket_id()
        ticket = TicketRow(
            pk=pk,
            number=f"{at.astimezone(ZONE):%y%m%d}{pk:06d}",
            leaf=leaf,
            urgency=urgency,
            channel=channel,
            tier=customer.tier,
            region=customer.region,
            subject=subject,
            description=description,
            wanted=wanted,
            filed_by=by,
            filed_at=at,
            filing_key=filing_key,
            statutory_at=statutory_deadline(at, STATUTORY_DAYS),
            customer=customer,
        )
        self.tickets.append(ticket)
        self.filed.setdefault((customer.pk, leaf.pk), []).append(ticket)
        started = self._started(ticket, agreed, at)
        data: Data = {"category": leaf.code, "urgency": str(urgency), "channel": str(channel), "region": customer.city}
        self.note(ticket, "file", by=by, at=at, clocks=started, data=data)
        return ticket

    def _started(self, ticket: TicketRow, agreed: Agreed | None, at: dt.datetime) -> dict[ClockKind, Effect]:
        if agreed and agreed.due_at is None:
            return {}
        if agreed and agreed.due_at:
            clock, sla = effects.until(at, agreed.due_at), None
        else:
            minutes = self.cast.overall_minutes(ticket.urgency, ticket.channel, ticket.tier, 0)
            clock, sla = effects.start(minutes, None), self.cast.sla(ticket.urgency, ticket.channel).pk
        ticket.overall.append(self._start(clock, ClockKind.OVERALL, 0, at, sla=sla))
        return {ClockKind.OVERALL: clock}

    def _repeated(self, customer: CustomerRow, leaf: Leaf, at: dt.datetime) -> TicketRow | None:
        key = (customer.pk, leaf.pk)
        for ticket in reversed([*self._known.get(key, ()), *self.filed.get(key, ())]):
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
        self,
        ticket: TicketRow,
        *,
        lead: Unit,
        assists: list[tuple[Unit, str]] | None = None,
        question: str = "",
        agreed: Agreed | None = None,
        by: Person,
        at: dt.datetime,
    ) -> None:
        """As `dispatching.dispatch`."""
        predecessor = ticket.last_lead()
        self.advance(ticket, "dispatch", T.IN_PROGRESS, by=by, at=at, data={"lead": lead.code})
        leg = self._open_leg(ticket, lead, question, OrderRole.LEAD, by=by, at=at, predecessor=predecessor, agreed=agreed)
        for unit, asked in assists or []:
            self._open_leg(ticket, unit, asked, OrderRole.ASSIST, by=by, at=at, lead=leg)

    def add_assist(self, ticket: TicketRow, *, unit: Unit, question: str, by: Person, at: dt.datetime) -> None:
        """As `dispatching.add_assist`."""
        lead = next(leg for leg in ticket.legs if leg.role == OrderRole.LEAD and leg.is_working)
        self._open_leg(ticket, unit, question, OrderRole.ASSIST, by=by, at=at, lead=lead)
        self._settle(ticket, by=by, at=at)

    def _open_leg(
        self,
        ticket: TicketRow,
        unit: Unit,
        question: str,
        role: str,
        *,
        by: Person,
        at: dt.datetime,
        lead: LegRow | None = None,
        predecessor: LegRow | None = None,
        agreed: Agreed | None = None,
    ) -> LegRow:
        leg = LegRow(
            pk=self._order_id(ticket),
            ticket=ticket,
            seq=len(ticket.legs) + 1,
            unit=unit,
            role=role,
            round=ticket.round,
            question=question,
            dispatched_by=by.pk,
            dispatched_at=at,
            predecessor=predecessor,
        )
        started = self._agreed_clocks(leg, agreed, at) if agreed else self._own_clocks(leg, lead, at)
        ticket.legs.append(leg)
        data: Data = {"department": unit.code, "role": str(role), "question": question}
        self.note(leg, "dispatch", by=by, at=at, clocks=started, data=data)
        return leg

    def _own_clocks(self, leg: LegRow, lead: LegRow | None, at: dt.datetime) -> dict[ClockKind, Effect]:
        ticket = leg.ticket
        limits = self.cast.limits(leg.unit, ticket.leaf, ticket.urgency, ticket.tier, ticket.round)
        started = {
            ClockKind.ACKNOWLEDGE: effects.start(limits.acknowledge, limits.calendar),
            ClockKind.RESOLVE: effects.start(self._resolve_minutes(limits.resolve, lead, at), limits.calendar),
        }
        for kind, effect in started.items():
            leg.clocks[kind] = self._start(effect, kind, ticket.round, at, ola=limits.rule)
        return started

    def _agreed_clocks(self, leg: LegRow, agreed: Agreed, at: dt.datetime) -> dict[ClockKind, Effect]:
        if agreed.due_at is None:
            return {}
        effect = effects.until(at, agreed.due_at)
        leg.clocks[ClockKind.RESOLVE] = self._start(effect, ClockKind.RESOLVE, leg.ticket.round, at)
        return {ClockKind.RESOLVE: effect}

    def _resolve_minutes(self, minutes: int, lead: LegRow | None, at: dt.datetime) -> int:
        clock = lead.clocks.get(ClockKind.RESOLVE) if lead else None
        if clock is None or clock.state.stopped_at:
            return minutes
        used = used_at(clock.state, self.cast.calendars[clock.calendar], at)
        left = clock.state.allowance - used - clock.state.allowance / LEAD_SHARE
        return max(1, min(minutes, int(left.total_seconds() // 60)))

    def _settle(self, ticket: TicketRow, *, by: Person, at: dt.datetime) -> None:
        states = {leg.state for leg in ticket.legs if leg.is_open}
        working = states - {S.REPLIED}
        if ticket.state == T.ON_HOLD and working != {S.ON_HOLD}:
            self.advance(ticket, "unpause", T.IN_PROGRESS, by=by, at=at, clocks={ClockKind.OVERALL: effects.RESUME})
        if ticket.state == T.IN_REVIEW and working:
            self.advance(ticket, "leave_review", T.IN_PROGRESS, by=by, at=at)
        if ticket.state == T.IN_PROGRESS and working == {S.ON_HOLD}:
            self._pause(ticket, by=by, at=at)
        if ticket.state == T.IN_PROGRESS and not working:
            self.advance(ticket, "enter_review", T.IN_REVIEW, by=self.cast.system, at=at)
        if ticket.state == T.IN_REVIEW and not states:
            self._pass_review(ticket, at=at)

    def _pause(self, ticket: TicketRow, *, by: Person, at: dt.datetime) -> None:
        reasons = {hold.reason for leg in ticket.legs for hold in leg.holds if hold.ended_at is None}
        for_customer = reasons == {HoldReason.WAIT_CUSTOMER}
        clocks = {ClockKind.OVERALL: effects.PAUSE} if for_customer else None
        self.advance(ticket, "pause", T.ON_HOLD, by=by, at=at, clocks=clocks)

    def _pass_review(self, ticket: TicketRow, *, at: dt.datetime) -> None:
        passed = [leg for leg in ticket.legs if leg.round == ticket.round and leg.state == S.COMPLETED]
        data: Data = {"sampled": any(leg.is_reviewed for leg in passed)}
        self.advance(ticket, "pass_review", T.AWAITING_REPLY, by=self.cast.system, at=at, data=data)
        lead = ticket.last_lead(S.COMPLETED)
        if lead and lead.customer_contacted:
            self._reply_to_customer(ticket, lead.result, self.cast.system, at)

    def _reply_to_customer(self, ticket: TicketRow, text: str, by: Person, at: dt.datetime) -> None:
        ticket.answer, ticket.replied_at = text, at
        self.advance(ticket, "reply", T.AWAITING_CALLBACK, by=by, at=at, clocks=STOP_OVERALL, data={"answer": text})
