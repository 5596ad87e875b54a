"""What complaints do when something happens to their tickets."""

from django.dispatch import receiver

from complaints.actions.following import follow_reopened
from workorders.models import Ticket
from workorders.signals import reopened


@receiver(reopened, dispatch_uid="complaints.follow_reopened")
def on_reopened(*, ticket: Ticket, new: Ticket, **_named: object) -> None:
    """Take the customer along to the ticket that was filed anew."""
    follow_reopened(ticket=ticket, new=new)
