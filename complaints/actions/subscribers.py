"""Entering how many users the regions had at the end of a month."""

import datetime as dt
from collections.abc import Sequence

from complaints import policies
from complaints.models import Subscribers
from foundation import transaction
from journal.record import record
from journal.types import Json
from organization.models import Region, Staff
from workorders.locking import lock_key

STREAM = "subscribers"

#: Region, first day of the month, users at its end.
type Entered = tuple[Region, dt.date, int]


@transaction.atomic
def enter_users(*, entered: Sequence[Entered], by: Staff, now: dt.datetime) -> int:
    """Enter numbers of users, replacing those of the same region and month; return how many changed.

    Bulletins already counted stay as they are. Raises NotAllowed.
    """
    policies.require_centre(policies.may_keep_users(by))
    lock_key(STREAM)
    known = {
        (row.region_id, row.month): row.users for row in Subscribers.objects.filter(month__in={month for _r, month, _n in entered})
    }
    changed = [each for each in entered if known.get((each[0].pk, each[1])) != each[2]]
    Subscribers.objects.bulk_create(
        [Subscribers(region=region, month=month, users=users, entered_by=by, entered_at=now) for region, month, users in changed],
        update_conflicts=True,
        unique_fields=["month", "region"],
        update_fields=["users", "entered_by", "entered_at"],
    )
    if changed:
        rows: list[Json] = [[region.code, f"{month:%Y-%m}", users] for region, month, users in changed]
        record(STREAM, "subscribers.enter", by=by, at=now, data={"users": rows})
    return len(changed)
