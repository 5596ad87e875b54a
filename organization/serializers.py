"""How the organization looks in the API."""

from rest_framework import serializers

from organization.models import Department, Region, Staff


class RegionSerializer(serializers.ModelSerializer):
    """A place in the region tree."""

    class Meta:
        model = Region
        fields = ("code", "name", "name_en", "kind", "path")


class DepartmentSerializer(serializers.ModelSerializer):
    """A department with its head."""

    head = serializers.SlugRelatedField("username", read_only=True)
    calendar = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Department
        fields = ("id", "code", "name", "name_en", "kind", "head", "calendar", "is_active")


class StaffSerializer(serializers.ModelSerializer):
    """A colleague, without anything private."""

    department = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Staff
        fields = ("id", "username", "name", "department", "roles")
