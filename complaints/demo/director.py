"""Who does what when: the believable life of complaints, played on rows in memory."""

import datetime as dt
import random

from complaints.actions.callbacks import CALL_WITHIN
from complaints.bulk.cast import Cast, Person, Unit
from complaints.bulk.memory.closing import Office
from complaints.bulk.rows import LegRow, TicketRow
from complaints.demo.plan import Plan
from complaints.demo.stage import Stage, Story
from complaints.demo.wording import Wording, Words
from complaints.enums import CallbackOutcome
from organization.enums import Role
from workorders.actions.holding import MAX_WAIT
from workorders.actions.returning import RETURN_MINUTES
from workorders.actions.transferring import MAX_TRANSFERS
from workorders.enums import ClockKind, HoldReason, OrderRole, OrderState, ReturnReason, TicketState, Urgency

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
#: Shanghai has no summer time, so that its hour of the day is simple arithmetic.
LOCAL = 8 * HOUR
WAKING = range(8, 21)

#: How often a department's answer is late; the others are late as often as DEFAULT_LATE.
LATE = {"NETWORK": 0.05, "BOSS": 0.07, "MARKET": 0.11, "FINANCE": 0.14, "ENGINEER": 0.13, "GROUP": 0.09, "SECURITY": 0.04}
DEFAULT_LATE = 0.08
LIABILITIES = (("operator", 68), ("customer", 14), ("third_party", 14), ("force_majeure", 4))


class Director:
    """Plays complaints; everything random comes from `draw`, so that the same seed gives the same half year."""

    def __init__(self, cast: Cast, office: Office, stage: Stage, wording: Wording, draw: random.Random) -> None:
        self.cast, self.office, self.stage, self.wording, self.draw = cast, office, stage, wording, draw
        self._begun: set[int] = set()
        self._handled: dict[int, tuple[str, int, int]] = {}
        self._words: dict[int, Words] = {}

    def file(self, plan: Plan) -> None:
        """Let the complaint of `plan` come in at its time."""
        self.stage.enter(self._filed(plan), lambda: None)

    def _filed(self, plan: Plan) -> Story:
        yield plan.at
        words = self.wording.words(plan.leaf.code, self.draw, plan.customer.city)
        ticket = self._file(plan, words)
        if plan.again:
            self.stage.enter(self._filed_again(plan.again, ticket, words), lambda: None)
        chance = self.draw.random()
        if plan.at_once or (chance < 0.11 and not plan.to_triage):
            self.office.solve(ticket, answer=words.at_once, by=plan.agent, at=plan.at)
        else:
            self.office.submit(ticket, by=plan.agent, at=plan.at)
            if plan.to_triage or chance < 0.22 or not plan.leaf.lead:
                self.stage.enter(self._triaged(ticket), lambda: self._follow(ticket))
            else:
                self.office.prepare(ticket, by=self.cast.system, at=plan.at)
                self.office.dispatch_by_route(ticket, at=plan.at)
            self._disturb(ticket, words)
        self._follow(ticket)

    def _file(self, plan: Plan, words: Words) -> TicketRow:
        occurred = plan.at - self.draw.randrange(1, 72) * HOUR if self.draw.random() < 0.6 else None
        ticket = self.office.file(
            customer=plan.customer,
            leaf=plan.leaf,
            channel=plan.channel,
            urgency=plan.urgency,
            subject=words.subject,
            description=words.story,
            wanted=words.wanted,
            place=words.place,
            occurred_at=occurred,
            filing_key=plan.filing_key,
            by=plan.agent,
            at=plan.at,
        )
        self._words[ticket.pk] = words
        return ticket

    def _filed_again(self, plan: Plan, first: TicketRow, words: Words) -> Story:
        yield plan.at
        ticket = self._file(plan, words)
        self.office.submit(ticket, by=plan.agent, at=plan.at)
        yield plan.at + self._minutes(3, 25)
        officer = self._someone(Role.TRIAGE)
        if first.is_open:
            self.office.merge(ticket, into=first, by=officer, at=self._now)
        else:
            self.office.solve(ticket, answer=words.at_once, by=officer, at=self._now)
            self._follow(ticket)

    def _triaged(self, ticket: TicketRow) -> Story:
        yield ticket.filed_at + self._minutes(2, 100)
        if ticket.state == TicketState.TRIAGE:
            remark = self.draw.choice(self.wording.remarks)
            self.office.prepare(ticket, remark=remark, by=self._someone(Role.TRIAGE), at=self._now)

    # — what follows from a state —

    def _follow(self, ticket: TicketRow) -> None:
        """Let whoever's turn it is begin."""
        for leg in ticket.legs:
            if leg.pk not in self._begun:
                self._begun.add(leg.pk)
                self._enter(ticket, self._worked(leg))
        now = (ticket.state, ticket.round, len(ticket.legs))
        if self._handled.get(ticket.pk) == now:
            return
        self._handled[ticket.pk] = now
        match ticket.state:
            case TicketState.AWAITING_DISPATCH:
                self._enter(ticket, self._dispatched(ticket))
            case TicketState.AWAITING_REPLY:
                self._enter(ticket, self._answered(ticket))
            case TicketState.AWAITING_CALLBACK:
                self._enter(ticket, self._called_back(ticket))

    def _enter(self, ticket: TicketRow, story: Story) -> None:
        self.stage.enter(story, lambda: self._follow(ticket))

    @property
    def _now(self) -> dt.datetime:
        return self.stage.now

    def _dispatched(self, ticket: TicketRow) -> Story:
        limit = self.cast.sla(ticket, self._now).dispatch
        yield self._now + self._minutes(2, limit * (1.3 if self.draw.random() < 0.05 else 0.7))
        if ticket.state != TicketState.AWAITING_DISPATCH:
            return
        unit = self._free_unit(ticket, self._wanted_unit(ticket))
        if unit:
            self.office.dispatch(ticket, lead=unit, question=self.wording.question, by=self._someone(Role.DISPATCHER), at=self._now)

    def _wanted_unit(self, ticket: TicketRow) -> str:
        lead = ticket.last_lead(OrderState.VOIDED)
        if lead and lead.returns and lead.returns[-1].proposed:
            return next(unit.code for unit in self.cast.units.values() if unit.pk == lead.returns[-1].proposed)
        return ticket.leaf.lead or "CARE"

    def _free_unit(self, ticket: TicketRow, wanted: str) -> Unit | None:
        busy = {leg.unit.code for leg in ticket.open_legs}
        if wanted in self.cast.takers and wanted not in busy:
            return self.cast.units[wanted]
        free = [code for code in self.cast.takers if code not in busy]
        return self.cast.units[self.draw.choice(free)] if free else None

    def _answered(self, ticket: TicketRow) -> Story:
        limit = self.cast.sla(ticket, self._now).reply
        yield self._awake(self._now + self._minutes(5, limit * (1.6 if self.draw.random() < 0.05 else 0.8)))
        if ticket.state == TicketState.AWAITING_REPLY:
            lead = ticket.last_lead(OrderState.COMPLETED)
            text = self.wording.answer.format(result=lead.result if lead else "")
            by = self._someone(Role.VISITOR) if self.draw.random() < 0.7 else ticket.filed_by
            self.office.answer(ticket, text=text, by=by, at=self._now)

    def _called_back(self, ticket: TicketRow) -> Story:
        limit, round_number = self.cast.sla(ticket, self._now).callback, ticket.round
        last = (self._now + CALL_WITHIN).replace(minute=5, second=0) + HOUR
        if self.draw.random() < 0.015:
            yield last
        else:
            yield self._awake(self._now + self._minutes(45, limit * (1.2 if self.draw.random() < 0.05 else 0.8)))
        while ticket.state == TicketState.AWAITING_CALLBACK and ticket.round == round_number:
            if self._now >= last:
                self.office.close_unanswered(ticket, at=self._now)
                return
            self._call(ticket)
            yield min(last, self._awake(self._now + self._minutes(125, 900)))

    def _call(self, ticket: TicketRow) -> None:
        by, chance = self._someone(Role.VISITOR), self.draw.random()
        if chance < 0.22:
            self.office.call_back(ticket, outcome=CallbackOutcome.NO_ANSWER, by=by, at=self._now)
        elif chance < 0.25:
            self.office.call_back(ticket, outcome=CallbackOutcome.REFUSED, by=by, at=self._now)
        else:
            late = bool(ticket.overall[-1].state.breached_at)
            happy = self.draw.random() < (0.78 if late else 0.92)
            marks, weights = ((3, 4, 5), (25, 40, 35)) if happy else ((1, 2, 3), (35, 50, 15))
            self.office.call_back(
                ticket,
                outcome=CallbackOutcome.REACHED,
                satisfaction=self.draw.choices(marks, weights)[0],
                solved=happy,
                remark="" if happy else self.draw.choice(self.wording.complaints_again),
                by=by,
                at=self._now,
            )

    # — what a department does —

    def _worked(self, leg: LegRow) -> Story:
        chance = self.draw.random()
        if chance < 0.035 and leg.ticket.round == 0:
            yield from self._returned(leg)
        else:
            yield from self._accepted(leg)
        if 0.035 <= chance < 0.06 and leg.state == OrderState.ACCEPTED:
            yield from self._transferred(leg)
        if 0.15 <= chance < 0.18 and leg.state == OrderState.ACCEPTED and leg.role == OrderRole.LEAD:
            yield from self._assisted(leg)
        if 0.06 <= chance < 0.15 and leg.state == OrderState.ACCEPTED:
            yield from self._held(leg)
        while leg.state in {OrderState.ACCEPTED, OrderState.REWORK}:
            yield from self._replied(leg)
            if leg.state == OrderState.REPLIED:
                yield from self._reviewed(leg)

    def _accepted(self, leg: LegRow) -> Story:
        clock = leg.clocks[ClockKind.ACKNOWLEDGE].state
        is_late = self.draw.random() < self._lateness(leg)
        share = self.draw.uniform(1.05, 2.5) if is_late else self.draw.betavariate(1.3, 2.6) * 0.95
        acts_at = self._whole(clock.started_at + clock.allowance * share)
        if clock.due_at and acts_at > clock.due_at:
            yield self._whole(clock.due_at) + dt.timedelta(seconds=self.draw.randrange(1, 61))
            if leg.state == OrderState.DISPATCHED:
                self.office.accept_by_silence(leg, at=self._now)
        yield max(acts_at, self._now)
        if leg.state == OrderState.DISPATCHED:
            self.office.accept(leg, by=self._hand(leg), at=self._now)
        elif leg.state == OrderState.ACCEPTED and leg.assignee is None:
            self.office.assign(leg, assignee=self._hand(leg), by=self._contact(leg), at=self._now)

    def _returned(self, leg: LegRow) -> Story:
        window = RETURN_MINUTES[Urgency(leg.ticket.urgency)]
        yield self._now + self._minutes(1, window * 0.9)
        in_time = self._now <= leg.dispatched_at + window * MINUTE
        if leg.state != OrderState.DISPATCHED or not in_time:
            yield from self._accepted(leg)
            return
        reason, evidence = self.draw.choice(self.wording.returns)
        proposed = self._free_unit(leg.ticket, "") if reason == ReturnReason.NOT_OURS else None
        self.office.request_return(leg, reason=reason, evidence=evidence, proposed=proposed, by=self._contact(leg), at=self._now)
        yield self._now + self._minutes(6, 75)
        if leg.state == OrderState.RETURN_REQUESTED:
            self._rule(leg)

    def _rule(self, leg: LegRow) -> None:
        duty = self._someone(Role.DUTY)
        if self.draw.random() < 0.55:
            self.office.uphold_return(leg, reason=self.draw.choice(self.wording.upheld), by=duty, at=self._now)
        else:
            self.office.deny_return(leg, reason=self.draw.choice(self.wording.denied), by=duty, at=self._now)

    def _transferred(self, leg: LegRow) -> Story:
        yield self._now + self._minutes(10, 240)
        moved = sum(each.state == OrderState.TRANSFERRED for each in leg.ticket.legs)
        unit = self._free_unit(leg.ticket, "")
        if unit and leg.state == OrderState.ACCEPTED and moved < MAX_TRANSFERS:
            self.office.transfer(
                leg, unit=unit, reason=self.draw.choice(self.wording.transfers), by=self._contact(leg), at=self._now
            )

    def _assisted(self, leg: LegRow) -> Story:
        yield self._now + self._minutes(15, 180)
        unit = self._free_unit(leg.ticket, "")
        if unit and leg.state == OrderState.ACCEPTED:
            question = self.draw.choice(self.wording.questions)
            self.office.add_assist(leg.ticket, unit=unit, question=question, by=self._contact(leg), at=self._now)

    def _held(self, leg: LegRow) -> Story:
        yield self._awake(self._now + self._minutes(20, 300))
        if leg.state != OrderState.ACCEPTED or leg.assignee is None:
            return
        waited = sum(((hold.ended_at or self._now) - (hold.started_at or self._now) for hold in leg.holds), dt.timedelta())
        until = self._whole(self._now + min(self.draw.uniform(3, 48) * HOUR, MAX_WAIT - waited - HOUR))
        reason = self.draw.choices([HoldReason.WAIT_CUSTOMER, HoldReason.WAIT_EXTERNAL], [7, 3])[0]
        evidence = self.draw.choice(self.wording.waits[reason])
        by, contact = leg.assignee, self._contact(leg)
        at_once = bool(by.roles & {Role.CONTACT, Role.HEAD})
        self.office.request_hold(leg, reason=str(reason), evidence=evidence, until=until, at_once=at_once, by=by, at=self._now)
        if not at_once:
            yield self._now + self._minutes(4, 90)
            if leg.state != OrderState.ACCEPTED or leg.open_hold is None:
                return
            if self.draw.random() < 0.12:
                self.office.refuse_hold(leg, by=contact, at=self._now)
                return
            self.office.approve_hold(leg, by=contact, at=self._now)
        yield from self._resumed(leg, until)

    def _resumed(self, leg: LegRow, until: dt.datetime) -> Story:
        by_hand = self.draw.random() < 0.4
        span = until - self._now
        yield self._whole(self._now + span * self.draw.uniform(0.3, 0.95)) if by_hand else until + self._minutes(0, 1)
        if leg.state == OrderState.ON_HOLD:
            by = leg.assignee if by_hand and leg.assignee else self.cast.system
            self.office.resume(leg, by=by, at=self._now)

    def _replied(self, leg: LegRow) -> Story:
        yield self._reply_time(leg)
        if leg.state not in {OrderState.ACCEPTED, OrderState.REWORK}:
            return
        words = self._words[leg.ticket.pk]
        by_contact = leg.ticket.urgency == Urgency.MAJOR or leg.assignee is None
        is_lead = leg.role == OrderRole.LEAD
        self.office.reply(
            leg,
            result=words.result if is_lead else self.draw.choice(self.wording.assists),
            cause=words.cause,
            liability=self.draw.choices([name for name, _n in LIABILITIES], [n for _name, n in LIABILITIES])[0],
            customer_contacted=is_lead and self.draw.random() < 0.25,
            at=self._now,
            by=self._contact(leg) if by_contact or leg.assignee is None else leg.assignee,
        )

    def _reply_time(self, leg: LegRow) -> dt.datetime:
        """Return when the department answers: some share of the limit, beyond it where the department is late."""
        clock = leg.clocks[ClockKind.RESOLVE]
        is_late = self.draw.random() < self._lateness(leg)
        share = self.draw.uniform(1.02, 1.7) if is_late else self.draw.betavariate(1.7, 2.3) * 0.96
        wanted = clock.state.allowance * share - clock.state.used
        calendar = self.cast.calendars[clock.calendar]
        since = clock.state.running_since or self._now
        at = max(self._whole(calendar.add(since, wanted)), self._now + self._minutes(2, 40))
        rested = self._awake(at)
        return rested if is_late or clock.state.due_at is None or rested <= clock.state.due_at else at

    def _reviewed(self, leg: LegRow) -> Story:
        limit = self.cast.sla(leg.ticket, self._now).review
        at = self._now + self._minutes(limit * 0.1, limit * (1.4 if self.draw.random() < 0.05 else 0.95))
        yield self._awake(at) if leg.ticket.urgency == Urgency.NORMAL else at
        if leg.state != OrderState.REPLIED:
            return
        reviewer = self._someone(Role.REVIEWER)
        if leg.send_back_count < 2 and self.draw.random() < 0.1:
            self.office.send_back(leg, defects=self.draw.choice(self.wording.defects), by=reviewer, at=self._now)
        else:
            self.office.approve(leg, by=reviewer, at=self._now)

    # — what comes between —

    def _disturb(self, ticket: TicketRow, words: Words) -> None:
        chance = self.draw.random()
        if chance < 0.018:
            self._enter(ticket, self._cancelled(ticket))
        elif chance < 0.09:
            self._enter(ticket, self._urged(ticket))
        elif chance < 0.11:
            self._enter(ticket, self._escalated(ticket))
        elif chance < 0.2:
            self._enter(ticket, self._noted(ticket, words))

    def _cancelled(self, ticket: TicketRow) -> Story:
        yield ticket.filed_at + self._minutes(30, 1200)
        if ticket.is_open and ticket.state != TicketState.AWAITING_CALLBACK:
            self.office.cancel(ticket, reason=self.draw.choice(self.wording.withdrawals), by=self._someone(Role.DUTY), at=self._now)

    def _urged(self, ticket: TicketRow) -> Story:
        # Once: a second urge would put the orders under supervision, which the played half year does not tell.
        yield self._awake(self._now + self._minutes(120, 900))
        if any(leg.is_working for leg in ticket.legs):
            self.office.urge_ticket(ticket, remark=self.draw.choice(self.wording.urges), by=ticket.filed_by, at=self._now)

    def _escalated(self, ticket: TicketRow) -> Story:
        yield ticket.filed_at + self._minutes(60, 600)
        if ticket.is_open and ticket.urgency != Urgency.MAJOR:
            higher = Urgency.URGENT if ticket.urgency == Urgency.NORMAL else Urgency.MAJOR
            reason = self.draw.choice(self.wording.escalations)
            self.office.escalate(ticket, urgency=higher, reason=reason, by=self._someone(Role.DUTY), at=self._now)

    def _noted(self, ticket: TicketRow, words: Words) -> Story:
        yield ticket.filed_at + self._minutes(15, 600)
        if ticket.is_open:
            self.office.add_note(ticket, text=words.note, by=self._someone(Role.TRIAGE), at=self._now)

    # — chance —

    def _someone(self, role: str) -> Person:
        return self.draw.choice(self.cast.with_role(role))

    def _hand(self, leg: LegRow) -> Person:
        return self.draw.choice(self.cast.with_role(Role.HANDLER, leg.unit.pk))

    def _contact(self, leg: LegRow) -> Person:
        return self.draw.choice(self.cast.with_role(Role.CONTACT, leg.unit.pk))

    def _lateness(self, leg: LegRow) -> float:
        return LATE.get(leg.unit.code, DEFAULT_LATE)

    def _minutes(self, least: float, most: float) -> dt.timedelta:
        """Return some minutes, more often few."""
        low, high = min(least, most), max(least, most)
        return dt.timedelta(seconds=int(60 * (low + (high - low) * self.draw.betavariate(1.2, 2.4))))

    @staticmethod
    def _whole(at: dt.datetime) -> dt.datetime:
        return at.replace(microsecond=0)

    def _awake(self, at: dt.datetime) -> dt.datetime:
        """Return `at`, or the next morning where it lies at night."""
        local = at + LOCAL
        if local.hour in WAKING:
            return at
        day = local if local.hour < WAKING.start else local + 24 * HOUR
        morning = day.replace(hour=WAKING.start, minute=self.draw.randrange(60), second=self.draw.randrange(60), microsecond=0)
        return morning - LOCAL
