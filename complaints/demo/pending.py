"""What the demo leaves to be decided, at whatever hour it is loaded."""

import datetime as dt
import random

from complaints.bulk.cast import Cast
from complaints.bulk.memory.closing import Office
from complaints.bulk.rows import LegRow
from complaints.demo.wording import Wording
from organization.enums import Role
from workorders.actions.returning import RETURN_MINUTES
from workorders.enums import OrderState, ReturnReason, Urgency

#: So many returns wait for the duty officer's ruling.
PENDING = 3


def leave_returns(office: Office, cast: Cast, wording: Wording, draw: random.Random, *, now: dt.datetime) -> None:
    """Let departments ask, at `now`, to return the newest orders that they still may, until enough wait for a ruling."""
    legs = [leg for ticket in reversed(office.tickets) for leg in ticket.legs]
    missing = PENDING - sum(leg.state == OrderState.RETURN_REQUESTED for leg in legs)
    fitting = [leg for leg in legs if leg.ticket.round == 0 and _may_be_returned(leg, now)]
    for leg in fitting[: max(0, missing)]:
        reason, evidence = draw.choice([told for told in wording.returns if told[0] != ReturnReason.NOT_OURS] or wording.returns)
        contact = draw.choice(cast.with_role(Role.CONTACT, leg.unit.pk))
        office.request_return(leg, reason=reason, evidence=evidence, proposed=None, by=contact, at=now)


def _may_be_returned(leg: LegRow, now: dt.datetime) -> bool:
    window = dt.timedelta(minutes=RETURN_MINUTES[Urgency(leg.ticket.urgency)])
    return leg.state == OrderState.DISPATCHED and not leg.returns and now <= leg.dispatched_at + window
