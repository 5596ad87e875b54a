"""What differs between two texts, in pieces. Pure: no Django."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

#: A word or number, or one sign: Chinese is compared sign by sign.
PARTS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
#: Fewer equal signs between two changes are read as part of one change.
LEAST_KEPT = 2


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
    found: list[Stretch] = []
    removed: list[str] = []
    added: list[str] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" and (i2 - i1 >= LEAST_KEPT or not (removed or added) or i2 == len(before)):
            found += [*_changed(removed, added), Stretch("kept", "".join(before[i1:i2]))]
            removed, added = [], []
        else:
            removed += before[i1:i2]
            added += after[j1:j2]
    return [*found, *_changed(removed, added)]


def _changed(removed: list[str], added: list[str]) -> list[Stretch]:
    both = (Stretch("removed", "".join(removed)), Stretch("added", "".join(added)))
    return [stretch for stretch in both if stretch.text]
