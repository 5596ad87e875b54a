"""Bring the dashboard's daily sums up to date."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from complaints.actions.rolling import begin, fold


class Command(BaseCommand):
    """Do at once what the worker does each minute; with --anew, make all sums again from the rows."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --anew."""
        parser.add_argument("--anew", action="store_true", help="forget the sums and make all of them again")

    def handle(self, **options: object) -> None:
        """Fold, and tell how long it took."""
        begun = time.monotonic()
        if options["anew"]:
            begin(now=timezone.now())
        steps = fold(now=timezone.now())
        self.stdout.write(f"daily sums up to date after {steps} steps, {time.monotonic() - begun:.0f} s")
