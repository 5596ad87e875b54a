"""The only place that locks this app's rows."""

import datetime as dt

from django.db.models import Model, QuerySet

from internal_clients.models import Period, Scheme


def locked[M: Model](rows: QuerySet[M], pk: int) -> M:
    """Return one of the rows, locked until the transaction ends, as it is now."""
    return rows.select_for_update(of=("self",)).get(pk=pk)


def lock_months(first: dt.date, last: dt.date) -> list[Period]:
    """Return the scored months from `first` to `last`, locked, the earliest first."""
    return list(Period.objects.filter(month__range=(first, last)).order_by("month").select_for_update())


def lock_scheme(pk: int) -> Scheme:
    """Return a scheme, locked."""
    return locked(Scheme.objects.all(), pk)
