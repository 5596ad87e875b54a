"""The overdue list of a bulletin: the orders that were without a result at the cut-off though their limit had passed."""

import datetime as dt
from fractions import Fraction

from complaints.bulletins.rates import shown
from complaints.queries.bulletins.measures import overdue
from complaints.queries.bulletins.places import Plain, names
from workorders.enums import ClockKind
from workorders.models import Clock
from workorders.queries.figures import DUE, Scope

#: So many are named, the longest overdue first; the number's link shows all.
NAMED = 30
MINUTE = dt.timedelta(minutes=1)


def late(scope: Scope) -> Plain:
    """Return the list, and how many times their limit the overdue orders are late on average (COPC: average cycles late)."""
    clocks = Clock.objects.filter(kind=ClockKind.RESOLVE, order__in=overdue(scope).filter(ticket__complaint__isnull=False))
    related = ("order__department", "ticket__category", "ticket__region")
    found = list(clocks.annotate(due=DUE).select_related(*related).order_by("due", "pk"))
    cycles = [Fraction((scope.until - clock.due) // MINUTE, max(1, clock.allowance // MINUTE)) for clock in found]
    return {
        "named": [_line(clock, scope) for clock in found[:NAMED]],
        "more": max(0, len(found) - NAMED),
        "ageing": shown(sum(cycles, Fraction(0)) / len(cycles)) if cycles else None,
    }


def _line(clock: Clock, scope: Scope) -> Plain:
    """Return what everybody may read of an order: no customer, and not the words of the complaint."""
    order, ticket = clock.order, clock.ticket
    assert order is not None, "a resolve clock has an order: clock_belongs"
    due = getattr(clock, "due")  # noqa: B009 -- annotated
    return {
        "ticket": ticket.pk,
        "number": f"{ticket.number}-{order.seq}",
        "department": names(order.department),
        "region": names(ticket.region),
        "category": names(ticket.category),
        "due_at": due.isoformat(),
        "minutes": (scope.until - due) // MINUTE,
    }
