"""The ladders in the database, and what they say of clocks."""

from collections.abc import Iterable, Sequence
from typing import cast

from foundation.transaction import notes
from organization.queries.calendars import working_calendar
from workorders.ladder import Step, Version, chosen, next_step
from workorders.models import Clock, Ladder, StepFired


def versions(**conditions: object) -> list[Version]:
    """Return the versions of the ladders, all or those that meet Django's `conditions`; two queries."""
    return [ladder.plain for ladder in Ladder.objects.filter(**conditions).prefetch_related("steps")]


def _versions_of(urgency: str) -> list[Version]:
    """Return the versions for an urgency, read once an action."""
    key = f"ladders {urgency}"
    kept = notes().get(key)
    if kept is None:
        kept = notes()[key] = versions(urgency=urgency)
    return cast("list[Version]", kept)


def steps_of(clock: Clock, urgency: str, ladders: Iterable[Version]) -> tuple[Step, ...]:
    """Return the steps that a clock climbs at the urgency its ticket now has."""
    version = chosen(ladders, kind=clock.kind, urgency=urgency, started_at=clock.started_at)
    return version.steps if version else ()


def fired_levels(clocks: Iterable[int]) -> dict[int, set[int]]:
    """Return the levels already taken, by clock."""
    levels: dict[int, set[int]] = {}
    for clock, level in StepFired.objects.filter(clock__in=list(clocks)).values_list("clock", "level"):
        levels.setdefault(clock, set()).add(level)
    return levels


def set_next_steps(clocks: Sequence[Clock], urgency: str) -> None:
    """Put on each clock, unsaved, when its next step falls due: the only place that does, for whatever moves a clock."""
    running = [clock for clock in clocks if clock.running_since]
    for clock in clocks:
        clock.next_step_at = None
    if not running:
        return
    ladders = _versions_of(urgency)
    if not ladders:
        return
    fired = fired_levels(clock.pk for clock in running if clock.pk)
    for clock in running:
        steps = steps_of(clock, urgency, ladders)
        due = next_step(clock.state, working_calendar(clock.calendar, clock.calendar_revision), steps, fired.get(clock.pk, set()))
        clock.next_step_at = due.at if due else None
