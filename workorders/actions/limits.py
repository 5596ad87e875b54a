"""Limits as data: every edit is a new version from its date, and what nobody could decide between is refused."""

import datetime as dt
from collections.abc import Sequence
from itertools import chain

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid, NotAllowed
from journal.record import record
from journal.types import Data
from organization.enums import Role
from organization.models import Staff
from workorders.locking import lock_key
from workorders.models import OlaRule, SlaRule
from workorders.queries.coverage import customer_limits, department_limits, faults
from workorders.targets import Rule, Scope, ties

#: No more faults than these are told at once.
SHOWN = 10


@transaction.atomic
def set_limits[L: (OlaRule, SlaRule)](*, limits: Sequence[L], by: Staff, now: dt.datetime) -> list[L]:
    """Save unsaved rows of one kind as new versions, in force from their dates or from `now` where those are past.

    Raises NotAllowed unless `by` is an administrator, or Invalid with the other rule's name for a tie, for a customer
    limit that would not cover the departments', and for working hours under a promise in natural hours.
    """
    if not by.has_role(Role.ADMIN, Role.SYSTEM):
        raise NotAllowed(_("Only administrators change limits."))
    lock_key("limits")
    for limit in limits:
        limit.effective_from = max(limit.effective_from, now)
        _save_version(limit)
        _record(limit, by, now)
    for at in sorted({limit.effective_from for limit in limits}):
        refuse_faults(limits, at)
    return list(limits)


def _save_version(limit: OlaRule | SlaRule) -> None:
    """Number the row after the versions there are; one of the same instant is taken as a correction and refused."""
    if isinstance(limit, OlaRule) and limit.acknowledge_minutes > limit.resolve_minutes:
        raise Invalid(acknowledge_minutes=_("Accepting cannot take longer than resolving."))
    versions = type(limit).objects.filter(**dict(zip(limit.KEY, limit.key, strict=True)))
    if versions.filter(effective_from=limit.effective_from).exists():
        raise Invalid(effective_from=_("There is a limit for exactly this from the same date already."))
    last = versions.order_by("-version").values_list("version", flat=True).first()
    limit.pk, limit.version = None, (last or 0) + 1
    limit.save(force_insert=True)


def _record(limit: OlaRule | SlaRule, by: Staff, now: dt.datetime) -> None:
    data: Data = {
        "name": str(limit),
        "version": limit.version,
        "from": limit.effective_from.isoformat(),
        "withdrawn": limit.withdrawn,
    }
    if isinstance(limit, OlaRule):
        data |= {"acknowledge": limit.acknowledge_minutes, "resolve": limit.resolve_minutes, "hours": str(limit.hours)}
    else:
        data |= {"answer": limit.answer_minutes}
    name = "olarule" if isinstance(limit, OlaRule) else "slarule"
    record(f"{name}:{limit.pk}", f"{name}.version", by=by, at=now, data=data)


def refuse_faults(limits: Sequence[OlaRule | SlaRule], at: dt.datetime) -> None:
    """Raise Invalid where a row among `limits`, all saved, ties with another at `at` or does not go with the others."""
    changed = {(type(limit), limit.pk) for limit in limits}
    olas, slas = department_limits(at), customer_limits(at)
    for rows in (olas, slas):
        by_id = {row.pk: row for row in rows}
        for one, other in ties((row.rule for row in rows), at):
            for mine, theirs in ((one, other), (other, one)):
                if (type(by_id[mine.id]), mine.id) in changed:
                    raise Invalid(**{_tied_field(mine, theirs): _tie_message(by_id[theirs.id])})
    new_olas = [row for row in olas if (OlaRule, row.pk) in changed]
    new_slas = [row for row in slas if (SlaRule, row.pk) in changed]
    found = list(chain(faults(slas, new_olas), faults(new_slas, olas)))
    if found:
        raise Invalid(**{"resolve_minutes" if new_olas else "answer_minutes": " ".join(found[:SHOWN])})


def _tie_message(other: OlaRule | SlaRule) -> str:
    return _(
        "It would be undecided whether this or “%(other)s” applies where both do: "
        "narrow one of them, or set a limit for both together."
    ) % {"other": other}


def _tied_field(mine: Rule, theirs: Rule) -> str:
    """Return the dimension in which the new rule is narrower than the other, which is where it can be changed."""
    return next((name for name, path in FIELDS.items() if _narrower(mine.scope, theirs.scope, path)), "urgency")


FIELDS = {"channel": "channel", "tier": "tier", "region": "region_path"}


def _narrower(mine: Scope, theirs: Scope, name: str) -> bool:
    return len(getattr(mine, name)) > len(getattr(theirs, name))
