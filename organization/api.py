"""The organization over HTTP, to read."""

from typing import Any

from rest_framework import viewsets

from organization.models import Department, Region, Staff
from organization.serializers import DepartmentSerializer, RegionSerializer, StaffSerializer


class RegionViewSet(viewsets.ReadOnlyModelViewSet):
    """The region tree."""

    queryset = Region.objects.order_by("path")
    serializer_class = RegionSerializer
    lookup_field = "code"
    pagination_class: Any = None


class DepartmentViewSet(viewsets.ReadOnlyModelViewSet):
    """The departments."""

    queryset = Department.objects.select_related("head", "calendar").order_by("code")
    serializer_class = DepartmentSerializer
    lookup_field = "code"
    pagination_class: Any = None


class StaffViewSet(viewsets.ReadOnlyModelViewSet):
    """The people at work."""

    queryset = Staff.objects.filter(is_active=True).select_related("department")
    serializer_class = StaffSerializer
    lookup_field = "username"
