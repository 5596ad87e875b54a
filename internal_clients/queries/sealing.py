"""The hash over a run: every line, part, item and total, and the rows behind each line (domain.md 7.1.6)."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from internal_clients.models import Scorecard, ScoreItem, ScoreRun
from internal_clients.queries.reckoning import Reckoned, Tallies
from internal_clients.queries.sanctions import Item
from internal_clients.queries.tallies import digests, stored_digests

PLACES = Decimal("0.0000000001")

type Plain = list[Any]


def _text(number: Decimal | None) -> str | None:
    """Return a number as text that is the same before and after it was stored."""
    return None if number is None else f"{number.quantize(PLACES).normalize():f}"


def _sealed(cards: list[Plain]) -> str:
    content = json.dumps(sorted(cards), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _ruled(appeal: int | None) -> Plain:
    """Return what is sealed of a ruling: nothing where there was none, so that what was sealed before is sealed as it was."""
    return [["ruling", appeal]] if appeal else []


def _item(item: Item | ScoreItem) -> Plain:
    # Runs of the first versions name the ticket in their words, and are sealed as they were.
    about = [["ticket", item.ticket_id]] if item.ticket_id and not item.reason else []
    about += [["release", item.release_id]] if item.release_id else []
    return [str(item.kind), item.code, _text(item.points), item.reason, item.sanction_id or 0, *about, *_ruled(item.ruling_id)]


def seal_of(cards: list[Reckoned], tallies: Tallies) -> str:
    """Return the hash of scores as they were reckoned, without storing them."""
    known: dict[tuple[str, int], dict[int, str]] = {}
    return _sealed([_reckoned(each, tallies, known) for each in cards])


def _reckoned(each: Reckoned, tallies: Tallies, known: dict[tuple[str, int], dict[int, str]]) -> Plain:
    parts = []
    for part in each.card.parts:
        lines = []
        for line in part.lines:
            key = (each.indicators[line.code].formula, line.months)
            if key not in known:
                known[key] = digests(key[0], tallies.window(key[1]))
            digest = known[key].get(each.department.pk, "")
            counted = [_text(line.counts.numerator), _text(line.counts.denominator), line.counts.sample, line.months]
            ruling = tallies.left_out(key[0], each.department.pk)
            lines.append([line.code, *counted, _text(line.value), _text(line.points), digest, *_ruled(ruling)])
        parts.append([part.code, _text(part.weight), _text(part.score), sorted(lines)])
    items = sorted(_item(item) for item in each.items)
    card = each.card
    totals = [_text(card.base), _text(card.penalty), _text(card.bonus), _text(card.total), card.grade, each.rank]
    return [each.department.code, totals, sorted(parts), items]


def stored_seal(run: ScoreRun) -> str:
    """Return the hash of a run as it is stored; it differs from the run's own where anything was changed."""
    known = stored_digests(run.pk)
    rows = Scorecard.objects.filter(run=run).select_related("department")
    related = ("parts__part", "parts__lines__indicator", "items")
    return _sealed([_stored(card, known) for card in rows.prefetch_related(*related)])


def _stored(card: Scorecard, known: dict[int, str]) -> Plain:
    parts = []
    for part in card.parts.all():
        lines = sorted(
            [
                line.indicator.code,
                *(_text(line.numerator), _text(line.denominator), line.sample, line.months),
                *(_text(line.value), _text(line.points), known.get(line.pk, "")),
                *_ruled(line.ruling_id),
            ]
            for line in part.lines.all()
        )
        parts.append([part.part.code, _text(part.weight), _text(part.score), lines])
    items = sorted(_item(item) for item in card.items.all())
    totals = [_text(card.base), _text(card.penalty), _text(card.bonus), _text(card.total), card.grade, card.rank]
    return [card.department.code, totals, sorted(parts), items]
