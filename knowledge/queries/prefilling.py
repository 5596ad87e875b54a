"""What a solved ticket gives an article to begin with, without the customer's number and name."""

from collections.abc import Callable, Iterable

from foundation.masking import mask_text
from organization.models import Department, Staff
from workorders.enums import OrderRole, OrderState
from workorders.models import Ticket
from workorders.queries.routes import routes_for

type Namer = Callable[[Ticket], Iterable[str]]

_namers: list[Namer] = []


def names_people(namer: Namer) -> Namer:
    """Register who is named in a ticket's texts and must not be in an article's; the floors above know the customers."""
    _namers.append(namer)
    return namer


def beginnings(ticket: Ticket, user: Staff) -> dict[str, object]:
    """Return the form's beginnings: title, category, department, the customer's words, the answer, and the findings as steps.

    Numbers of seven and more digits and the customer's names are masked. Three queries beside the namers'.
    """
    names = [name for namer in _namers for name in namer(ticket)]
    orders = list(
        ticket.orders.filter(state=OrderState.COMPLETED, role=OrderRole.LEAD).select_related("department").order_by("-seq")[:1]
    )
    owner = orders[0].department if orders else _owner(ticket)
    return {
        "title": mask_text(ticket.subject, names),
        "category": ticket.category_id,
        "department": owner.pk if owner else user.department_id,
        "question": mask_text("\n".join(filter(None, [ticket.description, ticket.wanted])), names),
        "answer": mask_text(ticket.answer, names),
        "steps": mask_text(orders[0].result if orders else "", names),
    }


def _owner(ticket: Ticket) -> Department | None:
    route = routes_for([ticket.category]).get(ticket.category_id)
    return route.lead if route else None
