"""How many complaints of each kind came in, period by period: out of the daily sums where there are any, else out of the rows."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from complaints.bulletins.periods import Span
from complaints.models import Incident, RollupState
from complaints.queries.rolled import LIVE, LONGEST
from complaints.rollups.measures import DIMENSIONS
from foundation.durations import midnight
from workorders.models import Ticket

#: Day and category → how many.
type Days = Counter[tuple[dt.date, int]]

_SUMMED = f"""
    SELECT day, category, sum(filed) FROM (
        SELECT day, category, filed FROM complaints_rollup
        WHERE kind = {DIMENSIONS["category"]} AND day >= %(first)s AND day < %(end)s AND filed <> 0
        UNION ALL
        SELECT (at AT TIME ZONE %(zone)s)::date, category_id, sign * n1 FROM ({LIVE}) AS live
        WHERE family = 'filed' AND part <> 2 AND at >= %(start)s AND at < %(until)s
    ) AS found GROUP BY 1, 2
    UNION ALL SELECT NULL, NULL, version FROM complaints_rollupstate
"""  # noqa: S608 -- constants


def trends(spans: Sequence[Span], now: dt.datetime) -> dict[int, list[int]]:
    """Return the complaints of each category in each of the periods, which follow one another."""
    first, end = spans[0].start, spans[-1].end
    found: dict[int, list[int]] = {}
    for (day, category), number in _days(first, end, now).items():
        place = next(place for place, span in enumerate(spans) if span.start <= day < span.end)
        found.setdefault(category, [0] * len(spans))[place] += number
    return found


def _days(first: dt.date, end: dt.date, now: dt.datetime) -> Days:
    state = RollupState.objects.filter(zone=settings.TIME_ZONE, upto__lte=now, upto__gte=now - LONGEST).first()
    found = _summed(first, end, now, state) if state else None
    return _of_rows(first, end, now) if found is None else found


def _of_rows(first: dt.date, end: dt.date, now: dt.datetime) -> Days:
    return _by_day(Ticket.objects.filter(complaint__isnull=False), first, end, now)


def _by_day(tickets: QuerySet[Ticket], first: dt.date, end: dt.date, now: dt.datetime) -> Days:
    rows = tickets.filter(filed_at__gte=midnight(first), filed_at__lt=min(midnight(end), now)).order_by()
    days = rows.values_list(TruncDate("filed_at", tzinfo=timezone.get_default_timezone()), "category").annotate(number=Count("pk"))
    return Counter({(day, category): number for day, category, number in days})


def _summed(first: dt.date, end: dt.date, now: dt.datetime, state: RollupState) -> Days | None:
    """Return the sums less the master tickets of incidents, which are no complaints; internal requests have kinds of their own.

    None where the sums were brought up to date meanwhile.
    """
    values: dict[str, Any] = {
        "first": first,
        "end": end,
        "start": midnight(first),
        "until": min(midnight(end), now),
        "upto": state.upto,
        "zone": state.zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMMED, values)
        rows = cursor.fetchall()
    if (None, None, state.version) not in rows:
        return None
    found: Days = Counter({(day, category): int(number) for day, category, number in rows if day})
    masters = Ticket.objects.filter(pk__in=Incident.objects.values(key=F("ticket")))
    found.subtract(_by_day(masters, first, end, now))
    return found
