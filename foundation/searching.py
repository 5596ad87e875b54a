"""What people type becomes a query on terms; the form of the terms is the database's (`organization.searching.functions`)."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

CHINESE = "\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
WORD = "0-9a-z\u00c0-\u1fff"
RUNS = re.compile(f"[{CHINESE}]+|[{WORD}]+")
#: People know the last four digits by heart; fewer would find too many.
LEAST_TAIL = 4
#: Nobody types more, and every pair costs a look into the index.
LONGEST = 64
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def folded(text: str) -> str:
    """Return the text as terms have it: full-width letters and digits as plain ones, A–Z small; NUL is no text."""
    return unicodedata.normalize("NFKC", text.replace("\0", " ")).translate(_ASCII_LOWER)


def runs(text: str) -> list[str]:
    """Return the runs of Chinese characters and the words and numbers of a text, in order."""
    return RUNS.findall(folded(text))


def is_chinese(run: str) -> bool:
    """Tell whether a run is one of Chinese characters."""
    return re.match(f"[{CHINESE}]", run) is not None


def pairs(run: str) -> list[str]:
    """Return the terms of a run of two or more Chinese characters."""
    return [run[place : place + 2] for place in range(len(run) - 1)]


def query(text: str, weights: str = "") -> str:
    """Return the tsquery for all that was typed, in parts of the `weights` (all, by default); "" when nothing can be asked for."""
    return _query(text, weights, " <-> ")


def _query(text: str, weights: str, next_to: str) -> str:
    return " & ".join(_asked(run, weights, next_to) for run in dict.fromkeys(runs(text[:LONGEST])))


def _asked(run: str, weights: str, next_to: str) -> str:
    mark = f":{weights}" if weights else ""
    if is_chinese(run):
        if len(run) == 1:
            return f"'{run}':*{weights}"
        return "(" + next_to.join(f"'{pair}'{mark}" for pair in pairs(run)) + ")"
    if len(run) == 1:
        return f"'{run}'{mark}"
    begins = f"'{run}':*{weights}"
    return f"({begins} | '~{run[::-1]}':*{weights})" if run.isdecimal() and len(run) >= LEAST_TAIL else begins


def name_query(text: str) -> str:
    """Return the tsquery for a name: as `query`, or by the pinyin initials of two or more of its characters in a row.

    Names are short: what has all pairs has them in this order, nearly always, and the index need not be checked against the row.
    """
    asked = _query(text, "", " & ")
    letters = folded(text).strip()
    if not re.fullmatch("[a-z]{2,12}", letters):
        return asked
    return f"{asked} | (" + " & ".join(f"'/{pair}'" for pair in pairs(letters)) + ")"


class Piece(NamedTuple):
    """A stretch of text, and whether it is what was looked for."""

    text: str
    is_hit: bool


def pieces(text: str, sought: Iterable[str]) -> list[Piece]:
    """Return the text in pieces, those marked that are one of the `sought` runs (in any case or width)."""
    wanted = sorted({run for run in sought if run}, key=len, reverse=True)
    same = _in_place(text)
    if not wanted:
        return [Piece(text, is_hit=False)] if text else []
    found, end = [], 0
    for hit in re.finditer("|".join(map(re.escape, wanted)), same):
        if hit.start() > end:
            found.append(Piece(text[end : hit.start()], is_hit=False))
        found.append(Piece(text[hit.start() : hit.end()], is_hit=True))
        end = hit.end()
    if end < len(text):
        found.append(Piece(text[end:], is_hit=False))
    return found


def _in_place(text: str) -> str:
    """Return the text folded sign by sign, so that places in it are places in the text; what folds to several stays as it is."""
    return "".join(one if len(one := folded(char)) == 1 else char for char in text)


def snippet(text: str, sought: Iterable[str], *, around: int = 28, longest: int = 90) -> str:
    """Return so much of the text as shows the first of the `sought` runs: up to `around` characters before it, `longest` in all."""
    flat = " ".join(text.split())
    same = _in_place(flat)
    places = [place for place in (same.find(run) for run in sought) if place >= 0]
    start = max(0, min(places, default=0) - around)
    if start < 8:
        start = 0
    part = flat[start : start + longest]
    return ("…" if start else "") + part + ("…" if start + longest < len(flat) else "")
