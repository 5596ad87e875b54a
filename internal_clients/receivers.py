"""What the scheme's records tell the floors below."""

import datetime as dt
from collections.abc import Collection

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from complaints.queries.labels import Label, labels_alerts
from internal_clients.models import PlannedOutage


@labels_alerts
def planned_outages(departments: Collection[int], start: dt.datetime, end: dt.datetime) -> list[Label]:
    """Label alerts with the approved interruptions (割接) of those departments, from the window's beginning until all was back."""
    until = Greatest(F("ends_at"), Coalesce(F("finished_at"), F("ends_at")))
    rows = PlannedOutage.objects.filter(department__in=departments, approved_at__isnull=False, cancelled_at=None)
    found = (
        rows.alias(until=until).filter(starts_at__lte=end, until__gte=start).select_related("system").order_by("starts_at", "pk")
    )
    return [
        Label(
            department=each.department_id,
            text=str(each),
            start=each.starts_at,
            end=max(each.ends_at, each.finished_at or each.ends_at),
        )
        for each in found
    ]
