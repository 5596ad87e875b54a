"""The ranking and the scorecard as rows of text, for the workbook and for the printed page: both show the page's numbers."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from foundation.pdf import Block, Column, Document, Figure, Figures, Heading, Paragraph, Table
from foundation.sheets import Cell
from internal_clients.enums import ItemKind
from internal_clients.models import Scorecard, ScoreItem, ScoreRun
from internal_clients.queries.sanctions import words_of
from internal_clients.queries.scorecards import Place, Shown, ShownPart
from internal_clients.scoring import Gain
from internal_clients.templatetags.scheme import counted, value

GRADES = {
    "excellent": gettext_lazy("excellent"),
    "good": gettext_lazy("good"),
    "fair": gettext_lazy("fair"),
    "failed": gettext_lazy("failed"),
}
NOTHING = "–"


def grade_text(grade: str) -> str:
    """Return a grade in words."""
    return str(GRADES.get(grade, NOTHING))


def number(score: Decimal | None) -> str | None:
    """Return a decimal as text: a sheet's own numbers are floats, and a score is never one."""
    return None if score is None else f"{score:.2f}"


def _signed(change: Decimal | None) -> str | None:
    return None if change is None else f"{change:+.2f}"


def ranking_header(codes: list[str]) -> list[str]:
    """Return the heads of the ranking, with a column for each part."""
    change = pgettext("since last month", "change")
    return [_("rank"), _("department"), _("total"), _("grade"), change, *codes, _("penalties"), _("bonuses")]


def ranking_row(place: Place, codes: list[str]) -> list[Cell]:
    """Return one department's line of the ranking."""
    card = place.card
    return [
        card.rank,
        str(card.department),
        number(card.total),
        grade_text(card.grade),
        _signed(place.change),
        *(number(place.parts.get(code)) for code in codes),
        number(card.penalty),
        number(card.bonus),
    ]


def card_header() -> list[str]:
    """Return the heads of a scorecard's lines."""
    return [
        _("part"),
        _("weight"),
        _("score"),
        _("indicator"),
        _("numerator"),
        _("denominator"),
        _("value"),
        _("points"),
        pgettext("points", "of"),
        _("last month"),
        _("best department"),
    ]


def card_rows(parts: list[ShownPart]) -> list[list[Cell]]:
    """Return a scorecard's lines, each with its part."""
    return [
        [str(part.part.part), number(part.part.weight), number(part.part.score), *_line(shown)]
        for part in parts
        for shown in part.lines
    ]


def _line(shown: Shown) -> list[Cell]:
    line = shown.line
    left_out = f" ({_('left out by ruling')})" if line.ruling_id else ""
    return [
        f"{line.indicator.code} {line.indicator}{left_out}",
        counted(line.numerator, line.indicator),
        counted(line.denominator, line.indicator),
        None if line.value is None else value(line.value, line.indicator),
        number(line.points),
        number(line.indicator.weight),
        number(shown.before),
        number(shown.best),
    ]


def _printed(rows: list[list[Cell]]) -> list[list[str]]:
    return [[NOTHING if cell is None else str(cell) for cell in row] for row in rows]


def _standing(run: ScoreRun) -> str:
    version = _("version %(number)d") % {"number": run.version}
    return f"{run.period.month:%Y-%m} · {run.get_kind_display()} · {version}"


def _seal(run: ScoreRun) -> Paragraph:
    """Say by which scheme the figures were reckoned, and the hash by which they can be checked."""
    return Paragraph(_("Scheme: %(scheme)s. Checksum of the results: %(hash)s") % {"scheme": run.scheme, "hash": run.hash[:12]})


def ranking_document(run: ScoreRun, places: list[Place], codes: list[str]) -> Document:
    """Return the ranking of a month as it is printed."""
    heads = ranking_header(codes)
    columns = [Column(heads[0], 0.7, right=True), Column(heads[1], 2.4), Column(heads[2], right=True), Column(heads[3])]
    columns += [Column(head, right=True) for head in heads[4:]]
    rows = _printed([ranking_row(place, codes) for place in places])
    return Document(_("Ranking of the departments"), [Table(columns, rows), _seal(run)], subtitle=_standing(run), landscape=True)


@dataclass(frozen=True, kw_only=True)
class CardPage:
    """What a scorecard's page shows."""

    card: Scorecard
    parts: list[ShownPart]
    items: list[ScoreItem]
    #: An indicator's name beside what it would have brought, the largest first.
    lifts: list[tuple[str, Gain]]


def card_document(page: CardPage) -> Document:
    """Return one department's scorecard as it is printed."""
    card = page.card
    blocks: list[Block] = [_sums(card)]
    for part in page.parts:
        blocks += [_part_heading(part), _part_table(part)]
    blocks += [Heading(_("Penalties, bonuses, vetoes")), *_items(page.items)]
    blocks += [Heading(_("What would have lifted the base most")), *_lifts(page.lifts), _seal(card.run)]
    return Document(f"{card.department} {_('Scorecard')}", blocks, subtitle=_standing(card.run))


def _sums(card: Scorecard) -> Figures:
    rank = NOTHING if card.rank is None else str(card.rank)
    shown = (
        (_("Total"), f"{number(card.total) or NOTHING} {grade_text(card.grade)}"),
        (_("rank"), rank),
        (_("base"), number(card.base) or NOTHING),
        (_("penalties"), f"−{card.penalty:.2f}" if card.penalty else NOTHING),
        (_("bonuses"), f"+{card.bonus:.2f}" if card.bonus else NOTHING),
    )
    return Figures([Figure(label, value) for label, value in shown])


def _part_heading(part: ShownPart) -> Heading:
    name, score = f"{part.part.part.code} {part.part.part}", number(part.part.score) or NOTHING
    return Heading(
        _("%(part)s: %(score)s (weight %(weight)s)") % {"part": name, "score": score, "weight": f"{part.part.weight.normalize():f}"}
    )


def _part_table(part: ShownPart) -> Table:
    heads = card_header()[3:]
    columns = [Column(heads[0], 3), *(Column(head, right=True) for head in heads[1:])]
    return Table(columns, _printed([_line(shown) for shown in part.lines]))


def _items(items: list[ScoreItem]) -> list[Block]:
    if not items:
        return [Paragraph(_("None this month."))]
    heads = [Column(_("kind")), Column(_("points"), right=True), Column(_("reason"), 4), Column(_("ticket"), 1.6)]
    rows = [
        [
            f"{item.get_kind_display()} {item.code}",
            _effect(item),
            words_of(item),
            item.ticket.number if item.ticket else NOTHING,
        ]
        for item in items
    ]
    return [Table(heads, rows)]


def _effect(item: ScoreItem) -> str:
    if item.kind == ItemKind.VETO and item.ruling_id:
        return _("cancelled by ruling")
    if item.cap is not None:
        return f"≤ {item.cap}"
    if item.part_code:
        return f"{item.part_code} = 0"
    return f"{'+' if item.kind == 'bonus' else '−'}{item.points}"


def _lifts(lifts: list[tuple[str, Gain]]) -> list[Block]:
    if not lifts:
        return [Paragraph(_("Nothing: every point was earned."))]
    return [
        Table(
            [Column(_("indicator"), 3), Column(_("lifts the base by"), right=True), Column(_("points missing"), right=True)],
            [[f"{gain.code} {name}", f"+{gain.lift}", str(gain.missing)] for name, gain in lifts],
        )
    ]
