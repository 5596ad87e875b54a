"""Climbing the ladders: what falls due is told, raised and put under supervision, once, by any number of workers.

A batch is one transaction: it claims clocks whose step is due (`locking.claim_due_clocks`), looks again at each as it now
is, and writes steps, events, notices and the next instants together, in a number of statements that does not depend on the
number of clocks. A worker killed in the middle leaves nothing behind, and the next one finds the clocks still due. The
unique key of a step refuses a second one whatever else goes wrong. See docs/algorithms/ladders.md.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, Prefetch, prefetch_related_objects
from django.utils.translation import gettext_noop

from foundation.transaction import acting
from journal.notify import Occasion
from journal.record import Entry, record_many
from journal.types import Data
from organization.models import Staff
from organization.queries.calendars import working_calendar
from organization.queries.duty import BRANCH, COMPANY, Directory
from workorders import clocks
from workorders.actions.supervising import supervise_by_rule
from workorders.actions.telling import about, tell_all
from workorders.actions.urging import escalate
from workorders.enums import OrderState, Supervise, TicketState, Told, Urgency
from workorders.ladder import Due, Step, Version, open_steps
from workorders.ladder_wording import step_in_words
from workorders.locking import claim_clock, claim_due_clocks
from workorders.models import Clock, LadderFault, StepFired, WorkOrder
from workorders.queries.ladders import fired_levels, steps_of, versions

logger = logging.getLogger(__name__)

#: Clocks in one transaction; their tickets are locked for as long as it takes to write them.
BATCH = 500
#: A clock whose step cannot be taken is tried again after this.
PUT_OFF = dt.timedelta(hours=1)
#: The kinds of notices: before the due instant, at it, and past it.
WARNING, BREACH, ESCALATION = "clock.warning", "clock.breached", "ladder.step"
#: Reasons as they stand in events and are translated for whoever reads them.
BY_TIME, OVERDUE = gettext_noop("By rule: time is running out or has run out."), gettext_noop("By rule: overdue.")
HIGHER = {Urgency.NORMAL: Urgency.URGENT, Urgency.URGENT: Urgency.MAJOR}


@dataclass(kw_only=True)
class Climb:
    """What is to be done for one clock."""

    clock: Clock
    due: list[Due]
    next_at: dt.datetime | None
    told: list[Staff] = field(default_factory=list)
    #: Taken over from elsewhere: every step is passed over, and nobody is told.
    is_past: bool = False

    def skips(self, due: Due) -> bool:
        """Return whether a step that is due is passed over: a higher one is due as well."""
        return self.is_past or due is not self.due[-1]


def fire_due(*, now: dt.datetime, limit: int = BATCH) -> int:
    """Take the steps that are due on at most `limit` clocks and return on how many; 0 means that nothing is due.

    Where a batch fails, its clocks are taken one by one, and the one that fails is put off for an hour, so that a broken
    row stands in nobody's way.
    """
    try:
        with acting():
            pks = claim_due_clocks(now, limit)
            _climb(pks, now)
            return len(pks)
    except Exception:  # whatever is wrong with one row must not stop the others; it is logged with the row, below
        logger.exception("A batch of ladder steps failed; its clocks are taken one by one.")
    return sum(_fire_alone(pk, now) for pk in _due(now, limit))


def _due(now: dt.datetime, limit: int) -> list[int]:
    with acting():
        return claim_due_clocks(now, limit)


def _fire_alone(pk: int, now: dt.datetime) -> int:
    """Take one clock's steps, or put it off; return 1 when its turn is over, 0 when another worker has it."""
    try:
        with acting():
            if not claim_clock(pk):
                return 0
            _climb([pk], now)
    except Exception as error:  # the row is put off, with the reason where an administrator sees it
        logger.exception("The ladder of clock %s is put off.", pk)
        reason = f"{type(error).__name__}: {error}"[:200]
        fault, made = LadderFault.objects.get_or_create(clock_id=pk, defaults={"until": now + PUT_OFF, "reason": reason})
        if not made:
            LadderFault.objects.filter(pk=fault.pk).update(until=now + PUT_OFF, reason=reason, attempts=F("attempts") + 1)
    return 1


def pass_over(tickets: Collection[int], *, now: dt.datetime) -> int:
    """Log every step due by `now` on tickets just taken over from elsewhere as passed over; return on how many clocks.

    What they order was done or left undone where the tickets come from: nobody is told, nothing is raised or supervised.
    The caller's transaction holds the tickets.
    """
    due = Clock.objects.filter(ticket__in=tickets, next_step_at__lte=now)
    climbs = _planned(list(due.values_list("pk", flat=True)), now)
    for climb in climbs:
        climb.is_past = True
    _log(climbs, now)
    return len(climbs)


def _climb(pks: Sequence[int], now: dt.datetime) -> None:
    """Take every step due on clocks that are claimed."""
    if not pks:
        return
    climbs = _planned(pks, now)
    directory = Directory.loaded(now)
    for climb in climbs:
        climb.told = recipients(climb.clock, climb.due[-1].step.to, directory)
    _write(climbs, directory, now)
    _act(climbs, now)


#: What a step never needs of a ticket.
LONG = ("ticket__description", "ticket__wanted", "ticket__answer")


def _planned(pks: Sequence[int], now: dt.datetime) -> list[Climb]:
    """Look at each clock as it now is: what is due, and when comes the next step."""
    # People, departments and calendars are few and shared by many clocks: they are fetched beside, not joined.
    shared = ("ticket__filed_by", "order__department", "order__assignee", "calendar")
    rows = Clock.objects.filter(pk__in=pks).select_related("ticket", "order").defer(*LONG)
    claimed = list(rows.prefetch_related(*shared).order_by("pk"))
    _load_legs([clock for clock in claimed if not clock.order_id])
    ladders, fired = versions(kind__in={clock.kind for clock in claimed}), fired_levels(pks)
    found: list[Climb] = []
    idle: list[Climb] = []
    for clock in claimed:
        climb = planned(clock, ladders, fired.get(clock.pk, set()), now)
        (found if climb.due else idle).append(climb)
    _set_next([*idle, *found])
    return found


def _load_legs(overall: Sequence[Clock]) -> None:
    """Put on the tickets of overall clocks which legs are at work."""
    if overall:
        at_work = Prefetch("orders", WorkOrder.objects.filter(state__in=OrderState.WORKING), to_attr="legs_at_work")
        prefetch_related_objects([clock.ticket for clock in overall], at_work)


def planned(clock: Clock, ladders: Sequence[Version], fired: set[int], now: dt.datetime) -> Climb:
    """Return what is due on a clock and when its next step comes."""
    steps = steps_of(clock, clock.ticket.urgency, ladders)
    ahead = open_steps(clock.state, working_calendar(clock.calendar, clock.calendar_revision), steps, fired)
    due = [each for each in ahead if each.at <= now]
    return Climb(clock=clock, due=due, next_at=ahead[len(due)].at if len(due) < len(ahead) else None)


def _set_next(climbs: Sequence[Climb]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_clock clock SET next_step_at = climb.at "
            "FROM unnest(%s::bigint[], %s::timestamptz[]) climb (id, at) WHERE clock.id = climb.id",
            [[climb.clock.pk for climb in climbs], [climb.next_at for climb in climbs]],
        )


def _write(climbs: Sequence[Climb], directory: Directory, now: dt.datetime) -> None:
    """Write the steps, their events and notices."""
    _log(climbs, now)
    for kind in (WARNING, BREACH, ESCALATION):
        tell_all(kind, [_occasion(climb, directory) for climb in climbs if _kind(climb) == kind], at=now)
    LadderFault.objects.filter(clock__in=[climb.clock.pk for climb in climbs]).delete()


def _log(climbs: Sequence[Climb], now: dt.datetime) -> None:
    """Write the steps and their events. What was passed over is dated and logged, and tells nobody."""
    StepFired.objects.bulk_create(
        StepFired(clock=climb.clock, level=due.step.level, due_at=due.at, fired_at=now, skipped=climb.skips(due))
        for climb in climbs
        for due in climb.due
    )
    record_many((_entry(climb, due) for climb in climbs for due in climb.due), by=Staff.objects.system())


def _entry(climb: Climb, due: Due) -> Entry:
    """Return the event of a step, dated when it fell due."""
    clock, skipped = climb.clock, climb.skips(due)
    data: Data = {"state": clock.ticket.state, "clock": clock.kind, "level": due.step.level, "step": due.step.at}
    if not skipped:
        data["told"] = "、".join(map(str, climb.told))
    if clock.order:
        data |= {"state": clock.order.state, "order": clock.order.pk, "seq": clock.order.seq}
    deed = "skip_step" if skipped else "ladder_step"
    return Entry(clock.ticket.stream, f"{'order' if clock.order else 'ticket'}.{deed}", due.at, data)


def _kind(climb: Climb) -> str:
    """Return the kind of notice; whether it waits for the morning is a property of the kind (`workorders.notices`)."""
    step = climb.due[-1].step
    if step.after is not None and step.after > 0:
        return ESCALATION
    return BREACH if step.share == 100 or step.after == 0 else WARNING


def _occasion(climb: Climb, directory: Directory) -> Occasion:
    """Return the notice of the highest step due.

    It names the due instant and no share of the time, which would be another one when the message is read. The key is the
    step's, so that nobody is told twice of one.
    """
    clock = climb.clock
    accountable = clock.order.department if clock.order else directory.centre_department()
    data = about(clock.ticket, accountable) | {"due_at": clock.due_at.isoformat() if clock.due_at else ""}
    people = tuple(person.pk for person in climb.told)
    return Occasion(f"ladder:{clock.pk}:{climb.due[-1].step.level}", people, clock.ticket.stream, data)


def _act(climbs: Sequence[Climb], now: dt.datetime) -> None:
    """Do what the steps order besides telling, those passed over included: nothing an order needs is left out."""
    orders = [climb.clock.order for climb in climbs if climb.clock.order and _supervises(climb, climb.clock.order)]
    for climb in climbs:
        if climb.clock.order:
            climb.clock.order.ticket = climb.clock.ticket
    distinct = list({order.pk: order for order in orders}.values())
    supervise_by_rule(distinct, reason=BY_TIME, now=now)
    raised = {climb.clock.ticket_id: climb for climb in climbs if any(due.step.raise_urgency for due in climb.due)}
    for climb in raised.values():
        ticket = climb.clock.ticket
        higher = HIGHER.get(Urgency(ticket.urgency))
        if higher and ticket.state not in TicketState.FINAL:
            escalate(ticket=ticket, urgency=higher, reason=OVERDUE, by=Staff.objects.system(), now=now)


def _supervises(climb: Climb, order: WorkOrder) -> bool:
    rules = {due.step.supervise for due in climb.due}
    return Supervise.ALWAYS in rules or (Supervise.UNTAKEN in rules and order.assignee_id is None)


def recipients(clock: Clock, to: Sequence[str], directory: Directory) -> list[Staff]:
    """Return the people that a step tells, each once; where there is nobody, the complaint centre's duty officer."""
    found = [person for told in to for person in FINDERS[Told(told)](clock, directory)]
    return list({person.pk: person for person in found or directory.centre()}.values())


def _acting(clock: Clock, directory: Directory, role: str) -> list[Staff]:
    """Return who acts for the order's department; for the ticket's own clock, for those at work, else for the centre."""
    at_work: list[WorkOrder] = [clock.order] if clock.order else getattr(clock.ticket, "legs_at_work", [])
    departments = [order.department_id for order in at_work] or directory.centres
    return [person for department in departments for person in directory.acting(department, role)]


def _assignee(clock: Clock, directory: Directory) -> list[Staff]:
    if clock.order and clock.order.assignee:
        return [clock.order.assignee]
    return _acting(clock, directory, "contact")


def _client(clock: Clock, directory: Directory) -> list[Staff]:
    """Return the internal client: who filed the ticket, and the head of the front-line unit that did."""
    filer = clock.ticket.filed_by
    return [*([filer] if filer.is_active else []), *directory.acting(filer.department_id, "head")]


#: How the people of each kind are found.
FINDERS: dict[Told, Callable[[Clock, Directory], list[Staff]]] = {
    Told.ASSIGNEE: _assignee,
    Told.CONTACT: lambda clock, directory: _acting(clock, directory, "contact"),
    Told.HEAD: lambda clock, directory: _acting(clock, directory, "head"),
    Told.CLIENT: _client,
    Told.CENTRE: lambda _clock, directory: directory.centre(),
    Told.BRANCH: lambda clock, directory: directory.managers(clock.ticket.region_id, BRANCH),
    Told.COMPANY: lambda clock, directory: directory.managers(clock.ticket.region_id, COMPANY),
}


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a ladder would do for an order: which step, when, and who would be told if it were now."""

    step: Step
    at: dt.datetime
    told: list[Staff]

    @property
    def words(self) -> str:
        """Return where the step stands, in words."""
        return step_in_words(self.step.at)


def prospects(steps: Sequence[Step], clock: Clock, now: dt.datetime) -> list[Prospect]:
    """Return what a ladder would do on a clock that ran on from its start without a pause; `now` decides who is on duty."""
    calendar = working_calendar(clock.calendar, clock.calendar_revision)
    undisturbed = clocks.started(calendar, clock.allowance, clock.started_at)
    directory = Directory.loaded(now)
    return [
        Prospect(due.step, due.at, recipients(clock, due.step.to, directory))
        for due in open_steps(undisturbed, calendar, steps, ())
    ]
