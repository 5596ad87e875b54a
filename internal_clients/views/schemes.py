"""The versions of the scheme: copied to a draft, edited, tried on last month's data, put in force."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients import policies
from internal_clients.actions.schemes import activate, change, draft_from
from internal_clients.enums import SchemeState
from internal_clients.forms import DraftForm, SchemeRows
from internal_clients.models import Scheme
from internal_clients.months import month_of, months_before
from internal_clients.queries.previews import preview
from internal_clients.queries.schemes import faults, with_rows
from organization.queries.days import local_day
from organization.requests import StaffRequest


def _scheme(request: StaffRequest, pk: int) -> Scheme:
    if not policies.may_see_scores(request.user) and not policies.may_keep_schemes(request.user):
        raise NotAllowed
    return get_object_or_404(with_rows(Scheme.objects.select_related("activated_by")), pk=pk)


@require_http_methods(["GET", "POST"])
def schemes(request: StaffRequest) -> HttpResponse:
    """List the versions; whoever keeps the scheme copies one into a draft."""
    may_keep = policies.may_keep_schemes(request.user)
    if not policies.may_see_scores(request.user) and not may_keep:
        raise NotAllowed
    form = DraftForm(request.POST if request.method == "POST" else None, user=request.user, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        draft = draft_from(scheme=given["scheme"], effective_from=given["effective_from"], by=request.user, now=timezone.now())
        return redirect("internal_clients:scheme", draft.pk)
    rows = Scheme.objects.select_related("activated_by").order_by("-version")
    status = 422 if form.is_bound else 200
    return render(request, "internal_clients/schemes.html", {"rows": rows, "form": form if may_keep else None}, status=status)


@require_http_methods(["GET", "POST"])
def scheme(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a version; a draft can be edited by whoever keeps the scheme."""
    found = _scheme(request, pk)
    editable = found.state == SchemeState.DRAFT and policies.may_keep_schemes(request.user)
    form = SchemeRows(request.POST if request.method == "POST" else None, scheme=found)
    if request.method == "POST":
        if not editable:
            raise NotAllowed
        if form.is_valid():
            change(scheme=found, changes=form.changes(), by=request.user, now=timezone.now())
            messages.success(request, _("The draft is saved."))
            return redirect("internal_clients:scheme", pk)
    context = {"scheme": found, "rows": form.table(), "form": form, "editable": editable, "faults": faults(found)}
    return render(request, "internal_clients/scheme.html", context, status=422 if form.is_bound else 200)


@require_GET
def trial(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what every department would have scored last month under this version."""
    if not policies.may_keep_schemes(request.user):
        raise NotAllowed
    found, now = _scheme(request, pk), timezone.now()
    month = months_before(month_of(local_day(now)), 1)
    context = {"scheme": found, "month": month, "lines": preview(found, month, now), "faults": faults(found)}
    return render(request, "internal_clients/trial.html", context)


@require_POST
def put_in_force(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a draft in force, or say what is wrong with it."""
    found = _scheme(request, pk)
    try:
        activate(scheme=found, by=request.user, now=timezone.now())
    except (Conflict, Invalid) as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("%(scheme)s is in force.") % {"scheme": found})
    return redirect("internal_clients:scheme", pk)
