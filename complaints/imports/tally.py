"""What a replayed log came to, department by department, as the clocks say."""

import datetime as dt
from dataclasses import dataclass

from organization.queries.calendars import working_calendar
from workorders.clocks import is_late, used_at
from workorders.enums import ClockKind
from workorders.models import Clock

MINUTE = dt.timedelta(minutes=1)


@dataclass(slots=True)
class Tally:
    """One department: its orders, how many of them were (or are still) within the resolve limit, and how long it held them."""

    name: str
    orders: int = 0
    on_time: int = 0
    held: dt.timedelta = dt.timedelta()

    @property
    def share(self) -> float:
        """Return the on-time share in percent."""
        return 100 * self.on_time / self.orders if self.orders else 0.0

    @property
    def minutes(self) -> int:
        """Return the whole working minutes held: from dispatch to the reply or the hand-off, approved waits left out."""
        return self.held // MINUTE

    def as_dict(self) -> dict[str, object]:
        """Return the tally as plain data."""
        return {"name": self.name, "orders": self.orders, "on_time": self.on_time, "minutes_held": self.minutes}


def tallies(source: str, now: dt.datetime) -> dict[str, Tally]:
    """Return the tally of every department with orders on tickets of `source`, by its code; open clocks as of `now`."""
    # By the stand-in customer, whom a reopened case keeps; its further tickets have filing keys of their own.
    clocks = Clock.objects.filter(kind=ClockKind.RESOLVE, ticket__complaint__customer__number__startswith=f"{source}:")
    found: dict[str, Tally] = {}
    for clock in clocks.select_related("calendar", "order__department").iterator():
        assert clock.order is not None, "resolve clocks belong to orders"
        department = clock.order.department
        tally = found.setdefault(department.code, Tally(str(department)))
        tally.orders += 1
        tally.on_time += not is_late(clock.state, now)
        tally.held += used_at(clock.state, working_calendar(clock.calendar, clock.calendar_revision), now)
    return dict(sorted(found.items(), key=lambda item: (-item[1].orders, item[0])))
