"""What an inspection comes to, and how far two inspectors agree. Pure: no database, no clock."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
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
    """One item of a checklist with the answer: its weight, and whether missing it is fatal (COPC)."""

    weight: int
    is_fatal: bool
    answer: Answer


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two inspectors gave the same answer, of how many, and Cohen's kappa (None where chance alone explains all)."""

    pairs: int
    simple: Decimal
    kappa: Decimal | None


def is_failed(marks: Iterable[Marked]) -> bool:
    """Tell whether a fatal item was missed."""
    return any(each.is_fatal and each.answer == Answer.MISSED for each in marks)


def score(marks: Iterable[Marked]) -> Decimal | None:
    """Return weight met / weight applicable × 100, two decimals half up; 0 with a fatal miss, None where nothing applies."""
    applicable = [each for each in marks if each.answer != Answer.NOT_APPLICABLE]
    whole = sum(each.weight for each in applicable)
    if not whole:
        return None
    if is_failed(applicable):
        return Decimal("0.00")
    met = sum(each.weight for each in applicable if each.answer == Answer.MET)
    return (Decimal(met) / whole * 100).quantize(CENT, ROUND_HALF_UP)


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
    return sorted(keys, key=lambda key: place(seed, key))[:number]
