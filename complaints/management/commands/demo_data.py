"""Load the demo operator."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from complaints.demo import operator


class Command(BaseCommand):
    """Load regions, departments, people, holidays and reference data; running it again changes nothing."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Load and tell."""
        call_command("load_calendars", stdout=self.stdout)
        operator.build()
        call_command("load_reference", stdout=self.stdout)
