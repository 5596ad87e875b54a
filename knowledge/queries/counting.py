"""What articles did for tickets, counted."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, QuerySet

from knowledge.models import ArticleUse

#: Uses of so long are counted.
COUNTED = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What articles did in the last 30 days, by the tickets they were tried on."""

    uses: int = 0
    helped: int = 0
    #: Of those, tickets that were solved at the first point.
    at_once: int = 0

    @property
    def share(self) -> Fraction | None:
        """Return the share of the uses that helped; None without any."""
        return Fraction(self.helped, self.uses) if self.uses else None


def counted(now: dt.datetime, way: str = "") -> Q:
    """Return the condition of a use that counts: on a ticket, within the last 30 days; `way` leads to the uses."""
    return Q(**{f"{way}ticket__isnull": False, f"{way}at__gt": now - COUNTED})


def tallied(rows: QuerySet[ArticleUse]) -> dict[str, int]:
    """Count these uses as a `Tally` has them; one query."""
    return rows.aggregate(
        uses=Count("pk"),
        helped=Count("pk", filter=Q(has_helped=True)),
        at_once=Count("pk", filter=Q(has_helped=True, ticket__first_point=True)),
    )
