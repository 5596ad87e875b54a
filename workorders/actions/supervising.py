"""Supervision (督办): the centre or the system puts an order under it, the department reports, its head answers."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from journal.notify import Occasion
from journal.record import Entry, record_many
from journal.types import Data
from organization.enums import Role
from organization.models import Staff
from organization.queries.duty import Directory, on_duty
from workorders import policies, watch
from workorders.actions.steps import note
from workorders.actions.telling import about, tell_all
from workorders.enums import ClockKind, OrderState
from workorders.locking import claim_due_supervisions, lock_order
from workorders.models import Clock, Supervision, WorkOrder

#: How often the system wants to hear, by urgency, in hours: as often as the customer is told (domain, section 4).
SYSTEM_HOURS = {"normal": 8, "urgent": 4, "major": 2}
MAX_HOURS = 72
BATCH = 200


@transaction.atomic
def supervise(*, order: WorkOrder, reason: str, every_hours: int, by: Staff, now: dt.datetime) -> WorkOrder:
    """Put an order under supervision: its department reports every so many natural hours.

    An order that is overdue also needs its head's written answer within four hours. Raises NotAllowed, Conflict when it
    is supervised already or its department has nothing to do, or Invalid without a reason or for a strange rhythm.
    """
    order = lock_order(order.pk)
    policies.require(by, "supervise", order)
    if order.supervised_at:
        raise Conflict(_("%(order)s is under supervision already.") % {"order": order})
    if order.state not in OrderState.WORKING:
        raise Conflict(_("%(department)s has already replied.") % {"department": order.department})
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    if not 1 <= every_hours <= MAX_HOURS:
        raise Invalid(every_hours=_("Choose between 1 and %(most)d hours.") % {"most": MAX_HOURS})
    open_supervisions([order], reason=reason, every_hours=every_hours, by=by, now=now)
    return order


def supervise_by_rule(orders: Sequence[WorkOrder], *, reason: str, now: dt.datetime) -> list[WorkOrder]:
    """Put orders under supervision in the system's name (rule 13), leaving out those that need none; their tickets are locked.

    The head's answer is asked for where an order is overdue, also when it was supervised before.
    """
    needing = [order for order in orders if order.state in OrderState.WORKING]
    fresh = [order for order in needing if not order.supervised_at]
    system = Staff.objects.system()
    for urgency, hours in SYSTEM_HOURS.items():
        alike = [order for order in fresh if order.ticket.urgency == urgency]
        open_supervisions(alike, reason=reason, every_hours=hours, by=system, now=now)
    demand_answers([order for order in needing if order not in fresh], now=now)
    return fresh


def open_supervisions(orders: Sequence[WorkOrder], *, reason: str, every_hours: int, by: Staff, now: dt.datetime) -> None:
    """Write the supervisions, their events and the notices of orders whose tickets are locked; a few queries for any number."""
    if not orders:
        return
    rows = []
    for order in orders:
        row = Supervision(order=order, reason=reason[:300], opened_by=by)
        row.watch = watch.opened(every_hours, now)
        order.supervised_at = now
        rows.append(row)
    Supervision.objects.bulk_create(rows)
    WorkOrder.objects.filter(pk__in=[order.pk for order in orders]).update(supervised_at=now)
    data: Data = {"reason": reason, "every": every_hours}
    record_many([entry(order, "supervise", now, data) for order in orders], by=by)
    directory = Directory.loaded(now)
    tell_all(
        "order.supervised",
        [occasion("order.supervised", order, _concerned(order, directory), {"reason": _(reason)}) for order in orders],
        at=now,
    )
    demand_answers(orders, now=now)


def demand_answers(orders: Sequence[WorkOrder], *, now: dt.datetime) -> None:
    """Ask the heads of supervised orders that are overdue for a written answer, once each; their tickets are locked."""
    overdue = Clock.objects.filter(order__in=orders, kind=ClockKind.RESOLVE, running_since__isnull=False, due_at__lt=now)
    rows = Supervision.objects.filter(order__in=overdue.values("order"), ended_at=None, answer_due_at=None)
    by_pk, found = {order.pk: order for order in orders}, list(rows)
    for row in found:
        row.watch = watch.asked(row.watch, now)
    Supervision.objects.bulk_update(found, ["answer_due_at", "check_at"])
    asked = [by_pk[row.order_id] for row in found]
    record_many([entry(order, "demand_answer", now, {}) for order in asked], by=Staff.objects.system())
    if asked:
        directory, kind = Directory.loaded(now), "order.answer_demanded"
        data: Data = {"due_at": (now + watch.ANSWER_WITHIN).isoformat()}
        heads = {order.pk: directory.acting(order.department_id, Role.HEAD) for order in asked}
        tell_all(kind, [occasion(kind, order, heads[order.pk], data) for order in asked], at=now)


@transaction.atomic
def report_progress(*, order: WorkOrder, text: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Report how far it is; the next report is due a period from now. Raises NotAllowed, Conflict, or Invalid without a text."""
    order, supervision = _supervised(order, "report_progress", by)
    if not text.strip():
        raise Invalid(text=_("Write what was done and what comes next."))
    supervision.watch = watch.reported(supervision.watch, now)
    supervision.save()
    return note(order, "report_progress", by=by, now=now, data={"text": text, "count": supervision.reports})


@transaction.atomic
def answer_supervision(*, order: WorkOrder, answer: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """Give the head's written answer on an overdue order.

    Raises NotAllowed, Conflict when none is asked for or it is given already, or Invalid without a text.
    """
    order, supervision = _supervised(order, "answer_supervision", by)
    if supervision.answer_due_at is None:
        raise Conflict(_("No written answer is asked for."))
    if supervision.answered_at:
        raise Conflict(_("The written answer is given already."))
    if not answer.strip():
        raise Invalid(answer=_("Write why it is late and by when it will be done."))
    supervision.watch = watch.answered(supervision.watch, now)
    supervision.save()
    return note(order, "answer_supervision", by=by, now=now, data={"answer": answer})


@transaction.atomic
def end_supervision(*, order: WorkOrder, reason: str, by: Staff, now: dt.datetime) -> WorkOrder:
    """End the supervision. It also ends by itself with its order. Raises NotAllowed, Conflict, or Invalid without a reason."""
    order, supervision = _supervised(order, "end_supervision", by)
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    supervision.watch = watch.ended(supervision.watch, now)
    supervision.save()
    order.supervised_at = None
    return note(order, "end_supervision", by=by, now=now, data={"reason": reason})


@transaction.atomic
def judge_late_reports(*, now: dt.datetime, limit: int = BATCH) -> int:
    """Write down, dated when it was due, each report and answer that is not in; return for how many supervisions.

    Each lateness is one event, whoever comes to write it; after a downtime the person is told of the last one only.
    """
    rows = list(
        Supervision.objects.filter(pk__in=claim_due_supervisions(now, limit)).select_related("order__ticket", "order__department")
    )
    entries: list[Entry] = []
    for row in rows:
        entries.extend(_overdue(row, now))
        row.save()
    record_many(entries, by=Staff.objects.system())
    if rows:
        _remind(rows, now)
    return len(rows)


def _overdue(row: Supervision, now: dt.datetime) -> list[Entry]:
    """Judge one supervision up to `now` and return its events."""
    found, state = [], row.watch
    while state.check_at and state.check_at <= now:
        at = state.check_at
        deed = "report_late" if at == state.report_due_at else "answer_late"
        state = watch.applied(state, deed, at)
        found.append(entry(row.order, deed, at, {"count": state.late_reports} if deed == "report_late" else {}))
    row.watch = state
    return found


def _remind(rows: Sequence[Supervision], now: dt.datetime) -> None:
    directory = Directory.loaded(now)
    owing = [row for row in rows if row.owed_since]
    silent = [row for row in rows if row.answer_late_at and not row.answered_at]
    late = [_owed(row, directory) for row in owing]
    tell_all("order.report_late", late, at=now)
    heads = {row.pk: [*directory.acting(row.order.department_id, Role.HEAD), *directory.centre()] for row in silent}
    tell_all("order.answer_late", [occasion("order.answer_late", row.order, heads[row.pk], {}) for row in silent], at=now)


def _owed(row: Supervision, directory: Directory) -> Occasion:
    """Return the notice of the last report that is not in."""
    to = [*_concerned(row.order, directory), *directory.centre()]
    owed_since = row.owed_since.isoformat() if row.owed_since else ""
    return occasion("order.report_late", row.order, to, {"owed_since": owed_since}, str(row.late_reports))


def notify_head(order: WorkOrder, count: int, *, now: dt.datetime) -> None:
    """Tell the department's head, as of now, that an order was urged again and again; its ticket is locked."""
    heads = on_duty(order.department, Role.HEAD, now)
    told = "、".join(map(str, heads))
    note(order, "notify_head", by=Staff.objects.system(), now=now, data={"told": told, "count": count})
    told_of = occasion("order.urged_often", order, heads, {"count": str(count)}, str(order.urge_count))
    tell_all("order.urged_often", [told_of], at=now)


def entry(order: WorkOrder, deed: str, at: dt.datetime, data: Data) -> Entry:
    """Return an event of an order as `note` would write it."""
    return Entry(order.ticket.stream, f"order.{deed}", at, {"state": order.state, "order": order.pk, "seq": order.seq, **data})


def _concerned(order: WorkOrder, directory: Directory) -> list[Staff]:
    """Return who must act on a supervised order: who has it in hand, the contacts, and the head."""
    hands = [order.assignee] if order.assignee else []
    found = [*hands, *directory.acting(order.department_id, Role.CONTACT), *directory.acting(order.department_id, Role.HEAD)]
    return list({person.pk: person for person in found}.values())


def occasion(kind: str, order: WorkOrder, to: Sequence[Staff], data: Data, once: str = "") -> Occasion:
    """Return a notice about an order; `once` tells it from others of the kind under the same supervision."""
    since = int(order.supervised_at.timestamp()) if order.supervised_at else 0
    people = tuple({person.pk: None for person in to})
    key = f"{kind}:{order.pk}:{since}:{once}"
    return Occasion(key, people, order.ticket.stream, about(order.ticket, order.department) | data)


def _supervised(order: WorkOrder, action: str, by: Staff) -> tuple[WorkOrder, Supervision]:
    order = lock_order(order.pk)
    policies.require(by, action, order)
    supervision = order.supervisions.filter(ended_at=None).first()
    if supervision is None:
        raise Conflict(_("%(order)s is not under supervision.") % {"order": order})
    return order, supervision
