"""What happened on a ticket or an order since somebody looked at it."""

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from journal.models import Event
from workorders.events import HARMLESS, label
from workorders.models import Ticket, WorkOrder


def changes_since(subject: Ticket | WorkOrder, seen: int) -> list[Event]:
    """Return what happened after event number `seen` that changes what may be done with `subject`."""
    ticket = subject if isinstance(subject, Ticket) else subject.ticket
    events = Event.objects.filter(stream=ticket.stream, seq__gt=seen).exclude(kind__in=HARMLESS).select_related("by")
    if isinstance(subject, Ticket):
        return list(events.order_by("seq"))
    return [event for event in events.order_by("seq") if event.data.get("order") == subject.pk or event.kind[:7] == "ticket."]


def last_event(subject: Ticket | WorkOrder) -> int:
    """Return the number of the last event of the subject's ticket."""
    ticket = subject if isinstance(subject, Ticket) else subject.ticket
    return Event.objects.filter(stream=ticket.stream).aggregate(last=Max("seq"))["last"] or 0


def refuse_stale(subject: Ticket | WorkOrder, seen: int | None) -> None:
    """Raise a Conflict that lists what changed since the page was shown; None means the caller showed nothing."""
    changed = [] if seen is None else changes_since(subject, seen)
    if changed:
        told = "; ".join(
            f"{date_format(timezone.localtime(event.at), 'H:i')} {event.by} {label(event.kind)}" for event in changed[-5:]
        )
        raise Conflict(_("Your page was out of date. Meanwhile: %(changes)s. Please look again.") % {"changes": told})
