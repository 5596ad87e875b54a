"""The triage desk's list: everything that waits for a decision of the complaint centre, the most pressing first."""

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from complaints import policies
from complaints.models import Complaint
from complaints.queries.repeating import lately
from organization.models import Staff
from workorders.enums import OrderState, TicketState
from workorders.models import Ticket, WorkOrder
from workorders.queries.queues import Queue, page, queues_for

#: The queues whose rows wait for a decision: what is new, to be dispatched, returned, and to be reviewed.
QUEUES = ("triage", "dispatch", "returns", "review")
#: So many rows of each are on the desk; the queues' own pages have them all.
EACH = 25
FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing to decide: a ticket, or one of its orders."""

    queue: Queue
    subject: Ticket | WorkOrder
    ticket: Ticket
    customer: int | None = None
    #: So many complaints of the customer in the last 30 days, this one among them.
    lately: int = 0
    #: The row above is the same customer's.
    is_more: bool = False

    @property
    def due_at(self) -> dt.datetime | None:
        """Return the instant that presses."""
        return self.ticket.due_at if self.queue.due == "ticket__due_at" else self.subject.due_at

    @property
    def kind(self) -> Promise:
        """Return what is to be decided, in the queue's words."""
        return self.queue.label


def may_use_desk(user: Staff) -> bool:
    """Tell whether anything on the desk is this person's to decide."""
    return any(queue.name in QUEUES for queue in queues_for(user))


def waiting(user: Staff, now: dt.datetime) -> tuple[list[Waiting], int]:
    """Return what waits for `user`'s decision, the most pressing first, what has no running clock last, and how much it is in all.

    What one customer waits for stands together. One query a queue, one to count a queue that is longer than what is shown of
    it, and two about the customers.
    """
    found, left = [], 0
    for queue in queues_for(user):
        if queue.name in QUEUES:
            rows, _following = page(queue, queue.rows(user), None)
            left += len(rows) if len(rows) <= EACH else queue.rows(user).count()
            found += [
                Waiting(queue=queue, subject=row, ticket=row if queue.kind == "ticket" else row.ticket) for row in rows[:EACH]
            ]
    return _by_customer(sorted(found, key=lambda each: (each.due_at is None, each.due_at or FOREVER, each.ticket.pk)), now), left


def _by_customer(rows: list[Waiting], now: dt.datetime) -> list[Waiting]:
    """Bring what is one customer's together under the most pressing of it, and say how often they complained lately."""
    customers = dict(Complaint.objects.filter(pk__in=[row.ticket.pk for row in rows]).values_list("pk", "customer"))
    numbers = lately(customers.values(), now)
    together: dict[object, list[Waiting]] = {}
    for row in rows:
        together.setdefault(customers.get(row.ticket.pk) or row, []).append(row)
    return [
        replace(row, customer=(whose := customers.get(row.ticket.pk)), lately=numbers.get(whose, 0), is_more=place > 0)
        for own in together.values()
        for place, row in enumerate(own)
    ]


def others(ticket: Ticket, user: Staff) -> QuerySet[Complaint]:
    """Return the other complaints of the ticket's customer that `user` may read, those of the same category first.

    `is_same` tells of the category; `is_repeated` marks the one that this ticket's complaint repeats (重复投诉).
    """
    this = Complaint.objects.filter(pk=ticket.pk)
    return (
        policies.complaints_visible_to(user)
        .filter(customer__in=this.values("customer"))
        .exclude(pk=ticket.pk)
        .annotate(is_same=Q(ticket__category=ticket.category_id), is_repeated=Exists(this.filter(repeat_of=OuterRef("pk"))))
        .select_related("ticket__category")
        .order_by("-is_same", "-ticket")
    )


def to_decide(ticket: Ticket) -> list[WorkOrder]:
    """Return the ticket's orders that wait for a ruling or a review; what was not dispatched yet has none."""
    if ticket.state in (TicketState.TRIAGE, TicketState.AWAITING_DISPATCH):
        return []
    waiting = ticket.orders.filter(state__in=(OrderState.RETURN_REQUESTED, OrderState.REPLIED))
    return list(waiting.select_related("department", "ticket"))
