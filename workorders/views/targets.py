"""The grid of department limits: read by managers, edited by administrators in a draft that is previewed before it applies."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.errors import Conflict, DomainError, Invalid, NotAllowed
from foundation.forms import show_refusal
from organization.models import Department
from organization.requests import StaffRequest
from workorders import policies
from workorders.actions import changing
from workorders.enums import Hours, Urgency
from workorders.models import Category, LimitChange, LimitEdit, Ticket
from workorders.queries.grid import GRID_DEPTH, Cell, grid, takers

#: A year: no limit is longer.
MAX_MINUTES = 525_600
MAX_DIGITS = 19


class WhereForm(forms.Form):
    """Which cell: none is all departments, or all categories."""

    department = forms.ModelChoiceField(Department.objects.all(), required=False)
    category = forms.ModelChoiceField(Category.objects.all(), required=False)
    urgency = forms.ChoiceField(choices=Urgency)


class CellForm(forms.Form):
    """A cell's new limit."""

    acknowledge_minutes = forms.IntegerField(label=gettext_lazy("acknowledge, minutes"), min_value=1, max_value=MAX_MINUTES)
    resolve_minutes = forms.IntegerField(
        label=gettext_lazy("resolve, minutes"),
        min_value=1,
        max_value=MAX_MINUTES,
        help_text=gettext_lazy("An hour has 60 minutes, a day of natural hours 1440."),
    )
    hours = forms.ChoiceField(label=gettext_lazy("counted in"), choices=Hours)
    withdrawn = forms.BooleanField(label=gettext_lazy("Withdraw this limit, so that the less specific one applies"), required=False)


class PreviewForm(forms.Form):
    """From when, and whether for the open clocks too."""

    effective_from = forms.DateTimeField(
        label=gettext_lazy("in force from"),
        required=False,
        help_text=gettext_lazy("Empty: from when it is applied."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    include_open = forms.BooleanField(
        label=gettext_lazy("also the open clocks"),
        required=False,
        help_text=gettext_lazy("Otherwise only clocks that start from then on."),
    )


@require_GET
def grid_page(request: StaffRequest) -> HttpResponse:
    """Show one department's limits, or those for all departments."""
    if not policies.may_read_limits(request.user):
        raise NotAllowed
    form = forms.ModelChoiceField(Department.objects.all(), required=False)
    try:
        department = form.clean(request.GET.get("department", ""))
    except forms.ValidationError as error:
        raise Http404 from error
    context = {"grid": grid(department, changing.draft_of(request.user), timezone.now()), "departments": takers()}
    return render(request, "workorders/targets.html", context | _draft(request))


def _where(request: HttpRequest) -> str:
    """Return the query that keeps the department shown."""
    shown = request.GET.get("department", "")
    return f"?department={shown}" if shown.isdecimal() and len(shown) < MAX_DIGITS else ""


def _draft(request: StaffRequest, form: PreviewForm | None = None) -> dict[str, object]:
    change = changing.draft_of(request.user)
    initial = {"effective_from": change.effective_from, "include_open": change.include_open} if change else {}
    late = Ticket.objects.filter(pk__in=change.impact.get("tickets", [])).order_by("due_at") if change else []
    applied = LimitChange.objects.filter(by=request.user, applied_at__isnull=False).order_by("-pk").first()
    return {
        "change": change,
        "applied": applied,
        "moved": sum(change.impact.get(name, 0) for name in ("earlier", "later", "paused")) if change else 0,
        "edits": list(change.edits.select_related("department", "category")) if change else [],
        "preview": form or PreviewForm(initial=initial),
        "late": late,
        "where": _where(request),
        "may_edit": policies.may_edit_limits(request.user),
    }


@require_GET
def draft(request: StaffRequest) -> HttpResponse:
    """Show the draft alone, for the page to follow its job."""
    if not policies.may_read_limits(request.user):
        raise NotAllowed
    context = _draft(request)
    response = render(request, "workorders/targets.html#draft", context)
    if context["change"] is None:
        # The change has been applied meanwhile: the grid beside it shows other limits now.
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest) -> HttpResponse:
    """Ask for a cell's new limit, or put it into the draft."""
    if not policies.may_edit_limits(request.user):
        raise NotAllowed
    where = WhereForm(request.GET)
    if not where.is_valid():
        raise Http404
    place = where.cleaned_data
    if place["category"] and place["category"].depth > GRID_DEPTH:
        raise Http404
    form = CellForm(request.POST or None, initial=_initial(request, place))
    if request.method == "POST" and form.is_valid() and _put(request, place, form):
        return _back(request, place["department"])
    context = {"form": form, "place": place, "urgency": Urgency(place["urgency"]).label, "address": request.get_full_path()}
    status = 422 if form.errors else 200
    return render(request, "workorders/target.html#dialog" if request.htmx else "workorders/target.html", context, status=status)


def _put(request: StaffRequest, place: dict[str, Any], form: CellForm) -> bool:
    """Put the cell into the draft; what speaks against it goes to the form."""
    try:
        changing.edit_limit(**place, **form.cleaned_data, by=request.user, now=timezone.now())
    except (Invalid, Conflict) as error:
        show_refusal(form, error)
    return form.is_valid()


def _initial(request: StaffRequest, place: dict[str, object]) -> dict[str, object]:
    shown = grid(place["department"], changing.draft_of(request.user), timezone.now())
    row = next((row for row in shown.rows if row.category == place["category"]), None)
    if row is None:
        raise Http404
    cell: Cell = next(cell for cell in row.cells if cell.urgency == place["urgency"])
    source = cell.edit or cell.limit
    names = ("acknowledge_minutes", "resolve_minutes", "hours")
    return {name: getattr(source, name) for name in names} if source else {}


def _back(request: HttpRequest, department: Department | None) -> HttpResponse:
    target = redirect("workorders:targets")
    if department:
        target["Location"] += f"?department={department.pk}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": target["Location"]})
    return target


def _require_as_previewed(change: LimitChange, form: PreviewForm) -> None:
    """Refuse to apply what was typed after the preview, and so previewed by nobody."""
    if not form.is_valid() or form.cleaned_data != {name: getattr(change, name) for name in form.fields}:
        raise Conflict(_("The date or the reach was changed after the preview; preview the change again."))


@require_POST
def step(request: StaffRequest, step: str) -> HttpResponse:
    """Drop an edit, preview the draft, or apply it."""
    change = changing.draft_of(request.user)
    if step not in {"preview", "apply", "drop"} or not policies.may_edit_limits(request.user) or change is None:
        raise Http404
    form = PreviewForm(request.POST)
    try:
        if step == "drop":
            pk = request.POST.get("edit", "")
            dropped = get_object_or_404(LimitEdit, change=change, pk=int(pk) if pk.isdecimal() and len(pk) < MAX_DIGITS else 0)
            changing.drop_edit(edit=dropped, by=request.user)
        elif step == "apply":
            _require_as_previewed(change, form)
            changing.request_apply(change=change, by=request.user)
        elif form.is_valid():
            changing.request_preview(change=change, **form.cleaned_data, by=request.user, now=timezone.now())
        else:
            messages.error(request, _("Check the date."))
    except DomainError as error:
        messages.error(request, error.detail)
    target = redirect("workorders:targets")
    target["Location"] += _where(request)
    return target
