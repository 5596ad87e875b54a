"""The only place that locks this app's own rows; tickets are locked by `workorders.locking`."""

from complaints.models import Bulletin


def lock_bulletin(pk: int) -> Bulletin:
    """Lock and return a bulletin as it now is."""
    people = ("drafted_by", "edited_by", "submitted_by", "approved_by", "published_by")
    return Bulletin.objects.select_for_update(of=("self",)).select_related(*people).get(pk=pk)
