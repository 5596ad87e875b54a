"""Load the demo operator: its organization, its people and half a year of complaints."""

import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from complaints.demo import bulletins, inspections, overhead
from complaints.demo.alerts import make as make_alerts
from complaints.demo.loading import load
from complaints.demo.people import LOGINS, make_departments, make_regions, make_staff
from foundation.statistics import refresh_statistics
from knowledge.demo.making import make as make_articles
from organization.models import Staff
from workorders.models import Ticket


class Command(BaseCommand):
    """Load everything once; running it again changes nothing. Everything is loaded, or nothing is."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many tickets over how many months, and the seed."""
        parser.add_argument("--tickets", type=int, default=5000, help="about how many tickets (at most 20000; 0: only the people)")
        parser.add_argument("--months", type=int, default=6, help="over how many months before now")
        parser.add_argument("--seed", type=int, default=2004, help="the same seed tells the same stories")

    def handle(self, **options: int) -> None:
        """Load and tell how long it took."""
        if Staff.objects.filter(username=LOGINS[0].username).exists():
            self.stdout.write("the demo operator is loaded")
            return
        if Ticket.objects.exists():
            raise CommandError("This database has tickets of its own; the demo is loaded into an empty one only.")
        begun = time.monotonic()
        with transaction.atomic():
            self.organization()
            if options["tickets"]:
                now = timezone.now()
                load(tickets=options["tickets"], months=options["months"], seed=options["seed"], now=now)
                make_alerts(now)
                overhead.make(now)
                bulletins.make(now)
                inspections.make(now)
                make_articles(options["seed"], now)
        refresh_statistics()
        self.stdout.write(f"{Ticket.objects.count()} tickets in {time.monotonic() - begun:.0f} s")

    def organization(self) -> None:
        """Make calendars, regions, departments, people, categories, limits and routes."""
        call_command("load_calendars", stdout=self.stdout)
        make_staff(make_departments(), make_regions())
        call_command("load_reference", stdout=self.stdout)
