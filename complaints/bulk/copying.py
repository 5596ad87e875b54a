"""Rows in memory as PostgreSQL's COPY reads them, and into their tables."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

import psycopg
from django.db.models import Model
from psycopg import sql

from complaints.bulk.cast import Cast
from complaints.bulk.rows import ClockRow, CustomerRow, LegRow, TicketRow
from complaints.indexing import ENTER_THESE
from complaints.models import Callback, Complaint, Customer
from journal.models import Event
from workorders.indexing import WAITS, WAITS_NO_MORE
from workorders.models import Clock, Hold, ReturnRequest, Ticket, WorkOrder

type Cell = str | int | bool | dt.datetime | dt.timedelta | None

CUSTOMER = ("id", "number", "name", "tier", "region_id")
TICKET = (
    "id",
    "number",
    "state",
    "category_id",
    "urgency",
    "channel",
    "tier",
    "region_id",
    "subject",
    "description",
    "wanted",
    "answer",
    "filed_by_id",
    "filed_at",
    "first_point",
    "round",
    "replied_at",
    "closed_at",
    "statutory_at",
    "due_at",
    "merged_into_id",
    "reopened_from_id",
    "filing_key",
)
COMPLAINT = (
    "ticket_id",
    "customer_id",
    "contact_name",
    "contact_phone",
    "place",
    "occurred_at",
    "repeat_of_id",
    "for_joint_meeting",
)
ORDER = (
    "id",
    "ticket_id",
    "seq",
    "department_id",
    "role",
    "state",
    "round",
    "question",
    "assignee_id",
    "dispatched_by_id",
    "dispatched_at",
    "accepted_at",
    "replied_at",
    "finished_at",
    "result",
    "cause",
    "liability",
    "customer_contacted",
    "predecessor_id",
    "urge_count",
    "supervised_at",
    "send_back_count",
    "due_at",
)
CLOCK = (
    "ticket_id",
    "order_id",
    "kind",
    "episode",
    "calendar_id",
    "calendar_revision",
    "ola_rule_id",
    "sla_rule_id",
    "allowance",
    "started_at",
    "used",
    "running_since",
    "due_at",
    "stopped_at",
    "breached_at",
    "next_step_at",
)
HOLD = ("order_id", "reason", "evidence", "until", "requested_by_id", "requested_at", "decided_by_id", "started_at", "ended_at")
RETURN = (
    "order_id",
    "reason",
    "evidence",
    "proposed_id",
    "requested_by_id",
    "requested_at",
    "ruling",
    "ruled_by_id",
    "ruled_at",
    "ruling_reason",
)
CALLBACK = ("complaint_id", "round", "attempt", "outcome", "satisfaction", "solved", "remark", "by_id", "at")
EVENT = ("stream", "seq", "kind", "at", "by_id", "data", "hash")

#: In the order in which rows may point at each other.
TABLES: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Customer, CUSTOMER),
    (Ticket, TICKET),
    (Complaint, COMPLAINT),
    (WorkOrder, ORDER),
    (Clock, CLOCK),
    (Hold, HOLD),
    (ReturnRequest, RETURN),
    (Callback, CALLBACK),
    (Event, EVENT),
)


#: Columns that bulk data leaves as the database sets them: its departments never ask for more time.
LEFT_OUT: dict[type[Model], frozenset[str]] = {WorkOrder: frozenset({"extension_count", "original_due_at"})}


def check_columns() -> None:
    """Raise LookupError when a table has other columns than the ones written here."""
    for model, columns in TABLES:
        present = {str(field.column) for field in model._meta.concrete_fields}
        if present - {"id"} - LEFT_OUT.get(model, frozenset()) != set(columns) - {"id"}:
            message = f"{model.__name__} has other columns than bulk data writes: {sorted(present ^ set(columns))}"
            raise LookupError(message)


def customer_cells(row: CustomerRow) -> tuple[Cell, ...]:
    """Return a customer's columns."""
    return (row.pk, row.number, row.name, row.tier, row.region)


def ticket_cells(row: TicketRow) -> tuple[Cell, ...]:
    """Return a ticket's columns."""
    return (
        row.pk,
        row.number,
        row.state,
        row.leaf.pk,
        row.urgency,
        row.channel,
        row.tier,
        row.region,
        row.subject,
        row.description,
        row.wanted,
        row.answer,
        row.filed_by.pk,
        row.filed_at,
        row.first_point,
        row.round,
        row.replied_at,
        row.closed_at,
        row.statutory_at,
        row.due_at,
        row.merged_into,
        None,
        row.filing_key,
    )


def complaint_cells(row: TicketRow) -> tuple[Cell, ...]:
    """Return the columns of a ticket's complaint."""
    customer = row.customer
    return (
        row.pk,
        customer.pk,
        customer.name,
        customer.number,
        row.place,
        row.occurred_at,
        row.repeat_of,
        row.for_joint_meeting,
    )


def order_cells(row: LegRow) -> tuple[Cell, ...]:
    """Return a work order's columns."""
    return (
        row.pk,
        row.ticket.pk,
        row.seq,
        row.unit.pk,
        row.role,
        row.state,
        row.round,
        row.question,
        row.assignee.pk if row.assignee else None,
        row.dispatched_by,
        row.dispatched_at,
        row.accepted_at,
        row.replied_at,
        row.finished_at,
        row.result,
        row.cause,
        row.liability,
        row.customer_contacted,
        row.predecessor.pk if row.predecessor else None,
        row.urge_count,
        None,
        row.send_back_count,
        row.due_at,
    )


def clock_cells(cast: Cast, ticket: TicketRow, leg: LegRow | None, row: ClockRow) -> tuple[Cell, ...]:
    """Return a clock's columns."""
    state = row.state
    return (
        ticket.pk,
        leg.pk if leg else None,
        row.kind,
        row.episode,
        row.calendar,
        row.revision,
        row.ola,
        row.sla,
        state.allowance,
        state.started_at,
        state.used,
        state.running_since,
        state.due_at,
        state.stopped_at,
        state.breached_at,
        cast.next_step_at(row.kind, ticket.urgency, row.calendar, state),
    )


class Sheets:
    """Lines of text for COPY, gathered by table."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._tickets: list[int] = []
        self._lines: dict[type[Model], list[str]] = {model: [] for model, _columns in TABLES}

    def add_customers(self, rows: Iterable[CustomerRow]) -> None:
        """Add customers."""
        self._lines[Customer].extend(line(customer_cells(row)) for row in rows)

    def add(self, ticket: TicketRow) -> None:
        """Add a ticket and everything that belongs to it."""
        lines = self._lines
        self._tickets.append(ticket.pk)
        lines[Ticket].append(line(ticket_cells(ticket)))
        lines[Complaint].append(line(complaint_cells(ticket)))
        lines[Clock].extend(line(clock_cells(self._cast, ticket, None, clock)) for clock in ticket.overall)
        for leg in ticket.legs:
            self._add_leg(ticket, leg)
        lines[Callback].extend(
            line((ticket.pk, row.round, row.attempt, row.outcome, row.satisfaction, row.solved, row.remark, row.by, row.at))
            for row in ticket.callbacks
        )
        stream = ticket.stream
        lines[Event].extend(line((stream, row.seq, row.kind, row.at, row.by, row.data, row.hash)) for row in ticket.events)

    def _add_leg(self, ticket: TicketRow, leg: LegRow) -> None:
        lines = self._lines
        lines[WorkOrder].append(line(order_cells(leg)))
        lines[Clock].extend(line(clock_cells(self._cast, ticket, leg, clock)) for clock in leg.clocks.values())
        lines[Hold].extend(
            line(
                (
                    leg.pk,
                    row.reason,
                    row.evidence,
                    row.until,
                    row.requested_by,
                    row.requested_at,
                    row.decided_by,
                    row.started_at,
                    row.ended_at,
                )
            )
            for row in leg.holds
        )
        lines[ReturnRequest].extend(
            line(
                (
                    leg.pk,
                    row.reason,
                    row.evidence,
                    row.proposed,
                    row.requested_by,
                    row.requested_at,
                    row.ruling,
                    row.ruled_by,
                    row.ruled_at,
                    row.ruling_reason,
                )
            )
            for row in leg.returns
        )

    def write(self, cursor: psycopg.Cursor) -> None:
        """Copy everything gathered into the tables, enter the tickets for the search, and begin anew."""
        cursor.execute(WAITS)
        for model, columns in TABLES:
            lines = self._lines[model]
            if lines:
                command = sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(model._meta.db_table),
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                )
                with cursor.copy(command) as copy:
                    for piece in pieces(lines):
                        copy.write(piece)
                self._lines[model] = []
        cursor.execute(ENTER_THESE, [self._tickets])
        cursor.execute(WAITS_NO_MORE)
        self._tickets = []


def pieces(lines: list[str], size: int = 2000) -> Iterator[str]:
    """Yield the lines in handy pieces."""
    for start in range(0, len(lines), size):
        yield "".join(lines[start : start + size])


def line(cells: Iterable[Cell]) -> str:
    """Return a row in COPY's text format; instants are in UTC."""
    return "\t".join([FORMS.get(type(cell), str)(cell) for cell in cells]) + "\n"


def escaped(text: str) -> str:
    """Return a text with what COPY reads as its own signs escaped."""
    if "\\" in text:
        text = text.replace("\\", r"\\")
    if "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\n", r"\n").replace("\t", r"\t").replace("\r", r"\r")
    return text


def _duration(value: dt.timedelta) -> str:
    return f"{value.days} days {value.seconds}.{value.microseconds:06d} seconds"


#: How values are written; what is not here (numbers, choices) writes itself.
FORMS: dict[type, Callable[..., str]] = {
    type(None): lambda _none: r"\N",
    bool: lambda value: "t" if value else "f",
    str: escaped,
    dt.datetime: dt.datetime.isoformat,
    dt.timedelta: _duration,
}
