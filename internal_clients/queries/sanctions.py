"""What stands on a month's scorecards beside the lines: decided penalties, bonuses and vetoes, and those that rules find."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from complaints.models import Complaint, Inspection
from complaints.queries.inspections.listing import for_penalties
from complaints.queries.overhead import ours
from foundation.durations import midnight
from internal_clients.enums import ItemKind, Verdict
from internal_clients.models import Release, Sanction, ScoreItem
from internal_clients.months import next_month
from internal_clients.queries.rulings import Changed, Key, items_changed, keyed
from internal_clients.rules import BYPASS, UNSIGNED_LAUNCH, VETOES, VetoRule, bypass_points
from workorders.enums import Channel, OrderRole, OrderState
from workorders.models import WorkOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One penalty, bonus or veto of a department."""

    kind: str
    code: str
    points: Decimal = Decimal(0)
    #: Empty for what a rule found.
    reason: str = ""
    sanction_id: int | None = None
    ticket_id: int | None = None
    release_id: int | None = None
    #: The appeal by which it counts less, or nothing.
    ruling_id: int | None = None

    @property
    def key(self) -> Key:
        """Return what it is for."""
        return keyed(self.code, self.sanction_id, self.ticket_id, self.release_id)


def items(month: dt.date, now: dt.datetime) -> dict[int, list[Item]]:
    """Return the items of a month by department: those decided by two people, and those that rules find by themselves.

    What a ruling changed stays with what was left of it.
    """
    changed = items_changed(month)
    decided, bypassed = [_ruled(*each, changed) for each in _decided(month)], _bypassed(month, now)
    unsigned = [_ruled(*each, changed) for each in _unsigned(month, now)]
    found: dict[int, list[Item]] = {}
    for department, item in [*decided, *_capped(bypassed, changed), *unsigned]:
        found.setdefault(department, []).append(item)
    return found


def findings(now: dt.datetime) -> QuerySet[Inspection]:
    """Return the failed inspections with points proposed that stand and that no penalty, proposed or approved, is made of yet."""
    made = Sanction.objects.filter(Q(is_approved=None) | Q(is_approved=True), finding=OuterRef("pk"))
    return for_penalties(timezone.localtime(now).date()).exclude(Exists(made))


def _ruled(department: int, item: Item, changed: Mapping[tuple[int, Key], Changed]) -> tuple[int, Item]:
    ruling = changed.get((department, item.key))
    return department, replace(item, points=ruling.points, ruling_id=ruling.appeal) if ruling else item


def _capped(found: list[tuple[int, Item]], changed: Mapping[tuple[int, Key], Changed]) -> list[tuple[int, Item]]:
    """Give the complaints over our head their points, department by department."""
    ruled = [_ruled(*each, changed) for each in found]
    given: list[tuple[int, Item]] = []
    for department in dict.fromkeys(lead for lead, _item in ruled):
        own = [item for lead, item in ruled if lead == department]
        points = bypass_points([item.points if item.ruling_id else None for item in own])
        given += [(department, replace(item, points=each)) for item, each in zip(own, points, strict=True)]
    return given


def _decided(month: dt.date) -> list[tuple[int, Item]]:
    approved = Sanction.objects.filter(month=month, is_approved=True).order_by("pk")
    return [
        (each.department_id, Item(kind=each.kind, code=each.code, points=each.points, reason=each.facts, sanction_id=each.pk))
        for each in approved
    ]


def _bypassed(month: dt.date, now: dt.datetime) -> list[tuple[int, Item]]:
    """Return the complaints that went over our head and were our fault, without their points.

    The register's decision counts; where there is none, what the lead department itself found.
    """
    led = WorkOrder.objects.filter(ticket=OuterRef("ticket"), role=OrderRole.LEAD, state=OrderState.COMPLETED).order_by("-seq")
    complaints = (
        Complaint.objects.filter(
            Q(repeat_of__isnull=False) | Q(over_head__earlier__isnull=False),
            ticket__channel__in=Channel.OVERHEAD,
            ticket__filed_at__gte=midnight(month),
            ticket__filed_at__lt=min(midnight(next_month(month)), now),
        )
        .annotate(lead=Subquery(led.values("department")[:1]), fault=Subquery(led.values("liability")[:1]))
        .filter(ours(), lead__isnull=False)
        .order_by("ticket")
    )
    found = complaints.values_list("ticket_id", "lead")
    return [(lead, Item(kind=ItemKind.PENALTY, code=BYPASS, ticket_id=ticket)) for ticket, lead in found]


def _unsigned(month: dt.date, now: dt.datetime) -> list[tuple[int, Item]]:
    """Return a veto for each launch against the service department's word, or without it (V5)."""
    end = min(midnight(next_month(month)), now)
    launched = Release.objects.filter(launched_at__gte=midnight(month), launched_at__lt=end)
    unsigned = launched.filter(~Q(verdict=Verdict.AGREED), override_at=None).order_by("launched_at", "pk")
    return [(each.department_id, Item(kind=ItemKind.VETO, code=UNSIGNED_LAUNCH, release_id=each.pk)) for each in unsigned]


#: What the rules find by themselves, in words.
FOUND = {
    BYPASS: gettext_noop("Complained over our head about a matter already lodged with us, and we were at fault."),
    UNSIGNED_LAUNCH: gettext_noop("Launched without the service department's agreement."),
}


def words_of(item: Item | ScoreItem) -> str:
    """Return why an item is there: what two people decided it for, or what its rule found, in the reader's language."""
    if item.sanction_id or item.code not in FOUND:
        return item.reason
    # Runs of the first versions hold the English words with what they are about.
    about = item.reason.removeprefix(FOUND[item.code])
    if isinstance(item, ScoreItem) and item.release_id:
        about = title_of_item(item)
    return f"{_(FOUND[item.code])} {about.strip()}".strip()


def title_of_item(item: ScoreItem) -> str:
    """Return what an item is about, without words of ours: the facts, the ticket, or the release and the day of its launch."""
    if item.ticket:
        return f"{item.ticket.number} {item.ticket.subject}"
    if item.release is None:
        return item.reason
    day = f"{timezone.localtime(item.release.launched_at):%Y-%m-%d}" if item.release.launched_at else ""
    return f"{item.release.title} {day}".strip()


def effect(item: Item) -> VetoRule | None:
    """Return what a veto does; None for a penalty or bonus, and for a veto that was cancelled."""
    return VETOES.get(item.code) if item.kind == ItemKind.VETO and item.ruling_id is None else None
