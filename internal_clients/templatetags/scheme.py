"""How scores are written."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

register = template.Library()
SIXTY = Decimal(60)


@register.filter
def cents(number: Decimal | None) -> str:
    """Write a score with two decimals; what does not apply as such."""
    return _("n/a") if number is None else f"{number:.2f}"


@register.filter
def signed(number: Decimal | None) -> str:
    """Write a difference with its sign."""
    return "–" if number is None else f"{number:+.2f}"


@register.filter
def counted(number: Decimal, code: str) -> str:
    """Write what was counted: seconds of availability (B1) as minutes, everything else as it is."""
    shown = number / SIXTY if code == "B1" else number
    return f"{shown.quantize(Decimal('0.01')).normalize():f}"


@register.filter
def value(number: Decimal | None, code: str) -> str:
    """Write an indicator's value in its unit: availability with four decimals, the others with two."""
    if number is None:
        return _("n/a")
    if code == "B5":
        return f"{number:.0f}"
    places = 4 if code == "B1" else 2
    return f"{number:.{places}f}" if code == "C3" else f"{number:.{places}f}%"
