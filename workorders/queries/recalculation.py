"""What a change of limits, category or calendar would do to the open clocks: each recomputed from its own history."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from journal.models import Event
from organization.models import Calendar
from organization.queries.calendars import is_same_but_holidays, keep_version, working_calendar
from workorders import effects
from workorders.clocks import ClockState
from workorders.effects import Effect, Step
from workorders.enums import ClockKind, Hours, OrderRole, OrderState, TicketState
from workorders.histories import ClockKey, histories
from workorders.models import Clock, OlaRule, SlaRule
from workorders.queries.limits import case_of, factors
from workorders.targets import Case, Rule, choose, in_force, shortened


class Targeting(NamedTuple):
    """Whom a change concerns, told without the clock's history, and what an open clock should be under instead."""

    concerns: Callable[[Clock], bool]
    target: "Callable[[Clock, Sequence[Step]], Target | None]"


class Happened(NamedTuple):
    """The columns of an event that a clock's history needs."""

    kind: str
    at: dt.datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The limit that a clock is put under: the effect, and the row that it comes from."""

    effect: Effect
    ola: OlaRule | None = None
    sla: SlaRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One clock before and after."""

    clock: Clock
    target: Target
    before: ClockState
    after: ClockState


@dataclass(slots=True)
class Impact:
    """What moves would do, added up over any number of batches."""

    earlier: int = 0
    later: int = 0
    paused: int = 0
    breaching: int = 0
    #: Ids of the tickets with a clock that would be late at once, the first few.
    tickets: list[int] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """Return how many clocks would change."""
        return self.earlier + self.later + self.paused

    def add(self, moves: Iterable[Move], at: dt.datetime, shown: int = 50) -> None:
        """Count moves that are made at `at`."""
        for move in moves:
            before, after = move.before.due_at, move.after.due_at
            if before is None or after is None:
                self.paused += 1
            elif after < before:
                self.earlier += 1
            elif after > before:
                self.later += 1
            if after is not None and before is not None and after <= at < before:
                self.breaching += 1
                if move.clock.ticket_id not in self.tickets and len(self.tickets) < shown:
                    self.tickets.append(move.clock.ticket_id)


def open_clocks() -> QuerySet[Clock]:
    """Return the clocks that may still change: not stopped, of tickets still open, in the ticket's present round."""
    related = ("ticket__category", "ticket__region", "order__department__calendar", "calendar", "ola_rule", "sla_rule")
    return Clock.objects.filter(stopped_at=None, ticket__state__in=TicketState.OPEN).select_related(*related)


def planned(clocks: Iterable[Clock], targeting: Targeting, at: dt.datetime) -> list[Move]:
    """Return what becomes of `clocks` (of `open_clocks`) at `at`; those that would not change are left out."""
    listed = [clock for clock in clocks if targeting.concerns(clock)]
    steps = _histories({clock.ticket.stream for clock in listed})
    moves = (_move(clock, steps, targeting, at) for clock in listed)
    return [move for move in moves if move]


def _histories(streams: set[str]) -> dict[str, Mapping[ClockKey, list[Step]]]:
    grouped: dict[str, list[Happened]] = {stream: [] for stream in streams}
    moved = Event.objects.filter(Q(data__has_key="clocks") | Q(kind="ticket.redispatch"), stream__in=streams)
    for stream, *happened in moved.order_by("stream", "seq").values_list("stream", "kind", "at", "data"):
        grouped[stream].append(Happened(*happened))
    return {stream: histories(events) for stream, events in grouped.items()}


def _move(clock: Clock, steps: dict[str, Mapping[ClockKey, list[Step]]], targeting: Targeting, at: dt.datetime) -> Move | None:
    own = steps[clock.ticket.stream][clock.order_id, clock.kind, clock.episode]
    target = targeting.target(clock, own)
    if target is None:
        return None
    calendar = working_calendar(_calendar(clock, target.effect), _revision(target.effect))
    before = clock.state
    after = effects.retargeted(own, before, target.effect, calendar, at)
    changed = (before.allowance, before.due_at) != (after.allowance, after.due_at)
    # A paused clock has no deadline to move, but goes on by the calendar that it is on.
    recounted = (clock.calendar_id, clock.calendar_revision) != (target.effect["calendar"], _revision(target.effect))
    return Move(clock=clock, target=target, before=before, after=after) if changed or recounted else None


def _calendar(clock: Clock, effect: Effect) -> Calendar | None:
    if effect["calendar"] is None:
        return None
    if clock.calendar_id == effect["calendar"]:
        return clock.calendar
    return clock.order.department.calendar if clock.order else None


def _revision(effect: Effect) -> int | None:
    return None if effect.get("revision") is None else int(effect["revision"] or 0)


@dataclass(frozen=True)
class RuleBook:
    """The limits in force at one instant, chosen from in memory."""

    olas: Mapping[int, OlaRule]
    slas: Mapping[int, SlaRule]
    at: dt.datetime
    _ola_rules: list[Rule]
    _sla_rules: list[Rule]
    _chosen: dict[tuple[str, Case], OlaRule | SlaRule | None] = field(default_factory=dict)

    @classmethod
    def read(cls, at: dt.datetime, *, without: frozenset[int] = frozenset(), plus: Sequence[OlaRule] = ()) -> "RuleBook":
        """Return the limits in force at `at`.

        `without` leaves department limits out, to tell what they changed; `plus` adds unsaved ones, to tell what they would.
        """
        olas = {row.pk: row for row in OlaRule.objects.select_related("category", "region").exclude(pk__in=without)}
        for number, row in enumerate(plus, start=1):
            row.pk, row.effective_from = -number, at
            olas[row.pk] = row
        slas = {row.pk: row for row in SlaRule.objects.select_related("category")}
        return cls(olas, slas, at, in_force((r.rule for r in olas.values()), at), in_force((r.rule for r in slas.values()), at))

    def ola(self, case: Case) -> OlaRule | None:
        """Return the department limit for the case."""
        key = ("ola", case)
        if key not in self._chosen:
            rule = choose(self._ola_rules, case, self.at)
            self._chosen[key] = self.olas[rule.id] if rule else None
        found = self._chosen[key]
        return found if isinstance(found, OlaRule) else None

    def sla(self, case: Case) -> SlaRule | None:
        """Return the customer limit for the case."""
        key = ("sla", case)
        if key not in self._chosen:
            rule = choose(self._sla_rules, case, self.at)
            self._chosen[key] = self.slas[rule.id] if rule else None
        found = self._chosen[key]
        return found if isinstance(found, SlaRule) else None


def by_limits(before: RuleBook, after: RuleBook, was: Callable[[Case], Case] = lambda case: case) -> Targeting:
    """Put under `after` those clocks for which it says otherwise than `before` did (for the case as it `was`).

    What another system promised, under none of our limits, stays as it was agreed.
    """

    def chosen(clock: Clock) -> tuple[OlaRule | SlaRule | None, OlaRule | SlaRule | None]:
        case = case_of(clock.ticket, clock.order.department if clock.order else None)
        if clock.order is None:
            return before.sla(was(case)), after.sla(case)
        return before.ola(was(case)), after.ola(case)

    def concerns(clock: Clock) -> bool:
        if clock.ola_rule_id is None and clock.sla_rule_id is None:
            return False
        old, new = chosen(clock)
        return new is not None and new != old

    def target(clock: Clock, steps: Sequence[Step]) -> Target | None:
        old, new = chosen(clock)
        if isinstance(new, SlaRule):
            return _sla_target(clock, new)
        return _ola_target(clock, new, old if isinstance(old, OlaRule) else None, steps) if new else None

    return Targeting(concerns, target)


def _sla_target(clock: Clock, rule: SlaRule) -> Target:
    minutes = shortened(rule.answer_minutes, *factors(clock.ticket.tier, clock.episode, rule_tier=rule.tier))
    return Target(effect=effects.retarget(minutes, None), sla=rule)


def _resolve(rule: OlaRule, clock: Clock) -> int:
    return shortened(rule.resolve_minutes, *factors(clock.ticket.tier, clock.episode, rule_tier=rule.tier))


def _ola_target(clock: Clock, rule: OlaRule, old: OlaRule | None, steps: Sequence[Step]) -> Target:
    """Return the leg's new limit; an assistant whose time was cut for the lead's sake (rule 8) does not get more than that."""
    minutes = rule.acknowledge_minutes
    if clock.kind == ClockKind.RESOLVE and clock.order:
        minutes, had = _resolve(rule, clock), effects.limit_minutes(steps)
        was_cut = clock.order.role == OrderRole.ASSIST and old is not None and had < _resolve(old, clock)
        minutes = min(minutes, had) if was_cut else minutes
    working = clock.order.department.calendar if clock.order and rule.hours == Hours.WORKING else None
    on = (working.pk, keep_version(working)) if working else (None, None)
    return Target(effect=effects.retarget(minutes, *on), ola=rule)


def by_calendar(calendar: Calendar) -> Targeting:
    """Count anew, on the calendar as it now is, the clocks that were promised on earlier versions of it."""
    revision = keep_version(calendar)

    def concerns(clock: Clock) -> bool:
        return clock.calendar_id == calendar.pk and clock.calendar_revision != revision

    def target(clock: Clock, steps: Sequence[Step]) -> Target | None:
        effect = effects.retarget(effects.limit_minutes(steps), calendar.pk, revision)
        return Target(effect=effect, ola=clock.ola_rule, sla=clock.sla_rule)

    return Targeting(concerns, target)


def on_older_versions() -> QuerySet[Clock]:
    """Return the open legs' clocks that were promised on an earlier version of their calendar."""
    older = open_clocks().filter(order__state__in=OrderState.WORKING, calendar__isnull=False)
    return older.filter(calendar_revision__lt=F("calendar__revision"))


def behind_holidays() -> list[tuple[Calendar, list[int]]]:
    """Return the calendars with the tickets whose open clocks wait for a holiday notice that came in since they began.

    Where the weekly hours were edited meanwhile, that is for an administrator to apply (`recalculate_calendar`).
    """
    found: dict[int, tuple[Calendar, set[int]]] = {}
    for clock in on_older_versions():
        calendar = clock.calendar
        if calendar and is_same_but_holidays(calendar, clock.calendar_revision):
            found.setdefault(calendar.pk, (calendar, set()))[1].add(clock.ticket_id)
    return [(calendar, sorted(tickets)) for calendar, tickets in found.values()]
