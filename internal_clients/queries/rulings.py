"""What appeals changed of whole lines and of penalties; single rows are changed where they are counted (`queries.tallies`)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from internal_clients.enums import AppealOutcome, AppealSubject
from internal_clients.models import Appeal, ScoreItem
from internal_clients.months import months_before

type Key = tuple[str, str, int]
Out = AppealOutcome


def holding(outcome: str) -> Q:
    """Match appeals for which this outcome holds: the committee's, once there is one, in place of the centre's."""
    return Q(final_outcome=outcome) | Q(final_outcome="", outcome=outcome)


def lines_left_out(until: dt.date, months: int) -> dict[tuple[str, int, dt.date], int]:
    """Return the lines left out of their month by ruling, in so many months up to `until`: formula, department, month → appeal."""
    found = Appeal.objects.filter(
        holding(Out.EXCLUDED),
        about=AppealSubject.LINE,
        card__run__period__month__range=(months_before(until, months - 1), until),
    ).annotate(month=F("card__run__period__month"))
    return {(each.formula, each.department_id, each.month): each.pk for each in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a ruling left of a penalty or veto."""

    appeal: int
    points: Decimal


def items_changed(month: dt.date) -> dict[tuple[int, Key], Changed]:
    """Return what rulings left of a month's penalties and vetoes, by the department that appealed and what each is for.

    A ruling does not follow a ticket that another department leads by now: that one has not been heard.
    """
    about = Appeal.objects.filter(about=AppealSubject.ITEM, card__run__period__month=month)
    found: QuerySet[Appeal] = about.filter(holding(Out.CANCELLED) | holding(Out.REDUCED)).select_related("item")
    return {
        (each.department_id, key_of(each.item)): Changed(appeal=each.pk, points=each.standing[2] or Decimal(0))
        for each in found
        if each.item is not None
    }


def key_of(item: ScoreItem) -> Key:
    """Return what a penalty or veto is for, whatever run it stands in: a decision, a ticket or a release."""
    return keyed(item.code, item.sanction_id, item.ticket_id, item.release_id)


def keyed(code: str, sanction: int | None, ticket: int | None, release: int | None) -> Key:
    """Return the same from the ids; those that are missing are None."""
    if sanction:
        return code, "sanction", sanction
    return (code, "ticket", ticket) if ticket else (code, "release", release or 0)
