"""Which scheme scores a month, and what is wrong with one."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from internal_clients.enums import SchemeState
from internal_clients.models import Indicator, Part, PartWeight, Scheme
from internal_clients.scoring import HUNDRED

ZERO = Decimal(0)


def with_rows(schemes: QuerySet[Scheme]) -> QuerySet[Scheme]:
    """Read schemes with everything in them, in the order of their codes."""
    indicators = Indicator.objects.order_by("code").prefetch_related("departments")
    weights = PartWeight.objects.select_related("department").order_by("department__code")
    parts = Part.objects.order_by("code").prefetch_related(Prefetch("indicators", indicators), Prefetch("weights", weights))
    return schemes.prefetch_related(Prefetch("parts", parts))


def scheme_for(month: dt.date) -> Scheme | None:
    """Return the scheme in force on the first day of `month`, with its parts, indicators and weights; None where there is none."""
    found = Scheme.objects.filter(state=SchemeState.ACTIVE, effective_from__lte=month).order_by("-effective_from")
    return with_rows(found).first()


def faults(scheme: Scheme) -> list[str]:
    """Return, in sentences, why the scheme cannot be put in force: the one place where its weights are added up.

    The indicators of a part, and the parts of a department, add up to 100 each.
    """
    parts = list(scheme.parts.all())
    found = [_("The scheme has no parts.")] if not parts else []
    return [*found, *_indicator_faults(parts), *_weight_faults(parts)]


def _indicator_faults(parts: list[Part]) -> Iterator[str]:
    for part in parts:
        total = sum((indicator.weight for indicator in part.indicators.all()), ZERO)
        if total != HUNDRED:
            yield _("The points of the indicators of “%(part)s” add up to %(total)s, not to 100.") % {"part": part, "total": total}


def _weight_faults(parts: list[Part]) -> Iterator[str]:
    totals: dict[str, Decimal] = {}
    for part in parts:
        for weight in part.weights.all():
            name = str(weight.department)
            totals[name] = totals.get(name, ZERO) + weight.weight
    if parts and not totals:
        yield _("No department is scored by the scheme.")
    for name, total in totals.items():
        if total != HUNDRED:
            yield _("The weights of %(department)s add up to %(total)s, not to 100.") % {"department": name, "total": total}
