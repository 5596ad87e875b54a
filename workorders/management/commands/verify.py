"""Check that tickets, orders and clocks are exactly what the journal says."""

import json
from itertools import islice

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.models import Ticket
from workorders.rebuild import differences

MAX_SHOWN = 1000


class Command(BaseCommand):
    """Rebuild everything from the events, check the hash chains, and report every difference; exit 1 on any."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, **options: object) -> None:
        """Print the report."""
        found = list(islice(differences(), MAX_SHOWN))
        if options["json"]:
            self.stdout.write(json.dumps({"tickets": Ticket.objects.count(), "differences": found}, ensure_ascii=False))
        else:
            self.stdout.writelines(found)
            self.stdout.write(f"{Ticket.objects.count()} tickets, {len(found)} differences")
        if found:
            raise CommandError("the tables and the journal differ", returncode=1)
