"""Sampling plans and checklists: read by all inspectors, kept by supervision and the centre's head."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints import inspection_policies as policies
from complaints.actions.inspection_plans import save_checklist, save_plan
from complaints.forms import ChecklistForm, PlanForm
from complaints.models import Checklist, SamplingPlan
from complaints.queries.inspections import listing
from complaints.views.inspections import tabs
from foundation.errors import Conflict, Invalid, require
from foundation.forms import show_refusal
from organization.queries.days import local_day
from organization.requests import StaffRequest


@require_GET
def plans(request: StaffRequest) -> HttpResponse:
    """Show what is drawn, and by which checklists it is inspected."""
    require(policies.may_read_results(request.user), _("The results are for the complaint centre and for managers."))
    context = {
        **tabs(request),
        "plans": listing.plans(),
        "checklists": listing.checklists(),
        "may_manage": policies.may_manage(request.user),
    }
    return render(request, "complaints/inspection_plans.html", context)


def _require(request: StaffRequest) -> None:
    require(
        policies.may_manage(request.user),
        _("Sampling plans and checklists are kept by supervision and by the complaint centre's head."),
    )


@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Make a sampling plan, or change one."""
    _require(request)
    kept = get_object_or_404(SamplingPlan, pk=pk) if pk else None
    form = PlanForm(request.POST or None, instance=kept, initial={} if kept else {"active_from": local_day(timezone.now())})
    if request.method == "POST" and form.is_valid():
        given = {"values": form.values(), "inspectors": list(form.cleaned_data["inspectors"])}
        try:
            saved = save_plan(**given, plan=SamplingPlan.objects.get(pk=pk) if pk else None, by=request.user, now=timezone.now())
        except Invalid as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(plan)s is saved.") % {"plan": saved})
            return redirect("complaints:inspection_plans")
    context = {**tabs(request), "form": form, "plan": kept}
    return render(request, "complaints/inspection_plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def checklist(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Make a checklist, or the next version of one."""
    _require(request)
    kept = get_object_or_404(Checklist, pk=pk) if pk else None
    form = ChecklistForm(request.POST if request.method == "POST" else None, checklist=kept)
    status = 200
    if request.method == "POST":
        status = Invalid.status
        if form.is_valid():
            heads = {name: form.cleaned_data[name] for name in ("name", "what", "pass_score") if name in form.fields}
            own = {"name": kept.name, "what": kept.what} if kept else {}
            try:
                saved = save_checklist(**own, **heads, items=form.entered(), replaces=kept, by=request.user, now=timezone.now())
            except (Invalid, Conflict) as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, _("%(plan)s is saved.") % {"plan": saved})
                return redirect("complaints:inspection_plans")
    return render(
        request, "complaints/inspection_checklist.html", {**tabs(request), "form": form, "checklist": kept}, status=status
    )
