"""Alerts whose cause is still to be named."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from complaints.models import Alert
from internal_clients.models import AlertCause


def without_cause(since: dt.datetime) -> QuerySet[Alert]:
    """Return the alerts since then that a department is responsible for and no fault or release is named for, newest first."""
    concluded = Alert.objects.filter(opened_at__gte=since, department__isnull=False, merged_into=None)
    named = AlertCause.objects.filter(alert=OuterRef("pk"))
    return concluded.exclude(Exists(named)).select_related("category", "region").order_by("-opened_at", "-pk")
