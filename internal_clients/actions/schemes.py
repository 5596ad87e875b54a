"""Putting a version of the scheme in force, and copying one to work on the next."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.enums import PeriodState, SchemeState
from internal_clients.locking import lock_scheme
from internal_clients.models import Indicator, Part, PartWeight, Period, Scheme
from internal_clients.queries.schemes import faults, with_rows
from journal.record import record
from journal.types import Data, Json
from organization.models import Staff


@transaction.atomic
def activate(*, scheme: Scheme, by: Staff, now: dt.datetime) -> Scheme:
    """Put a draft in force from its month on; from then on it cannot be changed.

    Raises NotAllowed, Conflict when it is in force already, or Invalid when its weights do not add up, or when its month is
    another version's or has been shown.
    """
    require(policies.may_keep_schemes(by))
    scheme = lock_scheme(scheme.pk)
    if scheme.state != SchemeState.DRAFT:
        raise Conflict(_("This version is in force already."))
    found = faults(with_rows(Scheme.objects.filter(pk=scheme.pk)).get())
    if found:
        raise Invalid(" ".join(found))
    _check_month(scheme)
    scheme.state, scheme.activated_by, scheme.activated_at = SchemeState.ACTIVE, by, now
    scheme.save(update_fields=["state", "activated_by", "activated_at"])
    data: Data = {"version": scheme.version, "effective_from": f"{scheme.effective_from:%Y-%m-%d}"}
    record(f"scheme:{scheme.pk}", "scheme.activate", by=by, at=now, data=data)
    return scheme


def _check_month(scheme: Scheme) -> None:
    """Refuse a month that another version begins with, and one whose scores the departments have seen already."""
    if Scheme.objects.filter(state=SchemeState.ACTIVE, effective_from=scheme.effective_from).exists():
        raise Invalid(effective_from=_("Another scheme takes effect on that day."))
    shown = Period.objects.exclude(state=PeriodState.OPEN).filter(month__gte=scheme.effective_from)
    last = shown.order_by("-month").values_list("month", flat=True).first()
    if last:
        raise Invalid(effective_from=_("The scores of %(month)s have been shown; take a later month.") % {"month": f"{last:%Y-%m}"})


@transaction.atomic
def draft_from(*, scheme: Scheme, effective_from: dt.date, by: Staff, now: dt.datetime) -> Scheme:
    """Copy a scheme into a new draft to work on; it takes effect from a later month. Raises NotAllowed or Invalid."""
    require(policies.may_keep_schemes(by))
    if effective_from.day != 1:
        raise Invalid(effective_from=_("A scheme takes effect on the first day of a month."))
    version = (Scheme.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    draft = Scheme.objects.create(version=version, name=scheme.name, effective_from=effective_from)
    for part in with_rows(Scheme.objects.filter(pk=scheme.pk)).get().parts.all():
        _copy_part(part, draft)
    record(f"scheme:{draft.pk}", "scheme.draft", by=by, at=now, data={"version": version, "from": scheme.version})
    return draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New numbers of one indicator."""

    indicator: int
    target: Decimal
    limit: Decimal
    weight: Decimal
    minimum: int


@transaction.atomic
def change(*, scheme: Scheme, changes: Sequence[Change], by: Staff, now: dt.datetime) -> Scheme:
    """Change the numbers of a draft's indicators. Raises NotAllowed, or Conflict when it is in force."""
    require(policies.may_keep_schemes(by))
    scheme = lock_scheme(scheme.pk)
    if scheme.state != SchemeState.DRAFT:
        raise Conflict(_("This version is in force already."))
    told: dict[str, Json] = {}
    for each in changes:
        indicator = Indicator.objects.get(pk=each.indicator, part__scheme=scheme)
        indicator.target, indicator.limit, indicator.weight = each.target, each.limit, each.weight
        indicator.minimum = each.minimum
        indicator.save(update_fields=["target", "limit", "weight", "minimum"])
        told[indicator.code] = f"{each.target} {each.limit} {each.weight} {each.minimum}"
    record(f"scheme:{scheme.pk}", "scheme.change", by=by, at=now, data=told)
    return scheme


def _copy_part(part: Part, draft: Scheme) -> None:
    copied = Part.objects.create(scheme=draft, code=part.code, name=part.name, name_en=part.name_en)
    PartWeight.objects.bulk_create(
        PartWeight(part=copied, department_id=row.department_id, weight=row.weight) for row in part.weights.all()
    )
    for indicator in part.indicators.all():
        only = list(indicator.departments.all())
        indicator.pk, indicator.part = None, copied
        indicator.save(force_insert=True)
        indicator.departments.set(only)
