"""Solved tickets whose texts are like a new one: what was done about such a thing before."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from complaints.indexing import WRONG
from organization.models import Department, Staff
from workorders.enums import OrderRole, OrderState, TicketState
from workorders.models import Category, Ticket, WorkOrder
from workorders.policies import visible_to
from workorders.queries.search import narrowed, newest, reach
from workorders.queries.weighing import Weight, terms_of, weights_of

SOLVED = (TicketState.AWAITING_CALLBACK, TicketState.CLOSED)
#: Tickets are compared that share one of the text's rarest terms: as many terms as some hundred tickets have, 3 to 32.
FEWEST_RARE, MOST_RARE, ENOUGH = 3, 32, 1500
MOST_COMPARED = 800
#: Below this share of what could be in common, tickets are not alike.
LEAST_SCORE = 0.06

SCORES = """
SELECT s.ticket_id, sum(w.weight)
FROM workorders_searchentry s CROSS JOIN LATERAL unnest(s.terms) AS had
JOIN unnest(%s::text[], %s::float8[]) AS w (term, weight) ON w.term = had.lexeme
WHERE s.ticket_id = ANY(%s) GROUP BY s.ticket_id ORDER BY 2 DESC, 1 DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A solved ticket that is like the text, and what came of it."""

    ticket: Ticket
    category: Category
    #: The department that led it last; None where it was solved at the first point.
    lead: Department | None
    #: The lead's finding (`workorders.enums.Cause`), "" where there is none, and what it did.
    cause: str
    result: str
    #: What the texts have in common: 0 nothing, 1 everything that tells something.
    score: float


def similar_solved(text: str, *, user: Staff, most: int = 5, leave_out: Ticket | None = None) -> list[Similar]:
    """Return the answered or closed tickets that `user` may read and that are most like `text`, the most similar first.

    Works as BM25 does, on pairs of Chinese characters and on words: what few tickets have weighs most. Compared are at most
    800 tickets, the newest that share one of the rarest terms, so that the cost does not grow with the tickets.
    Six queries. `leave_out` is the ticket the text is of, if there is one already.
    """
    weights = weights_of(terms_of(text))
    if not weights:
        return []
    query = narrowed(" | ".join(f"'{term}'" for term in _rare(weights)), "'@a'", reach(user))
    scored = _scores(weights, newest(query, MOST_COMPARED).pks, most * 4)
    solved = visible_to(user).filter(pk__in=scored, state__in=SOLVED)
    if leave_out is not None:
        solved = solved.exclude(pk=leave_out.pk)
    tickets = list(solved.select_related("category"))
    tickets.sort(key=lambda ticket: (-scored[ticket.pk], -ticket.pk))
    return _told([ticket for ticket in tickets if scored[ticket.pk] >= LEAST_SCORE][:most], scored)


def _rare(weights: dict[str, Weight]) -> list[str]:
    """Return the terms by which tickets are looked for: the rarest, those that the statistics know nothing of beside them."""
    known = sorted((term for term in weights if weights[term].is_known), key=lambda term: weights[term].share)
    unknown = [term for term in weights if not weights[term].is_known][:MOST_RARE]
    total, chosen = _count(), known[:FEWEST_RARE]
    expected = sum(weights[term].share for term in chosen) * total
    for term in known[FEWEST_RARE:MOST_RARE]:
        expected += weights[term].share * total
        if expected > ENOUGH:
            break
        chosen.append(term)
    return chosen + unknown


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'workorders_searchentry'::regclass")
        return int(cursor.fetchone()[0])


def _scores(weights: dict[str, Weight], pks: list[int], most: int) -> dict[int, float]:
    """Return the best scores by ticket."""
    if not pks:
        return {}
    whole = sum(weight.weight for weight in weights.values())
    with connection.cursor() as cursor:
        cursor.execute(SCORES, [list(weights), [weight.weight for weight in weights.values()], pks, most])
        return {pk: score / whole for pk, score in cursor.fetchall()}


def _told(tickets: list[Ticket], scores: dict[int, float]) -> list[Similar]:
    leads = {order.ticket_id: order for order in _leads(tickets)}
    return [
        Similar(
            ticket=ticket,
            category=ticket.category,
            lead=leads[ticket.pk].department if ticket.pk in leads else None,
            cause=leads[ticket.pk].cause if ticket.pk in leads else "",
            result=leads[ticket.pk].result if ticket.pk in leads else ticket.answer,
            score=scores[ticket.pk],
        )
        for ticket in tickets
    ]


def _leads(tickets: list[Ticket]) -> QuerySet[WorkOrder]:
    """Return the leading orders that were completed, each ticket's last one last."""
    led = WorkOrder.objects.filter(ticket__in=tickets, role=OrderRole.LEAD, state=OrderState.COMPLETED)
    return led.select_related("department").order_by("ticket", "seq")


def search_differences() -> Iterator[str]:
    """Yield one sentence for each ticket whose search entry is not what its texts say, for `manage.py verify`."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        for (number,) in cursor.fetchall():
            yield f"{number}: the search entry differs from the ticket's texts"
