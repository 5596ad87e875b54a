"""The demo's half year: each ticket lives its life through the same actions as real ones, at times of its own."""

import datetime as dt
import heapq
import random
from collections.abc import Generator
from dataclasses import dataclass, field

from complaints.actions.callbacks import record_callback
from complaints.actions.filing import Facts, file_complaint
from complaints.demo.people import CITY_KEYS
from complaints.demo.texts import WANTS, text_for
from complaints.enums import CallbackOutcome, Next
from complaints.models import Complaint, Customer
from foundation.errors import DomainError
from organization.enums import Role
from organization.models import Department, Region, Staff
from workorders.actions import closing, dispatching, filing, handling, holding, returning, reviewing, transferring, urging
from workorders.enums import Channel, HoldReason, Liability, OrderState, ReturnReason, TicketState, Tier, Urgency
from workorders.models import Category, Ticket, WorkOrder
from workorders.queries.routes import route_for

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
CUSTOMERS = 2500
CHANNELS = {
    Channel.HOTLINE: 60, Channel.HALL: 15, Channel.APP: 12, Channel.WEB: 6, Channel.SOCIAL: 3, Channel.REGULATOR: 2,
    Channel.CONSUMER: 1, Channel.MEDIA: 1,
}
WEIGHTS = {"NET": 28, "BILL": 16, "FEE": 16, "VAS": 10, "BIZ": 8, "GRP": 8, "SVC": 6, "MKT": 5, "SPAM": 4, "OTH": 1}
#: Complaints by hour of the day.
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 9, 12, 12, 9, 6, 7, 10, 10, 9, 8, 6, 6, 6, 5, 3, 2)


class Unfinished(Exception):
    """The story goes on after now: the ticket stays as it is."""


@dataclass
class Cast:
    """Everyone and everything that a story needs, read once."""

    now: dt.datetime
    draw: random.Random
    leaves: dict[str, list[Category]] = field(default_factory=dict)
    cities: list[Region] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    agents: list[Staff] = field(default_factory=list)
    officers: list[Staff] = field(default_factory=list)
    duty: Staff | None = None
    hands: dict[int, list[Staff]] = field(default_factory=dict)
    contacts: dict[int, Staff] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)


def gathered(now: dt.datetime, draw: random.Random) -> Cast:
    """Read the cast from the database, making the customers."""
    cast = Cast(now=now, draw=draw)
    for leaf in Category.objects.filter(children=None).order_by("path"):
        cast.leaves.setdefault(leaf.path.split("/")[0], []).append(leaf)
    cast.cities = list(Region.objects.filter(path__in=[f"{key}/" for key in CITY_KEYS]).order_by("path"))
    cast.customers = _customers(cast)
    cast.departments = {each.code: each for each in Department.objects.select_related("calendar")}
    for person in Staff.objects.select_related("department", "region").order_by("username"):
        if person.has_role(Role.AGENT):
            cast.agents.append(person)
        if person.has_role(Role.DISPATCHER):
            cast.officers.append(person)
        if person.has_role(Role.DUTY):
            cast.duty = person
        if person.has_role(Role.HANDLER):
            cast.hands.setdefault(person.department_id, []).append(person)
        if person.has_role(Role.CONTACT):
            cast.contacts[person.department_id] = person
    return cast


def _customers(cast: Cast) -> list[Customer]:
    surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
    made = [
        Customer(
            number=f"1380000{index:04d}", name=f"{cast.draw.choice(surnames)}{cast.draw.choice(('先生', '女士'))}",
            tier=Tier.VIP if cast.draw.random() < 0.06 else Tier.STANDARD, region=cast.draw.choice(cast.cities),
        )
        for index in range(CUSTOMERS)
    ]
    return Customer.objects.bulk_create(made)


def filing_times(count: int, months: int, now: dt.datetime, draw: random.Random) -> list[dt.datetime]:
    """Return when the complaints come in: by the hour of the day, denser in the last two days so that queues are alive."""
    first = now - months * 30 * DAY
    times = []
    while len(times) < count:
        recent = draw.random() < 0.05
        day = now - draw.random() * 2 * DAY if recent else first + draw.random() * (now - first)
        hour = draw.choices(range(24), HOURS)[0]
        at = day.replace(hour=(hour - 8) % 24, minute=draw.randrange(60), second=draw.randrange(60), microsecond=0)
        if at < now - MINUTE:
            times.append(at)
    return sorted(times)


def tell(cast: Cast, index: int, at: dt.datetime) -> None:
    """File one complaint at `at` and live its life until it ends, or until now."""
    try:
        complaint = _file(cast, index, at)
        _live(cast, complaint, at)
    except Unfinished:
        return


def _file(cast: Cast, index: int, at: dt.datetime) -> Complaint:
    draw = cast.draw
    top = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    leaf = draw.choice(cast.leaves[top])
    text, slots = text_for(leaf.code, draw)
    customer = draw.choice(cast.customers)
    channel = draw.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    facts = Facts(
        customer=customer, contact_phone=customer.number, contact_name=customer.name, category=leaf, channel=channel,
        region=customer.region, subject=text.subject.format(**slots), description=text.story.format(**slots),
        wanted=draw.choice(WANTS), place=slots["place"],
        urgency=draw.choices([Urgency.NORMAL, Urgency.URGENT], [9, 1])[0],
    )
    chance = draw.random()
    then = Next.SOLVED if chance < 0.12 else Next.TRIAGE if chance < 0.2 else Next.DISPATCH
    return file_complaint(
        facts=facts, then=then, answer="已向客户解释并当场处理，客户表示认可。", filing_key=f"demo-{index}",
        by=draw.choice(cast.agents), now=at,
    )


def _live(cast: Cast, complaint: Complaint, at: dt.datetime) -> None:
    draw = cast.draw
    ticket = complaint.ticket
    if ticket.state == TicketState.TRIAGE:
        at = _triage(cast, ticket, at)
    if draw.random() < 0.015:
        closing.cancel(ticket=ticket, reason="客户来电要求撤诉，录音已留存。", by=cast.duty, now=_later(cast, at, 20, 300))
        return
    if draw.random() < 0.01 and (other := _open_one(ticket)):
        closing.merge(ticket=ticket, into=other, by=draw.choice(cast.officers), now=_later(cast, at, 10, 90))
        return
    while True:
        at = _through_departments(cast, ticket, at)
        ticket.refresh_from_db()
        if ticket.state == TicketState.AWAITING_REPLY:
            at = _later(cast, at, 10, 200)
            text = ticket.orders.filter(result__gt="").order_by("seq").values_list("result", flat=True).first() or "已处理。"
            closing.answer(ticket=ticket, text=text, by=draw.choice(cast.officers), now=at)
        at = _call_back(cast, complaint, at)
        ticket.refresh_from_db()
        if ticket.state == TicketState.CLOSED:
            return


def _open_one(ticket: Ticket) -> Ticket | None:
    return Ticket.objects.filter(category=ticket.category, state__in=TicketState.OPEN).exclude(pk=ticket.pk).order_by("pk").first()


def _later(cast: Cast, at: dt.datetime, least: int, most: int) -> dt.datetime:
    """Return some minutes later, most often soon; Unfinished when that is after now."""
    span = cast.draw.triangular(least, most, least)
    later = at + dt.timedelta(seconds=int(span * 60))
    if later >= cast.now:
        raise Unfinished
    return later


def _triage(cast: Cast, ticket: Ticket, at: dt.datetime) -> dt.datetime:
    officer = cast.draw.choice(cast.officers)
    at = _later(cast, at, 3, 60)
    filing.prepare(ticket=ticket, remark="已核对客户信息。", by=officer, now=at)
    return _dispatch(cast, ticket, officer, at)


def _dispatch(cast: Cast, ticket: Ticket, officer: Staff, at: dt.datetime) -> dt.datetime:
    at = _later(cast, at, 2, 90)
    route = route_for(ticket.category)
    lead = route.lead if route else cast.departments["CARE"]
    busy = set(ticket.orders.filter(state__in=OrderState.OPEN).values_list("department", flat=True))
    free = lead if lead.pk not in busy else next(each for each in cast.departments.values() if each.pk in cast.hands and each.pk not in busy)
    dispatching.dispatch(ticket=ticket, lead=free, question="请核实处理并回复。", by=officer, now=at)
    return at


type Steps = Generator[dt.datetime, None, dt.datetime]


def _through_departments(cast: Cast, ticket: Ticket, at: dt.datetime) -> dt.datetime:
    """Let every open leg be worked, side by side in time; return when the last one was done."""
    while legs := list(WorkOrder.objects.filter(ticket=ticket, state__in=OrderState.OPEN).select_related("department")):
        at = _side_by_side(cast, [_worked(cast, ticket, leg, at) for leg in legs], at)
        ticket.refresh_from_db()
        if ticket.state == TicketState.AWAITING_DISPATCH:
            at = _dispatch(cast, ticket, cast.draw.choice(cast.officers), at)
    return at


def _side_by_side(cast: Cast, works: list[Steps], at: dt.datetime) -> dt.datetime:
    """Run the works in the order of their next steps; Unfinished when one of them reaches now."""
    waiting = [(at, number, work) for number, work in enumerate(works)]
    ended, unfinished = at, False
    while waiting:
        _time, number, work = heapq.heappop(waiting)
        try:
            following = next(work)
        except StopIteration as stop:
            ended = max(ended, stop.value)
            continue
        if following >= cast.now:
            unfinished = True
        else:
            heapq.heappush(waiting, (following, number, work))
    if unfinished:
        raise Unfinished
    return ended


def _soon(cast: Cast, at: dt.datetime, least: int, most: int) -> dt.datetime:
    """Return some minutes later, most often soon."""
    return at + dt.timedelta(seconds=int(cast.draw.triangular(least, most, least) * 60))


def _then(at: dt.datetime) -> Steps:
    """Wait until `at`."""
    yield at
    return at


def _worked(cast: Cast, ticket: Ticket, leg: WorkOrder, at: dt.datetime) -> Steps:
    draw, contact = cast.draw, cast.contacts[leg.department_id]
    hand = contact if ticket.urgency == Urgency.MAJOR else draw.choice(cast.hands[leg.department_id])
    chance = draw.random()
    if chance < 0.035:
        return (yield from _return(cast, leg, contact, at))
    at = yield from _then(_soon(cast, at, 1, 40))
    handling.accept(order=leg, by=hand, now=at)
    if chance < 0.06 and (elsewhere := _another(cast, ticket, leg)):
        at = yield from _then(_soon(cast, at, 10, 240))
        _try(transferring.transfer, order=leg, department=elsewhere, reason="需由该部门核查处理。", by=contact, now=at)
        return at
    if 0.06 < chance < 0.13:
        at = yield from _hold(cast, leg, contact, at)
    if chance > 0.93:
        at = yield from _then(_soon(cast, at, 30, 400))
        _try(urging.urge, order=leg, remark="客户再次来电催促。", by=draw.choice(cast.agents[:3]), now=at)
    return (yield from _reply(cast, leg, hand, at))


def _try(action: object, **arguments: object) -> bool:
    """Run an action that the rules may refuse in this story; tell whether it was done."""
    try:
        action(**arguments)
    except DomainError:
        return False
    return True


def _another(cast: Cast, ticket: Ticket, leg: WorkOrder) -> Department | None:
    busy = set(ticket.orders.filter(state__in=OrderState.OPEN).values_list("department", flat=True)) | {leg.department_id}
    free = [each for each in cast.departments.values() if each.pk in cast.hands and each.pk not in busy]
    return cast.draw.choice(free) if free else None


def _return(cast: Cast, leg: WorkOrder, contact: Staff, at: dt.datetime) -> Steps:
    at = yield from _then(_soon(cast, at, 1, 9))
    proposed = _another(cast, leg.ticket, leg)
    returning.request_return(
        order=leg, reason=ReturnReason.NOT_OURS, evidence="经核查不属于本部门职责，系统记录见附件。", proposed=proposed, by=contact, now=at,
    )
    at = yield from _then(_soon(cast, at, 5, 60))
    if cast.draw.random() < 0.6:
        returning.uphold_return(order=leg, ruling_reason="情况属实，重新派单。", by=cast.duty, now=at)
        return at
    returning.deny_return(order=leg, ruling_reason="属于该部门职责，请继续处理。", by=cast.duty, now=at)
    return (yield from _reply(cast, leg, contact, at))


def _hold(cast: Cast, leg: WorkOrder, contact: Staff, at: dt.datetime) -> Steps:
    at = yield from _then(_soon(cast, at, 20, 300))
    reason = cast.draw.choice(HoldReason.values)
    until = at + cast.draw.randint(3, 40) * HOUR
    holding.request_hold(order=leg, reason=reason, evidence="已电话联系，约定时间后再处理。", until=until, by=contact, now=at)
    yield until
    holding.resume(order=leg, by=Staff.objects.system(), now=until)
    return until


def _reply(cast: Cast, leg: WorkOrder, hand: Staff, at: dt.datetime) -> Steps:
    draw = cast.draw
    slow = draw.random() < 0.07
    target = leg.clocks.get(kind="resolve").allowance.total_seconds() / 60
    at = yield from _then(_soon(cast, at, int(target * 0.9) if slow else 20, int(target * 1.4) if slow else int(target * 0.75)))
    text, slots = text_for(leg.ticket.category.code, draw)
    by = cast.contacts[leg.department_id] if leg.ticket.urgency == Urgency.MAJOR else hand
    fields = {
        "result": text.result.format(**slots), "cause": text.cause,
        "liability": draw.choices(Liability.values, [70, 15, 12, 3])[0], "customer_contacted": draw.random() < 0.3,
    }
    handling.reply(order=leg, by=by, now=at, **fields)
    leg.refresh_from_db()
    if leg.state != OrderState.REPLIED:
        return at
    at = yield from _then(_soon(cast, at, 10, 200))
    officer = draw.choice(cast.officers)
    if draw.random() < 0.1:
        reviewing.send_back(order=leg, defects="未说明是否复测，请补充处理依据。", by=officer, now=at)
        at = yield from _then(_soon(cast, at, 20, 240))
        handling.reply(order=leg, by=by, now=at, **fields)
        leg.refresh_from_db()
        at = yield from _then(_soon(cast, at, 10, 120))
    if leg.state == OrderState.REPLIED:
        reviewing.approve(order=leg, by=officer, now=at)
    return at


def _call_back(cast: Cast, complaint: Complaint, at: dt.datetime) -> dt.datetime:
    """Call until somebody answers, refuses, or three attempts are over."""
    draw = cast.draw
    while True:
        at = _later(cast, at, 60, 1500)
        officer = draw.choice(cast.officers)
        chance = draw.random()
        if chance < 0.2:
            call = record_callback(complaint=complaint, outcome=CallbackOutcome.NO_ANSWER, by=officer, now=at)
            if call.attempt < 3:
                continue
            return at
        if chance < 0.24:
            record_callback(complaint=complaint, outcome=CallbackOutcome.REFUSED, by=officer, now=at)
            return at
        happy = draw.random() < 0.9
        record_callback(
            complaint=complaint, outcome=CallbackOutcome.REACHED, solved=happy, by=officer, now=at,
            satisfaction=draw.choices([3, 4, 5], [2, 4, 4])[0] if happy else draw.choice([1, 2]),
            remark="" if happy else "客户表示问题仍然存在，要求继续处理。",
        )
        return at
