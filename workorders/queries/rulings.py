"""What the duty officer ruled about a ticket's returns, for whoever dispatches it again."""

from workorders.enums import Ruling
from workorders.models import ReturnRequest, Ticket


def upheld_returns(ticket: Ticket) -> list[ReturnRequest]:
    """Return the upheld returns of the ticket's present round, the latest first, with their departments."""
    ruled = ReturnRequest.objects.filter(order__ticket=ticket, order__round=ticket.round, ruling=Ruling.UPHELD)
    return list(ruled.select_related("order__department", "proposed").order_by("-ruled_at", "-pk"))
