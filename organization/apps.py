"""Connects what happens at a login."""

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    """Who: regions, departments, staff and roles, working calendars."""

    name = "organization"

    def ready(self) -> None:
        """Connect the receivers."""
        from organization import middleware  # noqa: F401, PLC0415 -- its receiver is to be there before the first login
