"""With whom a rater had to do."""

import datetime as dt

from django.db.models import Q, QuerySet

from foundation.durations import midnight
from internal_clients.months import next_month
from organization.models import Department, Region, Staff
from workorders.models import WorkOrder


def departments_dealt_with(rater: Staff, month: dt.date) -> QuerySet[Department]:
    """Return the departments that handled what the rater's region or department filed in the month."""
    return departments_dealt_between(rater, month, next_month(month))


def departments_dealt_between(rater: Staff, first: dt.date, until: dt.date) -> QuerySet[Department]:
    """Return the same for the days from `first` on and before `until`."""
    if rater.department_id is None:
        return Department.objects.none()
    filed = Q(ticket__filed_by__department=rater.department_id)
    if rater.region:
        filed &= Q(ticket__region__in=Region.objects.filter(path__startswith=rater.region.path))
    orders = WorkOrder.objects.filter(filed, ticket__filed_at__gte=midnight(first), ticket__filed_at__lt=midnight(until))
    return Department.objects.filter(pk__in=orders.values("department")).order_by("code")
