"""What is decided about a complaint of the demo before it is filed."""

import datetime as dt
from dataclasses import dataclass

from complaints.bulk.cast import Leaf, Person
from complaints.bulk.rows import CustomerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known of a complaint before it is filed."""

    at: dt.datetime
    customer: CustomerRow
    leaf: Leaf
    channel: str
    urgency: str
    agent: Person
    filing_key: str
    #: The same customer calls again about it, and that ticket is merged into this one.
    again: "Plan | None" = None
    #: The front line solves it at once, or is not sure and leaves it to triage, whatever it is.
    at_once: bool = False
    to_triage: bool = False
