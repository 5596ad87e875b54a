"""Which promise holds for a ticket or a leg, from the rules in the database."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from organization.models import Calendar, Department
from workorders.enums import Hours, Tier
from workorders.models import OlaRule, SlaRule, Ticket
from workorders.targets import HALF, Case, choose, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLimits:
    """What a department promises for one leg, in minutes on `calendar` (None: natural hours)."""

    rule: OlaRule
    calendar: Calendar | None
    acknowledge: int
    resolve: int


def factors(tier: str, round_number: int, *, rule_tier: str = "") -> tuple[Fraction, ...]:
    """Return what shortens the limits: VIP and a further round do not stack, the smallest factor wins.

    A limit set for the tier by name is not shortened for it once more.
    """
    return tuple(HALF for shortens in (tier == Tier.VIP and not rule_tier, round_number > 0) if shortens)


def case_of(ticket: Ticket, department: Department | None = None) -> Case:
    """Return `ticket`, which may be unsaved, as the choice of limits reads it."""
    return Case(
        department_id=department.pk if department else None,
        category_path=ticket.category.path,
        urgency=ticket.urgency,
        channel=ticket.channel,
        tier=ticket.tier,
        region_path=ticket.region.path if ticket.region_id else "",
    )


def sla_rule(ticket: Ticket, at: dt.datetime) -> SlaRule:
    """Return the customer's limits for the ticket that are in force at `at`.

    Raises Conflict when an administrator has left the case without a row.
    """
    rows = {row.pk: row for row in SlaRule.objects.filter(urgency=ticket.urgency).select_related("category")}
    chosen = choose((row.rule for row in rows.values()), case_of(ticket), at)
    if chosen is None:
        raise Conflict(_("No customer limit is set for this urgency; please tell an administrator."))
    return rows[chosen.id]


def overall_minutes(rule: SlaRule, tier: str, round_number: int) -> int:
    """Return the natural minutes within which the customer must have an answer."""
    return shortened(rule.answer_minutes, *factors(tier, round_number, rule_tier=rule.tier))


def leg_limits(ticket: Ticket, department: Department, at: dt.datetime) -> LegLimits:
    """Return what `department` promises for `ticket` as it now is, by the rules in force at `at`.

    Raises Conflict when no rule covers it.
    """
    own = OlaRule.objects.filter(Q(department=department) | Q(department=None), urgency=ticket.urgency)
    rows = {row.pk: row for row in own.select_related("category", "region")}
    chosen = choose((row.rule for row in rows.values()), case_of(ticket, department), at)
    if chosen is None:
        raise Conflict(
            _("No limit is set for %(department)s at this urgency; please tell an administrator.") % {"department": department},
        )
    rule = rows[chosen.id]
    return LegLimits(
        rule=rule,
        calendar=department.calendar if rule.hours == Hours.WORKING else None,
        acknowledge=rule.acknowledge_minutes,
        resolve=shortened(rule.resolve_minutes, *factors(ticket.tier, ticket.round, rule_tier=rule.tier)),
    )
