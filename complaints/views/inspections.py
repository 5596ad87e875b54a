"""Inspection: what waits, one inspection beside its evidence, what was found, and what it comes to."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints import inspection_policies as policies
from complaints.actions.contesting import contest, decide
from complaints.actions.drawing import reassign
from complaints.actions.inspecting import inspect
from complaints.forms import ContestFindingForm, DecisionForm, InspectionForm, InspectorForm, MadeForm
from complaints.inspection_policies import VISITORS
from complaints.models import Inspection
from complaints.queries.inspections import listing, results
from foundation.errors import Conflict, Invalid, NotAllowed, require
from foundation.forms import show_refusal
from foundation.sheets import xlsx_response
from organization.enums import Role
from organization.queries.days import local_day
from organization.requests import StaffRequest
from workorders import policies as ticket_policies
from workorders.enums import TicketState
from workorders.queries.queues import Place


def tabs(request: StaffRequest) -> dict[str, Any]:
    """Return what every page of inspection shows at its top."""
    user = request.user
    found = [
        ("complaints:inspections", _("To be inspected"), user.has_role(Role.REVIEWER) or policies.may_manage(user)),
        ("complaints:inspected", _("Findings"), user.has_role(*VISITORS)),
        ("complaints:inspection_results", _("Results"), policies.may_read_results(user)),
        ("complaints:inspection_plans", _("Plans and checklists"), policies.may_read_results(user)),
    ]
    return {"tabs": [(name, label) for name, label, may in found if may], "here": request.resolver_match.view_name}


@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """List what waits for this inspector, the first due first; whoever keeps the plans sees everybody's."""
    user = request.user
    if not (user.has_role(Role.REVIEWER) or policies.may_manage(user)):
        if user.has_role(*VISITORS):
            return redirect("complaints:inspected")
        raise NotAllowed(_("Inspections are made by reviewers."))
    may_see_all = policies.may_manage(user)
    everybodys = may_see_all and (request.GET.get("whose") == "all" or not user.has_role(Role.REVIEWER))
    rows, following = listing.waiting(user, everybodys=everybodys, after=Place.parse(request.GET.get("after", "")))
    context = {
        **tabs(request),
        "rows": rows,
        "following": following,
        "is_first": not request.GET.get("after"),
        "today": local_day(timezone.now()),
        "everybodys": everybodys,
        "may_choose": may_see_all and user.has_role(Role.REVIEWER),
        "objections": listing.objections_to_decide(user),
    }
    return render(request, "complaints/inspections.html", context)


@require_GET
def inspected(request: StaffRequest) -> HttpResponse:
    """List what was found in a period, the newest first: the rows behind every figure of the results; also as a workbook."""
    if not request.user.has_role(*VISITORS):
        raise NotAllowed(_("Findings are read by the complaint centre, by managers, and by the departments inspected."))
    form = MadeForm(request.GET, today=local_day(timezone.now()))
    if request.GET.get("format") == "xlsx":
        rows = listing.made(request.user, form.wanted())
        return xlsx_response("inspections", listing.header(), listing.sheet_rows(rows))
    rows, following = listing.made_page(request.user, form.wanted(), Place.parse(request.GET.get("after", "")))
    context = {
        **tabs(request),
        "form": form,
        "rows": rows,
        "following": following,
        "is_first": not request.GET.get("after"),
        "may_choose": policies.may_read_results(request.user),
    }
    return render(request, "complaints/inspected.html", context)


@require_GET
def figures(request: StaffRequest) -> HttpResponse:
    """Show what the inspections of a period came to, each figure with its rows, and how far inspectors agree."""
    require(policies.may_read_results(request.user), _("The results are for the complaint centre and for managers."))
    form = MadeForm(request.GET, today=local_day(timezone.now()))
    span = form.span()
    context = {
        **tabs(request),
        "form": form,
        "total": results.total(request.user, span),
        "tables": [
            ("department", _("By department"), _("department"), results.by_department(request.user, span)),
            ("inspector", _("By inspector"), _("inspector"), results.by_inspector(request.user, span)),
        ],
        "defects": results.by_defect(request.user, span),
        "pairs": results.agreements(request.user, span),
    }
    return render(request, "complaints/inspection_results.html", context)


@require_http_methods(["GET", "POST"])
def inspection(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one inspection with its evidence; record what was found, object, decide, or give it to another inspector."""
    found = policies.get_inspection(request.user, pk)
    if request.method == "GET":
        return _page(request, found, {})
    name = request.POST.get("step", "")
    if name not in STEPS:
        return redirect("complaints:inspection", pk)
    build, run, done = STEPS[name]
    form = build(found, request.POST)
    if not form.is_valid():
        return _page(request, found, {name: form}, status=Invalid.status)
    try:
        run(found, form, request)
    except (Invalid, Conflict) as error:
        status = show_refusal(form, error)
        return _page(request, policies.get_inspection(request.user, pk), {name: form}, status=status)
    messages.success(request, done(found))
    return redirect(
        "complaints:inspections" if name == "inspect" else "complaints:inspection", *([] if name == "inspect" else [pk])
    )


def _inspect(found: Inspection, form: InspectionForm, request: StaffRequest) -> None:
    inspect(inspection=found, answers=form.given(), by=request.user, now=timezone.now(), **form.follows())


def _contest(found: Inspection, form: ContestFindingForm, request: StaffRequest) -> None:
    contest(inspection=found, by=request.user, now=timezone.now(), **form.cleaned_data)


def _decide(found: Inspection, form: DecisionForm, request: StaffRequest) -> None:
    data = form.cleaned_data
    given = {"outcome": data["outcome"], "reason": data["reason"], "answers": form.given()}
    decide(inspection=found, by=request.user, now=timezone.now(), **given)


def _reassign(found: Inspection, form: InspectorForm, request: StaffRequest) -> None:
    reassign(inspection=found, by=request.user, now=timezone.now(), **form.cleaned_data)


def _decision_form(found: Inspection, data: Any = None) -> DecisionForm:
    return DecisionForm(data, marks=list(found.marks.select_related("item").order_by("item__position")))


type Step = tuple[
    Callable[[Inspection, Any], forms.Form], Callable[[Inspection, Any, StaffRequest], None], Callable[[Inspection], str]
]
STEPS: dict[str, Step] = {
    "inspect": (
        lambda found, data: InspectionForm(data, inspection=found),
        _inspect,
        lambda found: _("%(number)s is inspected.") % {"number": found.number},
    ),
    "contest": (
        lambda _found, data: ContestFindingForm(data),
        _contest,
        lambda _found: _("The objection is raised; another inspector decides it."),
    ),
    "decide": (_decision_form, _decide, lambda _found: _("The objection is decided.")),
    "reassign": (
        lambda found, data: InspectorForm(data, inspection=found),
        _reassign,
        lambda _found: _("The inspection is given to another inspector."),
    ),
}


def _open_steps(request: StaffRequest, found: Inspection) -> dict[str, bool]:
    """Return which of the steps are this person's now."""
    user, objection = request.user, getattr(found, "objection", None)
    today = local_day(timezone.now())
    contestable = found.is_standing_failure and objection is None and found.contest_by is not None and today <= found.contest_by
    return {
        "inspect": policies.may_inspect(user, found),
        "reassign": policies.may_manage(user) and not found.is_made,
        "contest": contestable and policies.may_contest(user, found),
        "decide": objection is not None and objection.is_pending and policies.may_decide(user, found),
    }


def _page(request: StaffRequest, found: Inspection, given: Mapping[str, forms.Form], status: int = 200) -> HttpResponse:
    steps = _open_steps(request, found)
    shown = {f"{name}_form": given.get(name) or STEPS[name][0](found, None) for name, is_open in steps.items() if is_open}
    refused = [form for name, form in given.items() if not steps[name]]
    order, ticket = found.order, found.order.ticket
    context = {
        **shown,
        "inspection": found,
        "order": order,
        "ticket": ticket,
        "evidence": {**found.evidence, **_words(found)},
        "objection": getattr(found, "objection", None),
        "today": local_day(timezone.now()),
        "refused": refused,
        "marks": found.marks.select_related("item").order_by("item__position") if found.is_made else [],
        "twin": listing.twin_of(found) if found.is_made and policies.may_read_results(request.user) else None,
        "may_open_ticket": ticket_policies.may_see(request.user, ticket),
        "may_send_back": policies.may_send_back(found, order),
        "may_reopen": _may_reopen(request, found),
        "story": listing.story(found) if policies.may_read_results(request.user) else [],
    }
    return render(request, "complaints/inspection.html", context, status=status)


def _may_reopen(request: StaffRequest, found: Inspection) -> bool:
    """Tell whether the person may have the matter done again as a new ticket: of a failure whose ticket is closed."""
    ticket = found.order.ticket
    is_closed = ticket.state == TicketState.CLOSED and found.is_standing_failure
    return is_closed and ticket_policies.may(request.user, "reopen", ticket)


def _words(found: Inspection) -> dict[str, Any]:
    """Return what the evidence names by code, in words, and its time."""
    order = type(found.order)(cause=found.evidence.get("cause", ""), liability=found.evidence.get("liability", ""))
    return {"cause": order.get_cause_display(), "liability": order.get_liability_display(), "done_at": found.done_at}
