"""A ticket's ledger added up: what every department, person and other party had of it. Pure, like `ledger`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from workorders.ledger import HELD_MODES, ZERO, Account, Ledger, Mode, Party, Phase, Span, Stint, total


class Counts(Protocol):
    """What the ledger needs of a working calendar (`organization.calendars`)."""

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the working time in [start, end)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one party had: all durations but `working` are natural time.

    `held` is what is booked to it; over all parties it sums to the ticket's span. `working` is the part of it in the
    department's working hours (None without a calendar), `unattended` the part in nobody's hands. `waiting` is the time
    its legs were open and waited for somebody else, which is booked elsewhere. `hand_offs` counts how often the lead went
    from this party to another of its kind.
    """

    party: Party
    of: str = ""
    held: dt.timedelta = ZERO
    working: dt.timedelta | None = None
    unattended: dt.timedelta = ZERO
    waiting: dt.timedelta = ZERO
    hand_offs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """What one person of a department had in hand; fields as in `Line`."""

    person: int
    department: str
    held: dt.timedelta = ZERO
    working: dt.timedelta | None = None
    waiting: dt.timedelta = ZERO
    hand_offs: int = 0


def _working(spans: Sequence[Span], calendar: Counts | None) -> dt.timedelta | None:
    return total(calendar.between(span.start, span.end) for span in spans) if calendar else None


def department_lines(ledger: Ledger, calendars: Mapping[str, Counts]) -> list[Line]:
    """Return a line for every department that had a leg, in order of its first; `calendars` are by department code."""
    return [_department_line(ledger, code, calendars.get(code)) for code in ledger.departments]


def _department_line(ledger: Ledger, code: str, calendar: Counts | None) -> Line:
    own = [span for span in ledger.spans if span.account == Account(Party.DEPARTMENT, code)]
    return Line(
        party=Party.DEPARTMENT,
        of=code,
        held=total(span.length for span in own),
        working=_working(own, calendar),
        unattended=total(span.length for span in own if span.mode == Mode.UNATTENDED),
        waiting=_waiting(stint for stint in _stints(ledger) if stint.department == code),
        hand_offs=_given_away(ledger.leads, code),
    )


def _stints(ledger: Ledger) -> Iterator[Stint]:
    return (stint for track in ledger.tracks if not track.is_misdirected for stint in track.stints)


def _waiting(stints: Iterable[Stint]) -> dt.timedelta:
    return total(stint.length for stint in stints if stint.mode not in HELD_MODES)


def _given_away[T](chain: Sequence[T], holder: T) -> int:
    return sum(here == holder for here, _next in pairwise(chain))


def lines(ledger: Ledger, calendars: Mapping[str, Counts]) -> list[Line]:
    """Return the departments' lines, then the centre's by phase, the customer's and the third party's where they have any.

    Their `held` sum to the ledger's length exactly.
    """
    others: dict[Account, dt.timedelta] = {}
    for span in ledger.spans:
        if span.account.party != Party.DEPARTMENT:
            others[span.account] = others.get(span.account, ZERO) + span.length
    order = [*(Account(Party.CENTRE, phase) for phase in Phase), Account(Party.CUSTOMER), Account(Party.THIRD_PARTY)]
    rest = [Line(party=account.party, of=account.of, held=others[account]) for account in order if account in others]
    return department_lines(ledger, calendars) + rest


def person_lines(ledger: Ledger, calendars: Mapping[str, Counts]) -> list[PersonLine]:
    """Return a line for every person who had a leg in hand, in order; whoever acts for two departments has two."""
    seen = {(stint.person, stint.department): None for track in ledger.tracks for stint in track.stints if stint.person}
    return [_person_line(ledger, person, code, calendars.get(code)) for person, code in seen if person]


def _person_line(ledger: Ledger, person: int, code: str, calendar: Counts | None) -> PersonLine:
    own = [span for span in ledger.spans if span.person == person and span.account.of == code]
    return PersonLine(
        person=person,
        department=code,
        held=total(span.length for span in own),
        working=_working(own, calendar),
        waiting=_waiting(stint for stint in _stints(ledger) if (stint.person, stint.department) == (person, code)),
        hand_offs=_given_away(ledger.lead_persons, person),
    )
