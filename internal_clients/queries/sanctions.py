"""What stands on a month's scorecards beside the lines: decided penalties, bonuses and vetoes, and those that rules find."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from complaints.models import Complaint, Inspection
from complaints.queries.inspections.listing import for_penalties
from complaints.queries.overhead import ours
from internal_clients.enums import ItemKind, Verdict
from internal_clients.models import Release, Sanction
from internal_clients.months import midnight, next_month
from internal_clients.rules import BYPASS, BYPASS_POINTS, MOST_BYPASS, UNSIGNED_LAUNCH, VETOES, VetoRule
from workorders.enums import Channel, OrderRole, OrderState
from workorders.models import WorkOrder

#: Kept in English, shown in the reader's language.
BYPASSED = gettext_noop("Complained over our head about a matter already lodged with us, and we were at fault.")
UNSIGNED = gettext_noop("Launched without the service department's agreement.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One penalty, bonus or veto of a department."""

    kind: str
    code: str
    points: Decimal = Decimal(0)
    reason: str
    sanction_id: int | None = None
    ticket_id: int | None = None


def items(month: dt.date, now: dt.datetime) -> dict[int, list[Item]]:
    """Return the items of a month by department: those decided by two people, and those that rules find by themselves."""
    found: dict[int, list[Item]] = {}
    for department, item in [*_decided(month), *_bypassed(month, now), *_unsigned(month, now)]:
        found.setdefault(department, []).append(item)
    return found


def findings(now: dt.datetime) -> QuerySet[Inspection]:
    """Return the failed inspections with points proposed that stand and that no penalty, proposed or approved, is made of yet."""
    made = Sanction.objects.filter(Q(is_approved=None) | Q(is_approved=True), finding=OuterRef("pk"))
    return for_penalties(timezone.localtime(now).date()).exclude(Exists(made))


def _decided(month: dt.date) -> list[tuple[int, Item]]:
    approved = Sanction.objects.filter(month=month, is_approved=True).order_by("pk")
    return [
        (each.department_id, Item(kind=each.kind, code=each.code, points=each.points, reason=each.facts, sanction_id=each.pk))
        for each in approved
    ]


def _bypassed(month: dt.date, now: dt.datetime) -> list[tuple[int, Item]]:
    """Return 1.5 points for each complaint that went over our head and was our fault; what exceeds 6 points is shown with none.

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
    found: list[tuple[int, Item]] = []
    taken: dict[int, Decimal] = {}
    for ticket, lead in complaints.values_list("ticket_id", "lead"):
        points = min(BYPASS_POINTS, MOST_BYPASS - taken.get(lead, Decimal(0)))
        taken[lead] = taken.get(lead, Decimal(0)) + points
        found.append((lead, Item(kind=ItemKind.PENALTY, code=BYPASS, points=points, reason=BYPASSED, ticket_id=ticket)))
    return found


def _unsigned(month: dt.date, now: dt.datetime) -> list[tuple[int, Item]]:
    """Return a veto for each launch against the service department's word, or without it (V5)."""
    end = min(midnight(next_month(month)), now)
    launched = Release.objects.filter(launched_at__gte=midnight(month), launched_at__lt=end)
    unsigned = launched.filter(~Q(verdict=Verdict.AGREED), override_at=None).order_by("launched_at", "pk")
    return [(release.department_id, _unsigned_item(release)) for release in unsigned]


def _unsigned_item(release: Release) -> Item:
    day = f"{timezone.localtime(release.launched_at):%Y-%m-%d}" if release.launched_at else ""
    return Item(kind=ItemKind.VETO, code=UNSIGNED_LAUNCH, reason=f"{UNSIGNED} {release.title} {day}")


def effect(item: Item) -> VetoRule | None:
    """Return what a veto does; None for a penalty or bonus."""
    return VETOES.get(item.code) if item.kind == ItemKind.VETO else None
