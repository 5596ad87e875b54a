"""What differs between two texts, in pieces. Pure: no Django."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

#: A word or number, or one sign: Chinese is compared sign by sign.
PARTS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
#: Fewer equal signs between two changes are read as part of one change.
LEAST_KEPT = 2
#: What is left between the equal beginning and end of both texts is compared part by part while it has no more parts than
#: this, and no more pairs of equal ones, which are what comparing takes its time for. Longer texts are compared line by line,
#: and what is still too long counts as written anew.
MOST_PARTS, MOST_PAIRS = 2000, 40_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the text: in both ("kept"), in the old alone ("removed") or in the new alone ("added")."""

    kind: str
    text: str


def compared(old: str, new: str) -> list[Stretch]:
    """Return both texts in one: what was removed stands before what was added in its place.

    Without the added stretches it is the old text, without the removed ones the new.
    """
    before, after = PARTS.findall(old), PARTS.findall(new)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    middle = _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    return _said([Stretch("kept", "".join(before[:head])), *middle, Stretch("kept", "".join(before[len(before) - tail :]))])


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """Return with how many equal parts both begin."""
    return sum(1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def _middle(before: list[str], after: list[str]) -> list[Stretch]:
    if _is_quick(before, after):
        return _matched(before, after, LEAST_KEPT)
    lines, lines_after = "".join(before).splitlines(keepends=True), "".join(after).splitlines(keepends=True)
    return _matched(lines, lines_after, 1) if _is_quick(lines, lines_after) else _changed(before, after)


def _is_quick(before: list[str], after: list[str]) -> bool:
    had, has = Counter(before), Counter(after)
    return len(before) + len(after) <= MOST_PARTS and sum(count * has[part] for part, count in had.items()) <= MOST_PAIRS


def _matched(before: list[str], after: list[str], least_kept: int) -> list[Stretch]:
    found: list[Stretch] = []
    removed: list[str] = []
    added: list[str] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" and (i2 - i1 >= least_kept or not (removed or added) or i2 == len(before)):
            found += [*_changed(removed, added), Stretch("kept", "".join(before[i1:i2]))]
            removed, added = [], []
        else:
            removed += before[i1:i2]
            added += after[j1:j2]
    return [*found, *_changed(removed, added)]


def _changed(removed: list[str], added: list[str]) -> list[Stretch]:
    return [Stretch("removed", "".join(removed)), Stretch("added", "".join(added))]


def _said(stretches: Iterable[Stretch]) -> list[Stretch]:
    return [stretch for stretch in stretches if stretch.text]
