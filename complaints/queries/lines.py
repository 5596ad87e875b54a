"""A line of the dashboard's tables."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from complaints.queries.satisfaction import Said
from workorders.queries.groups import Tally, Times


def share(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole, exactly; None where there is nothing."""
    return Fraction(part, whole) if whole else None


@dataclass(slots=True, kw_only=True)
class Line:
    """One group's figures: a line of a table."""

    label: str = ""
    #: The node or week that the line is of; and whether it is of the node alone, what lies below having lines of its own.
    key: Any = None
    is_itself: bool = False
    tally: Tally = field(default_factory=Tally)
    said: Said = field(default_factory=Said)
    times: Times = (None, None)
    #: Filed, returned, open and overdue, by the figure's name.
    counts: Counter[str] = field(default_factory=Counter)
    address: str = ""

    @property
    def filed(self) -> int:
        """Return how many tickets were filed."""
        return self.counts["filed"]

    @property
    def acknowledge_share(self) -> Fraction | None:
        """Return the share of orders accepted in time."""
        return share(self.tally.acknowledge_met, self.tally.acknowledge_due)

    @property
    def resolve_share(self) -> Fraction | None:
        """Return the share of orders replied to in time."""
        return share(self.tally.resolve_met, self.tally.resolve_due)

    @property
    def satisfied_share(self) -> Fraction | None:
        """Return the share of customers reached who were satisfied."""
        return share(self.said.satisfied, self.said.reached)

    @property
    def solved_share(self) -> Fraction | None:
        """Return the share of customers reached who call the matter solved."""
        return share(self.said.solved, self.said.reached)
