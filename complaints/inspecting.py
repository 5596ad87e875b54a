"""What an inspection comes to, how samples are drawn and shared out, and how far inspectors agree. Pure: no database, no clock."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CENT = Decimal("0.01")


class Answer(StrEnum):
    """What an inspector found on one item."""

    MET = "met"
    MISSED = "missed"
    NOT_APPLICABLE = "na"


@dataclass(frozen=True, slots=True)
class Marked:
    """One item of a checklist with the answer: its points, and whether missing it is fatal (COPC)."""

    points: int
    is_fatal: bool
    answer: Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """The score (0 to 100), whether a fatal item was missed, and whether the work passed."""

    score: Decimal
    is_fatal: bool
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two inspectors gave the same answer, of how many, and Cohen's kappa (None where chance alone explains all)."""

    pairs: int
    percent: Decimal
    kappa: Decimal | None


def verdict(marks: Iterable[Marked], pass_score: int) -> Verdict | None:
    """Return what the marks come to: points met of points applicable × 100, two decimals half up; None where nothing applies.

    A missed fatal item leaves nothing, and nobody passes with it.
    """
    applicable = [each for each in marks if each.answer != Answer.NOT_APPLICABLE]
    whole = sum(each.points for each in applicable)
    if not whole:
        return None
    if any(each.is_fatal and each.answer == Answer.MISSED for each in applicable):
        return Verdict(Decimal("0.00"), is_fatal=True, is_passed=False)
    met = sum(each.points for each in applicable if each.answer == Answer.MET)
    score = (Decimal(met) / whole * 100).quantize(CENT, ROUND_HALF_UP)
    return Verdict(score, is_fatal=False, is_passed=score >= pass_score)


def agreement(counts: Mapping[tuple[str, str], int]) -> Agreement | None:
    """Return the agreement of two inspectors from how often each pair of answers was given; None without any.

    Cohen's kappa (1960): (po - pe) / (1 - pe); pe is what answers as frequent as theirs would agree by chance.
    """
    total = sum(counts.values())
    if not total:
        return None
    one, other = Counter[str](), Counter[str]()
    for (first, second), count in counts.items():
        one[first] += count
        other[second] += count
    same = Decimal(sum(count for (first, second), count in counts.items() if first == second)) / total
    chance = sum((Decimal(one[answer] * other[answer]) for answer in one), Decimal(0)) / (total * total)
    kappa = None if chance == 1 else ((same - chance) / (1 - chance)).quantize(CENT, ROUND_HALF_UP)
    return Agreement(total, (same * 100).quantize(CENT, ROUND_HALF_UP), kappa)


def place(seed: str, key: str) -> int:
    """Return where `key` stands in the draw with `seed`: the lowest are drawn, and anyone can repeat it."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{key}".encode()).digest()[:8])


def drawn(seed: str, keys: Iterable[str], number: int) -> list[str]:
    """Return the `number` keys that the draw with `seed` comes to, first the first drawn."""
    return sorted(keys, key=lambda key: (place(seed, key), key))[:number]


def share_of(total: int, percent: int) -> int:
    """Return how many `percent` of `total` are, rounded up: a share above nothing is never nothing."""
    return -(-total * percent // 100)


def shared_out(seed: str, able: Mapping[str, Sequence[int]], load: Mapping[int, int]) -> dict[str, int]:
    """Return who takes which key: whoever has least so far, by the draw among equals; what nobody may take is left out.

    `able` tells the people who may take each key, `load` how much each has already.
    """
    busy, taken = Counter(load), dict[str, int]()
    for key, people in able.items():
        if people:
            who = min(people, key=lambda person: (busy[person], place(seed, f"{key}:{person}"), person))
            busy[who] += 1
            taken[key] = who
    return taken
