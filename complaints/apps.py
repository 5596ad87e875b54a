"""What the administration site calls this app's data, and the receivers of what happens to tickets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """The customer's side: intake, callbacks, the dashboard."""

    name = "complaints"
    verbose_name = _("Customers")

    def ready(self) -> None:
        """Connect the receivers."""
        from complaints import receivers  # noqa: F401, PLC0415 -- models are there only now
