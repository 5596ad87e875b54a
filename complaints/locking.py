"""The only place that locks this app's own rows; tickets are locked by `workorders.locking`."""

from complaints.models import Bulletin, Inspection


def lock_bulletin(pk: int) -> Bulletin:
    """Lock and return a bulletin as it now is."""
    people = ("drafted_by", "edited_by", "submitted_by", "approved_by", "published_by")
    return Bulletin.objects.select_for_update(of=("self",)).select_related(*people).get(pk=pk)


def lock_inspection(pk: int) -> Inspection:
    """Lock and return an inspection as it now is, with what it is about."""
    related = (
        "draw__plan",
        "checklist",
        "order__ticket__region",
        "order__department",
        "callback",
        "department",
        "inspector",
        "worker",
    )
    return Inspection.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)
