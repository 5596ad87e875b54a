"""Reminding of the day by which whoever forwarded a complaint wants its answer: calendar days, which nothing pauses."""

import datetime as dt

from django.utils.translation import gettext, ngettext, override

from complaints.queries.overhead import papers, wanted_on, wanted_soon
from journal.notify import notify
from organization.enums import Role
from organization.models import Staff
from organization.queries.duty import Directory
from workorders.enums import OrderRole
from workorders.models import WorkOrder


def remind_wanted(*, now: dt.datetime) -> int:
    """Remind, once for each of those days, the centre's duty officers and who leads; its head too once one day is left.

    Return how many complaints were reminded of.
    """
    soon, directory = list(wanted_soon(now)), Directory.loaded(now)
    leads = _leads([complaint.pk for complaint, _left in soon])
    for complaint, left in soon:
        day = wanted_on(complaint)
        notify(
            "overhead.wanted",
            key=f"overhead:{complaint.pk}:{day}:{left}",
            to=_told(directory, leads.get(complaint.pk), left),
            at=now,
            stream=complaint.ticket.stream,
            data={
                "number": complaint.ticket.number,
                "subject": complaint.ticket.subject,
                "document": papers(complaint).document,
                "wanted_on": f"{day}",
                "left": _said(left, "zh-hans"),
                "left_en": _said(left, "en"),
            },
        )
    return len(soon)


def _leads(tickets: list[int]) -> dict[int, int]:
    """Return the department that leads each ticket: of its newest leading order."""
    leading = WorkOrder.objects.filter(ticket__in=tickets, role=OrderRole.LEAD).order_by("seq")
    return dict(leading.values_list("ticket", "department"))


def _told(directory: Directory, lead: int | None, left: int) -> list[Staff]:
    people = directory.centre() + directory.acting(lead, Role.CONTACT)
    if left <= 1:
        people += directory.acting(lead, Role.HEAD)
    return list({person.pk: person for person in people}.values())


def _said(left: int, language: str) -> str:
    with override(language):
        if left < 0:
            return gettext("past its date")
        if left == 0:
            return gettext("due today")
        return ngettext("%(left)s day left", "%(left)s days left", left) % {"left": left}
