"""Connects the customer's side to what happens to tickets."""

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """The customer's side: intake, callbacks, the dashboard."""

    name = "complaints"

    def ready(self) -> None:
        """Connect the receivers."""
        from complaints import receivers  # noqa: F401, PLC0415 -- models are there only now
