"""What the administration site calls this app's data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkordersConfig(AppConfig):
    """What moves: tickets, work orders, and the rules they move by."""

    name = "workorders"
    verbose_name = _("Categories, routes and limits")
