"""The totals of a year, and an internal client's own marks."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from foundation.errors import NotAllowed
from foundation.sheets import xlsx_response
from internal_clients import policies
from internal_clients.exports import number
from internal_clients.months import month_of, months_before
from internal_clients.queries import scorecards, trends
from organization.queries.days import local_day
from organization.requests import StaffRequest

PAGE_SIZE = 50


@require_GET
def trend(request: StaffRequest) -> HttpResponse:
    """Show every department's total over twelve months, as a chart and as a table."""
    if not policies.may_see_scores(request.user):
        raise NotAllowed
    scored = scorecards.months_scored(trials=False)
    until = scored[0] if scored else months_before(month_of(local_day(timezone.now())), 1)
    found = trends.trend(until)
    if request.GET.get("as") == "xlsx":
        header = [_("department"), *(f"{month:%Y-%m}" for month in found.months)]
        rows = ([str(line.department), *(number(total) for total in line.totals)] for line in found.lines)
        return xlsx_response(f"trend-{until:%Y-%m}", header, rows)
    context = {"found": found, "chart": _chart(found), "until": until}
    return render(request, "internal_clients/trend.html", context)


def _chart(found: trends.Trend) -> dict[str, Any]:
    return {
        "labels": [f"{month:%y-%m}" for month in found.months],
        "lines": [
            {"name": str(line.department), "totals": [None if total is None else float(total) for total in line.totals]}
            for line in found.lines
        ],
    }


@require_GET
def given(request: StaffRequest) -> HttpResponse:
    """Show an internal client whom the own unit rated, and how: month by month, and request by request."""
    user = request.user
    if not (policies.may_ask(user) or policies.rater_of(user)):
        raise NotAllowed
    rated = trends.requests_rated(user)
    before = request.GET.get("before", "")
    if before:
        if not (before.isdecimal() and before.isascii() and len(before) < 19):
            raise BadRequest
        rated = rated.filter(ticket__lt=int(before))
    page = list(rated[: PAGE_SIZE + 1])
    context = {
        "marks": [] if before else trends.marks_given(user, month_of(local_day(timezone.now()))),
        "before": before,
        "requests": page[:PAGE_SIZE],
        "following": page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None,
    }
    return render(request, "internal_clients/given.html", context)
