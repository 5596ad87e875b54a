"""How targets and what was reached are written."""

from decimal import Decimal

from django import template

from internal_clients.enums import KpiMeasure
from internal_clients.models import KpiItem

register = template.Library()


@register.filter
def plain(number: Decimal | None) -> str:
    """Write a number without what it does not need: 120, 97.5."""
    return "–" if number is None else f"{number.normalize():f}"


@register.filter
def share(number: Decimal | None) -> str:
    """Write a rate with two decimals."""
    return "–" if number is None else f"{number:.2f}%"


@register.filter
def target_of(item: KpiItem) -> str:
    """Write a target in its measure's unit, in words of its own direction: 120, ≥ 95%, ≤ 5%, 20."""
    if item.measure in KpiMeasure.RATES:
        return f"{'≤' if item.measure in KpiMeasure.LESS else '≥'} {plain(item.target)}%"
    return plain(item.target)
