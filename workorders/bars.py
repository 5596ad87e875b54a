"""The ledger as the ticket page shows it: bars on one axis, and a table that says the same in words."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from foundation.durations import local_text, spoken
from workorders.accounts import Counts, Line, lines, person_lines
from workorders.enums import OrderRole
from workorders.ledger import HELD_MODES, Ledger, Mode, Party, Phase, Span, Stint, Track, total

#: So many departments have a colour of their own; the next begin again, told apart by their legs' numbers.
COLOURS = 6
#: A plain segment at least this wide, in percent of the bar, has room for its leg's number.
ROOM = 2.5

PHASES: dict[str, str | Promise] = {
    Phase.INTAKE: pgettext_lazy("ledger", "recording"),
    Phase.TRIAGE: pgettext_lazy("ledger", "triage"),
    Phase.DISPATCH: pgettext_lazy("ledger", "dispatch"),
    Phase.MISDIRECTED: pgettext_lazy("ledger", "sent to the wrong department"),
    Phase.REVIEW: pgettext_lazy("ledger", "review"),
    Phase.REPLY: pgettext_lazy("ledger", "reply to the customer"),
    Phase.CALLBACK: pgettext_lazy("ledger", "callback"),
    Phase.MERGED: pgettext_lazy("ledger", "under another ticket"),
}
PARTIES: dict[str, str | Promise] = {
    Party.CENTRE: gettext_lazy("complaint centre"),
    Party.CUSTOMER: gettext_lazy("customer"),
    Party.THIRD_PARTY: gettext_lazy("third party"),
}
MODES: dict[str, str | Promise] = {
    Mode.IN_HAND: pgettext_lazy("ledger", "in somebody's hands"),
    Mode.UNATTENDED: pgettext_lazy("ledger", "in nobody's hands"),
    Mode.DISPUTED: pgettext_lazy("ledger", "return to be ruled on"),
    Mode.CUSTOMER: pgettext_lazy("ledger", "waiting for the customer"),
    Mode.THIRD_PARTY: pgettext_lazy("ledger", "waiting for a third party"),
    Mode.REPLIED: pgettext_lazy("ledger", "replied"),
}
#: The pattern laid over the colour, so that colour never stands alone; work in somebody's hands is plain, a reply pale.
PATTERNS: dict[Mode | None, str] = {mode: str(mode) for mode in Mode if mode not in {Mode.IN_HAND, Mode.REPLIED}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a bar: place and width in percent, colour class, pattern class ("" for none), and its words."""

    x: str
    width: str
    middle: str
    look: str
    mark: str
    words: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One horizontal bar: the whole ticket's, or one leg's on the ticket's axis."""

    label: str
    length: dt.timedelta
    segments: list[Segment]

    @property
    def words(self) -> str:
        """Say the whole bar."""
        return f"{self.label}: " + "; ".join(segment.words for segment in self.segments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table beside the bars."""

    label: str
    look: str
    mark: str = ""
    line: Line
    share: Fraction | None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All that the page shows of a ledger."""

    ledger: Ledger
    whole: Bar
    legs: list[Bar]
    rows: list[Row]
    #: Every A → B → A, with the departments' names.
    ping_pong: list[str]

    @property
    def key(self) -> list[tuple[str, str, str]]:
        """Return the modes that the legs' bars show, with their patterns and their words."""
        shown = {stint.mode for track in self.ledger.tracks for stint in track.stints}
        return [(str(mode), PATTERNS.get(mode, ""), str(MODES[mode])) for mode in Mode if mode in shown]


@dataclass(frozen=True, slots=True)
class _Drawing:
    ledger: Ledger
    #: Departments' names by code, people's by id.
    names: Mapping[str, str]
    people: Mapping[int, str]
    now: dt.datetime

    def look(self, code: str) -> str:
        return f"department-{self.ledger.departments.index(code) % COLOURS}"

    def name(self, code: str) -> str:
        return self.names.get(code, code)

    def person(self, pk: int | None) -> str:
        return self.people.get(pk, str(pk)) if pk else ""

    def segment(self, piece: Span | Stint, look: str, mark: str, words: str, number: int | None = None) -> Segment:
        whole = self.ledger.length
        x, width = (100 * (piece.start - self.ledger.start) / whole, 100 * piece.length / whole)
        since, until = local_text(piece.start, self.now), local_text(piece.end, self.now)
        return Segment(
            x=f"{x:.3f}%",
            width=f"{width:.3f}%",
            middle=f"{x + width / 2:.3f}%",
            look=look,
            mark=mark,
            words=f"{words}, {spoken(piece.length)} ({since} – {until})",
            number=number if width >= ROOM and not mark else None,
        )


def books(
    ledger: Ledger,
    *,
    names: Mapping[str, str],
    people: Mapping[int, str],
    calendars: Mapping[str, Counts],
    now: dt.datetime,
) -> Books:
    """Draw a ledger; `names` are the departments' by code, `people` those of staff by id, `calendars` by department code."""
    drawing = _Drawing(ledger, names, people, now)
    whole = Bar(
        label=pgettext("ledger", "the whole ticket"),
        length=ledger.length,
        segments=[_booked(drawing, span) for span in ledger.spans],
    )
    return Books(
        ledger=ledger,
        whole=whole,
        legs=[_leg(drawing, track) for track in ledger.tracks],
        rows=list(_rows(drawing, calendars)),
        ping_pong=[" → ".join(map(drawing.name, (a, b, a))) for a, b in ledger.ping_pong],
    )


def _booked(drawing: _Drawing, span: Span) -> Segment:
    party = span.account.party
    if party == Party.DEPARTMENT:
        look, mark = drawing.look(span.account.of), PATTERNS.get(span.mode, "")
        words = [drawing.name(span.account.of), drawing.person(span.person) or str(MODES[span.mode or Mode.IN_HAND])]
    elif party == Party.CENTRE:
        look, mark, words = party, party, [str(PARTIES[party]), str(PHASES[span.account.of])]
    else:
        look, mark, words = party, party, [str(PARTIES[party])]
    number = span.leg if party == Party.DEPARTMENT else None
    return drawing.segment(span, look, mark, " · ".join(words), number)


def _leg(drawing: _Drawing, track: Track) -> Bar:
    role = OrderRole(track.role).label
    segments = [_stint(drawing, stint) for stint in track.stints]
    return Bar(label=f"{track.seq}. {drawing.name(track.department)} · {role}", length=track.held, segments=segments)


def _stint(drawing: _Drawing, stint: Stint) -> Segment:
    own = stint.mode in HELD_MODES
    look = drawing.look(stint.department) if own else str(stint.mode)
    mark = PATTERNS.get(stint.mode, "")
    words = [str(MODES[stint.mode]), drawing.person(stint.person)]
    return drawing.segment(stint, look, mark, " · ".join(filter(None, words)))


def _rows(drawing: _Drawing, calendars: Mapping[str, Counts]) -> Iterator[Row]:
    """Yield a row for every department that had a leg, then the centre's, the customer's and the third party's if any."""
    told = lines(drawing.ledger, calendars)
    for line in told:
        if line.party == Party.DEPARTMENT:
            notes = _department_notes(drawing, line, calendars)
            look = drawing.look(line.of)
            yield Row(label=drawing.name(line.of), look=look, line=line, share=_share(drawing, line), notes=notes)
    for party in (Party.CENTRE, Party.CUSTOMER, Party.THIRD_PARTY):
        own = [line for line in told if line.party == party]
        if own:
            line = Line(party=party, held=total(each.held for each in own))
            notes = [f"{PHASES[each.of]} {spoken(each.held)}" for each in own if each.of]
            yield Row(label=str(PARTIES[party]), look=party, mark=party, line=line, share=_share(drawing, line), notes=notes)


def _share(drawing: _Drawing, line: Line) -> Fraction | None:
    whole = drawing.ledger.length // dt.timedelta.resolution
    return Fraction(line.held // dt.timedelta.resolution, whole) if whole else None


def _department_notes(drawing: _Drawing, line: Line, calendars: Mapping[str, Counts]) -> list[str]:
    people = [each for each in person_lines(drawing.ledger, calendars) if each.department == line.of and each.held]
    notes = [f"{drawing.person(each.person)} {spoken(each.held)}" for each in people]
    return [*notes, *_misdirected(track for track in drawing.ledger.tracks if track.department == line.of)]


def _misdirected(tracks: Iterable[Track]) -> Iterator[str]:
    for track in tracks:
        if track.is_misdirected:
            yield _("leg %(n)d: return upheld, booked to the complaint centre") % {"n": track.seq}
