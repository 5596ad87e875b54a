"""Which of the actions (`workorders.menu_items`) a person may take now, and the one door to taking them: pages, bulk bar, API."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from foundation.errors import Invalid
from organization.models import Staff
from workorders import policies, watch
from workorders.locking import lock_ticket
from workorders.menu_items import ACTING, ORDER_MENU, TICKET_MENU, Item
from workorders.models import Ticket, WorkOrder
from workorders.queries.changes import refuse_stale
from workorders.queries.offers import not_offered

type Subject = Ticket | WorkOrder


def menu_of(subject: Subject | type[Subject]) -> tuple[Item, ...]:
    """Return every action there is on a ticket or an order."""
    return TICKET_MENU if isinstance(subject, Ticket) or subject is Ticket else ORDER_MENU


def item_named(subject: Subject | type[Subject], name: str) -> Item | None:
    """Return the action called `name`, or None."""
    return next((item for item in menu_of(subject) if item.name == name), None)


def menu_for(user: Staff, subject: Subject, now: dt.datetime) -> list[Item]:
    """Return exactly the actions that this person may take on `subject` now; what time ends says until when."""
    mine = (item for item in menu_of(subject) if subject.state in item.states and policies.may(user, item.name, subject))
    timed = (replace(item, until=item.last(subject)) if item.last else item for item in mine)
    offered = [item for item in timed if item.until is None or now <= item.until]
    if isinstance(subject, WorkOrder):
        offered = [item for item in offered if item.name not in ({"supervise"} if subject.supervised_at else watch.DEEDS)]
        if subject.state in ACTING:
            hidden = not_offered(user, subject, {item.name for item in offered})
            # A hold that waits for a decision comes before the work itself.
            return sorted((item for item in offered if item.name not in hidden), key=lambda item: item.name != "approve_hold")
    return offered


def perform(
    user: Staff,
    subject: Subject,
    name: str,
    *,
    data: Mapping[str, object],
    files: Mapping[str, UploadedFile] | None = None,
    seen: int | None = None,
    now: dt.datetime,
) -> object:
    """Check the input and run the action `name`: the one door for pages, bulk actions and the API.

    `seen` is the number of the last event the person saw. Raises NotAllowed, Conflict or Invalid (by field);
    KeyError for an unknown action.
    """
    item = item_named(subject, name)
    if item is None:
        raise KeyError(name)
    policies.require(user, name, subject)
    kind = "ticket" if isinstance(subject, Ticket) else "order"
    form = item.form(data, files, subject=subject, user=user, now=now)
    with transaction.atomic():
        lock_ticket(subject.pk if kind == "ticket" else subject.ticket_id)
        refuse_stale(subject, seen)
        if not form.is_valid():
            raise FormInvalid(form)
        return item.run(**{kind: subject}, by=user, now=now, **form.cleaned_data)


class FormInvalid(Invalid):
    """The form that the action asks for was not filled in rightly; `form` carries what was typed and the errors."""

    def __init__(self, form: forms.Form) -> None:
        super().__init__(**{name: " ".join(map(str, errors)) for name, errors in form.errors.items()})
        self.form = form
