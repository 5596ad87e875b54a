"""One alert a surge, shown on the series that explains it: which alarms belong together, live and replayed alike."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

#: A series that has at least this share of the complaints above normal explains the surge of the wider one.
EXPLAINS = 0.8
#: An alarm that opens anew within this of the alert's end takes it up again.
SAME = dt.timedelta(hours=2)


class Node(Protocol):
    """A node of a tree, by its path."""

    path: str


class Surge(Protocol):
    """What there is to know of an alert: where it is shown, how many complaints above normal, and whether it is over."""

    @property
    def category(self) -> Node: ...  # noqa: D102
    @property
    def region(self) -> Node: ...  # noqa: D102
    @property
    def excess(self) -> float: ...  # noqa: D102


def outgrows(seen: int, excess: float) -> bool:
    """Tell whether a wider series' complaints above normal are more than the `seen` where the alert is shown explain."""
    return seen < EXPLAINS * excess


def is_wider(category: Node, region: Node, surge: Surge) -> bool:
    """Tell whether a series covers the one on which an alert is shown, and is not that one."""
    own = (surge.category.path, surge.region.path)
    return covers(category, surge.category) and covers(region, surge.region) and own != (category.path, region.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join[S: Surge]:
    """What an alarm belongs to: the alert (None: a new one), others of the same surge, whether it is shown on the series now."""

    alert: S | None
    others: Sequence[S] = ()
    moves: bool = False


def covers(wide: Node, narrow: Node) -> bool:
    """Tell whether a node is another one or lies above it."""
    return narrow.path.startswith(wide.path)


def meet(one: Node, other: Node) -> bool:
    """Tell whether one of two nodes lies above the other, or both are one."""
    return covers(one, other) or covers(other, one)


def is_over(cleared_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether an alert that ended then is another one than what begins at `at`."""
    return cleared_at is not None and at - cleared_at > SAME


def join[S: Surge](known: Iterable[S], *, category: Node, region: Node, excess: float) -> Join[S]:
    """Return what an alarm of a series belongs to, with so many complaints above normal.

    `known` are the alerts that go on, and those of the very series that ended a short while ago, in order.
    """
    known = list(known)
    for each in known:
        if (each.category.path, each.region.path) == (category.path, region.path):
            return Join(alert=each)
    for each in known:
        if covers(each.category, category) and covers(each.region, region):
            return Join(alert=each, moves=excess >= EXPLAINS * each.excess)
    below = [each for each in known if covers(category, each.category) and covers(region, each.region)]
    if below:
        largest = max(below, key=lambda each: each.excess)
        if largest.excess >= EXPLAINS * excess:
            return Join(alert=largest)
        return Join(alert=below[0], others=below[1:], moves=True)
    # Wider in one tree and narrower in the other: of the same complaints, which the series within both tells more of.
    return Join(alert=next((each for each in known if meet(category, each.category) and meet(region, each.region)), None))
