"""What the page that explains a deadline needs of the database."""

from dataclasses import dataclass

from journal.models import Event
from organization.calendars import SHANGHAI, NaturalCalendar
from organization.models import Calendar
from organization.queries.calendars import working_calendar
from workorders.clocks import Counts
from workorders.effects import Effect
from workorders.enums import ClockKind
from workorders.histories import histories
from workorders.models import Clock, OlaRule, SlaRule
from workorders.targets import HALF, shortened
from workorders.why import Line, spans, why


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a clock is due when it is."""

    clock: Clock
    rule: OlaRule | SlaRule | None
    #: What the rule itself says, and how it came to the limit that was set: "", "halved" or "cut".
    rule_minutes: int
    shortened: str
    lines: list[Line]
    spans: list[Line]


def explanation(clock: Clock) -> Explanation:
    """Return why `clock` (with its ticket, rules and calendar) is due when it is, from the journal."""
    events = Event.objects.filter(stream=clock.ticket.stream).order_by("seq")
    steps = histories(events)[clock.order_id, clock.kind, clock.episode]
    lines = why(steps, _calendar_of)
    counting = working_calendar(clock.calendar, clock.calendar_revision)
    rule = clock.ola_rule or clock.sla_rule
    minutes = _rule_minutes(clock)
    limit = next(line.amount for line in reversed(lines) if line.kind in {"start", "retarget"}).total_seconds() / 60
    return Explanation(
        clock=clock,
        rule=rule,
        rule_minutes=minutes,
        shortened=_shortening(minutes, limit),
        lines=lines,
        spans=[] if isinstance(counting, NaturalCalendar) else spans(clock.state, counting, SHANGHAI),
    )


def _calendar_of(effect: Effect) -> Counts:
    calendar = Calendar.objects.filter(pk=effect["calendar"]).first() if effect["calendar"] else None
    revision = effect.get("revision")
    return working_calendar(calendar, None if revision is None else int(revision))


def _rule_minutes(clock: Clock) -> int:
    if clock.sla_rule:
        return clock.sla_rule.answer_minutes
    if clock.ola_rule is None:
        return 0
    return clock.ola_rule.acknowledge_minutes if clock.kind == ClockKind.ACKNOWLEDGE else clock.ola_rule.resolve_minutes


def _shortening(rule_minutes: int, limit: float) -> str:
    if not rule_minutes or limit >= rule_minutes:
        return ""
    return "halved" if limit == shortened(rule_minutes, HALF) else "cut"
