"""Enter every ticket for the search anew."""

from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import Max

from complaints.indexing import ENTER_THESE
from workorders.models import Ticket

BATCH = 2000


class Command(BaseCommand):
    """Write all search entries again: after rows were written past the triggers, or `verify` found entries that differ."""

    help = __doc__

    def handle(self, **_options: object) -> None:
        """Write batch by batch, each in a transaction of its own, and tell how many."""
        last = Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
        with connection.cursor() as cursor:
            for first in range(1, last + 1, BATCH):
                cursor.execute(ENTER_THESE, [list(range(first, first + BATCH))])
        self.stdout.write(f"{Ticket.objects.count()} tickets entered")
