"""The supervision list: what is owed first, then what is due next."""

import datetime as dt

from django.db import models
from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from organization.enums import Role
from organization.models import Staff
from workorders import policies
from workorders.models import Supervision
from workorders.queries.queues import Place

PAGE_SIZE = 50
#: Who has the list: the centre and the managers see all they may read, departments their own.
READERS = (*Role.CENTRE, *Role.DEPARTMENT, Role.MANAGER)
RELATED = ("order__ticket__category", "order__ticket__region", "order__department", "order__assignee", "opened_by")
#: When something is owed since, or due next; an ended supervision stands by its end.
RANK = Case(
    When(ended_at__isnull=False, then=F("ended_at")),
    default=Coalesce(
        Case(When(answer_late_at__isnull=False, answered_at=None, then=F("answer_late_at"))),
        "owed_since",
        "check_at",
        "opened_at",
    ),
)


def supervisions_visible_to(user: Staff) -> QuerySet[Supervision]:
    """Return the supervisions that the person's list has."""
    rows = Supervision.objects.all()
    if user.has_role(*Role.CENTRE):
        return rows
    if user.has_role(*Role.DEPARTMENT):
        return rows.filter(order__department=user.department_id)
    return rows.filter(order__ticket__in=policies.visible_to(user)) if user.has_role(Role.MANAGER) else rows.none()


def owing(rows: QuerySet[Supervision], now: dt.datetime) -> QuerySet[Supervision]:
    """Return those of which a report or an answer is owed or due by now."""
    unanswered = Q(answer_late_at__isnull=False, answered_at=None)
    return rows.filter(Q(owed_since__isnull=False) | Q(check_at__lte=now) | unanswered, ended_at=None)


def page(rows: QuerySet[Supervision], after: Place | None, *, newest_first: bool) -> tuple[list[Supervision], Place | None]:
    """Return one page after a place, and where the next begins (None on the last)."""
    ranked = rows.select_related(*RELATED).annotate(rank_at=RANK)
    if after and after.due_at:
        beyond, level = ("lt", "lt") if newest_first else ("gt", "gt")
        same = Q(rank_at=after.due_at, **{f"pk__{level}": after.pk})
        ranked = ranked.filter(Q(**{f"rank_at__{beyond}": after.due_at}) | same)
    order = ("-rank_at", "-pk") if newest_first else ("rank_at", "pk")
    found: list[Supervision] = list(ranked.order_by(*order).fetch_mode(models.FETCH_RAISE)[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, None
    last = found[PAGE_SIZE - 1]
    return found[:PAGE_SIZE], Place(getattr(last, "rank_at"), last.pk)  # noqa: B009 -- an annotation
