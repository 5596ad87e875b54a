"""Whom to call back when an incident is over: pure, and the same for everybody who has the seed."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby


def sampled[K](cases: Iterable[tuple[K, int]], *, percent: int, seed: str) -> set[K]:
    """Return the cases drawn: of each stratum (the second of a pair) so many percent, rounded up; none for 0.

    The draw orders a stratum by a hash of seed and case, so that it can be repeated by anyone and steered by no one.
    """
    drawn: set[K] = set()
    for _stratum, pairs in groupby(sorted(cases, key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        drawn.update(_first([case for case, _same in pairs], percent, seed))
    return drawn


def _first[K](cases: Sequence[K], percent: int, seed: str) -> Sequence[K]:
    wanted = -(-len(cases) * percent // 100)
    return sorted(cases, key=lambda case: hashlib.sha256(f"{seed}|{case}".encode()).digest())[:wanted]
