"""From filing to dispatch: the front line files, triage prepares, simple cases are solved at the first point."""

import datetime as dt

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid, NotAllowed
from journal.types import Data
from organization.calendars import statutory_deadline
from organization.models import Region, Staff
from workorders import effects, policies
from workorders.actions.categorizing import follow
from workorders.actions.steps import advance, note, start_clock
from workorders.effects import Effect
from workorders.enums import Channel, ClockKind, Tier, Urgency
from workorders.locking import lock_key, lock_ticket
from workorders.models import Category, Ticket
from workorders.models.category import LEAF_DEPTH
from workorders.queries.limits import overall_minutes, sla_rule
from workorders.targets import Agreed

STATUTORY_DAYS = 15


def least_urgency(urgency: str, *, channel: str, tier: str, is_repeat: bool) -> str:
    """Return the urgency a ticket gets: over-the-head channels are major, VIP and repeats at least urgent (rule 22)."""
    floor = Urgency.NORMAL
    if channel in Channel.OVERHEAD:
        floor = Urgency.MAJOR
    elif tier == Tier.VIP or is_repeat:
        floor = Urgency.URGENT
    return max(urgency, floor, key=lambda value: Urgency.RANK[value])


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('workorders_ticket', 'id'))")
        return cursor.fetchone()[0]


@transaction.atomic
def file_ticket(
    *,
    category: Category,
    channel: str,
    urgency: str,
    region: Region,
    subject: str,
    description: str,
    wanted: str = "",
    tier: str = Tier.STANDARD,
    filing_key: str,
    reopened_from: Ticket | None = None,
    agreed: Agreed | None = None,
    no_later_than: dt.datetime | None = None,
    by: Staff,
    now: dt.datetime,
) -> Ticket:
    """File a ticket as a draft and start the customer's clock, which runs from here whatever happens later.

    `filing_key` makes it count once: a second call with the same key returns the first one's ticket unchanged. `agreed` is
    what another system promised, in place of our own limit; `no_later_than` cuts our own short.
    Raises NotAllowed, or Invalid when `category` is not on the third level.
    """
    if not policies.may_file(by) and reopened_from is None:
        raise NotAllowed(_("Only the front line files complaints."))
    if category.depth != LEAF_DEPTH:
        raise Invalid(category=_("Choose a category of the third level."))
    lock_key(filing_key)
    if filed := Ticket.objects.filter(filing_key=filing_key).first():
        return filed
    ticket = Ticket(
        pk=_next_id(),
        category=category,
        channel=channel,
        urgency=urgency,
        region=region,
        tier=tier,
        subject=subject,
        description=description,
        wanted=wanted,
        filed_by=by,
        filed_at=now,
        filing_key=filing_key,
        reopened_from=reopened_from,
        statutory_at=statutory_deadline(now, STATUTORY_DAYS),
    )
    ticket.number = f"{timezone.localtime(now):%y%m%d}{ticket.pk:06d}"
    ticket.save(force_insert=True)
    data = {"category": category.code, "urgency": urgency, "channel": channel, "region": region.code}
    return note(ticket, "file", by=by, now=now, clocks=_started(ticket, agreed, no_later_than, now), data=data)


def _started(ticket: Ticket, agreed: Agreed | None, latest: dt.datetime | None, now: dt.datetime) -> dict[ClockKind, Effect]:
    """Start the customer's clock by our own limits or as agreed, and return the effect; none where nothing was promised."""
    rule = None
    if agreed is None:
        rule = sla_rule(ticket, now)
        minutes = overall_minutes(rule, ticket.tier, ticket.round)
        is_cut = latest is not None and latest < now + dt.timedelta(minutes=minutes)
        clock = effects.until(now, latest) if latest and is_cut else effects.start(minutes, None)
    elif agreed.due_at is None:
        return {}
    else:
        clock = effects.until(now, agreed.due_at)
    start_clock(ticket, ClockKind.OVERALL, clock, now, sla=rule)
    return {ClockKind.OVERALL: clock}


@transaction.atomic
def submit(*, ticket: Ticket, by: Staff, now: dt.datetime) -> Ticket:
    """Hand a draft to triage; the duplicate check has been made. Raises NotAllowed or Conflict."""
    ticket = lock_ticket(ticket.pk)
    if ticket.filed_by_id != by.pk:
        raise NotAllowed(_("Only the person who filed it hands it over."))
    return advance(ticket, "submit", by=by, now=now)


@transaction.atomic
def prepare(
    *,
    ticket: Ticket,
    category: Category | None = None,
    region: Region | None = None,
    urgency: str = "",
    remark: str = "",
    by: Staff,
    now: dt.datetime,
) -> Ticket:
    """Pass a ticket from triage to dispatch, with its category, region and urgency corrected where needed.

    A higher urgency brings the customer's clock forward as `escalate` does. Raises NotAllowed, Conflict, or Invalid for a
    category that is no leaf or a lower urgency.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "prepare", ticket)
    data: Data = {"remark": remark}
    before = (ticket.category, ticket.region)
    if category and category.pk != ticket.category_id:
        if category.depth != LEAF_DEPTH:
            raise Invalid(category=_("Choose a category of the third level."))
        data |= {"category": category.code, "category_before": ticket.category.code}
        ticket.category = category
    if region and region.pk != ticket.region_id:
        data |= {"region": region.code, "region_before": ticket.region.code}
        ticket.region = region
    clocks = None
    if urgency and urgency != ticket.urgency:
        if Urgency.RANK[urgency] < Urgency.RANK[ticket.urgency]:
            raise Invalid(urgency=_("Choose a higher urgency than the present one."))
        data |= {"urgency": urgency, "before": ticket.urgency}
        ticket.urgency = urgency
        limit = overall_minutes(sla_rule(ticket, now), ticket.tier, ticket.round)
        clocks = {ClockKind.OVERALL: effects.tighten(limit)}
    advance(ticket, "prepare", by=by, now=now, clocks=clocks, data=data)
    return ticket if before == (ticket.category, ticket.region) else follow(ticket, *before, by=by, now=now)


@transaction.atomic
def solve(*, ticket: Ticket, answer: str, by: Staff, now: dt.datetime) -> Ticket:
    """Close the case at the first point: the customer has been answered at once, no order is needed.

    Stops the customer's clock. Raises NotAllowed, Conflict, or Invalid without an answer.
    """
    ticket = lock_ticket(ticket.pk)
    policies.require(by, "solve", ticket)
    if not answer.strip():
        raise Invalid(answer=_("Write what the customer was told."))
    return advance(
        ticket,
        "solve",
        by=by,
        now=now,
        clocks={ClockKind.OVERALL: effects.STOP},
        data={"answer": answer},
        answer=answer,
        at=now,
    )
