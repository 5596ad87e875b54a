"""The wall board of a department, and what changed since somebody left."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from organization.models import Presence, Staff
from organization.requests import StaffRequest
from workorders import policies
from workorders.events import KINDS, kind_of
from workorders.queries.board import board as board_of
from workorders.queries.since import Change, changes

#: So many steps of a ticket are told, the latest.
MOST_STEPS = 3
#: How far back one may look, in hours, beside the time one left.
SPANS = {"4": _("4 hours"), "24": _("24 hours"), "72": _("3 days")}


@require_GET
def boards(request: StaffRequest) -> HttpResponse:
    """Lead each person to a board: their own department's, or the first that they may watch."""
    watched = policies.boards_of(request.user)
    own = watched.filter(pk=request.user.department_id).first() or watched.first()
    if own is None:
        raise Http404
    return redirect("workorders:board", own.code)


@require_GET
def board(request: StaffRequest, code: str) -> HttpResponse:
    """Show a department's board; htmx asks for its content alone, to keep it current."""
    watched = list(policies.boards_of(request.user))
    department = next((each for each in watched if each.code == code), None)
    if department is None:
        raise Http404
    now = timezone.now()
    context = {"department": department, "watched": watched, "board": board_of(department, now), "now": now}
    page = "workorders/board.html"
    return render(request, f"{page}#content" if request.htmx and request.htmx.target == "board" else page, context)


@require_GET
def since(request: StaffRequest) -> HttpResponse:
    """Show what others changed on one's tickets since one left, or in the last hours."""
    now = timezone.now()
    span = request.GET.get("hours", "")
    left_at = _left_at(request.user)
    start = now - dt.timedelta(hours=int(span)) if span in SPANS else left_at or now - dt.timedelta(hours=24)
    context = {
        "changes": [_shown(change) for change in changes(request.user, start)],
        "since": start,
        "left_at": left_at,
        "span": span if span in SPANS else "" if left_at else "24",
        "spans": SPANS.items(),
        "now": now,
    }
    return render(request, "workorders/since.html", context)


def _left_at(user: Staff) -> dt.datetime | None:
    return Presence.objects.filter(staff=user).values_list("left_at", flat=True).first()


def _shown(change: Change) -> dict[str, object]:
    """Return a changed ticket with its events in words."""
    steps = [{"event": event, "kind": kind_of(event.kind, event.data)} for event in change.events if event.kind in KINDS]
    return {"ticket": change.ticket, "steps": steps[:MOST_STEPS], "earlier": len(steps[MOST_STEPS:]), "matters": change.matters}
