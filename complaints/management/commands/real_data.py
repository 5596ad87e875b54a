"""Take in the real complaint files and the real event log of the demo."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from complaints.demo.real import FILES, is_loaded, staff_new_departments
from foundation.statistics import refresh_statistics


class Command(BaseCommand):
    """Import every file of `REAL_DATA` by its shipped mapping; running it again changes nothing."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Look for the files first, then take them in one after another."""
        if is_loaded():
            self.stdout.write("the real data are loaded")
            return
        folder = Path(settings.REAL_DATA)
        missing = [f"  {file.path}: {file.origin}" for file in FILES if not (folder / file.path).is_file()]
        if missing:
            lines = "\n".join(missing)
            raise CommandError(f"These files are not in {folder} (REAL_DATA=folder for another place):\n{lines}")
        for file in FILES:
            self.stdout.write(f"{file.path}:")
            call_command(file.command, str(folder / file.path), mapping=file.mapping, stdout=self.stdout)
        staffed = staff_new_departments()
        refresh_statistics()
        self.stdout.write(f"{staffed} new departments were given people")
