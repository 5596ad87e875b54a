"""Open clocks put under other limits or another calendar: the one way in which a promise changes after the fact.

Preview first (`preview`), then apply (`recalculate`): both by the same plan, each clock from its own history.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Min

from foundation import transaction
from journal.record import Entry, record_many
from journal.types import Data
from organization.models import Staff
from workorders.clocks import ClockState
from workorders.locking import lock_tickets
from workorders.models import Clock, Ticket, WorkOrder
from workorders.models.clock import STORED
from workorders.queries.ladders import set_next_steps
from workorders.queries.recalculation import Impact, Move, Targeting, open_clocks, planned

CLOCK_FIELDS = (*STORED, "calendar", "calendar_revision", "ola_rule", "sla_rule")


def preview(*, tickets: Sequence[int], targeting: Targeting, now: dt.datetime, into: Impact) -> Impact:
    """Add to `into` what `recalculate` would do to the open clocks of these tickets, and return it; nothing changes."""
    into.add(planned(open_clocks().filter(ticket__in=tickets), targeting, now), now)
    return into


@transaction.atomic
def recalculate(
    *, tickets: Sequence[int], targeting: Targeting, data: Data, by: Staff, now: dt.datetime, into: Impact | None = None
) -> list[Move]:
    """Move the open clocks of these tickets, in a few statements for all of them; stopped clocks never change.

    Each leg or ticket that changes gets one ``retarget`` event with its old and new deadlines and `data`, which says why.
    Another person's action waits, or is seen: the tickets are locked first.
    """
    locked = lock_tickets(tickets)
    moves = planned(open_clocks().filter(ticket__in=list(locked)).order_by("ticket", "order", "kind"), targeting, now)
    if into is not None:
        into.add(moves, now)
    for move in moves:
        _store(move)
    for urgency, clocks in _by_urgency(moves, locked).items():
        set_next_steps(clocks, urgency)
    # As one INSERT … ON CONFLICT: several times faster than bulk_update with its CASE for every field.
    rows = [move.clock for move in moves]
    Clock.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=CLOCK_FIELDS)
    _copy_due(moves, locked)
    record_many(_entries(moves, locked, data, now), by=by)
    return moves


def _store(move: Move) -> None:
    clock, effect = move.clock, move.target.effect
    clock.state = move.after
    clock.calendar_id = None if effect["calendar"] is None else int(effect["calendar"])
    clock.calendar_revision = None if effect.get("revision") is None else int(effect["revision"] or 0)
    clock.ola_rule, clock.sla_rule = move.target.ola, move.target.sla


def _by_urgency(moves: Iterable[Move], locked: dict[int, Ticket]) -> dict[str, list[Clock]]:
    grouped: dict[str, list[Clock]] = defaultdict(list)
    for move in moves:
        grouped[locked[move.clock.ticket_id].urgency].append(move.clock)
    return grouped


def _copy_due(moves: Iterable[Move], locked: dict[int, Ticket]) -> None:
    """Bring the copies of the due instants on tickets and orders up to date."""
    orders = {move.clock.order.pk: move.clock.order for move in moves if move.clock.order}
    own = Clock.objects.filter(order__in=orders, running_since__isnull=False).order_by().values_list("order_id")
    earliest = dict(own.annotate(earliest=Min("due_at")))
    for pk, order in orders.items():
        order.due_at = earliest.get(pk)
    WorkOrder.objects.bulk_update(orders.values(), ["due_at"])
    tickets = []
    for move in moves:
        if move.clock.order_id is None and move.clock.episode == locked[move.clock.ticket_id].round:
            locked[move.clock.ticket_id].due_at = move.after.due_at
            tickets.append(locked[move.clock.ticket_id])
    Ticket.objects.bulk_update(tickets, ["due_at"])


def _entries(moves: Sequence[Move], locked: dict[int, Ticket], data: Data, at: dt.datetime) -> list[Entry]:
    grouped: dict[tuple[int, int | None], list[Move]] = defaultdict(list)
    for move in moves:
        grouped[move.clock.ticket_id, move.clock.order_id].append(move)
    return [_entry(group, locked[ticket_id], data, at) for (ticket_id, _order), group in grouped.items()]


def _entry(moves: list[Move], ticket: Ticket, data: Data, at: dt.datetime) -> Entry:
    order = moves[0].clock.order
    own: Data = {
        **data,
        "state": order.state if order else ticket.state,
        "clocks": {move.clock.kind: dict(move.target.effect) for move in moves},
        "before": {move.clock.kind: _due(move.before) for move in moves},
        "after": {move.clock.kind: _due(move.after) for move in moves},
    }
    if order is None:
        return Entry(ticket.stream, "ticket.retarget", at, own)
    return Entry(ticket.stream, "order.retarget", at, {**own, "order": order.pk, "seq": order.seq})


def _due(state: ClockState) -> str | None:
    return state.due_at.isoformat() if state.due_at else None
