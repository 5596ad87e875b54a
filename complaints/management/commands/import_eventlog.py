"""Replay an event log (case, activity, group, time) through the product's own actions, at the log's own times."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from complaints.imports.logmap import Incident, LogMap, Refused, incidents, load, missing_columns
from complaints.imports.reading import Unreadable, header, rows
from complaints.imports.replay import Outcome, replay
from complaints.imports.stage import Stage
from complaints.imports.tally import Tally, tallies


class Command(BaseCommand):
    """Replay a log, hand-offs included; running it twice changes nothing. Prints orders, on-time share and minutes held."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files and how to read them."""
        parser.add_argument("file", type=Path, help="CSV file with a header, or the same as .gz")
        parser.add_argument("--mapping", type=Path, required=True, help="TOML file: which column is what")
        parser.add_argument("--dry-run", action="store_true", help="do everything, report, and keep nothing")
        parser.add_argument("--encoding", help="found out when not given")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *, file: Path, mapping: Path, dry_run: bool, encoding: str | None, **options: object) -> None:
        """Replay and report; exit 1 when the file or the mapping cannot be used."""
        now = timezone.now()
        try:
            read = load(Path(mapping))
            found = _read(Path(file), Path(mapping), read, encoding)
            with transaction.atomic() if dry_run else nullcontext():
                outcome = _replayed(Stage(read, now), found)
                tallied = tallies(read.source, now)
                if dry_run:
                    transaction.set_rollback(True)
        except Unreadable as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(_as_json(outcome, tallied) if options["json"] else _as_text(outcome, tallied, kept=not dry_run))


def _read(file: Path, path: Path, mapping: LogMap, encoding: str | None) -> list[Incident | Refused]:
    wrong = missing_columns(mapping, header(file, encoding=encoding))
    if wrong:
        raise Unreadable("\n".join(f"{path}: {each}" for each in wrong))
    return list(incidents(mapping, rows(file, encoding=encoding)))


def _replayed(stage: Stage, found: list[Incident | Refused]) -> Outcome:
    columns = (TextColumn("cases"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    outcome = Outcome()
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        bar = progress.add_task("cases", total=len(found))
        replay(stage, found, outcome, done=lambda: progress.advance(bar))
    return outcome


def _as_text(outcome: Outcome, tallied: dict[str, Tally], *, kept: bool) -> str:
    lines: list[str] = []
    outcome.report.print(lines.append)
    lines.append(f"{outcome.hand_offs} hand-offs, {outcome.reopenings} reopenings")
    width = max((len(tally.name) for tally in tallied.values()), default=10)
    lines.append(f"{'department':<{width}}  orders  on time  working minutes held")
    lines += [f"{tally.name:<{width}}  {tally.orders:>6}  {tally.share:>6.1f}%  {tally.minutes:>20}" for tally in tallied.values()]
    if not kept:
        lines.append("dry run: nothing was kept")
    return "\n".join(lines)


def _as_json(outcome: Outcome, tallied: dict[str, Tally]) -> str:
    told = outcome.report.as_dict() | {"hand_offs": outcome.hand_offs, "reopenings": outcome.reopenings}
    departments = {code: tally.as_dict() for code, tally in tallied.items()}
    return json.dumps(told | {"departments": departments}, ensure_ascii=False, indent=2)
