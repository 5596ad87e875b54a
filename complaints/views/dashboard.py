"""The SLA dashboard, and the rows behind each of its numbers."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from complaints.queries import satisfaction
from complaints.queries.dashboard import Line, Overview, overview, share
from complaints.queries.satisfaction import CALLBACK, callback_page
from complaints.scopes import PRESETS, Address, Organization, ScopeForm, preset
from organization.requests import StaffRequest
from workorders.queries import figures
from workorders.queries.figures import Figure, Scope
from workorders.queries.queues import Place, Queue, page

FIGURES: dict[str, Figure] = {figure.name: figure for figure in (*figures.FIGURES, *satisfaction.FIGURES)}
#: A share's name → its words, and the figure that explains it.
RATES = {
    "overall": (gettext_lazy("customers answered in time"), "overall_due"),
    "acknowledge": (gettext_lazy("accepted in time"), "acknowledge_due"),
    "resolve": (gettext_lazy("resolved in time"), "resolve_due"),
}
NUMBERS = ("filed", "closed", "open", "overdue", "returns", "returns_upheld", "rework", "redispatched")

#: What the tables alone show.
TABLED = ("timed", "open_legs", "filed_open", "sent_overdue")


def _form(request: StaffRequest) -> ScopeForm:
    return ScopeForm(request.GET.dict(), user=request.user, organization=Organization(), now=timezone.now())


@require_GET
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the figures of a period, with the same numbers as charts and as tables."""
    form = _form(request)
    scope, organization = form.scope(), form.organization
    found = overview(
        scope,
        departments=organization.departments,
        regions=organization.regions,
        categories=organization.categories,
    )
    address = Address(scope, organization)
    _link(found, scope, address)
    context = {
        "form": form,
        "scope": scope,
        "found": found,
        "address": address.but(),
        "rates": _rates(found),
        "numbers": [{"figure": FIGURES[name], "value": _number(found, name)} for name in NUMBERS],
        "presets": _presets(request, form),
        "last_day": timezone.localtime(scope.end - dt.timedelta(days=1)),
        "charts": {"weeks": _chart(found.weeks), "departments": _chart(found.departments)},
        "whose": _whose(scope, organization),
        "timed_help": FIGURES["timed"].help,
        "explained": [FIGURES[name] for name in (*(figure for _words, figure in RATES.values()), "reached", *NUMBERS, *TABLED)],
    }
    return render(request, "complaints/dashboard.html", context)


def _whose(scope: Scope, organization: Organization) -> str:
    """Say whose figures these are, where they are not everybody's."""
    department = organization.departments.get(scope.only_department or 0)
    home = organization.regions.get(scope.reach.region_id or 0)
    names = [
        str(each) for each in (department, scope.region or (home if home and home.parent_id else None), scope.category) if each
    ]
    return " · ".join(names)


def _number(found: Overview, name: str) -> int:
    return found.total.tally.rework if name == "rework" else found.counts[name]


def _rates(found: Overview) -> list[dict[str, Any]]:
    tally, counts = found.total.tally, found.counts
    due = {"overall": counts["overall_due"], "acknowledge": tally.acknowledge_due, "resolve": tally.resolve_due}
    met = {"overall": counts["overall_met"], "acknowledge": tally.acknowledge_met, "resolve": tally.resolve_met}
    return [
        {
            "name": name,
            "label": label,
            "help": FIGURES[explained].help,
            "due": due[name],
            "met": met[name],
            "late": due[name] - met[name],
            "share": share(met[name], due[name]),
        }
        for name, (label, explained) in RATES.items()
    ]


def _link(found: Overview, scope: Scope, address: Address) -> None:
    """Give every line the address of what is behind its numbers."""
    found.total.address = address.but()
    for line in found.departments:
        line.address = address.but(department=line.key.code)
    for name, lines in {"region": found.regions, "category": found.categories}.items():
        for line in lines:
            line.address = address.but(**{name: line.key.code, f"{name}_itself": "on" if line.is_itself else ""})
            line.label = _("%(place)s itself") % {"place": line.label} if line.is_itself else line.label
    for line in found.weeks:
        line.address = address.of_week(scope, line.key)


def _chart(lines: Iterable[Line]) -> dict[str, list[Any]]:
    listed = list(lines)
    return {
        "labels": [line.label for line in listed],
        "due": [line.tally.resolve_due for line in listed],
        "resolve": [_percent(line.resolve_share) for line in listed],
        "acknowledge": [_percent(line.acknowledge_share) for line in listed],
    }


def _percent(part: Fraction | None) -> float | None:
    return None if part is None else round(float(part * 100), 2)


def _presets(request: StaffRequest, form: ScopeForm) -> list[dict[str, Any]]:
    """Return the named periods as links that keep what else was chosen."""
    shown = (form["start"].value(), form["end"].value())
    named = []
    for name, label in PRESETS.items():
        query = request.GET.copy()
        for part in ("start", "end"):
            query.pop(part, None)
        query["period"] = name
        first, last = preset(name, form.today)
        named.append({"label": label, "address": query.urlencode(), "active": (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}") == shown})
    return named


@require_GET
def rows(request: StaffRequest, name: str) -> HttpResponse:
    """Show the very rows behind a number."""
    form = _form(request)
    scope, figure = form.scope(), FIGURES.get(name)
    if figure is None:
        raise Http404
    behind = Queue(
        name=name,
        label=figure.label,
        icon="list",
        kind=figure.kind,
        roles=(),
        rows=lambda _user: figure.rows(scope),
        empty=gettext_lazy("There is nothing behind this number."),
        newest_first=True,
    )
    after = Place.parse(request.GET.get("after", ""))
    listed = figure.rows(scope)
    found, following = callback_page(listed, after) if figure.kind == CALLBACK else page(behind, listed, after)
    context = {
        "figure": figure,
        "queue": behind,
        "rows": found,
        "following": following,
        "now": scope.now,
        "total": figure.rows(scope).count(),
        "address": Address(scope, form.organization).but(),
        "is_first": after is None,
        "whose": _whose(scope, form.organization),
        "scope": scope,
        "last_day": timezone.localtime(scope.end - dt.timedelta(days=1)),
        "of_now": name in {"open", "overdue", "open_legs"},
    }
    return render(request, "complaints/dashboard_rows.html", context)
