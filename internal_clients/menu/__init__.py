"""The records of the scheme, each with what may be done to it: lists, forms, buttons and tests come from these rows."""

from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Conflict, NotAllowed
from internal_clients.menu.developing import RELEASES, REQUIREMENTS
from internal_clients.menu.judging import SANCTIONS
from internal_clients.menu.kinds import Kind, Step
from internal_clients.menu.requests import REQUESTS
from internal_clients.menu.systems import CAUSES, FAULTS, OUTAGES
from internal_clients.menu.telling import KNOWLEDGE, NOTICES, QUESTIONS, RATINGS
from organization.models import Staff

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        REQUESTS,
        FAULTS,
        OUTAGES,
        CAUSES,
        NOTICES,
        KNOWLEDGE,
        QUESTIONS,
        REQUIREMENTS,
        RELEASES,
        RATINGS,
        SANCTIONS,
    )
}


def step_of(kind: Kind, name: str, user: Staff, row: Any) -> Step:
    """Return the step of that name, which this person may take now. Raises KeyError for no such step, NotAllowed or Conflict."""
    step = {each.name: each for each in kind.steps}[name]
    if not step.may(user, row):
        raise NotAllowed
    if not step.fits(row):
        raise Conflict(_("This has been done in the meantime, or is no longer possible; load the page again."))
    return step


def steps_for(kind: Kind, user: Staff, row: Any) -> list[Step]:
    """Return exactly the steps that this person may take on the record now."""
    return [step for step in kind.steps if step.fits(row) and step.may(user, row)]
