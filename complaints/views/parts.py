"""The parts of the intake page that are also sent alone: the customer, who must do what by when, likely duplicates."""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints import policies
from complaints.actions.overhead import end_of
from complaints.forms import CaseForm
from complaints.models import Complaint, Customer, Incident
from complaints.numbers import bare, is_phone
from complaints.queries.customers import MIN_DIGITS, found, repeated
from complaints.queries.duplicates import duplicates, earlier, open_count, with_open_counts
from complaints.queries.incidents import incident_for
from foundation.errors import Conflict, Text
from organization.models import Staff
from workorders import policies as ticket_policies
from workorders.actions.filing import least_urgency
from workorders.enums import Channel, ClockKind, TicketState, Tier, Urgency
from workorders.menu import item_named
from workorders.models import Ticket, WorkOrder
from workorders.queries.routes import Proposal
from workorders.queries.routes import proposal as proposed

#: As many customers as fit under the search box without scrolling; more digits make them fewer.
MATCHES = 8
HISTORY = 10
#: More likely duplicates than this are no choice but a list; the history beside has them all.
DUPLICATES = 5
LONGEST_QUERY = 60
LONGEST_ID = 18


@dataclass(frozen=True, kw_only=True)
class Who:
    """The customer part: one customer chosen, several to choose from, or a new one to enter."""

    query: str = ""
    customer: Customer | None = None
    #: The customer is of another region: known by the whole number alone, and shown only in part.
    is_elsewhere: bool = False
    open_count: int = 0
    history: list[Complaint] = field(default_factory=list)
    matches: list[Customer] = field(default_factory=list)
    has_more: bool = False
    is_new: bool = False
    is_short: bool = False


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Who would have to do what by when, the urgency it comes to, and why that is higher than the one chosen."""

    plan: Proposal | None = None
    #: The incident under way of this category and region: what it announces is for the customer on the line.
    incident: Incident | None = None
    urgency: str = ""
    reasons: list[str] = field(default_factory=list)
    refusal: Text = ""

    @property
    def urgency_label(self) -> str:
        """Return the urgency in words."""
        return str(Urgency(self.urgency).label) if self.urgency else ""


@dataclass(frozen=True, kw_only=True)
class Likely:
    """A ticket that is likely the same matter, and what may be done with it instead of filing."""

    complaint: Complaint
    may_read: bool
    may_urge: bool
    may_note: bool


def who_asked(user: Staff, *, pk: str, query: str) -> Who:
    """Return the customer part for an id, or for what was typed into the search box."""
    visible = with_open_counts(user, policies.customers_visible_to(user))
    chosen = visible.filter(pk=pk).first() if pk.isdecimal() and len(pk) <= LONGEST_ID else None
    if chosen:
        return who_chosen(user, chosen, query, chosen.open_count)
    query = query.strip()[:LONGEST_QUERY]
    if "\0" in query:
        return Who()
    matches = list(found(visible, query)[: MATCHES + 1])
    exact = [match for match in matches if match.number == bare(query)]
    if exact:
        return who_chosen(user, exact[0], query, exact[0].open_count)
    if is_phone(query) and (caller := policies.customer_on_the_line(user, query)):
        return who_chosen(user, caller, query, open_count(caller))
    is_short = bare(query).isdecimal() and len(bare(query)) < MIN_DIGITS
    return Who(
        query=query,
        matches=matches[:MATCHES],
        has_more=len(matches) > MATCHES,
        is_short=is_short,
        is_new=not matches and is_phone(query),
    )


def who_chosen(user: Staff, customer: Customer, query: str, is_open: int) -> Who:
    """Return the customer part for a chosen customer with `is_open` open tickets, and what they complained about before."""
    return Who(
        query=query,
        customer=customer,
        is_elsewhere=not policies.may_see_customer(user, customer),
        open_count=is_open,
        history=list(earlier(user, customer)[:HISTORY]),
    )


def who_posted(user: Staff, case: CaseForm) -> Who:
    """Return the customer part for a submission that is shown again."""
    case.is_valid()
    chosen = case.cleaned_data.get("customer")
    if chosen is None:
        return Who(is_new=bool(case.data.get("number")))
    return who_chosen(user, chosen, case.cleaned_data.get("number") or "", open_count(chosen))


def advice(case: CaseForm, now: dt.datetime) -> Advice:
    """Return who must do what by when for what has been chosen so far; no plan before there is a category."""
    case.is_valid()
    chosen = case.cleaned_data
    category, customer = chosen.get("category"), chosen.get("customer")
    if category is None:
        return Advice()
    wanted, channel = chosen.get("urgency") or Urgency.NORMAL, chosen.get("channel") or Channel.HOTLINE
    tier = customer.tier if customer else chosen.get("tier") or Tier.STANDARD
    is_repeat = customer is not None and repeated(customer, category, now) is not None
    incident = incident_for(category, chosen["region"]) if chosen.get("region") else None
    urgency = least_urgency(wanted, channel=channel, tier=tier, is_repeat=is_repeat)
    reasons = _reasons(channel, tier, is_repeat=is_repeat) if urgency != wanted else []
    try:
        plan = proposed(Ticket(category=category, urgency=urgency, channel=channel, tier=tier, region=chosen.get("region")), now)
    except Conflict as error:
        return Advice(urgency=urgency, reasons=reasons, refusal=error.detail, incident=incident)
    if chosen.get("wanted_on") and channel in Channel.OVERHEAD:
        plan = replace(plan, answer_by=min(plan.answer_by, end_of(chosen["wanted_on"])))
    return Advice(plan=plan, urgency=urgency, reasons=reasons, incident=incident)


def _reasons(channel: str, tier: str, *, is_repeat: bool) -> list[str]:
    if channel in Channel.OVERHEAD:
        return [_("What a regulator, a consumer association, the media or the group forwards is major.")]
    vip = [_("VIP customers' complaints are at least urgent.")] if tier == Tier.VIP else []
    again = [_("The same complaint within 30 days counts as a repeat and is at least urgent.")] if is_repeat else []
    return vip + again


def likely(user: Staff, case: CaseForm, now: dt.datetime) -> list[Likely]:
    """Return the tickets to warn of; none before customer and category are chosen."""
    case.is_valid()
    category, customer = case.cleaned_data.get("category"), case.cleaned_data.get("customer")
    if category is None or customer is None:
        return []
    number = case.cleaned_data.get("number") or ""
    return [_likely(user, same, number) for same in duplicates(user, customer, category, now, number=number)[:DUPLICATES]]


def _likely(user: Staff, same: Complaint, number: str) -> Likely:
    vouched = policies.may_call_again(user, same, number)
    return Likely(
        complaint=same,
        may_read=ticket_policies.may_see(user, same.ticket),
        may_urge=_may(user, "urge_ticket", same.ticket, vouched=vouched),
        may_note=_may(user, "note", same.ticket, vouched=vouched),
    )


def _may(user: Staff, name: str, ticket: Ticket, *, vouched: bool) -> bool:
    item = item_named(ticket, name)
    return item is not None and ticket.state in item.states and (vouched or ticket_policies.may(user, name, ticket))


def told(complaint: Complaint) -> str:
    """Return what the agent can read to the customer after filing: the number, who acts, and by when."""
    ticket = complaint.ticket
    parts = [_("Filed as %(number)s.") % {"number": ticket.number}]
    orders = ticket.orders.select_related("department").prefetch_related("clocks").order_by("seq")
    parts += [_told_of(order) for order in orders]
    if ticket.state == TicketState.TRIAGE:
        parts.append(_("It waits in triage."))
    if ticket.merged_into:
        parts.append(_("A known fault: it is handled under %(master)s.") % {"master": ticket.merged_into})
    if ticket.state == TicketState.AWAITING_CALLBACK:
        parts.append(_("It was solved at the first point and awaits the callback."))
    if ticket.due_at:
        parts.append(_("The customer has an answer by %(at)s.") % {"at": _clock(ticket.due_at)})
    return " ".join(parts)


def _told_of(order: WorkOrder) -> str:
    due = {clock.kind: clock.due_at for clock in order.clocks.all()}
    return _("%(department)s (%(role)s): accept by %(accept)s, resolve by %(resolve)s.") % {
        "department": order.department,
        "role": order.get_role_display(),
        "accept": _clock(due[ClockKind.ACKNOWLEDGE]),
        "resolve": _clock(due[ClockKind.RESOLVE]),
    }


def _clock(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "m-d H:i") if at else "–"
