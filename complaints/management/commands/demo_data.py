"""Load the demo operator: its organization, its people and half a year of complaints."""

import random
import sys
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from complaints.demo.people import make_departments, make_regions, make_staff
from complaints.demo.stories import filing_times, gathered, tell
from organization.models import Staff
from workorders.models import Ticket


class Command(BaseCommand):
    """Load everything once; running it again changes nothing. Everything is loaded, or nothing is."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many tickets over how many months, and the seed."""
        parser.add_argument("--tickets", type=int, default=5000)
        parser.add_argument("--months", type=int, default=6)
        parser.add_argument("--seed", type=int, default=2004)

    def handle(self, **options: int) -> None:
        """Load and tell how long it took."""
        if Staff.objects.filter(username="agent").exists():
            self.stdout.write("the demo operator is loaded")
            return
        if Ticket.objects.exists():
            raise CommandError("This database has tickets of its own; the demo is loaded into an empty one only.")
        begun = time.monotonic()
        with transaction.atomic():
            self.organization()
            self.stories(options["tickets"], options["months"], options["seed"])
        self.stdout.write(f"{Ticket.objects.count()} tickets in {time.monotonic() - begun:.0f} s")

    def organization(self) -> None:
        """Make calendars, regions, departments, people, categories, limits and routes."""
        call_command("load_calendars", stdout=self.stdout)
        make_staff(make_departments(), make_regions())
        call_command("load_reference", stdout=self.stdout)

    def stories(self, count: int, months: int, seed: int) -> None:
        """Live every ticket's life."""
        now, draw = timezone.now(), random.Random(seed)
        cast = gathered(now, draw)
        console = Console(file=sys.stderr)
        for index, at in enumerate(track(filing_times(count, months, now, draw), "tickets", console=console)):
            tell(cast, index, at)
