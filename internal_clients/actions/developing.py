"""Requirements from the proposal to the acceptance (业务开发)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.locking import locked
from internal_clients.models import Milestone, Requirement
from journal.types import Json
from organization.models import Department, Staff
from organization.queries.days import local_day, working_day, working_days_between

#: The department answers within so many working days after the review meeting (domain.md 7.2, D1).
ANSWER_DAYS = 5


@contextmanager
def conflicts(requirement: Requirement) -> Iterator[None]:
    """Turn a step that is no longer possible into a Conflict."""
    try:
        yield
    except TransitionNotAllowed as error:
        message = _("This is no longer possible: the requirement is “%(state)s”.") % {"state": requirement.get_state_display()}
        raise Conflict(message) from error


def _step(
    requirement: Requirement,
    name: str,
    *,
    by: Staff,
    now: dt.datetime,
    data: dict[str, Json] | None = None,
    **arguments: object,
) -> Requirement:
    """Run a transition on the locked row, save it and record it."""
    with conflicts(requirement):
        getattr(requirement, name)(**arguments)
    requirement.save()
    note(requirement, name, by=by, now=now, data={"state": requirement.state, **(data or {})})
    return requirement


def _lock(requirement: Requirement) -> Requirement:
    return locked(Requirement.objects.all(), requirement.pk)


@transaction.atomic
def propose(*, department: Department, title: str, text: str, by: Staff, now: dt.datetime) -> Requirement:
    """Propose what a department should build (提出). Raises NotAllowed."""
    require(policies.may_propose(by))
    requirement = Requirement.objects.create(department=department, title=title, text=text, proposed_by=by, proposed_at=now)
    note(requirement, "propose", by=by, now=now, data={"state": requirement.state, "department": department.code})
    return requirement


@transaction.atomic
def review(*, requirement: Requirement, by: Staff, now: dt.datetime) -> Requirement:
    """Record that the review meeting takes it up (通过); the answer is due in five working days. Raises NotAllowed or Conflict."""
    require(policies.may_review(by))
    due = working_day(local_day(now), ANSWER_DAYS)
    return _step(_lock(requirement), "review", by=by, now=now, data={"answer_due_on": f"{due}"}, at=now, answer_due_on=due)


@transaction.atomic
def refuse(*, requirement: Requirement, reason: str, by: Staff, now: dt.datetime) -> Requirement:
    """Record that the review meeting does not take it up (不通过), and why. Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_review(by))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    return _step(_lock(requirement), "refuse", by=by, now=now, data={"reason": reason}, at=now)


@transaction.atomic
def want_detail(*, requirement: Requirement, question: str, by: Staff, now: dt.datetime) -> Requirement:
    """Send it back for detail (补充); the days until it comes are not the department's. Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_lead(by, requirement.department_id))
    if not question.strip():
        raise Invalid(question=_("Write what is missing."))
    return _step(_lock(requirement), "want_detail", by=by, now=now, data={"question": question}, at=now)


@transaction.atomic
def give_detail(*, requirement: Requirement, detail: str, by: Staff, now: dt.datetime) -> Requirement:
    """Give the detail that was wanted; the answer's date moves on by the working days that passed. Raises NotAllowed, Conflict."""
    require(requirement.proposed_by_id == by.pk)
    requirement = _lock(requirement)
    due = requirement.answer_due_on or local_day(now)
    if requirement.detail_wanted_at:
        left = working_days_between(local_day(requirement.detail_wanted_at), due)
        due = max(due, working_day(local_day(now), left)) if left else due
    requirement.text = f"{requirement.text}\n\n{detail}"
    return _step(requirement, "give_detail", by=by, now=now, data={"detail": detail}, answer_due_on=due)


@transaction.atomic
def schedule(
    *,
    requirement: Requirement,
    committed_on: dt.date,
    milestones: Sequence[tuple[str, dt.date]] = (),
    by: Staff,
    now: dt.datetime,
) -> Requirement:
    """Answer with a date and the steps on the way to it (承诺排期). Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_lead(by, requirement.department_id))
    if committed_on < local_day(now):
        raise Invalid(committed_on=_("Commit to a day that is still to come."))
    if any(day > committed_on for _name, day in milestones):
        raise Invalid(milestones=_("A step lies after the committed date."))
    requirement = _step(
        _lock(requirement), "schedule", by=by, now=now, data={"committed_on": f"{committed_on}"}, at=now, committed_on=committed_on
    )
    Milestone.objects.bulk_create(Milestone(requirement=requirement, name=name, committed_on=day) for name, day in milestones)
    return requirement


@transaction.atomic
def move_date(*, requirement: Requirement, moved_to: dt.date, reason: str, by: Staff, now: dt.datetime) -> Requirement:
    """Record that the review meeting moves the committed date, which it may once. Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_review(by))
    requirement = _lock(requirement)
    if requirement.committed_on is None or requirement.launched_at or requirement.moved_to:
        raise Conflict(_("The date can be moved once, between the commitment and the launch."))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    requirement.moved_to, requirement.move_reason = moved_to, reason
    requirement.save(update_fields=["moved_to", "move_reason"])
    note(requirement, "move_date", by=by, now=now, data={"moved_to": f"{moved_to}", "reason": reason})
    return requirement


@transaction.atomic
def reach(*, requirement: Requirement, milestone: Milestone, by: Staff, now: dt.datetime) -> Requirement:
    """Record that a step is done. Raises NotAllowed or Conflict."""
    require(policies.may_lead(by, requirement.department_id))
    requirement = _lock(requirement)
    milestone = requirement.milestones.get(pk=milestone.pk)
    if milestone.done_on:
        raise Conflict(_("This step is done already."))
    milestone.done_on = local_day(now)
    milestone.save(update_fields=["done_on"])
    note(requirement, "reach", by=by, now=now, data={"milestone": milestone.name})
    return requirement


@transaction.atomic
def accept(*, requirement: Requirement, by: Staff, now: dt.datetime) -> Requirement:
    """Say, as its proposer, that what was delivered is what was needed (验收). Raises NotAllowed or Conflict."""
    require(requirement.proposed_by_id == by.pk)
    return _step(_lock(requirement), "accept", by=by, now=now, at=now)


@transaction.atomic
def withdraw(*, requirement: Requirement, reason: str, by: Staff, now: dt.datetime) -> Requirement:
    """Withdraw one's own requirement; it is not counted any more. Raises NotAllowed, Conflict or Invalid."""
    require(requirement.proposed_by_id == by.pk)
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    return _step(_lock(requirement), "withdraw", by=by, now=now, data={"reason": reason}, at=now)


def delivered(requirement: Requirement, *, by: Staff, now: dt.datetime) -> Requirement:
    """Carry a requirement on as its release is launched, the first time; the caller has asked the policy."""
    requirement = _lock(requirement)
    return requirement if requirement.launched_at else _step(requirement, "deliver", by=by, now=now, at=now)
