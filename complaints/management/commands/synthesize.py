"""Fill the database with plausible bulk data."""

import sys
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from complaints.demo.synthesis import synthesize
from organization.models import Staff


class Command(BaseCommand):
    """Write tickets with orders, clocks, events, callbacks and customers with COPY; `verify` finds nothing wrong with them."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the size."""
        parser.add_argument("--tickets", type=int, required=True)
        parser.add_argument("--months", type=int, default=6, help="over how many months before now (6)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--open", type=int, default=2000, help="how many are to be open, whatever the size (2000)")
        parser.add_argument("--workers", type=int, default=2, help="processes (2)")

    def handle(self, **options: int) -> None:
        """Write, and tell how long it took."""
        if options["tickets"] < 1 or options["months"] < 1 or options["workers"] < 1 or options["open"] < 0:
            raise CommandError("--tickets, --months and --workers must be at least 1, --open at least 0.")
        begun = time.monotonic()
        if not Staff.objects.filter(roles__contains=["agent"]).exists():
            call_command("demo_data", tickets=0, stdout=self.stdout)
        columns = (TextColumn("tickets"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr)) as progress:
            bar = progress.add_task("tickets", total=options["tickets"])
            synthesize(
                tickets=options["tickets"],
                months=options["months"],
                seed=options["seed"],
                open_tickets=options["open"],
                now=timezone.now(),
                workers=options["workers"],
                done=lambda count: progress.advance(bar, count),
            )
        self.stdout.write(f"{options['tickets']} tickets in {time.monotonic() - begun:.0f} s")
