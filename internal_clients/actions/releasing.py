"""Releases (上线): assessed by the service department, told to the front line, launched, perhaps rolled back."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions.developing import delivered
from internal_clients.actions.noting import note
from internal_clients.enums import Verdict
from internal_clients.locking import locked
from internal_clients.models import Release, Requirement
from organization.models import Department, Staff
from organization.queries.days import local_day, working_day

#: Knowledge and training come so many working days before the launch (domain.md 7.2, D4).
TELL_DAYS = 3


def _lock(release: Release) -> Release:
    return locked(Release.objects.all(), release.pk)


@transaction.atomic
def announce(
    *,
    department: Department,
    title: str,
    planned_on: dt.date,
    requirement: Requirement | None = None,
    by: Staff,
    now: dt.datetime,
) -> Release:
    """Announce what is to be put into use, so that its effect on service can be assessed. Raises NotAllowed or Invalid."""
    require(policies.may_record_for(by, department.pk))
    if requirement and requirement.department_id != department.pk:
        raise Invalid(requirement=_("This requirement is another department's."))
    release = Release.objects.create(
        department=department, title=title, planned_on=planned_on, requirement=requirement, announced_by=by, announced_at=now
    )
    note(release, "announce", by=by, now=now, data={"planned_on": f"{planned_on}"})
    return release


@transaction.atomic
def assess(*, release: Release, verdict: str, reason: str, by: Staff, now: dt.datetime) -> Release:
    """Agree to a launch, or veto it with reasons (服务影响评估). Raises NotAllowed, Conflict after the launch, or Invalid."""
    require(policies.may_assess(by))
    release = _lock(release)
    if release.launched_at or release.verdict != Verdict.PENDING:
        raise Conflict(_("This release is launched or assessed already."))
    if verdict == Verdict.VETOED and not reason.strip():
        raise Invalid(reason=_("Give the reasons of the veto."))
    release.verdict, release.verdict_reason, release.verdict_by, release.verdict_at = verdict, reason, by, now
    release.save(update_fields=["verdict", "verdict_reason", "verdict_by", "verdict_at"])
    note(release, "assess", by=by, now=now, data={"verdict": verdict, "reason": reason})
    return release


@transaction.atomic
def override(*, release: Release, reason: str, by: Staff, now: dt.datetime) -> Release:
    """Overrule a veto in writing, which only the general manager may; it stays visible for good.

    Raises NotAllowed, Conflict when there is no veto, or Invalid without a reason.
    """
    require(policies.is_general_manager(by))
    release = _lock(release)
    if release.verdict != Verdict.VETOED or release.override_at or release.launched_at:
        raise Conflict(_("There is no veto to overrule."))
    if not reason.strip():
        raise Invalid(reason=_("Overruling is done in writing."))
    release.override_reason, release.override_by, release.override_at = reason, by, now
    release.save(update_fields=["override_reason", "override_by", "override_at"])
    note(release, "override", by=by, now=now, data={"reason": reason})
    return release


@transaction.atomic
def tell(
    *, release: Release, knowledge_on: dt.date | None = None, trained_on: dt.date | None = None, by: Staff, now: dt.datetime
) -> Release:
    """Record since when the knowledge base has it and when the front line was trained. Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_record_for(by, release.department_id))
    for name, day in {"knowledge_on": knowledge_on, "trained_on": trained_on}.items():
        if day and day > local_day(now):
            raise Invalid(**{name: _("This lies in the future.")})
    release = _lock(release)
    if release.launched_at:
        raise Conflict(_("This release is launched already."))
    release.knowledge_on, release.trained_on = knowledge_on or release.knowledge_on, trained_on or release.trained_on
    release.save(update_fields=["knowledge_on", "trained_on"])
    note(release, "tell", by=by, now=now)
    return release


@transaction.atomic
def launch(*, release: Release, by: Staff, now: dt.datetime) -> Release:
    """Record that it is in use (上线), which delivers its requirement.

    One launched without the service department's agreement is recorded all the same, so that it can be charged (V5).
    Raises NotAllowed or Conflict.
    """
    require(policies.may_lead(by, release.department_id))
    release = _lock(release)
    if release.launched_at:
        raise Conflict(_("This release is launched already."))
    release.launched_at, release.tell_by = now, working_day(local_day(now), -TELL_DAYS)
    release.save(update_fields=["launched_at", "tell_by"])
    note(release, "launch", by=by, now=now, data={"agreed": release.may_launch})
    if release.requirement:
        delivered(release.requirement, by=by, now=now)
    return release


@transaction.atomic
def roll_back(*, release: Release, reason: str, by: Staff, now: dt.datetime) -> Release:
    """Record that it was taken out of use again, and why. Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_lead(by, release.department_id))
    release = _lock(release)
    if release.launched_at is None or release.rolled_back_at:
        raise Conflict(_("Only what is in use can be rolled back."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    release.rolled_back_at, release.rollback_reason = now, reason
    release.save(update_fields=["rolled_back_at", "rollback_reason"])
    note(release, "roll_back", by=by, now=now, data={"reason": reason})
    return release
