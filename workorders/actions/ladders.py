"""Putting a new version of a ladder in force."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid
from journal.record import record
from journal.types import Data
from organization.models import Staff
from workorders.enums import ClockKind, Told
from workorders.ladder import Step, out_of_order
from workorders.locking import lock_key
from workorders.models import Ladder, LadderStep


@transaction.atomic
def publish(*, kind: str, urgency: str, steps: Sequence[Step], by: Staff | None, now: dt.datetime) -> Ladder:
    """Put a ladder in force for the clocks of a kind at an urgency that start from `now` on; return its version.

    Clocks that run keep to the version under which they started. `by` is None for what comes with the product.
    Raises Invalid with what is wrong with the steps.
    """
    check(kind, steps)
    lock_key(f"ladder:{kind}:{urgency}")
    last = Ladder.objects.filter(kind=kind, urgency=urgency).order_by("-version").values_list("version", flat=True).first()
    ladder = Ladder.objects.create(kind=kind, urgency=urgency, version=(last or 0) + 1, in_force_from=now, made_by=by)
    LadderStep.objects.bulk_create(
        LadderStep(
            ladder=ladder,
            level=step.level,
            share=step.share,
            after=step.after,
            to=list(step.to),
            raise_urgency=step.raise_urgency,
            supervise=step.supervise,
        )
        for step in steps
    )
    data: Data = {"version": ladder.version, "steps": [f"{step.level}: {step.at} → {', '.join(step.to)}" for step in steps]}
    record(f"ladder:{kind}:{urgency}", "ladder.publish", by=by, at=now, data=data)
    return ladder


def check(kind: str, steps: Sequence[Step]) -> None:
    """Raise Invalid with one sentence for everything that a ladder of this kind must not have."""
    faults = [*_faults(kind, steps)]
    if faults:
        raise Invalid(steps=" ".join(faults))


def _faults(kind: str, steps: Sequence[Step]) -> list[str]:
    """Return what is wrong, in words."""
    found = []
    if not steps:
        found.append(_("A ladder needs a step."))
    levels = [step.level for step in steps]
    if len(set(levels)) < len(levels):
        found.append(_("Each level may stand once."))
    found.extend(
        _("Step %(level)d: give either a share of the time or minutes past due.") % {"level": step.level}
        for step in _unclear(steps)
    )
    found.extend(
        _("Step %(level)d must fall due after the step below it.") % {"level": level}
        for level in out_of_order(sorted(steps, key=lambda step: step.level))
    )
    for step in steps:
        unfit = _unfit(kind, step)
        if unfit:
            words = {"level": step.level, "clock": ClockKind(kind).label, "people": "、".join(unfit)}
            found.append(_("Step %(level)d: the clock “%(clock)s” has no %(people)s.") % words)
        if kind == ClockKind.ACKNOWLEDGE and step.supervise:
            found.append(
                _("Step %(level)d: an order that nobody has accepted is not supervised by its acknowledge clock.")
                % {"level": step.level}
            )
        if not step.to:
            found.append(_("Step %(level)d tells nobody.") % {"level": step.level})
    return found


def _unclear(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if (step.share is None) == (step.after is None)]


def _unfit(kind: str, step: Step) -> list[str]:
    """Return the people whom a clock of this kind cannot know: nobody has an order in hand before it is accepted."""
    if kind == ClockKind.RESOLVE:
        return []
    return [str(Told(told).label) for told in step.to if told in Told.NOT_ACKNOWLEDGE]
