"""The organization over HTTP, to read."""

from typing import Any

import django_filters
from rest_framework import viewsets

from organization.models import Department, Region, Staff
from organization.serializers import DepartmentSerializer, RegionSerializer, StaffSerializer

CODE = r"[\w.@+-]+"


class StaffFilter(django_filters.FilterSet):
    """By department."""

    department = django_filters.ModelChoiceFilter(queryset=Department.objects.all(), to_field_name="code")

    class Meta:
        model = Staff
        fields = ()


class RegionViewSet(viewsets.ReadOnlyModelViewSet):
    """The region tree."""

    queryset = Region.objects.select_related("parent").order_by("path")
    serializer_class = RegionSerializer
    lookup_field = "code"
    lookup_value_regex = CODE
    pagination_class: Any = None


class DepartmentViewSet(viewsets.ReadOnlyModelViewSet):
    """The departments."""

    queryset = Department.objects.select_related("head", "calendar").order_by("code")
    serializer_class = DepartmentSerializer
    lookup_field = "code"
    lookup_value_regex = CODE
    pagination_class: Any = None


class StaffViewSet(viewsets.ReadOnlyModelViewSet):
    """The people at work."""

    queryset = Staff.objects.filter(is_active=True).select_related("department")
    serializer_class = StaffSerializer
    filterset_class = StaffFilter
    lookup_field = "username"
    lookup_value_regex = CODE
