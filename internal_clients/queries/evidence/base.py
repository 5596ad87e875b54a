"""What every indicator's rows have in common: a window of months, and rows as department, record, and what each adds."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, DateTimeField, DecimalField, DurationField, ExpressionWrapper, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from foundation.durations import midnight
from internal_clients.enums import EvidenceKind
from internal_clients.months import months_before, next_month

NUMBER = DecimalField(max_digits=24, decimal_places=10)
MINUTE = dt.timedelta(minutes=1)
ONE, NOTHING = Value(1, output_field=NUMBER), Value(0, output_field=NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The months that are counted together, half-open in local time, as known at `now`."""

    month: dt.date
    months: int
    now: dt.datetime

    @property
    def start(self) -> dt.datetime:
        """Return when the earliest month begins."""
        return midnight(months_before(self.month, self.months - 1))

    @property
    def end(self) -> dt.datetime:
        """Return when the month ends that is scored."""
        return midnight(next_month(self.month))

    @property
    def until(self) -> dt.datetime:
        """Return the end of what can be judged by now."""
        return min(self.end, self.now)

    @property
    def cutoffs(self) -> list[dt.datetime]:
        """Return the months' ends, at which what is open is counted; a running month's is now."""
        return [
            min(midnight(next_month(month)), self.now)
            for month in (months_before(self.month, back) for back in range(self.months))
            if midnight(month) < self.now
        ]

    @property
    def first_day(self) -> dt.date:
        """Return the first day, for what falls due on a day."""
        return months_before(self.month, self.months - 1)

    @property
    def until_day(self) -> dt.date:
        """Return the first day that is not over yet, or not in the window."""
        return min(next_month(self.month), timezone.localtime(self.now).date())


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind: `query` has the columns department, item, numerator and denominator, in this order."""

    kind: EvidenceKind
    query: QuerySet[Any]


def rows(
    kind: EvidenceKind,
    found: QuerySet[Any],
    *,
    department: str | Combinable,
    item: str = "pk",
    good: Q | Combinable | None = None,
    of: Combinable = ONE,
) -> Rows:
    """Return rows that add `good` (a condition: one where it holds; or a number) to the numerator and `of` to the denominator."""
    numerator = good if isinstance(good, Combinable) else _counted(good)
    owner = F(department) if isinstance(department, str) else department
    columns = {"owner": owner, "item": F(item), "over": numerator, "under": of}
    return Rows(kind, found.order_by().values(**columns))


def _counted(condition: Q | None) -> Combinable:
    return NOTHING if condition is None else Case(When(condition, then=ONE), default=NOTHING, output_field=NUMBER)


class Seconds(Func):
    """An interval as seconds, exact to the microsecond."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = NUMBER


def later(instant: Combinable, minutes: Combinable) -> Combinable:
    """Return the instant so many minutes later."""
    span = ExpressionWrapper(minutes * Value(MINUTE, output_field=DurationField()), output_field=DurationField())
    return ExpressionWrapper(instant + span, output_field=DateTimeField())


def seconds_of(interval: Combinable, share: str) -> Combinable:
    """Return the seconds of an interval times a share."""
    return ExpressionWrapper(Seconds(interval) * F(share), output_field=NUMBER)
