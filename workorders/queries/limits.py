"""Which promise holds for a ticket or a leg, from the rules in the database."""

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation.errors import Conflict
from organization.models import Calendar, Department
from workorders.enums import Hours, Tier
from workorders.models import OlaRule, SlaRule, Ticket
from workorders.targets import HALF, choose, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLimits:
    """What a department promises for one leg, in minutes on `calendar` (None: natural hours)."""

    rule: OlaRule
    calendar: Calendar | None
    acknowledge: int
    resolve: int


def factors(tier: str, round_number: int) -> tuple[Fraction, ...]:
    """Return what shortens the limits: VIP and a further round do not stack, the smallest factor wins."""
    return tuple(HALF for shortens in (tier == Tier.VIP, round_number > 0) if shortens)


def sla_rule(urgency: str, channel: str) -> SlaRule:
    """Return the customer's limits at this urgency; a row for the channel goes before the general one.

    Raises Conflict when an administrator has left the urgency without a row.
    """
    rows = SlaRule.objects.filter(urgency=urgency, channel__in=["", channel])
    rule = max(rows, key=lambda row: row.channel != "", default=None)
    if rule is None:
        raise Conflict(_("No customer limit is set for this urgency; please tell an administrator."))
    return rule


def overall_minutes(rule: SlaRule, tier: str, round_number: int) -> int:
    """Return the natural minutes within which the customer must have an answer."""
    return shortened(rule.answer_minutes, *factors(tier, round_number))


def leg_limits(ticket: Ticket, department: Department) -> LegLimits:
    """Return what `department` promises for `ticket` as it now is (category, urgency, tier and round).

    Raises Conflict when no rule covers it.
    """
    rows = OlaRule.objects.filter(Q(department=department) | Q(department=None), urgency=ticket.urgency)
    by_id = {row.pk: row for row in rows.select_related("category")}
    chosen = choose(
        (row.rule for row in by_id.values()),
        department_id=department.pk,
        category_path=ticket.category.path,
        urgency=ticket.urgency,
    )
    if chosen is None:
        raise Conflict(
            _("No limit is set for %(department)s at this urgency; please tell an administrator.") % {"department": department},
        )
    return LegLimits(
        rule=by_id[chosen.id],
        calendar=department.calendar if by_id[chosen.id].hours == Hours.WORKING else None,
        acknowledge=chosen.acknowledge,
        resolve=shortened(chosen.resolve, *factors(ticket.tier, ticket.round)),
    )
