"""Playing what a director did in memory again, through the real actions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from complaints.actions.callbacks import close_unanswered, record_callback
from complaints.actions.filing import Facts, file_complaint
from complaints.bulk.cast import Person, Unit
from complaints.bulk.memory.closing import Office
from complaints.bulk.rows import LegRow, TicketRow
from complaints.enums import Next
from complaints.models import Complaint, Customer
from organization.models import Department, Region, Staff
from workorders.actions import closing, dispatching, filing, handling, holding, noting, returning, reviewing, transferring, urging
from workorders.models import Category, Ticket, WorkOrder

PUBLIC = [name for name in dir(Office) if not name.startswith("_") and name not in {"advance", "note", "is_sampled"}]


class RecordingOffice(Office):
    """Remembers what it was asked to do, in order."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.script: list[tuple[str, tuple, dict[str, Any]]] = []
        self._depth = 0


def _recorded(name: str) -> Callable[..., Any]:
    plain = getattr(Office, name)

    @wraps(plain)
    def method(self: RecordingOffice, *args: Any, **kwargs: Any) -> Any:
        if self._depth == 0:
            self.script.append((name, args, kwargs))
        self._depth += 1
        try:
            return plain(self, *args, **kwargs)
        finally:
            self._depth -= 1

    return method


for _name in PUBLIC:
    setattr(RecordingOffice, _name, _recorded(_name))


def _staff(person: Person | None) -> Staff:
    return Staff.objects.select_related("department", "region").get(pk=person.pk)


def _department(unit: Unit | None) -> Department | None:
    return Department.objects.select_related("calendar").get(pk=unit.pk) if unit else None


def _ticket(row: TicketRow) -> Ticket:
    return Ticket.objects.get(pk=row.pk)


def _order(row: LegRow) -> WorkOrder:
    return WorkOrder.objects.get(pk=row.pk)


ACTIONS: dict[str, Callable[..., Any]] = {
    "submit": filing.submit,
    "prepare": filing.prepare,
    "solve": filing.solve,
    "dispatch": dispatching.dispatch,
    "dispatch_by_route": dispatching.dispatch_by_route,
    "accept": handling.accept,
    "accept_by_silence": handling.accept_by_silence,
    "assign": handling.assign,
    "reply": handling.reply,
    "approve": reviewing.approve,
    "send_back": reviewing.send_back,
    "request_hold": holding.request_hold,
    "approve_hold": holding.approve_hold,
    "refuse_hold": holding.refuse_hold,
    "resume": holding.resume,
    "request_return": returning.request_return,
    "uphold_return": returning.uphold_return,
    "deny_return": returning.deny_return,
    "transfer": transferring.transfer,
    "answer": closing.answer,
    "close": closing.close,
    "cancel": closing.cancel,
    "merge": closing.merge,
    "add_note": noting.add_note,
    "urge_ticket": urging.urge_ticket,
    "escalate": urging.escalate,
    "add_assist": dispatching.add_assist,
}
RENAMED = {"at": "now", "unit": "department"}
RULINGS = {"uphold_return", "deny_return"}


def _value(value: Any) -> Any:
    match value:
        case Person():
            return _staff(value)
        case Unit():
            return _department(value)
        case TicketRow():
            return _ticket(value)
        case [*asks] if asks and isinstance(asks[0], tuple):
            return [(_department(unit), question) for unit, question in asks]
    return value


def _arguments(name: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    given = {RENAMED.get(key, key): _value(value) for key, value in kwargs.items() if key != "at_once"}
    if name in RULINGS:
        given["ruling_reason"] = given.pop("reason")
    return given


def play(script: list[tuple[str, tuple, dict[str, Any]]], tickets: list[TicketRow]) -> None:
    """Do everything that the script says, through the real actions and at its own times."""
    filed = iter(tickets)
    skipped: set[int] = set()
    for index, (name, args, kwargs) in enumerate(script):
        if index in skipped:
            continue
        if name == "file":
            skipped |= _file(next(filed), script, index, kwargs)
        elif name == "close_unanswered":
            close_unanswered(complaint=Complaint.objects.select_related("ticket").get(pk=args[0].pk), now=kwargs["at"])
        elif name == "call_back":
            given = _arguments(name, kwargs)
            record_callback(complaint=Complaint.objects.get(pk=args[0].pk), **given)
        else:
            subject = {"order": _order(args[0])} if isinstance(args[0], LegRow) else {"ticket": _ticket(args[0])}
            ACTIONS[name](**subject, **_arguments(name, kwargs))


def _file(ticket: TicketRow, script: list[tuple[str, tuple, dict[str, Any]]], index: int, kwargs: dict[str, Any]) -> set[int]:
    """File as the intake page does; return which of the next calls that did already."""
    follows = {
        number: call
        for number, call in enumerate(script[index + 1 : index + 4], start=index + 1)
        if call[1] and call[1][0] is ticket and call[2]["at"] == kwargs["at"]
    }
    names = [call[0] for call in follows.values()]
    then, count = {"solve": (Next.SOLVED, 1), "submit": (Next.TRIAGE, 1)}[names[0]]
    if names == ["submit", "prepare", "dispatch_by_route"]:
        then, count = Next.DISPATCH, 3
    row = kwargs["customer"]
    customer, _made = Customer.objects.get_or_create(
        pk=row.pk,
        defaults={"number": row.number, "name": row.name, "tier": row.tier, "region": Region.objects.get(pk=row.region)},
    )
    facts = Facts(
        customer=customer,
        contact_phone=row.number,
        contact_name=row.name,
        category=Category.objects.get(pk=kwargs["leaf"].pk),
        channel=kwargs["channel"],
        region=customer.region,
        subject=kwargs["subject"],
        description=kwargs["description"],
        wanted=kwargs["wanted"],
        place=kwargs["place"],
        occurred_at=kwargs["occurred_at"],
        urgency=kwargs["urgency"],
    )
    answer = next(iter(follows.values()))[2].get("answer", "")
    by, now = _staff(kwargs["by"]), kwargs["at"]
    key, agreed = kwargs["filing_key"], kwargs.get("agreed")
    file_complaint(facts=facts, then=then, answer=answer, filing_key=key, agreed=agreed, by=by, now=now)
    return set(list(follows)[:count])
