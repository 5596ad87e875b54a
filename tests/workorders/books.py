"""What must hold for the ledger of every ticket, whatever happened to it."""

import datetime as dt
from itertools import pairwise

from organization.queries.calendars import working_calendar
from workorders.accounts import Counts, lines, person_lines
from workorders.clocks import used_at
from workorders.enums import ClockKind, OrderRole
from workorders.ledger import HELD_MODES, Ledger, Party, Phase
from workorders.models import Clock, Ticket
from workorders.queries.ledger import all_calendars, ledgers

ZERO = dt.timedelta()


def check_partition(ticket: Ticket, ledger: Ledger, calendars: dict[str, Counts], now: dt.datetime) -> None:
    """The spans cover [filed, closed or now) without gap or overlap, and every sum is the ticket's own span."""
    assert ledger.start == ticket.filed_at
    assert ledger.is_open == ticket.is_open
    assert ledger.end == (now if ticket.is_open else ticket.closed_at or ledger.end)
    edges = [(span.start, span.end) for span in ledger.spans]
    assert all(start < end for start, end in edges)
    assert all(before[1] == after[0] for before, after in pairwise(edges))
    if edges:
        assert (edges[0][0], edges[-1][1]) == (ledger.start, ledger.end)
    told = lines(ledger, calendars)
    assert sum((line.held for line in told), ZERO) == ledger.end - ledger.start
    for line in told:
        if line.party == Party.DEPARTMENT:
            people = [person for person in person_lines(ledger, calendars) if person.department == line.of]
            in_hands = sum((person.held for person in people), ZERO)
            disputed = sum(
                (s.length for s in ledger.spans if s.account.of == line.of and s.mode == "disputed" and not s.person), ZERO
            )
            assert in_hands + line.unattended + disputed == line.held
    assert sum(line.hand_offs for line in told) == ledger.hand_offs


def check_clocks(ledger: Ledger, clocks: list[Clock], now: dt.datetime) -> None:
    """A leg's own time is what its resolve clock used; the lead's account, unless misdirected, is that time exactly."""
    tracks = {track.seq: track for track in ledger.tracks}
    for clock in clocks:
        if clock.kind != ClockKind.RESOLVE:
            continue
        track, calendar = tracks[clock.order.seq], working_calendar(clock.calendar, clock.calendar_revision)
        used = used_at(clock.state, calendar, now)
        own = [calendar.between(stint.start, stint.end) for stint in track.stints if stint.mode in HELD_MODES]
        assert sum(own, ZERO) == used
        booked = [span for span in ledger.spans if span.leg == track.seq and span.account.party == Party.DEPARTMENT]
        counted = sum((calendar.between(span.start, span.end) for span in booked), ZERO)
        if track.is_misdirected:
            assert counted == ZERO
        elif clock.order.role == OrderRole.LEAD:
            assert counted == used
        else:
            assert counted <= used


def check_customers_clock(ledger: Ledger, clocks: list[Clock], now: dt.datetime) -> None:
    """The customer's clock counts the whole span but the customer's account and the time between reply and closing."""
    overall = [clock for clock in clocks if clock.kind == ClockKind.OVERALL]
    used = sum((used_at(clock.state, working_calendar(None), now) for clock in overall), ZERO)
    free = [span.length for span in ledger.spans if span.account.party == Party.CUSTOMER or span.account.of == Phase.CALLBACK]
    assert used == ledger.length - sum(free, ZERO)


def check_ledgers(now: dt.datetime) -> int:
    """Check the ledger of every ticket as of `now`; return how many there were."""
    tickets, clocks = Ticket.objects.in_bulk(), {}
    for clock in Clock.objects.select_related("order", "calendar"):
        clocks.setdefault(clock.ticket_id, []).append(clock)
    calendars, checked = all_calendars(), 0
    for pk, ledger in ledgers(Ticket.objects.all(), now):
        check_partition(tickets[pk], ledger, calendars, now)
        check_clocks(ledger, clocks[pk], now)
        check_customers_clock(ledger, clocks[pk], now)
        checked += 1
    return checked
