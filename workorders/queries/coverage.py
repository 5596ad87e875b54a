"""Whether the customer's limits cover what the departments promise: an SLA is at least the sum of its OLAs."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from workorders.enums import Hours
from workorders.models import OlaRule, SlaRule
from workorders.targets import in_force, may_meet, uncovered_minutes


def faults(slas: Iterable[SlaRule], olas: Iterable[OlaRule]) -> Iterator[str]:
    """Yield one sentence for each department limit that a customer limit of the same urgency does not cover."""
    promised = list(slas)
    for ola in olas:
        if reason := calendar_fault(ola):
            yield reason
        for sla in promised:
            over = uncovered_minutes(sla.promise, ola.resolve_minutes) if may_meet(sla.rule.scope, ola.rule.scope) else 0
            if over:
                yield _(
                    "%(ola)s: with dispatch, review and reply it takes %(minutes)d minutes more than the customer limit “%(sla)s”.",
                ) % {"ola": ola, "minutes": over, "sla": sla}


def calendar_fault(ola: OlaRule) -> str:
    """Return why the limit may not be counted in working hours, or nothing.

    A customer's hours do not stop at weekends, so that working hours fit only where a department works round the clock.
    """
    if ola.hours != Hours.WORKING or (ola.department and ola.department.calendar.round_the_clock):
        return ""
    return _(
        "%(ola)s: working hours do not fit a customer limit in natural hours, unless the department works round the clock.",
    ) % {"ola": ola}


def customer_limits(at: dt.datetime) -> list[SlaRule]:
    """Return the customer limits in force at `at`."""
    rows = {row.pk: row for row in SlaRule.objects.select_related("category")}
    return [rows[rule.id] for rule in in_force((row.rule for row in rows.values()), at)]


def department_limits(at: dt.datetime) -> list[OlaRule]:
    """Return the department limits in force at `at`."""
    rows = {row.pk: row for row in OlaRule.objects.select_related("department__calendar", "category", "region")}
    return [rows[rule.id] for rule in in_force((row.rule for row in rows.values()), at)]
