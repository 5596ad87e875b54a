"""Keeping the duty roster."""

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Invalid, NotAllowed
from journal.record import record
from organization.enums import DepartmentKind, Role
from organization.models import Department, Duty, Staff

MAX_TURN = dt.timedelta(days=31)


def may_keep(user: Staff, department: Department) -> bool:
    """Tell whether the person keeps the department's roster: its head, and at the centre also its duty officers."""
    if user.has_role(Role.ADMIN):
        return True
    keepers = (Role.HEAD, Role.DUTY) if department.kind == DepartmentKind.CENTRE else (Role.HEAD,)
    return user.department_id == department.pk and user.has_role(*keepers)


@transaction.atomic
def add_turn(
    *,
    department: Department,
    role: str,
    person: Staff,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    deputy: Staff | None = None,
    by: Staff,
    now: dt.datetime,
) -> Duty:
    """Put somebody of the department on duty, half-open from `starts_at` to `ends_at`.

    Raises NotAllowed, or Invalid for a turn that is over, too long, of somebody elsewhere, or already given.
    """
    _require(by, department)
    if ends_at <= starts_at or ends_at <= now:
        raise Invalid(ends_at=_("A turn must end after it starts, and not in the past."))
    if ends_at - starts_at > MAX_TURN:
        raise Invalid(ends_at=_("A turn lasts a month at most."))
    for name, each in (("person", person), ("deputy", deputy)):
        if each and (each.department_id != department.pk or not each.is_active):
            words = {"person": each, "department": department}
            raise Invalid(**{name: _("%(person)s does not work in %(department)s.") % words})
    values = {"department": department, "role": role, "person": person, "deputy": deputy}
    try:
        turn = Duty.objects.create(starts_at=starts_at, ends_at=ends_at, **values)
    except IntegrityError as error:
        raise Invalid(starts_at=_("Somebody else has that duty in this time.")) from error
    _record(turn, "add", by, now)
    return turn


@transaction.atomic
def remove_turn(*, turn: Duty, by: Staff, now: dt.datetime) -> None:
    """Take a turn off the roster. Raises NotAllowed."""
    _require(by, turn.department)
    _record(turn, "remove", by, now)
    turn.delete()


def _require(by: Staff, department: Department) -> None:
    if not may_keep(by, department):
        raise NotAllowed(_("Only the head keeps the roster of %(department)s.") % {"department": department})


def _record(turn: Duty, verb: str, by: Staff, now: dt.datetime) -> None:
    span = f"{turn.starts_at.isoformat()}/{turn.ends_at.isoformat()}"
    data = {"turn": turn.pk, "role": turn.role, "person": turn.person_id, "deputy": turn.deputy_id, "span": span}
    record(f"duty:{turn.department_id}", f"duty.{verb}", by=by, at=now, data=data)
