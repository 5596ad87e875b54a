"""The duty roster, kept by the heads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import Invalid, NotAllowed
from foundation.forms import show_refusal
from organization.actions.rosters import add_turn, may_keep, remove_turn
from organization.enums import Role
from organization.forms import TurnForm
from organization.models import Department, Duty
from organization.queries.duty import on_duty, turns_of
from organization.requests import StaffRequest


def _department(request: StaffRequest) -> Department:
    department = request.user.department
    if department is None or not may_keep(request.user, department):
        raise NotAllowed(_("Only heads keep the duty roster."))
    return department


@require_http_methods(["GET", "HEAD", "POST"])
def duties(request: StaffRequest) -> HttpResponse:
    """Show who is on duty in one's own department, and put somebody on."""
    department, now = _department(request), timezone.now()
    form = TurnForm(request.POST or None, department=department, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            turn = add_turn(department=department, by=request.user, now=now, **form.cleaned_data)
        except Invalid as error:
            show_refusal(form, error)
        else:
            words = {"person": turn.person, "role": turn.get_role_display()}
            messages.success(request, _("%(person)s is on duty as %(role)s.") % words)
            return redirect("organization:duties")
    context = {
        "department": department,
        "form": form,
        "turns": turns_of([department.pk], now),
        "now": now,
        "heads": on_duty(department, Role.HEAD, now),
    }
    return render(request, "organization/duties.html", context, status=422 if form.errors else 200)


@require_POST
def remove_duty(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a turn off the roster of one's own department."""
    turn = get_object_or_404(Duty.objects.select_related("department"), pk=pk, department=_department(request))
    remove_turn(turn=turn, by=request.user, now=timezone.now())
    messages.success(request, _("The turn is off the roster."))
    return redirect("organization:duties")
