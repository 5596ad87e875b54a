"""What the administration site calls this app's data, and what it adds to the floors below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    """Articles: what is known about a kind of complaint, for who takes and who handles the next one."""

    name = "knowledge"
    verbose_name = _("Knowledge base")

    def ready(self) -> None:
        """Connect what is checked with everything else."""
        from knowledge import receivers  # noqa: F401, PLC0415 -- models are there only now
