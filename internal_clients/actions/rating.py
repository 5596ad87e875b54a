"""The front line's monthly mark for a department."""

import datetime as dt

from django.utils.translation import gettext as _

from foundation import transaction
from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients import policies
from internal_clients.actions.noting import note
from internal_clients.models import Rating
from internal_clients.months import month_of, next_month
from internal_clients.queries.rating import departments_dealt_with
from organization.models import Department, Staff
from organization.queries.days import local_day

#: A mark this low needs facts (domain.md 7.2, C3).
LOW = 2
#: Until this day of the next month a month can be rated.
LAST_DAY = 5


@transaction.atomic
def rate(*, department: Department, month: dt.date, score: int, facts: str = "", by: Staff, now: dt.datetime) -> Rating:
    """Give a department one's mark for a month, 1 to 5; a second one replaces nothing.

    Raises NotAllowed for who has no voice, Conflict for a second mark, or Invalid: a month not to be rated now, a department not
    dealt with, a low mark without facts.
    """
    rater = policies.rater_of(by)
    if rater is None:
        raise NotAllowed(_("Hall managers, shift leaders and branches rate the departments."))
    today = local_day(now)
    if not month <= today < next_month(month) + dt.timedelta(days=LAST_DAY):
        raise Invalid(month=_("A month is rated from its beginning until the 5th of the next."))
    if month != month_of(month):
        raise Invalid(month=_("Give the first day of the month."))
    if not departments_dealt_with(by, month).filter(pk=department.pk).exists():
        raise Invalid(department=_("You had nothing to do with this department in that month."))
    if score <= LOW and not facts.strip():
        raise Invalid(facts=_("Write what happened; a mark this low needs facts."))
    if Rating.objects.filter(rater=rater, department=department, month=month).exists():
        raise Conflict(_("You have rated this department for this month."))
    rating = Rating.objects.create(rater=rater, department=department, month=month, score=score, facts=facts, rated_at=now)
    note(rating, "rate", by=by, now=now, data={"department": department.code, "month": f"{month:%Y-%m}", "score": score})
    return rating
