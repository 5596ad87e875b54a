"""Who held a ticket, second by second: every instant from filing to closing belongs to exactly one account.

Pure: plain steps in (as the journal tells them), frozen spans out, without Django and without reading the time. What
belongs to whom, and why, is docs/algorithms/ledger.md; its worked table is the test. `accounts` adds the spans up.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, groupby

ZERO = dt.timedelta()

#: The department has the leg to work on. In every other open state it waits for somebody.
ACTING = frozenset({"dispatched", "accepted", "rework", "return_requested"})
ON_HOLD, REPLIED, RETURN_REQUESTED = "on_hold", "replied", "return_requested"
DONE = frozenset({"completed", "voided", "transferred"})
#: Where the ticket is in the hands of its legs; everywhere else the centre has it.
WITH_DEPARTMENTS = frozenset({"in_progress", "on_hold", "in_review"})
FINAL = frozenset({"closed", "cancelled", "merged"})
MERGED = "merged"
LEAD = "lead"
WAIT_CUSTOMER = "wait_customer"


class Party(StrEnum):
    """Whose time it is."""

    DEPARTMENT = "department"
    CENTRE = "centre"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"


class Phase(StrEnum):
    """What the centre does with the time that is its own."""

    INTAKE = "intake"
    TRIAGE = "triage"
    DISPATCH = "dispatch"
    #: A department had it that never should have: its return was upheld.
    MISDIRECTED = "misdirected"
    REVIEW = "review"
    REPLY = "reply"
    CALLBACK = "callback"
    #: It was handled under another ticket, whose ledger tells who had it.
    MERGED = "merged"


class Mode(StrEnum):
    """What a leg is at."""

    #: In the department, in nobody's hands: not accepted, or accepted by silence.
    UNATTENDED = "unattended"
    IN_HAND = "in_hand"
    #: A return waits for the ruling.
    DISPUTED = "disputed"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    #: Replied: its reply is in review, or the others have not replied yet.
    REPLIED = "replied"


#: The modes in which the department acts, as its resolve clock counts them.
HELD_MODES = frozenset({Mode.UNATTENDED, Mode.IN_HAND, Mode.DISPUTED})

PHASES = {
    "draft": Phase.INTAKE,
    "triage": Phase.TRIAGE,
    "awaiting_dispatch": Phase.DISPATCH,
    "awaiting_reply": Phase.REPLY,
    "awaiting_callback": Phase.CALLBACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event as the ledger reads it; `state` is what the ticket (or, with `leg`, the leg) is in afterwards."""

    kind: str
    at: dt.datetime
    state: str
    #: The number of the leg within the ticket; None for the ticket itself.
    leg: int | None = None
    #: Code and role, where the leg is dispatched; the code also where the leg moves as its department is merged.
    department: str = ""
    role: str = ""
    #: Into whose hands it goes, where it is accepted or assigned; None is the department as such.
    person: int | None = None
    #: Why the leg waits, where it is put on hold.
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A party, and which: the department's code, or what the centre was doing; "" for customer and third party."""

    party: Party
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The half-open stretch [start, end) of one account. `leg` is the leg it is about, None where it is about none."""

    start: dt.datetime
    end: dt.datetime
    account: Account
    leg: int | None = None
    person: int | None = None
    mode: Mode | None = None

    @property
    def length(self) -> dt.timedelta:
        """Return the natural time."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """The half-open stretch [start, end) of one leg in one mode, whoever carried the ticket meanwhile."""

    start: dt.datetime
    end: dt.datetime
    mode: Mode
    department: str = ""
    person: int | None = None

    @property
    def length(self) -> dt.timedelta:
        """Return the natural time."""
        return self.end - self.start


@dataclass(slots=True, kw_only=True)
class Track:
    """One leg from its dispatch to its end."""

    seq: int
    #: The last one, should it have been merged into another; what came before is told by the stints.
    department: str
    role: str
    state: str = "dispatched"
    person: int | None = None
    reason: str = ""
    #: Its return was upheld: it is void for every figure.
    is_misdirected: bool = False
    stints: list[Stint] = field(default_factory=list)

    @property
    def mode(self) -> Mode:
        """Return what the leg is at."""
        if self.state == ON_HOLD:
            return Mode.CUSTOMER if self.reason == WAIT_CUSTOMER else Mode.THIRD_PARTY
        if self.state == REPLIED:
            return Mode.REPLIED
        if self.state == RETURN_REQUESTED:
            return Mode.DISPUTED
        return Mode.IN_HAND if self.person else Mode.UNATTENDED

    @property
    def held(self) -> dt.timedelta:
        """Return the natural time in which the department had something to do: what its resolve clock counts."""
        return total(stint.length for stint in self.stints if stint.mode in HELD_MODES)

    @property
    def waiting(self) -> dt.timedelta:
        """Return the natural time in which the leg was open and waited: for customer, third party, review or the others."""
        return total(stint.length for stint in self.stints if stint.mode not in HELD_MODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A ticket's time, whole: the spans are in order, without gap or overlap, from `start` to `end`."""

    start: dt.datetime
    #: When it was closed, cancelled or merged; else the instant up to which it was drawn up.
    end: dt.datetime
    is_open: bool
    spans: tuple[Span, ...]
    tracks: tuple[Track, ...]

    @property
    def length(self) -> dt.timedelta:
        """Return the ticket's own span in natural time."""
        return self.end - self.start

    @property
    def departments(self) -> list[str]:
        """Return every department that had a leg, in order; one that was merged meanwhile before the one it went into."""
        codes = ((*(stint.department for stint in track.stints), track.department) for track in self.tracks)
        return list(dict.fromkeys(chain.from_iterable(codes)))

    @property
    def leads(self) -> list[str]:
        """Return the departments that led it, one after the other. A merger of departments is nobody's hand-off."""
        return [code for code, _same in groupby(track.department for track in self.tracks if track.role == LEAD)]

    @property
    def lead_persons(self) -> list[int]:
        """Return the people into whose hands the lead went, one after the other."""
        stints = (stint for track in self.tracks if track.role == LEAD for stint in track.stints)
        return [person for person, _same in groupby(stint.person for stint in stints if stint.person)]

    @property
    def persons(self) -> set[int]:
        """Return everybody who had a leg in hand."""
        return {stint.person for track in self.tracks for stint in track.stints if stint.person}

    @property
    def hand_offs(self) -> int:
        """Return how often the lead went from one department to another."""
        return max(0, len(self.leads) - 1)

    @property
    def ping_pong(self) -> list[tuple[str, str]]:
        """Return (A, B) for every A→B→A among the leads, in order."""
        leads = self.leads
        return [(a, b) for a, b, c in zip(leads, leads[1:], leads[2:], strict=False) if a == c]


def total(lengths: Iterable[dt.timedelta]) -> dt.timedelta:
    """Return the sum of durations."""
    return sum(lengths, ZERO)


@dataclass(slots=True)
class _Book:
    """The state of a ticket while its steps are read."""

    at: dt.datetime
    start: dt.datetime
    state: str = "draft"
    tracks: dict[int, Track] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)

    def pass_time(self, until: dt.datetime) -> None:
        """Book the time since the last step. A step dated before it counts at its instant: time never goes back."""
        if until <= self.at or self.state in FINAL:
            return
        self.spans.append(self._span(until))
        for track in self.open_tracks():
            track.stints.append(Stint(start=self.at, end=until, mode=track.mode, department=track.department, person=track.person))
        self.at = until

    def _leave_merger(self, step: Step) -> None:
        """Book the time under another ticket, once it is over: until then the merger was the end."""
        if self.state == MERGED and step.state != MERGED and step.at > self.at:
            self.spans.append(Span(start=self.at, end=step.at, account=Account(Party.CENTRE, Phase.MERGED)))
            self.at = step.at

    def open_tracks(self) -> list[Track]:
        """Return the legs that have not ended, in the order of their dispatch."""
        return [track for track in self.tracks.values() if track.state not in DONE]

    def _span(self, until: dt.datetime) -> Span:
        holder = self._holder()
        if isinstance(holder, Phase):
            return Span(start=self.at, end=until, account=Account(Party.CENTRE, holder))
        account = self._account_of(holder)
        is_own = account.party == Party.DEPARTMENT
        person = holder.person if is_own else None
        return Span(start=self.at, end=until, account=account, leg=holder.seq, person=person, mode=holder.mode)

    def _holder(self) -> Track | Phase:
        """Return the leg that has the ticket, or what the centre does with it."""
        if self.state not in WITH_DEPARTMENTS:
            return PHASES[self.state]
        lead_first = sorted(self.open_tracks(), key=lambda track: (track.role != LEAD, track.seq))
        for states in (ACTING, frozenset({ON_HOLD})):
            if found := next((track for track in lead_first if track.state in states), None):
                return found
        return Phase.REVIEW

    def _account_of(self, holder: Track) -> Account:
        if holder.state in ACTING:
            return Account(Party.DEPARTMENT, holder.department)
        modes = {track.mode for track in self.open_tracks() if track.state == ON_HOLD}
        return Account(Party.CUSTOMER if modes == {Mode.CUSTOMER} else Party.THIRD_PARTY)

    def take(self, step: Step) -> None:
        """Change the state as the step says."""
        if step.leg is None:
            self._leave_merger(step)
            self.state = step.state
            return
        if step.leg not in self.tracks:
            self.tracks[step.leg] = Track(seq=step.leg, department=step.department, role=step.role)
        track = self.tracks[step.leg]
        track.state = step.state
        if step.kind in {"order.accept", "order.assign"}:
            track.person = step.person
        elif step.kind == "order.move":
            track.department = step.department
        elif step.kind == "order.hold":
            track.reason = step.reason
        elif step.kind == "order.uphold_return":
            track.is_misdirected = True


def drawn_up(steps: Iterable[Step], until: dt.datetime) -> Ledger:
    """Return the ledger of a ticket from its steps in order, the filing first, up to its end or `until`.

    Steps of kinds that change nobody's state may be left out. Raises ValueError without any step.
    """
    book: _Book | None = None
    for step in steps:
        if book is None:
            book = _Book(at=step.at, start=step.at)
        book.pass_time(step.at)
        book.take(step)
    if book is None:
        message = "a ticket begins with its filing"
        raise ValueError(message)
    book.pass_time(until)
    return Ledger(
        start=book.start,
        end=book.at,
        is_open=book.state not in FINAL,
        spans=tuple(_joined_spans(_ruled(span, book.tracks) for span in book.spans)),
        tracks=tuple(replace(track, stints=list(_joined_stints(track.stints))) for track in book.tracks.values()),
    )


def _ruled(span: Span, tracks: Mapping[int, Track]) -> Span:
    """Book what a misdirected leg held to the centre that sent it there."""
    if span.leg is None or span.account.party != Party.DEPARTMENT or not tracks[span.leg].is_misdirected:
        return span
    return replace(span, account=Account(Party.CENTRE, Phase.MISDIRECTED), person=None)


def _joined_spans(spans: Iterable[Span]) -> Iterator[Span]:
    for _same, group in groupby(spans, key=lambda span: (span.account, span.leg, span.person, span.mode)):
        same = list(group)
        yield replace(same[0], end=same[-1].end)


def _joined_stints(stints: Iterable[Stint]) -> Iterator[Stint]:
    for _same, group in groupby(stints, key=lambda stint: (stint.mode, stint.department, stint.person)):
        same = list(group)
        yield replace(same[0], end=same[-1].end)
