"""Load the scheme, and half a year of the demo operator's records for it; running it again changes nothing."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from internal_clients.demo.director import make
from internal_clients.loading import load_scheme
from internal_clients.models import System
from organization.models import Staff


class Command(BaseCommand):
    """Load everything once, or nothing; needs the demo operator's people."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take over how many months, and the seed."""
        parser.add_argument("--months", type=int, default=6, help="over how many months before now")
        parser.add_argument("--seed", type=int, default=2004, help="the same seed makes the same records")

    def handle(self, **options: Any) -> None:
        """Load and tell how long it took."""
        if not Staff.objects.filter(username="supervisor").exists():
            raise CommandError("Load the demo operator first: manage.py demo_data")
        if System.objects.exists():
            self.stdout.write("the demo operator's scheme is loaded")
            return
        begun, now = time.monotonic(), timezone.now()
        with transaction.atomic():
            load_scheme(now)
            make(options["seed"], options["months"], now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(f"records of {options['months']} months in {time.monotonic() - begun:.0f} s")
