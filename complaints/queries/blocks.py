"""What the ticket page shows of the customer."""

import datetime as dt
from dataclasses import dataclass

from complaints import policies
from complaints.models import Callback, Complaint, OverHead
from complaints.queries.overhead import papers, wanted_on
from organization.models import Staff
from workorders import policies as ticket_policies
from workorders.enums import Channel, TicketState
from workorders.models import Ticket

RELATED = ("customer__region", "repeat_of__ticket", "over_head")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The customer of one ticket, as much of them as the reader may see."""

    complaint: Complaint
    callbacks: list[Callback]
    may_reveal: bool
    may_open: bool
    #: What the register of over-the-head complaints keeps of it, and whether `user` may open the entry.
    papers: OverHead | None
    wanted_on: dt.date | None
    may_register: bool


def customer_block(user: Staff, ticket: Ticket) -> Block | None:
    """Return the customer's part of a ticket that `user` may read, or None for a ticket that is no complaint."""
    complaint = Complaint.objects.select_related(*RELATED).filter(pk=ticket.pk).first()
    if complaint is None:
        return None
    complaint.ticket = ticket
    is_overhead = ticket.channel in Channel.OVERHEAD
    return Block(
        complaint=complaint,
        callbacks=list(complaint.callbacks.select_related("by").order_by("round", "attempt")),
        may_reveal=policies.may_reveal(user, complaint),
        may_open=policies.may_see_customer(user, complaint.customer),
        papers=papers(complaint) if is_overhead else None,
        wanted_on=wanted_on(complaint) if is_overhead else None,
        may_register=is_overhead and policies.may_read_overhead(user),
    )


def may_be_called(user: Staff, ticket: Ticket) -> bool:
    """Tell whether a ticket's customer waits to be called back by `user`; a ticket that is no complaint has none."""
    waits = ticket.state == TicketState.AWAITING_CALLBACK and ticket_policies.may(user, "call_back", ticket)
    return waits and Complaint.objects.filter(pk=ticket.pk).exists()
