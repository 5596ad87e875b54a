"""What happened to each clock of a ticket, from its events."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from workorders.effects import Step

#: (order id or None, clock kind, round of the ticket when it was started)
type ClockKey = tuple[int | None, str, int]


class Happening(Protocol):
    """An event, as far as clocks go."""

    @property
    def kind(self) -> str:
        """Return what happened."""
        ...

    @property
    def at(self) -> dt.datetime:
        """Return when."""
        ...

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what it carries."""
        ...


def histories(events: Iterable[Happening]) -> dict[ClockKey, list[Step]]:
    """Return the steps of every clock, in order, from a ticket's events in order."""
    found: dict[ClockKey, list[Step]] = {}
    rounds: dict[int | None, int] = {None: 0}
    for event in events:
        if event.kind == "ticket.redispatch":
            rounds[None] += 1
        order = event.data.get("order")
        episode = rounds.setdefault(order, rounds[None])
        for kind, effect in event.data.get("clocks", {}).items():
            found.setdefault((order, kind, episode), []).append(Step(effect=effect, at=event.at, kind=event.kind))
    return found
