"""Load the internal-customer scheme that comes with the product; a version that is there already stays as it is."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from internal_clients.loading import load_scheme


class Command(BaseCommand):
    """Load the shipped scheme; needs the departments that it weighs."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Load and tell."""
        scheme = load_scheme(timezone.now())
        self.stdout.write(f"{scheme} in force from {scheme.effective_from}" if scheme else "the scheme is loaded")
