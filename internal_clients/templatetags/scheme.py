"""How scores are written."""

import datetime as dt
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from internal_clients.formulas import FORMULAS
from internal_clients.models import Indicator, ScoreItem
from internal_clients.queries.sanctions import words_of

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
def counted(number: Decimal, indicator: Indicator) -> str:
    """Write what was counted: seconds as minutes, everything else as it is."""
    shown = number / SIXTY if FORMULAS[indicator.formula].is_time else number
    return f"{shown.quantize(Decimal('0.01')).normalize():f}"


@register.filter
def value(number: Decimal | None, indicator: Indicator) -> str:
    """Write an indicator's value in its formula's unit."""
    return _("n/a") if number is None else FORMULAS[indicator.formula].written(number)


@register.filter
def is_time(indicator: Indicator) -> bool:
    """Tell whether what an indicator counts is shown in minutes."""
    return FORMULAS[indicator.formula].is_time


@register.filter
def words(item: ScoreItem) -> str:
    """Say why a penalty, bonus or veto is there."""
    return words_of(item)


@register.filter
def days_after(day: dt.date, today: dt.date) -> int:
    """Return how many days after `today` a day is; fewer than none before it."""
    return (day - today).days


@register.filter
def absolute(number: int) -> int:
    """Return a number without its sign."""
    return abs(number)
