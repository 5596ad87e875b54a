"""Who held a ticket for how long: the pure ledger, to the minute."""

import datetime as dt

import pytest

from organization.calendars import WorkingCalendar
from tests.conftest import SHANGHAI
from workorders.accounts import Line, department_lines, lines, person_lines
from workorders.enums import HoldReason, OrderRole, OrderState, TicketState
from workorders.ledger import (
    ACTING,
    DONE,
    FINAL,
    LEAD,
    ON_HOLD,
    PHASES,
    REPLIED,
    WAIT_CUSTOMER,
    WITH_DEPARTMENTS,
    Ledger,
    Mode,
    Party,
    Phase,
    Step,
    drawn_up,
)

OFFICE = WorkingCalendar(windows={day: [(dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18))] for day in range(5)})
CALENDARS = {"BOSS": OFFICE, "NETWORK": OFFICE}
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
NINE = dt.datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def ticket(hour: float, state: str, kind: str = "ticket.moved") -> Step:
    return Step(kind=kind, at=NINE + hour * HOUR, state=state)


def leg(hour: float, seq: int, state: str, kind: str = "order.moved", **told: object) -> Step:
    return Step(kind=kind, at=NINE + hour * HOUR, state=state, leg=seq, **told)


def sent(hour: float, seq: int, department: str, role: str = "lead") -> Step:
    return leg(hour, seq, "dispatched", "order.dispatch", department=department, role=role)


def accepted(hour: float, seq: int, person: int | None) -> Step:
    return leg(hour, seq, "accepted", "order.accept", person=person)


FILED = [ticket(0, "draft"), ticket(0, "triage"), ticket(0, "awaiting_dispatch"), ticket(0, "in_progress")]


def told(ledger: Ledger) -> list[tuple[str, float]]:
    """Return every span as (party or department, hours)."""
    return [(span.account.of or str(span.account.party), span.length / HOUR) for span in ledger.spans]


#: The domain's worked example E2; the table of docs/algorithms/ledger.md.
E2 = [
    Step(kind="ticket.file", at=at("11-02 09:00"), state="draft"),
    Step(kind="ticket.submit", at=at("11-02 09:00"), state="triage"),
    Step(kind="ticket.prepare", at=at("11-02 09:10"), state="awaiting_dispatch"),
    Step(kind="ticket.dispatch", at=at("11-02 09:40"), state="in_progress"),
    Step(kind="order.dispatch", at=at("11-02 09:40"), state="dispatched", leg=1, department="BOSS", role="lead"),
    Step(kind="order.request_return", at=at("11-02 10:30"), state="return_requested", leg=1),
    Step(kind="order.uphold_return", at=at("11-02 10:50"), state="voided", leg=1),
    Step(kind="ticket.lose_lead", at=at("11-02 10:50"), state="awaiting_dispatch"),
    Step(kind="ticket.dispatch", at=at("11-02 11:00"), state="in_progress"),
    Step(kind="order.dispatch", at=at("11-02 11:00"), state="dispatched", leg=2, department="NETWORK", role="lead"),
    Step(kind="order.accept", at=at("11-02 11:10"), state="accepted", leg=2, person=7),
    Step(kind="order.hold", at=at("11-02 14:00"), state="on_hold", leg=2, reason="wait_customer"),
    Step(kind="ticket.pause", at=at("11-02 14:00"), state="on_hold"),
    Step(kind="order.resume", at=at("11-03 10:00"), state="accepted", leg=2),
    Step(kind="ticket.unpause", at=at("11-03 10:00"), state="in_progress"),
    Step(kind="order.reply", at=at("11-03 18:00"), state="replied", leg=2),
    Step(kind="ticket.enter_review", at=at("11-03 18:00"), state="in_review"),
    Step(kind="order.send_back", at=at("11-03 20:00"), state="rework", leg=2),
    Step(kind="ticket.leave_review", at=at("11-03 20:00"), state="in_progress"),
    Step(kind="order.reply", at=at("11-04 06:00"), state="replied", leg=2),
    Step(kind="ticket.enter_review", at=at("11-04 06:00"), state="in_review"),
    Step(kind="order.approve", at=at("11-04 07:00"), state="completed", leg=2),
    Step(kind="ticket.pass_review", at=at("11-04 07:00"), state="awaiting_reply"),
    Step(kind="ticket.reply", at=at("11-04 08:00"), state="awaiting_callback"),
    Step(kind="ticket.close", at=at("11-04 09:00"), state="closed"),
    Step(kind="ticket.reopen", at=at("11-09 09:00"), state="closed"),
]


def test_the_worked_example_closes_to_the_minute() -> None:
    ledger = drawn_up(E2, at("11-10 09:00"))

    assert (ledger.start, ledger.end, ledger.is_open) == (at("11-02 09:00"), at("11-04 09:00"), False)
    assert [(f"{span.start:%m-%d %H:%M}", span.account.of or span.account.party, span.mode) for span in ledger.spans] == [
        ("11-02 09:00", "triage", None),
        ("11-02 09:10", "dispatch", None),
        ("11-02 09:40", "misdirected", "unattended"),
        ("11-02 10:30", "misdirected", "disputed"),
        ("11-02 10:50", "dispatch", None),
        ("11-02 11:00", "NETWORK", "unattended"),
        ("11-02 11:10", "NETWORK", "in_hand"),
        ("11-02 14:00", "customer", "customer"),
        ("11-03 10:00", "NETWORK", "in_hand"),
        ("11-03 18:00", "review", None),
        ("11-03 20:00", "NETWORK", "in_hand"),
        ("11-04 06:00", "review", None),
        ("11-04 07:00", "reply", None),
        ("11-04 08:00", "callback", None),
    ]
    assert lines(ledger, CALENDARS) == [
        Line(party=Party.DEPARTMENT, of="BOSS", working=dt.timedelta(), hand_offs=1),
        Line(
            party=Party.DEPARTMENT,
            of="NETWORK",
            held=21 * HOUR,
            working=8 * HOUR,
            unattended=10 * MINUTE,
            waiting=23 * HOUR,
        ),
        Line(party=Party.CENTRE, of=Phase.TRIAGE, held=10 * MINUTE),
        Line(party=Party.CENTRE, of=Phase.DISPATCH, held=40 * MINUTE),
        Line(party=Party.CENTRE, of=Phase.MISDIRECTED, held=70 * MINUTE),
        Line(party=Party.CENTRE, of=Phase.REVIEW, held=3 * HOUR),
        Line(party=Party.CENTRE, of=Phase.REPLY, held=HOUR),
        Line(party=Party.CENTRE, of=Phase.CALLBACK, held=HOUR),
        Line(party=Party.CUSTOMER, held=20 * HOUR),
    ]
    assert [(line.person, line.held, line.waiting) for line in person_lines(ledger, CALENDARS)] == [
        (7, 20 * HOUR + 50 * MINUTE, 23 * HOUR)
    ]


@pytest.mark.parametrize(
    ("ruling", "expected"),
    [
        ([], [("A", 3.0)]),
        ([leg(1.5, 1, "accepted", "order.deny_return")], [("A", 3.0)]),
        (
            [leg(1.5, 1, "voided", "order.uphold_return"), ticket(1.5, "awaiting_dispatch")],
            [("misdirected", 1.5), ("dispatch", 1.5)],
        ),
        ([leg(2, 1, "voided", "order.void"), ticket(2, "cancelled")], [("A", 2.0)]),
    ],
    ids=["pending", "denied", "upheld", "cancelled before the ruling"],
)
def test_the_returner_has_it_until_the_ruling_books_it(ruling: list[Step], expected: list[tuple[str, float]]) -> None:
    steps = [*FILED, sent(0, 1, "A"), leg(1, 1, "return_requested"), *ruling]

    ledger = drawn_up(steps, NINE + 3 * HOUR)

    hours: dict[str, float] = {}
    for account, length in told(ledger):
        hours[account] = hours.get(account, 0) + length
    assert list(hours.items()) == expected


def test_the_lead_carries_it_while_assistants_work_and_then_the_first_asked_still_at_work() -> None:
    steps = [
        *FILED,
        sent(0, 1, "LEAD"),
        sent(0, 2, "FIRST", "assist"),
        sent(1, 3, "SECOND", "assist"),
        leg(2, 1, "replied"),
        leg(3, 2, "replied"),
        leg(5, 3, "replied"),
        ticket(5, "in_review"),
    ]

    ledger = drawn_up(steps, NINE + 6 * HOUR)

    assert told(ledger) == [("LEAD", 2.0), ("FIRST", 1.0), ("SECOND", 2.0), ("review", 1.0)]
    assert [(track.department, track.held / HOUR, track.waiting / HOUR) for track in ledger.tracks] == [
        ("LEAD", 2.0, 4.0),
        ("FIRST", 3.0, 3.0),
        ("SECOND", 4.0, 1.0),
    ]


def test_an_assistant_at_work_has_it_while_the_lead_is_on_hold() -> None:
    steps = [
        *FILED,
        sent(0, 1, "LEAD"),
        sent(0, 2, "ASSIST", "assist"),
        leg(1, 1, "on_hold", "order.hold", reason="wait_customer"),
        leg(2, 2, "replied"),
        ticket(2, "on_hold"),
    ]

    assert told(drawn_up(steps, NINE + 4 * HOUR)) == [("LEAD", 1.0), ("ASSIST", 1.0), ("customer", 2.0)]


@pytest.mark.parametrize(
    ("lead", "assist", "expected"),
    [
        ("wait_customer", "wait_customer", "customer"),
        ("wait_customer", "wait_external", "third_party"),
        ("wait_external", "wait_customer", "third_party"),
    ],
)
def test_only_a_wait_of_all_for_the_customer_is_the_customers(lead: str, assist: str, expected: str) -> None:
    steps = [
        *FILED,
        sent(0, 1, "LEAD"),
        sent(0, 2, "ASSIST", "assist"),
        leg(1, 1, "on_hold", "order.hold", reason=lead),
        leg(1, 2, "on_hold", "order.hold", reason=assist),
        ticket(1, "on_hold"),
    ]

    assert told(drawn_up(steps, NINE + 2 * HOUR)) == [("LEAD", 1.0), (expected, 1.0)]


def test_the_centre_has_a_ticket_that_needs_another_lead_though_an_assistant_works() -> None:
    steps = [
        *FILED,
        sent(0, 1, "LEAD"),
        sent(0, 2, "ASSIST", "assist"),
        leg(0.5, 1, "return_requested"),
        leg(1, 1, "voided", "order.uphold_return"),
        ticket(1, "awaiting_dispatch"),
        ticket(3, "in_progress"),
        sent(3, 3, "OTHER"),
    ]

    assert told(drawn_up(steps, NINE + 4 * HOUR)) == [
        ("misdirected", 0.5),
        ("misdirected", 0.5),
        ("dispatch", 2.0),
        ("OTHER", 1.0),
    ]


def test_acceptance_by_silence_is_the_departments_and_nobodys() -> None:
    steps = [*FILED, sent(0, 1, "A"), accepted(1, 1, None), leg(3, 1, "accepted", "order.assign", person=5)]

    ledger = drawn_up(steps, NINE + 4 * HOUR)

    assert [(span.mode, span.person, span.length) for span in ledger.spans] == [
        (Mode.UNATTENDED, None, 3 * HOUR),
        (Mode.IN_HAND, 5, HOUR),
    ]
    assert [(line.held, line.unattended) for line in department_lines(ledger, {})] == [(4 * HOUR, 3 * HOUR)]


def test_hand_offs_and_ping_pong_are_counted_for_departments_and_people() -> None:
    steps = [
        *FILED,
        sent(0, 1, "A"),
        accepted(0, 1, 1),
        leg(1, 1, "accepted", "order.assign", person=2),
        leg(2, 1, "transferred"),
        sent(2, 2, "B"),
        accepted(2, 2, 3),
        leg(3, 2, "transferred"),
        sent(3, 3, "A"),
        accepted(3, 3, 2),
        leg(4, 3, "transferred"),
        sent(4, 4, "B"),
        sent(4, 5, "C", "assist"),
    ]

    ledger = drawn_up(steps, NINE + 5 * HOUR)

    assert (ledger.hand_offs, ledger.ping_pong) == (3, [("A", "B"), ("B", "A")])
    assert [(line.of, line.hand_offs) for line in department_lines(ledger, {})] == [("A", 2), ("B", 1), ("C", 0)]
    assert [(line.person, line.held / HOUR, line.hand_offs) for line in person_lines(ledger, {})] == [
        (1, 1.0, 1),
        (2, 2.0, 1),
        (3, 1.0, 1),
    ]


def test_the_same_lead_in_another_round_is_no_hand_off() -> None:
    steps = [
        *FILED,
        sent(0, 1, "A"),
        leg(1, 1, "replied"),
        ticket(1, "in_review"),
        leg(1, 1, "completed"),
        ticket(1, "awaiting_reply"),
        ticket(1, "awaiting_callback"),
        ticket(2, "awaiting_dispatch"),
        ticket(2, "in_progress"),
        sent(2, 2, "A"),
    ]

    ledger = drawn_up(steps, NINE + 3 * HOUR)

    assert told(ledger) == [("A", 1.0), ("callback", 1.0), ("A", 1.0)]
    assert (ledger.hand_offs, ledger.ping_pong) == (0, [])


def test_a_step_dated_before_its_predecessor_books_no_time_twice() -> None:
    steps = [*FILED, sent(2, 1, "A"), leg(1, 1, "replied"), ticket(3, "in_review")]

    ledger = drawn_up(steps, NINE + 4 * HOUR)

    assert sum((span.length for span in ledger.spans), dt.timedelta()) == ledger.length == 4 * HOUR


def test_without_a_filing_there_is_no_ledger() -> None:
    with pytest.raises(ValueError, match="filing"):
        drawn_up([], NINE)


def test_the_ledger_knows_every_state() -> None:
    assert {*PHASES, *WITH_DEPARTMENTS, *FINAL} == set(TicketState.values)
    assert set(TicketState.FINAL) == FINAL
    assert set(OrderState.FINAL) == DONE
    assert {*ACTING, ON_HOLD, REPLIED} == set(OrderState.OPEN)
    assert (LEAD, WAIT_CUSTOMER) == (OrderRole.LEAD, HoldReason.WAIT_CUSTOMER)
