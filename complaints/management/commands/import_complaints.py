"""Take a file of complaints in."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from complaints.imports.importing import NotSaved, take
from complaints.imports.mapping import BadMapping, load
from complaints.imports.reading import Unreadable
from complaints.imports.report import Report


class Command(BaseCommand):
    """File the rows of a CSV file as tickets, as a mapping says; running it twice changes nothing (docs/howto/import.md)."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the mapping and how to go about it."""
        parser.add_argument("file", type=Path, help="a CSV file, also .gz")
        parser.add_argument("--mapping", type=Path, required=True, help="a TOML file, or the name of one that is shipped")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would become of the rows")
        parser.add_argument("--encoding", help="where it is neither UTF-8 nor UTF-16 nor GB18030 (GBK)")
        parser.add_argument("--refused", type=Path, help="write the refused lines with their reasons to this CSV file")

    def handle(self, **options: object) -> None:
        """Take the file in and print the report."""
        report = self._taken(options)
        report.print(self.stdout.write)
        if options["dry_run"]:
            self.stdout.write("nothing was saved (--dry-run)")
        if isinstance(path := options["refused"], Path):
            try:
                report.save_refused(path)
            except OSError as error:
                raise CommandError(f"--refused {path}: {error.strerror}") from error

    def _taken(self, options: dict[str, object]) -> Report:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr)) as progress:
            bar = progress.add_task("reading", total=None)
            try:
                return take(
                    Path(str(options["file"])),
                    load(Path(str(options["mapping"]))),
                    encoding=str(options["encoding"]) if options["encoding"] else None,
                    dry_run=bool(options["dry_run"]),
                    now=timezone.now(),
                    looked=lambda rows: progress.update(bar, total=rows, description="rows"),
                    progress=lambda rows: progress.advance(bar, rows),
                )
            except (Unreadable, BadMapping, NotSaved) as error:
                raise CommandError(str(error)) from error
