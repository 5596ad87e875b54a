"""What a ruling does to a score: before and after in the stored runs, and what it would be, reckoned from the stored rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from internal_clients.enums import AppealOutcome, AppealSubject, ItemKind, RunKind
from internal_clients.formulas import LESS_IS_BETTER, line
from internal_clients.models import Appeal, PartScore, Scorecard, ScoreItem, ScoreLine
from internal_clients.queries.reckoning import Tallies
from internal_clients.queries.rulings import key_of
from internal_clients.rules import BYPASS, bypass_points
from internal_clients.scoring import (
    MOST_MONTHS,
    Card,
    Counts,
    Line,
    Part,
    Standing,
    Veto,
    card,
    grade,
    part_score,
    ranks,
    standing,
    sufficient,
)

Out = AppealOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A department's score as far as an appeal touches it; `points` are the line's, or the penalty's."""

    points: Decimal | None
    part: Decimal | None
    total: Decimal | None
    rank: int | None
    #: The run it stands in; None for what would be.
    version: int | None = None

    @property
    def grade(self) -> str:
        """Return the grade's key."""
        return "" if self.total is None else grade(self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Before and after: of a ruling that was counted, or of one that might be given."""

    outcome: str
    before: Score
    after: Score
    points: Decimal | None = None

    @property
    def label(self) -> str:
        """Return the outcome in words."""
        return str(Out(self.outcome).label)

    @property
    def change(self) -> Decimal | None:
        """Return by how much the total differs."""
        return None if self.before.total is None or self.after.total is None else self.after.total - self.before.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The department's card in one shown run, with all that stands on it."""

    card: Scorecard
    lines: list[ScoreLine]
    items: list[ScoreItem]
    parts: list[PartScore]


def versions(appeal: Appeal) -> list[Version]:
    """Return the department's cards of the month as departments have seen them, the first one first."""
    cards = Scorecard.objects.filter(
        department=appeal.department_id, run__period=appeal.card.run.period_id, run__kind__in=RunKind.SHOWN
    ).exclude(run__hash="")
    found = list(cards.select_related("run").order_by("run__version"))
    lines = list(ScoreLine.objects.filter(part_score__card__in=found).select_related("indicator").order_by("indicator__code"))
    items = list(ScoreItem.objects.filter(card__in=found).order_by("pk"))
    parts = list(PartScore.objects.filter(card__in=found).select_related("part").order_by("part__code"))
    return [_version(each, lines, items, parts) for each in found]


def _version(one: Scorecard, lines: list[ScoreLine], items: list[ScoreItem], parts: list[PartScore]) -> Version:
    own = [part for part in parts if part.card_id == one.pk]
    ids = {part.pk for part in own}
    return Version(
        card=one,
        lines=[each for each in lines if each.part_score_id in ids],
        items=[each for each in items if each.card_id == one.pk],
        parts=own,
    )


def counted(appeal: Appeal, found: Sequence[Version]) -> list[Effect]:
    """Return what each ruling that changed the score did: the last run before it beside the first one after it."""
    rulings = []
    if appeal.ruled_at and appeal.outcome != Out.DISMISSED:
        rulings.append((appeal.ruled_at, appeal.outcome, appeal.points))
    if appeal.final_at and appeal.changes_scores:
        rulings.append((appeal.final_at, appeal.final_outcome, appeal.final_points))
    effects = []
    for at, outcome, points in rulings:
        before = [each for each in found if each.card.run.computed_at <= at]
        after = [each for each in found if each.card.run.computed_at > at]
        if before and after:
            old, new = _score(appeal, before[-1]), _score(appeal, after[0])
            effects.append(Effect(outcome=outcome, before=old, after=new, points=points))
    return effects


def _score(appeal: Appeal, version: Version) -> Score:
    one = version.card
    touched, part = _line_of(appeal, version), None
    if touched:
        part = next(each.score for each in version.parts if each.pk == touched.part_score_id)
    item = _item_of(appeal, version)
    points = touched.points if touched else item.points if item else None
    return Score(points=points, part=part, total=one.total, rank=one.rank, version=one.run.version)


def _line_of(appeal: Appeal, version: Version) -> ScoreLine | None:
    if appeal.about == AppealSubject.ITEM:
        return None
    return next((each for each in version.lines if each.indicator.formula == appeal.formula), None)


def _item_of(appeal: Appeal, version: Version) -> ScoreItem | None:
    if appeal.item is None:
        return None
    wanted = key_of(appeal.item)
    return next((each for each in version.items if key_of(each) == wanted), None)


#: What is shown before a ruling: each outcome that changes the department's own score.
PREVIEWED = {
    AppealSubject.ROW: (Out.EXCLUDED, Out.OVERTURNED),
    AppealSubject.LINE: (Out.EXCLUDED,),
    AppealSubject.ITEM: (Out.CANCELLED,),
}


def previews(appeal: Appeal, found: Sequence[Version]) -> list[Effect]:
    """Return what the score would be after each outcome, from the newest run's stored rows; nothing is written.

    A row charged to another department is left out of this one. A penalty is also shown with each whole number of points left.
    """
    if not found:
        return []
    version = found[-1]
    item = _item_of(appeal, version)
    wanted: list[tuple[str, Decimal | None]] = [(each, None) for each in PREVIEWED[AppealSubject(appeal.about)]]
    if item and item.kind == ItemKind.PENALTY:
        wanted += [(Out.REDUCED, Decimal(left)) for left in range(1, 6) if left < item.points]
    others = _standings(version.card.run_id)
    return [preview for each in wanted if (preview := _preview(appeal, version, others, *each))]


def preview_of(appeal: Appeal, found: Sequence[Version]) -> Effect | None:
    """Return what the ruling that holds will come to with the next scoring, or None where it changes nothing."""
    outcome, _belongs_to, points = appeal.standing
    if not found or outcome in {Out.PENDING, Out.DISMISSED}:
        return None
    return _preview(appeal, found[-1], _standings(found[-1].card.run_id), outcome, points)


def _preview(appeal: Appeal, version: Version, others: dict[int, Standing], outcome: str, points: Decimal | None) -> Effect | None:
    touched, item = _line_of(appeal, version), _item_of(appeal, version)
    if touched is None and item is None:
        return None
    changed = _changed(appeal, touched, version, outcome) if touched else None
    items = _without(version.items, item, points) if item else version.items
    scored = reckoned(version, changed, items)
    places = ranks({**others, appeal.department_id: standing(scored)})
    left = points if outcome == Out.REDUCED else Decimal(0)
    part = next((each.score for each in scored.parts if changed and changed in each.lines), None)
    after = Score(points=changed.points if changed else left, part=part, total=scored.total, rank=places[appeal.department_id])
    return Effect(outcome=outcome, before=_score(appeal, version), after=after, points=points)


def reckoned(version: Version, changed: Line | None = None, items: Iterable[ScoreItem] | None = None) -> Card:
    """Return a stored card reckoned again, with one line changed or other items."""
    parts = []
    for each in version.parts:
        lines = tuple(_as_scored(one, changed) for one in version.lines if one.part_score_id == each.pk)
        parts.append(Part(code=each.part.code, weight=each.weight, score=part_score(lines), lines=lines))
    beside = version.items if items is None else list(items)
    return card(
        parts,
        penalties=[item.points for item in beside if item.kind == ItemKind.PENALTY],
        bonuses=[item.points for item in beside if item.kind == ItemKind.BONUS],
        vetoes=[Veto(code=item.code, cap=item.cap, part=item.part_code) for item in beside if item.kind == ItemKind.VETO],
    )


def _as_scored(one: ScoreLine, changed: Line | None) -> Line:
    if changed is not None and changed.code == one.indicator.code:
        return changed
    return Line(
        code=one.indicator.code,
        full=one.indicator.weight,
        counts=_counts(one),
        months=one.months,
        value=one.value,
        points=one.points,
    )


def _counts(one: ScoreLine) -> Counts:
    return Counts(numerator=one.numerator, denominator=one.denominator, sample=one.sample)


def _changed(appeal: Appeal, touched: ScoreLine, version: Version, outcome: str) -> Line:
    """Return the contested line as it would be scored."""
    indicator = touched.indicator
    if appeal.about == AppealSubject.LINE:
        return Line(code=indicator.code, full=indicator.weight, counts=_counts(touched))
    off = _taken_off(appeal, touched, outcome)
    windows = [*[Counts()] * (touched.months - 1), _counts(touched) + off]
    tallies = Tallies(appeal.card.run.period.month, version.card.run.computed_at)
    while sufficient(windows, indicator.minimum) is None and len(windows) < MOST_MONTHS:
        if tallies.left_out(indicator.formula, appeal.department_id, back=len(windows)):
            break
        windows.append(tallies.counts(indicator.formula, len(windows) + 1, appeal.department_id) + off)
    return line(indicator.measure, indicator.formula, windows)


def _taken_off(appeal: Appeal, touched: ScoreLine, outcome: str) -> Counts:
    """Return what the ruling adds to the counts: less than nothing for a row that is left out."""
    rows = touched.evidence.filter(kind=appeal.kind, object_id=appeal.object_id or 0)
    sums = rows.aggregate(over=Sum("numerator"), under=Sum("denominator"), sample=Count("pk", filter=Q(denominator__gt=0)))
    over, under = sums["over"] or Decimal(0), sums["under"] or Decimal(0)
    if outcome == Out.OVERTURNED:
        kept = Decimal(0) if appeal.formula in LESS_IS_BETTER else under
        return Counts(numerator=kept - over)
    return Counts(numerator=-over, denominator=-under, sample=-sums["sample"])


def _without(items: list[ScoreItem], changed: ScoreItem, points: Decimal | None) -> list[ScoreItem]:
    """Return a card's items with one cancelled or reduced; complaints over our head share their six points anew."""
    left = {each.pk: _as_left(each, points) if each.pk == changed.pk else each for each in items}
    if changed.code == BYPASS:
        own = [each for each in left.values() if each.code == BYPASS]
        ruled = [each.points if each.ruling_id or each.pk == changed.pk else None for each in own]
        for each, given in zip(own, bypass_points(ruled), strict=True):
            left[each.pk] = _as_left(each, given)
    return list(left.values())


def _as_left(item: ScoreItem, points: Decimal | None) -> ScoreItem:
    cap, part = (item.cap, item.part_code) if points else (None, "")
    return ScoreItem(pk=item.pk, kind=item.kind, code=item.code, points=points or Decimal(0), cap=cap, part_code=part)


def _standings(run: int) -> dict[int, Standing]:
    """Return what the ranking of a run looked at, by department."""
    parts: dict[int, dict[str, Decimal | None]] = {}
    for one, code, score in PartScore.objects.filter(card__run=run, part__code__in="AC").values_list("card", "part__code", "score"):
        parts.setdefault(one, {})[code] = score
    return {
        each.department_id: Standing(
            total=each.total,
            part_a=parts.get(each.pk, {}).get("A"),
            part_c=parts.get(each.pk, {}).get("C"),
            penalty=each.penalty,
        )
        for each in Scorecard.objects.filter(run=run)
    }
