"""How the organization looks in the API."""

from rest_framework import serializers

from organization.models import Department, Region, Staff


class RegionSerializer(serializers.ModelSerializer):
    """A place in the region tree."""

    parent = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Region
        fields = ("id", "code", "name", "name_en", "kind", "path", "parent")
        read_only_fields = fields


class DepartmentSerializer(serializers.ModelSerializer):
    """A department with its head."""

    head = serializers.SlugRelatedField("username", read_only=True)
    calendar = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Department
        fields = ("id", "code", "name", "name_en", "kind", "head", "calendar", "is_active")
        read_only_fields = fields


class StaffSerializer(serializers.ModelSerializer):
    """A colleague: who they are and where they work, without phone, e-mail or login data."""

    department = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Staff
        fields = ("id", "username", "name", "name_en", "department", "roles")
        read_only_fields = fields
