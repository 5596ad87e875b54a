"""The SLA dashboard, and the rows behind each of its numbers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from complaints.queries import satisfaction
from foundation.errors import NotAllowed
from organization.enums import DepartmentKind, Role
from organization.models import Department, Region, Staff
from organization.requests import StaffRequest
from workorders.enums import Urgency
from workorders.filters import DateInput, indented
from workorders.models import Category
from workorders.queries import figures
from workorders.queries.figures import Scope, figure_named
from workorders.queries.queues import Place, Queue, page

DAYS = 30
CITY_DEPTH = 3
RATES = (
    ("acknowledge", gettext_lazy("accepted in time")),
    ("resolve", gettext_lazy("resolved in time")),
    ("overall", gettext_lazy("customers answered in time")),
)


class ScopeForm(forms.Form):
    """The period and what it is narrowed to; all of it stands in the address."""

    start = forms.DateField(label=gettext_lazy("from"), widget=DateInput, required=False)
    end = forms.DateField(label=gettext_lazy("up to"), widget=DateInput, required=False)
    department = forms.ModelChoiceField(
        Department.objects.filter(kind=DepartmentKind.SUPPORT).order_by("code"),
        label=gettext_lazy("department"),
        required=False,
        empty_label=gettext_lazy("every department"),
    )
    region = forms.ModelChoiceField(Region.objects.all(), label=gettext_lazy("region"), required=False)
    category = forms.ModelChoiceField(Category.objects.all(), label=gettext_lazy("category"), required=False)
    urgency = forms.ChoiceField(
        choices=[("", gettext_lazy("every urgency")), *Urgency.choices],
        label=gettext_lazy("urgency"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model, label in (("region", Region, _("every region")), ("category", Category, _("every category"))):
            self.fields[name].widget.choices = [("", label), *indented(model.objects.all(), 2 if name == "category" else 3)]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", _("The period ends before it begins."))
        return data

    def scope(self, user: Staff, now: dt.datetime) -> Scope:
        """Return what was chosen; the last 30 days where nothing was, and a head's own department whatever was."""
        data = self.cleaned_data if self.is_valid() else {}
        today = timezone.localtime(now).date()
        end = data.get("end") or today
        start = data.get("start") or end - dt.timedelta(days=DAYS - 1)
        return Scope(
            start=_midnight(start),
            end=_midnight(end + dt.timedelta(days=1)),
            now=now,
            department=data.get("department") if sees_all(user) else user.department,
            region=data.get("region"),
            category=data.get("category"),
            urgency=data.get("urgency") or "",
        )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def sees_all(user: Staff) -> bool:
    """Tell whether the person sees every department's figures."""
    return user.has_role(Role.MANAGER, *Role.CENTRE)


def _require(user: Staff) -> None:
    if not sees_all(user) and not (user.has_role(Role.HEAD) and user.department):
        raise NotAllowed(_("The dashboard is for managers, the complaint centre and department heads."))


@require_GET
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show the figures of a period, with the same numbers as charts and as tables."""
    _require(request.user)
    now = timezone.now()
    form = ScopeForm(request.GET)
    scope = form.scope(request.user, now)
    counts = figures.counted(scope)
    answered = satisfaction.totals(scope)
    departments = _departments(scope)
    weeks = [_row(f"{week['key']:%m-%d}", "", week) for week in figures.by_week(scope)]
    context = {
        "form": form,
        "scope": scope,
        "last_day": timezone.localtime(scope.end - dt.timedelta(days=1)),
        "counts": counts,
        "times": figures.times(scope),
        "answered": answered,
        "satisfied": _share(answered["satisfied"], answered["reached"]),
        "solved": _share(answered["solved"], answered["reached"]),
        "rates": [
            {
                "name": name,
                "label": label,
                "share": _share(counts[f"{name}_met"], counts[f"{name}_due"]),
                "due": counts[f"{name}_due"],
                "met": counts[f"{name}_met"],
            }
            for name, label in RATES
        ],
        "departments": departments,
        "weeks": weeks,
        "regions": _rolled(figures.by_field(scope, "region"), Region, "region", CITY_DEPTH),
        "categories": _rolled(figures.by_field(scope, "category"), Category, "category", 1),
        "charts": {"weeks": _chart(weeks), "departments": _chart(departments)},
        "address": _address(request, scope),
        "sees_all": sees_all(request.user),
    }
    return render(request, "complaints/dashboard.html", context)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(label: str, narrowed: str, row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "label": label, "narrowed": narrowed, "share": _share(row["met"], row["due"])}


def _departments(scope: Scope) -> list[dict[str, Any]]:
    names = {each.pk: each for each in Department.objects.all()}
    said = satisfaction.by_department(scope)
    rows = []
    for found in figures.by_department(scope):
        asked = said.get(found["key"], {"reached": 0, "satisfied": 0})
        accept = found["accept"]
        rows.append(
            _row(str(names[found["key"]]), f"department={found['key']}", found)
            | {
                "accept_share": _share(accept["met"], accept["due"]),
                "satisfied": _share(asked["satisfied"], asked["reached"]),
            }
        )
    return rows


def _rolled(
    rows: list[dict[str, Any]],
    model: type[Region | Category],
    name: str,
    depth: int,
) -> list[dict[str, Any]]:
    """Add the rows of a tree's nodes up at the level of cities, or of first categories."""
    nodes = {node.pk: node for node in model.objects.all()}
    by_path = {node.path: node for node in nodes.values()}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        top = "/".join(nodes[row["key"]].path.split("/")[:depth]).rstrip("/") + "/"
        sums[top][0] += row["due"]
        sums[top][1] += row["met"]
    ranked = sorted(sums.items(), key=lambda entry: -entry[1][0])
    return [_row(str(by_path[path]), f"{name}={by_path[path].pk}", {"due": due, "met": met}) for path, (due, met) in ranked]


def _chart(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    listed = list(rows)
    return {
        "labels": [row["label"] for row in listed],
        "due": [row["due"] for row in listed],
        "share": [None if row["share"] is None else round(row["share"] * 100, 1) for row in listed],
    }


def _address(request: StaffRequest, scope: Scope) -> str:
    kept = {name: value for name, value in request.GET.items() if name in ScopeForm.base_fields and value}
    kept["start"] = f"{timezone.localtime(scope.start):%Y-%m-%d}"
    kept["end"] = f"{timezone.localtime(scope.end - dt.timedelta(days=1)):%Y-%m-%d}"
    return urlencode(kept)


@require_GET
def rows(request: StaffRequest, name: str) -> HttpResponse:
    """Show the very rows behind a number."""
    _require(request.user)
    figure = figure_named(name)
    if figure is None:
        raise Http404
    now = timezone.now()
    scope = ScopeForm(request.GET).scope(request.user, now)
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
    found, following = page(behind, figure.rows(scope), Place.parse(request.GET.get("after", "")))
    context = {
        "figure": figure,
        "queue": behind,
        "rows": found,
        "following": following,
        "now": now,
        "total": figure.rows(scope).count(),
        "address": _address(request, scope),
        "back": reverse("complaints:dashboard"),
        "is_first": "after" not in request.GET,
    }
    return render(request, "complaints/dashboard_rows.html", context)
