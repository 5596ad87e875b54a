"""How many users there were: for complaints per ten thousand of them (万投比) and appeals per million."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from django.db.models import QuerySet

from complaints.bulletins.periods import Span, month_end_before
from complaints.models import Subscribers


class Users:
    """The closing numbers of the months that a period needs, by region."""

    def __init__(self, span: Span, *, province: int, branches: Iterable[int]) -> None:
        self.months = [month_end_before(span.start), month_end_before(span.end)]
        self.province, self.branches = province, list(branches)
        rows = Subscribers.objects.filter(month__in=self.months).values_list("month", "region", "users")
        self._known: dict[tuple[dt.date, int], int] = {(month, region): users for month, region, users in rows}

    def of(self, region: int) -> Fraction | None:
        """Return the mean of the users at the beginning and at the end of the period; None where either is not known."""
        ends = [self._at(month, region) for month in self.months]
        known = [each for each in ends if each is not None]
        return Fraction(sum(known), 2) if len(known) == len(ends) else None

    def missing(self, region: int) -> list[dt.date]:
        """Return the months whose numbers would be needed."""
        return sorted({month for month in self.months if self._at(month, region) is None})

    def _at(self, month: dt.date, region: int) -> int | None:
        """Return the number entered; the province's, where none is entered for it, is the sum of all its branches'."""
        own = self._known.get((month, region))
        if own is not None or region != self.province:
            return own
        parts = [self._known.get((month, branch)) for branch in self.branches]
        known = [part for part in parts if part is not None]
        return sum(known) if parts and len(known) == len(parts) else None


def latest_users(months: int) -> QuerySet[Subscribers]:
    """Return what was entered for the last so many months that have any."""
    newest = Subscribers.objects.order_by("-month").values_list("month", flat=True).distinct()[:months]
    return Subscribers.objects.filter(month__in=list(newest)).order_by("-month", "region__path")
