"""What the administration site calls this app's data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """The customer's side: intake, callbacks, figures."""

    name = "complaints"
    verbose_name = _("Customers")
