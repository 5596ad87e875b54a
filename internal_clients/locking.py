"""The only place that locks this app's rows."""

from django.db.models import Model, QuerySet

from internal_clients.models import Scheme


def locked[M: Model](rows: QuerySet[M], pk: int) -> M:
    """Return one of the rows, locked until the transaction ends, as it is now."""
    return rows.select_for_update(of=("self",)).get(pk=pk)


def lock_scheme(pk: int) -> Scheme:
    """Return a scheme, locked."""
    return locked(Scheme.objects.all(), pk)
