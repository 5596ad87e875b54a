"""The ranking and the scorecard as rows of text, for the workbook and for the printed page: both show the page's numbers."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from foundation.pdf import Block, Column, Document, Figure, Figures, Heading, Paragraph, Table
from foundation.sheets import Cell, Sheet
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
    """Return a decimal as it is printed."""
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
        card.total,
        grade_text(card.grade),
        _signed(place.change),
        *(place.parts.get(code) for code in codes),
        card.penalty,
        card.bonus,
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
        _("earned"),
        pgettext("points", "of"),
        _("last month"),
        _("best department"),
    ]


def card_rows(parts: list[ShownPart]) -> list[list[Cell]]:
    """Return a scorecard's lines, each with its part."""
    return [[str(part.part.part), part.part.weight, part.part.score, *_line(shown)] for part in parts for shown in part.lines]


def _line(shown: Shown) -> list[Cell]:
    line = shown.line
    left_out = f" ({_('left out by ruling')})" if line.ruling_id else ""
    return [
        f"{line.indicator.code} {line.indicator}{left_out}",
        _whole(counted(line.numerator, line.indicator)),
        _whole(counted(line.denominator, line.indicator)),
        None if line.value is None else value(line.value, line.indicator),
        line.points,
        line.indicator.weight,
        shown.before,
        shown.best,
    ]


def _whole(text: str) -> Cell:
    """Return a whole number as such, for sheets to add up."""
    return int(text) if text.removeprefix("-").isdecimal() else text


def _printed(rows: list[list[Cell]]) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return NOTHING if cell is None else str(cell)


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


def card_sheets(page: CardPage) -> list[Sheet]:
    """Return one department's scorecard as a workbook: what it comes to, its lines, and what stands beside them."""
    card = page.card
    sums: list[list[Cell]] = [
        [_("department"), str(card.department)],
        [_("month"), _standing(card.run)],
        [_("Total"), card.total],
        [_("grade"), grade_text(card.grade)],
        [_("rank"), card.rank],
        [_("base"), card.base],
        [_("penalties"), card.penalty],
        [_("bonuses"), card.bonus],
        [_("scheme"), str(card.run.scheme)],
    ]
    beside: list[list[Cell]] = [[*row] for row in _item_rows(page.items)]
    return [
        Sheet(_("Scorecard"), [_("name"), _("value")], sums),
        Sheet(_("Lines"), card_header(), card_rows(page.parts)),
        Sheet(_("Penalties, bonuses, vetoes"), [_("kind"), _("points"), _("reason"), _("ticket")], beside),
    ]


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
    return [Table(heads, _item_rows(items))]


def _item_rows(items: list[ScoreItem]) -> list[list[str]]:
    return [
        [f"{item.get_kind_display()} {item.code}", _effect(item), words_of(item), item.ticket.number if item.ticket else NOTHING]
        for item in items
    ]


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
