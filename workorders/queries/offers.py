"""Which requests a leg has, and so what else may be asked for or decided on."""

from collections.abc import Set as AbstractSet

from organization.models import Staff
from workorders.enums import Decision
from workorders.models import WorkOrder
from workorders.models.extension import MAX_EXTENSIONS


def not_offered(user: Staff, order: WorkOrder, names: AbstractSet[str]) -> set[str]:
    """Return which of the actions `names` make no sense on a leg at work, as its holds and extensions stand."""
    hidden = _of_holds(user, order)
    return hidden if names.isdisjoint({"request_extension", "grant_extension"}) else hidden | _of_extensions(order)


def _of_holds(user: Staff, order: WorkOrder) -> set[str]:
    """A hold is asked for where none is, and decided on where one is, by somebody else than who asked."""
    pending = next((hold for hold in order.holds.all() if hold.is_pending), None)
    if pending is None:
        return {"approve_hold", "refuse_hold"}
    return {"request_hold", "approve_hold"} if pending.requested_by_id == user.pk else {"request_hold"}


def _of_extensions(order: WorkOrder) -> set[str]:
    """An extension is asked for where that may still be, and decided on where one is asked for."""
    if any(extension.decision == Decision.PENDING for extension in order.extensions.all()):
        return {"request_extension"}
    used_up = order.extension_count >= MAX_EXTENSIONS or order.due_at is None
    return {"grant_extension", "refuse_extension", *(["request_extension"] if used_up else [])}
