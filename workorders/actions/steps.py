"""What every action is made of: transition, clocks, event. The caller has locked the ticket and asked the policy."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from foundation.errors import Conflict
from journal.models import Event
from journal.record import record
from journal.types import Data, Json
from organization.models import Staff
from organization.queries.calendars import working_calendar
from workorders import effects, watch
from workorders.effects import Effect
from workorders.enums import ClockKind, OrderState
from workorders.events import label
from workorders.models import Clock, OlaRule, SlaRule, Ticket, WorkOrder
from workorders.models.clock import STORED
from workorders.queries.ladders import set_next_steps

type Subject = Ticket | WorkOrder
type Effects = Mapping[ClockKind, Effect]


def ticket_of(subject: Subject) -> Ticket:
    """Return the ticket that `subject` is or belongs to."""
    return subject if isinstance(subject, Ticket) else subject.ticket


def what_happened_last(subject: Subject) -> str:
    """Say who did what last on `subject`, for whoever came too late."""
    events = Event.objects.filter(stream=ticket_of(subject).stream).select_related("by").order_by("-seq")
    if isinstance(subject, WorkOrder):
        events = events.filter(data__order=subject.pk)
    last = events.first()
    if last is None:
        return ""
    at = date_format(timezone.localtime(last.at), "H:i")
    return _("%(who)s: %(what)s, at %(at)s.") % {"who": last.by, "what": label(last.kind), "at": at}


@contextmanager
def conflicts(subject: Subject) -> Iterator[None]:
    """Turn a transition that is no longer possible into a Conflict that says who was faster."""
    try:
        yield
    except TransitionNotAllowed as error:
        message = _("This is no longer possible: %(subject)s is “%(state)s”. %(last)s") % {
            "subject": subject,
            "state": subject.get_state_display(),
            "last": what_happened_last(subject),
        }
        raise Conflict(message) from error


def advance[S: (Ticket, WorkOrder)](
    subject: S,
    name: str,
    *,
    by: Staff,
    now: dt.datetime,
    clocks: Effects | None = None,
    data: Mapping[str, Json] | None = None,
    **arguments: object,
) -> S:
    """Run the transition `name`, move the clocks, save the row and write the event ``ticket.<name>`` or ``order.<name>``.

    `clocks` maps clock kinds to effects, `data` is the event's own, `arguments` are the transition's.
    Raises Conflict when the state no longer permits it.
    """
    with conflicts(subject):
        getattr(subject, name)(**arguments)
    if isinstance(subject, WorkOrder):
        _follow(subject, now)
    return note(subject, name, by=by, now=now, clocks=clocks, data=data)


def note[S: (Ticket, WorkOrder)](
    subject: S,
    name: str,
    *,
    by: Staff,
    now: dt.datetime,
    clocks: Effects | None = None,
    data: Mapping[str, Json] | None = None,
) -> S:
    """Do as `advance` does where the state stays as it is."""
    if clocks and any(effect["do"] != "start" for effect in clocks.values()):
        subject.due_at = _move_clocks(subject, clocks, now)
    subject.save_changes()
    own: Data = {"state": subject.state, **(data or {})}
    if clocks:
        own["clocks"] = {str(kind): dict(effect) for kind, effect in clocks.items()}
    _record(subject, name, by, now, own)
    return subject


def _follow(order: WorkOrder, now: dt.datetime) -> None:
    """Let the order's supervision, if there is one, rest, go on or end with the order."""
    if not order.supervised_at:
        return
    supervision = order.supervisions.get(ended_at=None)
    is_working, is_final = order.state in OrderState.WORKING, order.state in OrderState.FINAL
    supervision.watch = watch.followed(supervision.watch, is_working=is_working, is_final=is_final, at=now)
    supervision.save()
    if is_final:
        order.supervised_at = None


def _record(subject: Subject, name: str, by: Staff, now: dt.datetime, data: Data) -> None:
    if isinstance(subject, Ticket):
        record(subject.stream, f"ticket.{name}", by=by, at=now, data=data)
    else:
        of_order: Data = {"order": subject.pk, "seq": subject.seq}
        record(subject.ticket.stream, f"order.{name}", by=by, at=now, data=data | of_order)


def start_clock(
    subject: Subject,
    kind: str,
    effect: Effect,
    at: dt.datetime,
    *,
    ola: OlaRule | None = None,
    sla: SlaRule | None = None,
) -> Clock:
    """Create the clock that `effect` starts and bring the subject's due instant forward to its own.

    Saving the subject, and the event that carries the effect, are the caller's.
    """
    ticket = ticket_of(subject)
    clock = Clock(
        ticket=ticket,
        order=subject if isinstance(subject, WorkOrder) else None,
        kind=kind,
        episode=ticket.round,
        calendar_id=effect["calendar"],
        calendar_revision=effect.get("revision"),
        ola_rule=ola,
        sla_rule=sla,
    )
    clock.state = effects.started(effect, working_calendar(clock.calendar, clock.calendar_revision), at)
    set_next_steps([clock], ticket.urgency)
    clock.save()
    subject.due_at = min(filter(None, [subject.due_at, clock.due_at]))
    return clock


def current_clocks(subject: Subject) -> list[Clock]:
    """Return the clocks of an order, or a ticket's own clock of its present round."""
    if isinstance(subject, WorkOrder):
        return list(subject.clocks.select_related("calendar"))
    return list(subject.clocks.filter(order=None, episode=subject.round).select_related("calendar"))


def _move_clocks(subject: Subject, moved: Effects, at: dt.datetime) -> dt.datetime | None:
    """Apply the effects (clocks that start were made by `start_clock`) and return when the next promise runs out."""
    clocks, changed = current_clocks(subject), []
    for clock in clocks:
        effect = moved.get(ClockKind(clock.kind))
        if effect and effect["do"] != "start":
            clock.state = effects.applied(effect, clock.state, working_calendar(clock.calendar, clock.calendar_revision), at)
            changed.append(clock)
    set_next_steps(changed, ticket_of(subject).urgency)
    for clock in changed:
        clock.save(update_fields=STORED)
    return min((clock.due_at for clock in clocks if clock.running_since and clock.due_at), default=None)


def acknowledgement(order: WorkOrder, by: Staff) -> dict[ClockKind, Effect]:
    """Return the effect of a named act: the acknowledge clock stops when somebody of that department acts."""
    return {ClockKind.ACKNOWLEDGE: effects.STOP} if by.department_id == order.department_id else {}
