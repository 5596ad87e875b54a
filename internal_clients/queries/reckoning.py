"""A month's scores as they come out now: counted in the database, reckoned by the pure arithmetic; nothing is written."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from internal_clients.enums import ItemKind
from internal_clients.formulas import FORMULAS, line
from internal_clients.models import Indicator, Part, Scheme
from internal_clients.months import months_before
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.rulings import lines_left_out
from internal_clients.queries.sanctions import Item, effect, items
from internal_clients.queries.tallies import tally
from internal_clients.scoring import MOST_MONTHS, Card, Counts, Line, card, part_score, ranks, standing
from internal_clients.scoring import Part as ScoredPart
from organization.models import Department

NONE = Counts()


@dataclass(slots=True)
class Tallies:
    """What every indicator counts of every department, each window read when it is first needed."""

    month: dt.date
    now: dt.datetime
    _read: dict[tuple[str, int], dict[int, Counts]] = field(default_factory=dict)
    _left_out: dict[tuple[str, int, dt.date], int] | None = None

    def window(self, months: int) -> Window:
        """Return the window of so many months up to this one."""
        return Window(month=self.month, months=months, now=self.now)

    def counts(self, key: str, months: int, department: int) -> Counts:
        """Return one department's counts over so many months."""
        if (key, months) not in self._read:
            self._read[key, months] = tally(key, self.window(months))
        return self._read[key, months].get(department, NONE)

    def line(self, indicator: Indicator, department: int) -> Line:
        """Return an indicator as scored, over as many months as its sample needs (domain.md 7.1.2).

        One that a ruling left out of the month does not apply, and lends nothing to the months after it.
        """
        key, windows = indicator.formula, [self.counts(indicator.formula, 1, department)]
        if self.left_out(key, department):
            return Line(code=indicator.code, full=indicator.measure.full, counts=windows[0])
        while self._wants_more(indicator, windows) and not self.left_out(key, department, back=len(windows)):
            windows.append(self.counts(key, len(windows) + 1, department))
        return line(indicator.measure, key, windows)

    def left_out(self, key: str, department: int, back: int = 0) -> int | None:
        """Return the appeal by which a line is left out of the month so many months back, or None."""
        if self._left_out is None:
            self._left_out = lines_left_out(self.month, MOST_MONTHS)
        return self._left_out.get((key, department, months_before(self.month, back)))

    @staticmethod
    def _wants_more(indicator: Indicator, windows: list[Counts]) -> bool:
        last = windows[-1]
        if len(windows) == MOST_MONTHS or FORMULAS[indicator.formula].counts_nothing:
            return False
        return not last.denominator or last.sample < indicator.minimum


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """One department's score, with the rows of the scheme that it comes from."""

    department: Department
    card: Card
    parts: tuple[Part, ...]
    indicators: dict[str, Indicator]
    items: tuple[Item, ...]
    rank: int | None = None


def reckon(
    scheme: Scheme, month: dt.date, now: dt.datetime, *, only: Iterable[str] | None = None, counted: Tallies | None = None
) -> tuple[list[Reckoned], Tallies]:
    """Return every department's score of a month under a scheme, the best first, and what was counted.

    `only` are codes of departments; the rank is among those reckoned. A running month is scored as far as it has run.
    `counted` is what another scheme's reckoning of the same month and instant has counted already.
    """
    tallies, beside = counted or Tallies(month, now), items(month, now)
    found = [_reckoned(scheme, department, tallies, beside.get(department.pk, [])) for department in scored_by(scheme, only)]
    places = ranks({each.department.pk: standing(each.card) for each in found})
    ranked = [_with_rank(each, places[each.department.pk]) for each in found]
    return sorted(ranked, key=lambda each: (each.rank is None, each.rank or 0, each.department.code)), tallies


def _with_rank(each: Reckoned, rank: int | None) -> Reckoned:
    return Reckoned(
        department=each.department, card=each.card, parts=each.parts, indicators=each.indicators, items=each.items, rank=rank
    )


def scored_by(scheme: Scheme, only: Iterable[str] | None = None) -> list[Department]:
    """Return the departments that a scheme scores, by code."""
    wanted = None if only is None else set(only)
    found = {
        weight.department_id: weight.department for part in scheme.parts.all() for weight in part.weights.all() if weight.weight
    }
    return sorted((each for each in found.values() if wanted is None or each.code in wanted), key=lambda each: each.code)


def _reckoned(scheme: Scheme, department: Department, tallies: Tallies, beside: list[Item]) -> Reckoned:
    rows = [(part, weight) for part in scheme.parts.all() for weight in part.weights.all() if weight.department_id == department.pk]
    chosen = [(part, weight.weight, _indicators(part, department)) for part, weight in rows if weight.weight]
    parts = []
    for part, weight, indicators in chosen:
        lines = tuple(tallies.line(indicator, department.pk) for indicator in indicators)
        parts.append(ScoredPart(code=part.code, weight=weight, score=part_score(lines), lines=lines))
    return Reckoned(
        department=department,
        card=_card(parts, beside),
        parts=tuple(part for part, _weight, _indicators in chosen),
        indicators={indicator.code: indicator for _part, _weight, indicators in chosen for indicator in indicators},
        items=tuple(beside),
    )


def _indicators(part: Part, department: Department) -> list[Indicator]:
    """Return the part's indicators that are for this department."""
    found = []
    for indicator in part.indicators.all():
        only = {each.pk for each in indicator.departments.all()}
        if not only or department.pk in only:
            found.append(indicator)
    return found


def _card(parts: list[ScoredPart], beside: list[Item]) -> Card:
    effects = [effect(item) for item in beside]
    return card(
        parts,
        penalties=[item.points for item in beside if item.kind == ItemKind.PENALTY],
        bonuses=[item.points for item in beside if item.kind == ItemKind.BONUS],
        vetoes=[rule.veto for rule in effects if rule],
    )
