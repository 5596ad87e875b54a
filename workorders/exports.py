"""The rows of a queue as a sheet: exactly what the filters show, with every column as people read it."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from foundation.sheets import Cell
from workorders.models import Ticket, WorkOrder
from workorders.queries.queues import Queue, Rows, ordered

CHUNK = 2000


def header(queue: Queue) -> list[str]:
    """Return the column titles."""
    ticket = [
        _("number"),
        _("subject"),
        _("state"),
        _("urgency"),
        _("channel"),
        _("category"),
        _("region"),
        _("filed at"),
        _("due at"),
    ]
    return (
        ticket
        if queue.kind == "ticket"
        else [
            *ticket,
            _("leg"),
            _("department"),
            _("role"),
            _("order state"),
            _("assignee"),
            _("dispatched at"),
            _("order due at"),
            _("urged, times"),
        ]
    )


def sheet_rows(queue: Queue, rows: Rows) -> Iterator[list[Cell]]:
    """Yield one list of cells a row."""
    found: QuerySet = ordered(queue, rows)
    for row in found.iterator(chunk_size=CHUNK):
        yield _order_cells(row) if isinstance(row, WorkOrder) else _ticket_cells(row)


def _ticket_cells(ticket: Ticket) -> list[Cell]:
    return [
        ticket.number,
        ticket.subject,
        ticket.get_state_display(),
        ticket.get_urgency_display(),
        ticket.get_channel_display(),
        str(ticket.category),
        str(ticket.region),
        ticket.filed_at,
        ticket.due_at,
    ]


def _order_cells(order: WorkOrder) -> list[Cell]:
    return [
        *_ticket_cells(order.ticket),
        order.seq,
        str(order.department),
        order.get_role_display(),
        order.get_state_display(),
        str(order.assignee or ""),
        order.dispatched_at,
        order.due_at,
        order.urge_count,
    ]
