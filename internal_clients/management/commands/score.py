"""Compute a month's scorecards; nothing is published."""

import json
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from internal_clients.months import parsed
from internal_clients.queries.reckoning import Reckoned, reckon, scored_by
from internal_clients.queries.sanctions import words_of
from internal_clients.queries.schemes import scheme_for
from internal_clients.scoring import Line


class Command(BaseCommand):
    """Score a month by the scheme in force then, and print the scorecards."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the month, and perhaps one department."""
        parser.add_argument("--period", required=True, help="the month, as 2026-10")
        parser.add_argument("--department", help="only this department (its code); its rank is left out then")
        parser.add_argument("--json", action="store_true", help="print JSON, all numbers as strings of decimals")

    def handle(self, **options: Any) -> None:
        """Compute and print."""
        try:
            month = parsed(options["period"])
        except ValueError as error:
            raise CommandError(f"“{options['period']}” is no month; write it as 2026-10") from error
        scheme = scheme_for(month)
        if scheme is None:
            raise CommandError(f"no scheme is in force in {options['period']}; load one with load_scheme")
        only = [options["department"]] if options["department"] else None
        if only and not scored_by(scheme, only):
            raise CommandError(f"the scheme does not score a department “{only[0]}”")
        cards, _tallies = reckon(scheme, month, timezone.now(), only=only)
        if options["json"]:
            found = {
                "period": options["period"],
                "scheme": scheme.version,
                "cards": [as_json(each, ranked=not only) for each in cards],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            for each in cards:
                self._show(each, ranked=not only)

    def _show(self, each: Reckoned, *, ranked: bool) -> None:
        place = f"{each.rank or '–'}. " if ranked else ""
        self.stdout.write(f"{place}{each.department.name} ({each.department.code})  {_text(each.card.total)}  {each.card.grade}")
        for part in each.card.parts:
            self.stdout.write(f"   {part.code}  {_text(part.score)}  × {part.weight.normalize():f}")
            for line in part.lines:
                counted = f"{line.counts.numerator.normalize():f}/{line.counts.denominator.normalize():f}"
                months = f" ({line.months} months)" if line.months > 1 else ""
                self.stdout.write(
                    f"      {line.code}  {counted}{months}  {_text(line.value, 4)}  {_text(line.points)} of {line.full}"
                )
        for item in each.items:
            self.stdout.write(f"   {item.kind} {item.code} {item.points}  {words_of(item)}")


def _text(number: Decimal | None, places: int = 2) -> str:
    return "N/A" if number is None else f"{number:.{places}f}"


def as_json(each: Reckoned, *, ranked: bool) -> dict[str, Any]:
    """Return a scorecard as plain data; decimals as strings, None for what does not apply."""
    found = {
        "department": each.department.code,
        "base": _plain(each.card.base),
        "penalty": _plain(each.card.penalty),
        "bonus": _plain(each.card.bonus),
        "total": _plain(each.card.total),
        "grade": each.card.grade,
        "parts": [
            {"code": part.code, "weight": _plain(part.weight), "score": _plain(part.score), "lines": list(map(_line, part.lines))}
            for part in each.card.parts
        ],
        "items": [{"kind": str(item.kind), "code": item.code, "points": _plain(item.points)} for item in each.items],
    }
    return found | {"rank": each.rank} if ranked else found


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "numerator": _plain(line.counts.numerator),
        "denominator": _plain(line.counts.denominator),
        "sample": line.counts.sample,
        "months": line.months,
        "value": None if line.value is None else f"{line.value:.10f}",
        "points": _plain(line.points),
        "full": _plain(line.full),
    }


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"
