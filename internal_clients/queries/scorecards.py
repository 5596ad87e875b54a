"""Stored scores as the pages show them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fetch_modes import FETCH_RAISE

from internal_clients.enums import RunKind
from internal_clients.models import PartScore, Period, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.months import months_before
from internal_clients.scoring import Counts, Gain, Line, Part, gains


def newest_runs(months: Iterable[dt.date], *, trials: bool = False) -> QuerySet[ScoreRun]:
    """Return the run of each month that counts: the newest one.

    `trials` are for their scorers to look at; nothing is compared with them.
    """
    kinds = RunKind.values if trials else RunKind.SHOWN
    done = ScoreRun.objects.filter(period=OuterRef("period"), kind__in=kinds).exclude(hash="")
    newest = done.order_by("-version").values("pk")[:1]
    runs = ScoreRun.objects.filter(period__month__in=list(months), pk=Subquery(newest))
    return runs.select_related("period", "scheme", "computed_by").order_by("-period__month")


def newest_run(month: dt.date, *, trials: bool = False) -> ScoreRun | None:
    """Return the run of a month that counts, or None where it was never scored; `trials` likewise."""
    return newest_runs([month], trials=trials).first()


def months_scored(*, trials: bool) -> list[dt.date]:
    """Return the months that were scored, the newest first; those with `trials` only, too, if asked for."""
    kinds = RunKind.values if trials else RunKind.SHOWN
    return list(Period.objects.filter(runs__kind__in=kinds).distinct().order_by("-month").values_list("month", flat=True)[:36])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the ranking: a card, the scores of its parts by code, and the department's total of the month before."""

    card: Scorecard
    parts: dict[str, Decimal | None]
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """Return by how much the total differs from the month before."""
        return None if self.before is None or self.card.total is None else self.card.total - self.before


def ranking(run: ScoreRun) -> list[Place]:
    """Return everybody's place in a run, the best first and those without a total last."""
    cards = list(Scorecard.objects.filter(run=run).select_related("department"))
    parts: dict[int, dict[str, Decimal | None]] = {card.pk: {} for card in cards}
    for card, code, score in PartScore.objects.filter(card__run=run).values_list("card", "part__code", "score"):
        parts[card][code] = score
    last = newest_runs([months_before(run.period.month, 1)]).values("pk")
    before = dict(Scorecard.objects.filter(run__in=last).values_list("department", "total"))
    placed = [Place(card=card, parts=parts[card.pk], before=before.get(card.department_id)) for card in cards]
    return sorted(placed, key=lambda place: (place.card.rank is None, place.card.rank or 0, place.card.department.code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A line of a card beside last month's points and the best that any department got."""

    line: ScoreLine
    before: Decimal | None
    best: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A part of a card with its lines."""

    part: PartScore
    before: Decimal | None
    lines: list[Shown]


def parts_of(card: Scorecard) -> list[ShownPart]:
    """Return a card's parts with their lines, compared with the department's last month and the best peer."""
    lines = list(_lines(card).order_by("indicator__code"))
    earlier, before = _last(card)
    best = _best(card.run_id, {line.indicator_id for line in lines})
    parts = PartScore.objects.filter(card=card).select_related("part").order_by("part__code").fetch_mode(FETCH_RAISE)
    return [
        ShownPart(
            part=part,
            before=before.get(part.part.code),
            lines=[
                Shown(line=line, before=earlier.get(line.indicator.code), best=best.get(line.indicator_id))
                for line in lines
                if line.part_score_id == part.pk
            ],
        )
        for part in parts
    ]


def _lines(card: Scorecard) -> QuerySet[ScoreLine]:
    return ScoreLine.objects.filter(part_score__card=card).select_related("indicator").fetch_mode(FETCH_RAISE)


def _last(card: Scorecard) -> tuple[dict[str, Decimal | None], dict[str, Decimal | None]]:
    """Return last month's points by indicator, and its scores by part."""
    last = newest_runs([months_before(card.run.period.month, 1)]).order_by().values("pk")
    rows = ScoreLine.objects.filter(part_score__card__run__in=last, part_score__card__department=card.department_id)
    found = rows.values_list("indicator__code", "points", "part_score__part__code", "part_score__score")
    lines, parts = {}, {}
    for code, points, part, score in found:
        lines[code], parts[part] = points, score
    return lines, parts


def _best(run: int, indicators: set[int]) -> dict[int, Decimal]:
    best: dict[int, Decimal] = {}
    rows = ScoreLine.objects.filter(part_score__card__run=run, indicator__in=indicators, points__isnull=False)
    for indicator, points in rows.values_list("indicator", "points"):
        if points is not None:
            best[indicator] = max(points, best.get(indicator, points))
    return best


def lifts(parts: list[ShownPart]) -> list[Gain]:
    """Return what would have lifted the department most, from its stored lines."""
    return gains(
        [
            Part(
                code=shown.part.part.code,
                weight=shown.part.weight,
                score=shown.part.score,
                lines=tuple(_as_line(each.line) for each in shown.lines),
            )
            for shown in parts
        ]
    )


def _as_line(line: ScoreLine) -> Line:
    counts = Counts(numerator=line.numerator, denominator=line.denominator, sample=line.sample)
    return Line(
        code=line.indicator.code,
        full=line.indicator.weight,
        counts=counts,
        months=line.months,
        value=line.value,
        points=line.points,
    )


def versions_of(card: Scorecard) -> list[Scorecard]:
    """Return the department's results in the earlier runs of the same month, the first one first."""
    earlier = Scorecard.objects.filter(
        run__period=card.run.period_id, department=card.department_id, run__version__lt=card.run.version
    )
    return list(earlier.select_related("run").order_by("run__version").fetch_mode(FETCH_RAISE))


def items_of(card: Scorecard) -> QuerySet[ScoreItem]:
    """Return the penalties, bonuses and vetoes on a card."""
    return (
        ScoreItem.objects.filter(card=card)
        .select_related("ticket", "release")
        .order_by("kind", "code", "pk")
        .fetch_mode(FETCH_RAISE)
    )
