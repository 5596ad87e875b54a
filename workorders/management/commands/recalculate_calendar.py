"""Tell what counting the open clocks on a calendar's new hours would do, or (--apply) do it."""

import json
from dataclasses import asdict
from itertools import batched

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organization.models import Calendar, Staff
from workorders.actions.recalculating import preview, recalculate
from workorders.queries.recalculation import Impact, by_calendar, on_older_versions

BATCH = 500


class Command(BaseCommand):
    """Preview or apply a calendar's new hours to the open clocks that were promised on earlier versions of it."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the calendar's code."""
        parser.add_argument("calendar", help="code of the calendar")
        parser.add_argument("--apply", action="store_true", help="move the clocks; without it they are only counted")

    def handle(self, *, calendar: str, apply: object, **options: object) -> None:
        """Count or move, batch by batch, and print what became of the clocks as JSON."""
        found = Calendar.objects.filter(code=calendar).first()
        if found is None:
            message = f"no calendar {calendar}"
            raise CommandError(message)
        targeting, impact, now = by_calendar(found), Impact(), timezone.now()
        tickets = on_older_versions().filter(calendar=found).order_by("ticket").values_list("ticket_id", flat=True).distinct()
        for batch in batched(list(tickets), BATCH, strict=False):
            if apply:
                data, system = {"calendar": found.code}, Staff.objects.system()
                recalculate(tickets=batch, targeting=targeting, data=dict(data), by=system, now=now, into=impact)
            else:
                preview(tickets=batch, targeting=targeting, now=now, into=impact)
        self.stdout.write(json.dumps(asdict(impact)))
