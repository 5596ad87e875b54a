"""Faults and planned outages, recorded by whoever keeps the system running; causes of alerts, fixed by the duty officer."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from complaints.models import Alert
from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.locking import locked
from internal_clients.models import AlertCause, Fault, PlannedOutage, Release, System
from organization.models import Staff


@transaction.atomic
def log_fault(
    *, system: System, severity: str, what: str, share: Decimal, started_at: dt.datetime, by: Staff, now: dt.datetime
) -> Fault:
    """Log a fault as it is noticed; when it was logged is kept beside when it began. Raises NotAllowed or Invalid."""
    require(policies.may_record_for(by, system.department_id))
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
    require(policies.may_record_for(by, fault.department_id))
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
    require(policies.may_record_for(by, system.department_id))
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
    require(policies.may_approve_outage(by, outage))
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
    require(policies.may_record_for(by, outage.department_id))
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
    require(policies.may_record_for(by, outage.department_id))
    outage = _open_outage(outage)
    if not outage.starts_at < finished_at <= now:
        raise Invalid(finished_at=_("Give a time between the beginning of the window and now."))
    outage.finished_at = finished_at
    outage.save(update_fields=["finished_at"])
    note(outage, "finish", by=by, now=now, data={"finished_at": finished_at.isoformat()})
    return outage


@transaction.atomic
def fix_cause(
    *, alert: Alert, fault: Fault | None = None, release: Release | None = None, by: Staff, now: dt.datetime
) -> AlertCause:
    """Name the fault or the release of the responsible department that an alert came from, once it is concluded.

    Raises NotAllowed, Conflict when the alert is not concluded or has its cause, or Invalid by field.
    """
    require(policies.may_fix_causes(by))
    alert = locked(Alert.objects.select_related("category", "region"), alert.pk)
    if alert.department_id is None:
        raise Conflict(_("Conclude the alert first, and name the responsible department."))
    if AlertCause.objects.filter(alert=alert).exists():
        raise Conflict(_("The cause of this alert is fixed already."))
    _require_its_own(alert, fault, release)
    cause = AlertCause.objects.create(alert=alert, fault=fault, release=release, fixed_by=by, fixed_at=now)
    note(cause, "fix", by=by, now=now, data={"alert": alert.pk})
    return cause


def _require_its_own(alert: Alert, fault: Fault | None, release: Release | None) -> None:
    if not (fault or release):
        raise Invalid(fault=_("Name the fault or the release."))
    for field, named, since in (
        ("fault", fault, fault.started_at if fault else None),
        ("release", release, release.launched_at if release else None),
    ):
        if named and named.department_id != alert.department_id:
            raise Invalid(**{field: _("This belongs to another department than the alert's.")})
        if named and (since is None or since > alert.opened_at):
            raise Invalid(**{field: _("This came later than the alert.")})
