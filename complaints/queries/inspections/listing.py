"""Lists of inspections: what waits for an inspector, what was found, and what can be made a penalty of."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from complaints import inspection_policies as policies
from complaints.bulletins.periods import Span
from complaints.enums import Answer
from complaints.models import Checklist, Inspection, Objection, SamplingPlan
from foundation.durations import midnight
from foundation.sheets import Cell
from journal.models import Event
from organization.models import Staff
from workorders.queries.queues import Place

PAGE_SIZE = 50
RELATED = ("draw__plan", "checklist", "order__ticket__category", "department", "worker", "inspector", "callback")

#: The results that a list is narrowed to, in words.
RESULTS: dict[str, Promise] = {
    "counted": gettext_lazy("all that count"),
    "passed": pgettext_lazy("inspection", "passed"),
    "failed": pgettext_lazy("inspection", "failed"),
    "fatal": gettext_lazy("fatal error"),
    "contested": pgettext_lazy("inspection", "contested"),
    "proposed": gettext_lazy("points proposed"),
    "void": gettext_lazy("void"),
}
_RESULTS = {
    "counted": Q(is_void=False),
    "passed": Q(is_passed=True, is_void=False),
    "failed": Q(is_passed=False, is_void=False),
    "fatal": Q(is_fatal=True, is_void=False),
    "contested": Q(objection__isnull=False),
    "proposed": Q(points__isnull=False),
    "void": Q(is_void=True),
}


def waiting(user: Staff, *, everybodys: bool, after: Place | None) -> tuple[list[Any], Place | None]:
    """Return one page of what waits to be inspected, the first due first: the person's own, or everybody's."""
    every = Inspection.objects.filter(made_at=None) if everybodys and policies.may_manage(user) else policies.to_inspect(user)
    rows = every.select_related(*RELATED).order_by("due_on", "pk")
    if after and after.due_at:
        rows = rows.filter(Q(due_on__gt=after.due_at.date()) | Q(due_on=after.due_at.date(), pk__gt=after.pk))
    found = list(rows.fetch_mode(models.FETCH_RAISE)[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], _next(found, "due_on")


def _next(found: list[Any], name: str) -> Place | None:
    if len(found) <= PAGE_SIZE:
        return None
    last = getattr(found[PAGE_SIZE - 1], name)
    at = last if isinstance(last, dt.datetime) else dt.datetime.combine(last, dt.time(12), dt.UTC)
    return Place(at, found[PAGE_SIZE - 1].pk)


def objections_to_decide(user: Staff) -> list[Objection]:
    """Return the objections that the person may decide, the longest waiting first; at most a page."""
    related = ("inspection__order__ticket", "inspection__department", "inspection__inspector", "raised_by")
    rows = policies.to_decide(user).select_related(*related).order_by("raised_at", "pk")
    return list(rows.fetch_mode(models.FETCH_RAISE)[:PAGE_SIZE])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the made inspections a list shows; the same as the figure that leads there."""

    span: Span
    department: int | None = None
    inspector: int | None = None
    defect: str = ""
    result: str = ""


def made(user: Staff, wanted: Wanted) -> QuerySet[Inspection]:
    """Return the first inspections of a period that the person may read, the newest first."""
    start, end = map(midnight, wanted.span)
    rows = policies.visible_to(user).filter(made_at__gte=start, made_at__lt=end, first=None)
    if wanted.department:
        rows = rows.filter(department=wanted.department)
    if wanted.inspector:
        rows = rows.filter(inspector=wanted.inspector)
    if wanted.defect:
        rows = rows.filter(marks__item__defect=wanted.defect, marks__counted=Answer.MISSED, is_void=False).distinct()
    if wanted.result in _RESULTS:
        rows = rows.filter(_RESULTS[wanted.result])
    return rows.select_related(*RELATED, "objection").order_by("-made_at", "-pk").fetch_mode(models.FETCH_RAISE)


def made_page(user: Staff, wanted: Wanted, after: Place | None) -> tuple[list[Any], Place | None]:
    """Return one page of them, and where the next begins."""
    rows = made(user, wanted)
    if after and after.due_at:
        rows = rows.filter(Q(made_at__lt=after.due_at) | Q(made_at=after.due_at, pk__lt=after.pk))
    found = list(rows[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], _next(found, "made_at")


def header() -> list[str]:
    """Return the workbook's column titles."""
    titles = [
        pgettext("inspection", "number"),
        _("sampling plan"),
        _("checklist"),
        _("work order"),
        _("subject"),
        _("category"),
        _("department"),
    ]
    more = [
        _("done by"),
        _("inspector"),
        _("inspected at"),
        _("score"),
        pgettext("inspection", "result"),
        _("fatal error"),
        _("defect codes"),
    ]
    return [*titles, *more, pgettext("inspection", "finding"), _("points proposed"), _("objection")]


def sheet_rows(rows: QuerySet[Inspection]) -> Iterator[list[Cell]]:
    """Yield one list of cells an inspection."""
    for each in rows.prefetch_related("marks__item").iterator(chunk_size=1000):
        missed = [mark.item.defect for mark in each.marks.all() if mark.counted == Answer.MISSED]
        objection = getattr(each, "objection", None)
        yield [
            each.number,
            str(each.draw.plan),
            str(each.checklist),
            str(each.order),
            each.order.ticket.subject,
            str(each.order.ticket.category),
            str(each.department or ""),
            str(each.worker or ""),
            str(each.inspector),
            each.made_at,
            float(each.score or 0),
            str(_("void") if each.is_void else RESULTS[each.result]),
            _("yes") if each.is_fatal else _("no"),
            " ".join(sorted(missed)),
            each.remark,
            float(each.points) if each.points else None,
            str(objection.get_outcome_display()) if objection else "",
        ]


def for_penalties(today: dt.date) -> QuerySet[Inspection]:
    """Return the failures with points proposed that stand: the time to object is over, or an objection was decided."""
    standing = Q(objection=None, contest_by__lt=today) | Q(objection__decided_at__isnull=False)
    found = Inspection.objects.filter(standing, points__isnull=False, is_passed=False, is_void=False)
    return found.select_related("order__ticket", "department", "checklist").order_by("-made_at", "-pk")


class Line(NamedTuple):
    """One thing that happened to an inspection."""

    event: Event
    words: Promise
    remark: str


#: The last part of an event's kind → its words.
STORY: dict[str, Promise] = {
    "reassign": gettext_lazy("given to another inspector"),
    "made": gettext_lazy("inspected"),
    "contest": gettext_lazy("objection raised"),
    "decide": gettext_lazy("objection decided"),
}


def story(inspection: Inspection) -> list[Line]:
    """Return what happened to an inspection, the latest last."""
    events = Event.objects.filter(stream=inspection.stream).select_related("by").order_by("seq")
    return [Line(event, STORY[event.kind.partition(".")[2]], str(event.data.get("reason", ""))) for event in events]


def plans() -> list[SamplingPlan]:
    """Return the sampling plans with what they are made of and when each last drew."""
    rows = SamplingPlan.objects.select_related("checklist", "department", "region", "category").prefetch_related("inspectors")
    last = {"last_end": models.Max("draws__end"), "drawn": models.Sum("draws__size"), "pool": models.Sum("draws__pool")}
    return list(rows.annotate(**last).order_by("-is_active", "name"))


def checklists() -> list[Checklist]:
    """Return the current versions of the checklists with their items."""
    return list(Checklist.objects.filter(is_current=True).prefetch_related("items").order_by("name"))


def twin_of(inspection: Inspection) -> Inspection | None:
    """Return the other inspection of the same work, where there is one."""
    pair = Q(first=inspection.pk) | Q(pk=inspection.first_id)
    return Inspection.objects.filter(pair, made_at__isnull=False).select_related("inspector").order_by("pk").first()
