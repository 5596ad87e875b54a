"""Whether the customer's limits cover what the departments promise: an SLA is at least the sum of its OLAs."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from workorders.enums import Hours
from workorders.models import OlaRule, SlaRule
from workorders.targets import uncovered_minutes


def faults(slas: Iterable[SlaRule], olas: Iterable[OlaRule]) -> Iterator[str]:
    """Yield one sentence for each department limit that a customer limit of the same urgency does not cover."""
    promised = list(slas)
    for ola in olas:
        if reason := calendar_fault(ola):
            yield reason
        for sla in promised:
            over = uncovered_minutes(sla.promise, ola.resolve_minutes) if sla.urgency == ola.urgency else 0
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


def faults_of_ola(ola: OlaRule) -> list[str]:
    """Return what is wrong with a department limit, saved or not, beside the customer limits there are."""
    return list(faults(SlaRule.objects.filter(urgency=ola.urgency), [ola]))


def faults_of_sla(sla: SlaRule) -> list[str]:
    """Return which department limits a customer limit, saved or not, would not cover."""
    olas = OlaRule.objects.filter(urgency=sla.urgency).select_related("department__calendar", "category")
    return [fault for ola in olas for fault in faults([sla], [ola])]
