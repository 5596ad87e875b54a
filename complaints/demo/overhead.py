"""The demo operator's register of over-the-head complaints: papers entered, and the liability of most that are closed."""

import datetime as dt

from django.utils import timezone

from complaints.actions.overhead import decide_fault, enter_overhead
from complaints.enums import Fault
from complaints.models import Complaint
from journal.notify import silence
from organization.models import Staff
from workorders.enums import Channel, Liability, OrderRole, TicketState
from workorders.models import WorkOrder

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
#: How far back the papers were entered.
SPAN = 60 * DAY
#: Channel → how its papers are numbered, and how many days it gives.
PAPERS = {
    Channel.REGULATOR: ("鲁通管申〔{year}〕{number}号", 5),
    Channel.CONSUMER: ("12315-{year}{number:05}", 10),
    Channel.MEDIA: ("媒体转办{year}-{number:03}", 3),
    Channel.GROUP: ("集团督办〔{year}〕{number}号", 4),
}


def make(now: dt.datetime) -> None:
    """Enter the papers of all but the newest, and decide the liability of three in four that are closed."""
    officer, duty = (Staff.objects.get(username=name) for name in ("officer", "duty"))
    over = Complaint.objects.filter(ticket__channel__in=Channel.OVERHEAD, ticket__filed_at__gte=now - SPAN)
    with silence():
        for number, complaint in enumerate(over.select_related("ticket", "repeat_of").order_by("pk"), start=101):
            entered = complaint.ticket.filed_at + 40 * MINUTE
            if entered > now:
                continue
            _enter(complaint, number, officer, entered)
            if complaint.ticket.state == TicketState.CLOSED and number % 4:
                _decide(complaint, duty, min(complaint.ticket.closed_at + DAY, now))


def _enter(complaint: Complaint, number: int, by: Staff, at: dt.datetime) -> None:
    text, days = PAPERS[Channel(complaint.ticket.channel)]
    filed = timezone.localdate(complaint.ticket.filed_at)
    document, wanted = text.format(year=filed.year, number=number), filed + days * DAY
    enter_overhead(complaint=complaint, document=document, wanted_on=wanted, earlier=complaint.repeat_of, by=by, now=at)


def _decide(complaint: Complaint, by: Staff, at: dt.datetime) -> None:
    lead = WorkOrder.objects.filter(ticket=complaint.pk, role=OrderRole.LEAD).order_by("-seq").first()
    is_ours = lead is not None and lead.liability == Liability.OPERATOR
    fault, reason = (
        (Fault.OURS, "首次受理后未在时限内答复到位") if is_ours else (Fault.NOT_OURS, "已按规定答复，客户诉求超出业务规则")
    )
    decide_fault(complaint=complaint, fault=fault, reason=reason, by=by, now=at)
