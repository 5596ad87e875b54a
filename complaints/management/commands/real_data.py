"""Take in the real files of `make demo DEMO=real`."""

import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.demo.real import FILES, make_hands
from complaints.imports.mapping import SHIPPED


class Command(BaseCommand):
    """Import each of the files, and make people who can work on what they bring; running it again changes nothing."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("--folder", type=Path, default=settings.REAL_DATA, help="where the files are (REAL_DATA)")

    def handle(self, **options: object) -> None:
        """Import, and tell how long each took."""
        folder = Path(str(options["folder"]))
        files = [each for each in FILES if each.command in get_commands()]
        missing = [each for each in files if not (folder / each.file).exists()]
        if missing:
            listed = "\n".join(f"  {folder / each.file}\n      from {each.origin}" for each in missing)
            raise CommandError(f"These files are missing; put them there, or say where they are with REAL_DATA:\n{listed}")
        for each in files:
            begun = time.monotonic()
            self.stdout.write(each.file)
            call_command(each.command, folder / each.file, mapping=SHIPPED / each.mapping, stdout=self.stdout)
            self.stdout.write(f"  {time.monotonic() - begun:.0f} s")
        self.stdout.write(f"{make_hands()} people made for what the files brought along")
