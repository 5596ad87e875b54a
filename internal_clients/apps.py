"""The internal-customer scheme."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InternalClientsConfig(AppConfig):
    """Every supporting department is scored by those it supports."""

    name = "internal_clients"
    verbose_name = _("Internal-customer scheme")

    def ready(self) -> None:
        """Connect the receivers."""
        from internal_clients import receivers  # noqa: F401, PLC0415 -- models are there only now
