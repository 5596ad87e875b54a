"""Faults and planned outages, recorded by whoever keeps the system running; causes of warnings, fixed by the duty officer."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.locking import locked
from internal_clients.models import AlertCause, Fault, PlannedOutage, Release, System
from organization.models import Department, Staff


@transaction.atomic
def log_fault(
    *, system: System, severity: str, what: str, share: Decimal, started_at: dt.datetime, by: Staff, now: dt.datetime
) -> Fault:
    """Log a fault as it is noticed; when it was logged is kept beside when it began. Raises NotAllowed or Invalid."""
    policies.require(policies.may_record_for(by, system.department_id))
    if started_at > now:
        raise Invalid(started_at=_("This lies in the future."))
    fault = Fault.objects.create(
        system=system,
        department=system.department,
        severity=severity,
        what=what,
        share=share,
        started_at=started_at,
        logged_by=by,
        logged_at=now,
    )
    note(fault, "log", by=by, now=now, data={"system": system.code, "severity": severity, "share": str(share)})
    return fault


@transaction.atomic
def restore_fault(*, fault: Fault, restored_at: dt.datetime, cause: str, by: Staff, now: dt.datetime) -> Fault:
    """Say since when service is back, and why it was gone. Raises NotAllowed, Conflict when that was said, or Invalid."""
    policies.require(policies.may_record_for(by, fault.department_id))
    fault = locked(Fault.objects.all(), fault.pk)
    if fault.restored_at:
        raise Conflict(_("The repair of this fault is recorded already."))
    if not fault.started_at < restored_at <= now:
        raise Invalid(restored_at=_("Give a time between the fault's beginning and now."))
    fault.restored_at, fault.cause = restored_at, cause
    fault.save(update_fields=["restored_at", "cause"])
    note(fault, "restore", by=by, now=now, data={"restored_at": restored_at.isoformat(), "cause": cause})
    return fault


@transaction.atomic
def plan_outage(
    *,
    system: System,
    what: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    share: Decimal,
    by: Staff,
    now: dt.datetime,
) -> PlannedOutage:
    """Plan an interruption; it excuses the department once its head has approved it. Raises NotAllowed or Invalid."""
    policies.require(policies.may_record_for(by, system.department_id))
    if starts_at <= now:
        raise Invalid(starts_at=_("A plan is for the future; what has happened is a fault."))
    if ends_at <= starts_at:
        raise Invalid(ends_at=_("The window ends before it begins."))
    outage = PlannedOutage.objects.create(
        system=system,
        department=system.department,
        what=what,
        starts_at=starts_at,
        ends_at=ends_at,
        share=share,
        planned_by=by,
        planned_at=now,
    )
    note(outage, "plan", by=by, now=now, data={"system": system.code, "starts_at": starts_at.isoformat()})
    return outage


def _open_outage(outage: PlannedOutage) -> PlannedOutage:
    outage = locked(PlannedOutage.objects.all(), outage.pk)
    if outage.cancelled_at or outage.finished_at:
        raise Conflict(_("This outage is over or cancelled."))
    return outage


@transaction.atomic
def approve_outage(*, outage: PlannedOutage, by: Staff, now: dt.datetime) -> PlannedOutage:
    """Approve another one's plan before it begins. Raises NotAllowed or Conflict."""
    policies.require(policies.may_approve_outage(by, outage))
    outage = _open_outage(outage)
    if outage.approved_at or now >= outage.starts_at:
        raise Conflict(_("This outage is approved, or has begun without approval."))
    outage.approved_by, outage.approved_at = by, now
    outage.save(update_fields=["approved_by", "approved_at"])
    note(outage, "approve", by=by, now=now)
    return outage


@transaction.atomic
def cancel_outage(*, outage: PlannedOutage, by: Staff, now: dt.datetime) -> PlannedOutage:
    """Cancel a plan before it begins. Raises NotAllowed or Conflict."""
    policies.require(policies.may_record_for(by, outage.department_id))
    outage = _open_outage(outage)
    if now >= outage.starts_at:
        raise Conflict(_("This outage has begun."))
    outage.cancelled_at = now
    outage.save(update_fields=["cancelled_at"])
    note(outage, "cancel", by=by, now=now)
    return outage


@transaction.atomic
def finish_outage(*, outage: PlannedOutage, finished_at: dt.datetime, by: Staff, now: dt.datetime) -> PlannedOutage:
    """Say when service was back; what lies beyond the window counts as an outage. Raises NotAllowed, Conflict or Invalid."""
    policies.require(policies.may_record_for(by, outage.department_id))
    outage = _open_outage(outage)
    if not outage.starts_at < finished_at <= now:
        raise Invalid(finished_at=_("Give a time between the beginning of the window and now."))
    outage.finished_at = finished_at
    outage.save(update_fields=["finished_at"])
    note(outage, "finish", by=by, now=now, data={"finished_at": finished_at.isoformat()})
    return outage


@transaction.atomic
def fix_cause(
    *,
    level: int,
    what: str,
    opened_at: dt.datetime,
    closed_at: dt.datetime,
    department: Department,
    fault: Fault | None = None,
    release: Release | None = None,
    by: Staff,
    now: dt.datetime,
) -> AlertCause:
    """Fix, as a complaint warning is closed, which department it came from. Raises NotAllowed or Invalid."""
    policies.require(policies.may_fix_causes(by))
    if not opened_at < closed_at <= now:
        raise Invalid(closed_at=_("The warning was closed after it was opened, and by now."))
    owners = {each.department_id for each in (fault, release) if each}
    if owners - {department.pk}:
        raise Invalid(department=_("The fault or release belongs to another department."))
    cause = AlertCause.objects.create(
        level=level,
        what=what,
        opened_at=opened_at,
        closed_at=closed_at,
        department=department,
        fault=fault,
        release=release,
        fixed_by=by,
    )
    note(cause, "fix", by=by, now=now, data={"level": level, "department": department.code})
    return cause
