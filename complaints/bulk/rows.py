"""Tickets and what belongs to them as plain rows in memory, with the columns of their tables."""

import datetime as dt
from dataclasses import dataclass, field

from complaints.bulk.cast import Leaf, Person, Unit
from workorders.clocks import ClockState
from workorders.enums import ClockKind, OrderState, TicketState, Tier


@dataclass(slots=True, kw_only=True)
class ClockRow:
    """A clock; its arithmetic is `workorders.clocks`."""

    kind: ClockKind
    episode: int
    calendar: int | None
    state: ClockState
    ola: int | None = None
    sla: int | None = None


@dataclass(slots=True, kw_only=True)
class HoldRow:
    """A wait."""

    reason: str
    evidence: str
    until: dt.datetime
    requested_by: int
    requested_at: dt.datetime
    decided_by: int | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


@dataclass(slots=True, kw_only=True)
class ReturnRow:
    """A return and its ruling."""

    reason: str
    evidence: str
    proposed: int | None
    requested_by: int
    requested_at: dt.datetime
    ruling: str
    ruled_by: int | None = None
    ruled_at: dt.datetime | None = None
    ruling_reason: str = ""


@dataclass(slots=True, kw_only=True)
class EventRow:
    """An event, hashed."""

    seq: int
    kind: str
    at: dt.datetime
    by: int
    #: As JSON, in the form that is hashed.
    data: str
    hash: str


@dataclass(slots=True, kw_only=True)
class CallbackRow:
    """An attempt to call back."""

    round: int
    attempt: int
    outcome: str
    satisfaction: int | None
    solved: bool | None
    remark: str
    by: int
    at: dt.datetime


@dataclass(slots=True, kw_only=True, eq=False)
class LegRow:
    """A work order."""

    pk: int
    ticket: "TicketRow"
    seq: int
    unit: Unit
    role: str
    question: str
    dispatched_by: int
    dispatched_at: dt.datetime
    predecessor: "LegRow | None"
    round: int
    state: str = OrderState.DISPATCHED
    assignee: Person | None = None
    accepted_at: dt.datetime | None = None
    replied_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    result: str = ""
    cause: str = ""
    liability: str = ""
    customer_contacted: bool = False
    urge_count: int = 0
    send_back_count: int = 0
    #: Approved by a reviewer, not by itself; only its event is copied.
    is_reviewed: bool = False
    due_at: dt.datetime | None = None
    clocks: dict[ClockKind, ClockRow] = field(default_factory=dict)
    holds: list[HoldRow] = field(default_factory=list)
    returns: list[ReturnRow] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Tell whether the leg is neither completed, voided nor transferred."""
        return self.state in OrderState.OPEN

    @property
    def is_working(self) -> bool:
        """Tell whether the department still has something to do, or to wait for."""
        return self.state in OrderState.WORKING

    @property
    def open_hold(self) -> HoldRow | None:
        """Return the hold that has not ended."""
        return next((hold for hold in self.holds if hold.ended_at is None), None)


@dataclass(slots=True, kw_only=True)
class CustomerRow:
    """A subscriber."""

    pk: int
    number: str
    name: str
    tier: str = Tier.STANDARD
    region: int
    #: The region's code.
    city: str


@dataclass(slots=True, kw_only=True, eq=False)
class TicketRow:
    """A ticket and its complaint."""

    pk: int
    number: str
    leaf: Leaf
    urgency: str
    channel: str
    tier: str
    region: int
    subject: str
    description: str
    wanted: str
    filed_by: Person
    filed_at: dt.datetime
    filing_key: str
    statutory_at: dt.datetime
    customer: CustomerRow
    place: str = ""
    occurred_at: dt.datetime | None = None
    repeat_of: int | None = None
    for_joint_meeting: bool = False
    state: str = TicketState.DRAFT
    answer: str = ""
    first_point: bool = False
    round: int = 0
    replied_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    merged_into: int | None = None
    legs: list[LegRow] = field(default_factory=list)
    overall: list[ClockRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    callbacks: list[CallbackRow] = field(default_factory=list)

    @property
    def stream(self) -> str:
        """Return the journal stream."""
        return f"ticket:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Tell whether anything may still happen."""
        return self.state in TicketState.OPEN

    @property
    def open_legs(self) -> list[LegRow]:
        """Return the legs that are not finished."""
        return [leg for leg in self.legs if leg.is_open]

    def last_lead(self, *states: str) -> LegRow | None:
        """Return the newest lead leg, of those in `states` if any are named."""
        return next((leg for leg in reversed(self.legs) if leg.role == "lead" and (not states or leg.state in states)), None)
