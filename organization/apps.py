"""What the administration site calls this app's data, and what is connected at the start."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationConfig(AppConfig):
    """Who: regions, departments, staff and roles, working calendars."""

    name = "organization"
    verbose_name = _("Organization, staff and calendars")

    def ready(self) -> None:
        """Connect the receivers."""
        from organization import middleware  # noqa: F401, PLC0415 -- its receiver is to be there before the first login
