"""Replaying what a log tells of a case, step by step, through the same actions that people use, at the log's own times."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from complaints.actions.filing import Facts
from complaints.actions.taking import take_complaint
from complaints.enums import Next
from complaints.imports.eventlog import NOBODY, Do, Impossible, Step, steps
from complaints.imports.logmap import Incident, Refused
from complaints.imports.report import Report
from complaints.imports.stage import Stage
from complaints.models import Customer
from foundation.errors import DomainError
from foundation.transaction import acting
from journal.notify import silence
from workorders.actions.closing import MAX_ROUNDS, answer, close, redispatch, reopen
from workorders.actions.dispatching import dispatch
from workorders.actions.escalating import pass_over
from workorders.actions.filing import prepare, solve
from workorders.actions.handling import accept, reply
from workorders.actions.holding import request_hold, resume, time_left
from workorders.actions.reviewing import approve
from workorders.actions.transferring import transfer
from workorders.actions.urging import escalate
from workorders.enums import OrderRole, OrderState, TicketState, Urgency
from workorders.models import Ticket, WorkOrder

#: So many cases share a transaction.
BATCH = 50
URGENCIES = {rank: urgency for urgency, rank in Urgency.RANK.items()}

#: Reasons, kept in the events in English and shown in the reader's language.
HANDED_ON = gettext_noop("The event log names another group.")
RAISED = gettext_noop("The event log raises the priority.")
WORKED_AGAIN = gettext_noop("The event log works on it again after it was resolved.")
NO_CALLBACK = gettext_noop("Closed in the event log, which has no callback.")
TOO_OFTEN = gettext_noop("Closed because the event log works on it for a third time; goes on as a new ticket.")


@dataclass(slots=True)
class Outcome:
    """What became of the cases, and what those that were taken came to."""

    report: Report = field(default_factory=lambda: Report(what="cases"))
    hand_offs: int = 0
    reopenings: int = 0


def replay(stage: Stage, found: Iterable[Incident | Refused], outcome: Outcome, *, done: Callable[[], object]) -> None:
    """Replay every case, note its outcome and call `done`; what was replayed before is skipped. Nobody is told of it.

    A case that cannot be replayed is refused with the line of the row that could not be done; nothing of it stays.
    """
    for batch in batched(found, BATCH, strict=False):
        with transaction.atomic(), silence():
            taken = []
            for incident in batch:
                taken += _take(stage, incident, outcome)
                done()
            pass_over(taken, now=stage.now)


def _take(stage: Stage, incident: Incident | Refused, outcome: Outcome) -> list[int]:
    """Take one case and return the id of the ticket that it now is, if it was taken."""
    if isinstance(incident, Refused):
        outcome.report.refuse(incident.line, str(incident))
    elif Ticket.objects.filter(filing_key=stage.mapping.key(incident.case.number)).exists():
        outcome.report.skipped += 1
    else:
        return _play(stage, incident, outcome)
    return []


def _play(stage: Stage, incident: Incident, outcome: Outcome) -> list[int]:
    player = _Player(stage, incident)
    try:
        todo = steps(incident.case)
        with acting():
            player.play(todo)
    except Impossible as error:
        outcome.report.refuse(error.line, str(error))
    except (DomainError, DatabaseError) as error:
        stage.forget()
        reason = str(getattr(error, "detail", error)).splitlines()[0]
        outcome.report.refuse(player.line, f"the step “{player.doing}” is not possible: {player.at:%Y-%m-%d %H:%M}, {reason}")
    else:
        outcome.report.taken += 1
        outcome.hand_offs += sum(step.do == Do.TRANSFER for step in todo)
        outcome.reopenings += sum(step.do == Do.AGAIN for step in todo)
        return [player.ticket.pk]
    return []


class _Player:
    """One case being replayed: its present ticket, and the order of the department that holds it."""

    def __init__(self, stage: Stage, incident: Incident) -> None:
        self.stage, self.incident, self.mapping = stage, incident, stage.mapping
        self.line, self.at, self.doing = incident.case.updates[0].line, incident.case.opened_at, Do.FILE
        self.ticket: Ticket
        self.order: WorkOrder | None = None
        self.until: dt.datetime | None = None

    def play(self, todo: list[Step]) -> None:
        for step in todo:
            self._wake(step.at)
            self.line, self.at, self.doing = step.line, step.at, step.do
            getattr(self, f"_{step.do}")(step)
        self._wake(self.stage.now)

    def _wake(self, now: dt.datetime) -> None:
        """Resume an order whose agreed wait is over by `now`, in the system's name, as `tasks.resume_holds` would have."""
        if self.until and self.until <= now and self.order:
            self.order = resume(order=self.order, by=self.stage.system, now=self.until)
            self.until = None

    def _file(self, step: Step) -> None:
        number = self.incident.case.number
        category = self.stage.category(self.incident.category)
        key = self.mapping.key(number)
        facts = Facts(
            customer=Customer(number=key, region=self.stage.region),
            contact_phone=key,
            category=category,
            channel=self.incident.channel,
            region=self.stage.region,
            subject=f"{category.name} · {number}",
            description=_("Replayed from the event log %(source)s, case %(case)s.")
            % {"source": self.mapping.source, "case": number},
            urgency=URGENCIES[step.rank],
        )
        complaint = take_complaint(facts=facts, then=Next.TRIAGE, filing_key=key, by=self.stage.system, now=step.at)
        self.ticket = complaint.ticket
        if step.known:
            self.ticket = prepare(ticket=self.ticket, by=self.stage.system, now=step.at)

    def _dispatch(self, step: Step) -> None:
        self._send(step.group or NOBODY, step.at)

    def _send(self, group: str, at: dt.datetime) -> None:
        lead = self.stage.department(group)
        self.ticket = dispatch(ticket=self.ticket, lead=lead, by=self.stage.system, now=at)
        self.order = self._lead()

    def _lead(self) -> WorkOrder | None:
        orders = self.ticket.orders.filter(role=OrderRole.LEAD, state__in=OrderState.OPEN)
        return orders.select_related("department", "ticket").first()

    @property
    def held(self) -> WorkOrder:
        assert self.order is not None, "the steps dispatch before anything else is done to an order"
        return self.order

    def _transfer(self, step: Step) -> None:
        to = self.stage.department(step.group or NOBODY)
        self.order = transfer(order=self.held, department=to, reason=HANDED_ON, by=self.stage.system, now=step.at)

    def _accept(self, step: Step) -> None:
        self.order = accept(order=self.held, by=self.stage.account(self.held.department), now=step.at)

    def _hold(self, step: Step) -> None:
        """Let the order wait for as long as it may; where it has waited that long already, the clock runs on."""
        left = time_left(self.held)
        if left <= dt.timedelta():
            return
        until = step.at + left
        self.order = request_hold(
            order=self.held,
            reason=step.reason,
            evidence=_("The state in the event log %(source)s.") % {"source": self.mapping.source},
            until=until,
            by=self.stage.account(self.held.department),
            now=step.at,
        )
        self.until = until

    def _resume(self, step: Step) -> None:
        if self.until:
            self.order = resume(order=self.held, by=self.stage.account(self.held.department), now=step.at)
            self.until = None

    def _raise(self, step: Step) -> None:
        urgency = URGENCIES[step.rank]
        if Urgency.RANK[self.ticket.urgency] < step.rank:
            self.ticket = escalate(ticket=self.ticket, urgency=urgency, reason=RAISED, by=self.stage.system, now=step.at)

    def _resolve(self, step: Step) -> None:
        told = _("Resolved in the event log %(source)s.") % {"source": self.mapping.source}
        system = self.stage.system
        if self.ticket.state == TicketState.TRIAGE:
            self.ticket = solve(ticket=self.ticket, answer=told, by=system, now=step.at)
            return
        if self.order is None:
            self._send(NOBODY, step.at)
            self._accept(step)
        order = reply(
            order=self.held,
            result=told,
            cause=self.mapping.cause,
            liability=self.mapping.liability,
            by=self.stage.account(self.held.department),
            now=step.at,
        )
        if order.state == OrderState.REPLIED:
            approve(order=order, by=system, now=step.at)
        self.order = None
        self.ticket = answer(ticket=self.ticket, text=told, by=system, now=step.at)

    def _again(self, step: Step) -> None:
        """Work on it anew: as a further round while there may be one, after that or after the end as a new ticket."""
        if self.ticket.state == TicketState.CLOSED:
            self._reopen(step)
        elif self.ticket.round >= MAX_ROUNDS:
            self.ticket = close(ticket=self.ticket, reason=TOO_OFTEN, by=self.stage.system, now=step.at)
            self._reopen(step)
        else:
            self.ticket = redispatch(ticket=self.ticket, reason=WORKED_AGAIN, by=self.stage.system, now=step.at)
            self.order = self._lead()
        if self.order is None and step.group is not None:
            self._send(step.group, step.at)

    def _reopen(self, step: Step) -> None:
        key = self.mapping.key(self.incident.case.number)
        self.ticket = reopen(ticket=self.ticket, reason=WORKED_AGAIN, filing_key=key, by=self.stage.system, now=step.at)

    def _close(self, step: Step) -> None:
        self.ticket = close(ticket=self.ticket, reason=NO_CALLBACK, by=self.stage.system, now=step.at)
