"""The register of over-the-head complaints (越级投诉台账)."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import policies
from complaints.enums import Fault
from complaints.models import Complaint, OverHead
from foundation.durations import DAY
from foundation.sheets import Cell
from organization.models import Staff
from workorders.enums import Channel, Liability, TicketState

#: What the register's filter offers beside "all".
OPEN, UNDECIDED = "open", "undecided"
#: So many calendar days before the answer is wanted people are reminded; -1 is the day after.
REMIND_DAYS = (3, 1, 0, -1)


def registered(user: Staff, channel: str = "", show: str = "") -> QuerySet[Complaint]:
    """Return the complaints that came over our head and that `user` may read, newest first.

    `show` keeps the open, the undecided, or one liability.
    """
    channels = [channel] if channel in Channel.OVERHEAD else Channel.OVERHEAD
    related = ("ticket__category", "ticket__region", "customer", "over_head__earlier__ticket", "over_head__decided_by")
    reached = policies.complaints_visible_to(user)
    rows = reached.filter(ticket__channel__in=channels).select_related(*related).order_by("-pk")
    if show == OPEN:
        return rows.filter(ticket__state__in=TicketState.OPEN)
    if show == UNDECIDED:
        return rows.exclude(over_head__fault__in=Fault.values)
    return rows.filter(over_head__fault=show) if show in Fault.values else rows


def ours(way: str = "") -> Q:
    """Return the condition that it was our own fault (有责): the register's decision, else the lead's finding.

    The finding is annotated as `fault`; `way` leads from the rows to the complaint.
    """
    undecided = Q(**{f"{way}over_head": None}) | Q(**{f"{way}over_head__fault": ""})
    return Q(**{f"{way}over_head__fault": Fault.OURS}) | undecided & Q(fault=Liability.OPERATOR)


def papers(complaint: Complaint) -> OverHead:
    """Return what the register keeps of a complaint found with it; of one not entered yet, nothing."""
    return getattr(complaint, "over_head", None) or OverHead(complaint=complaint)


def wanted_on(complaint: Complaint) -> dt.date:
    """Return the day by which the answer is wanted: the letter's, or else the statutory one; calendar days, never paused."""
    return papers(complaint).wanted_on or timezone.localdate(complaint.ticket.statutory_at)


def days_left(complaint: Complaint, today: dt.date) -> int | None:
    """Return the calendar days left until the answer is wanted, negative when past; None once the customer has it."""
    if complaint.ticket.replied_at or not complaint.ticket.is_open:
        return None
    return (wanted_on(complaint) - today).days


def wanted_soon(now: dt.datetime) -> Iterator[tuple[Complaint, int]]:
    """Yield the complaints whose answer is wanted in three days or one, today, or was yesterday, with the days left."""
    today = timezone.localdate(now)
    waiting = Complaint.objects.filter(
        ticket__channel__in=Channel.OVERHEAD, ticket__state__in=TicketState.OPEN, ticket__replied_at=None
    )
    # The statutory date is never after the letter's.
    near = waiting.filter(ticket__statutory_at__lt=now + REMIND_DAYS[0] * DAY + 2 * DAY)
    for complaint in near.select_related("over_head", "ticket").order_by("pk"):
        left = days_left(complaint, today)
        if left in REMIND_DAYS:
            yield complaint, left


def header() -> list[str]:
    """Return the workbook's column titles."""
    titles = [_("number"), _("channel"), _("document number"), _("subject"), _("category"), _("region"), _("filed at")]
    return [
        *titles,
        _("wanted by"),
        _("replied to the customer at"),
        _("state"),
        _("already lodged with us as"),
        _("liability"),
        _("reason"),
    ]


def sheet_rows(rows: QuerySet[Complaint]) -> Iterator[list[Cell]]:
    """Yield one list of cells a complaint."""
    for each in rows.iterator(chunk_size=2000):
        ticket, kept = each.ticket, papers(each)
        yield [
            ticket.number,
            ticket.get_channel_display(),
            kept.document,
            ticket.subject,
            str(ticket.category),
            str(ticket.region),
            ticket.filed_at,
            str(wanted_on(each)),
            ticket.replied_at,
            ticket.get_state_display(),
            str(kept.earlier or ""),
            kept.get_fault_display(),
            kept.reason,
        ]
