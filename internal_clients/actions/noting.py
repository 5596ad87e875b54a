"""What every action on a record ends with."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import Model

from journal.record import record
from journal.types import Json
from organization.models import Staff


def note(row: Model, name: str, *, by: Staff, now: dt.datetime, data: Mapping[str, Json] | None = None) -> None:
    """Record in the row's own stream what somebody did to it."""
    kind = str(row._meta.model_name)  # noqa: SLF001 -- Django's documented way to a model's name
    record(f"{kind}:{row.pk}", f"{kind}.{name}", by=by, at=now, data=data)
