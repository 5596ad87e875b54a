"""The quarterly survey: drafted and opened by the centre, answered by units, read by departments."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.errors import DomainError, NotAllowed
from foundation.forms import show_refusal
from internal_clients import policies
from internal_clients.actions import surveys as actions
from internal_clients.enums import SurveyState
from internal_clients.forms.surveys import NewSurveyForm, QuestionsForm, SheetForm
from internal_clients.models import Survey, SurveySheet
from internal_clients.queries.surveys import departments_of, overall, results, tasks_of, turnout
from organization.models import Department
from organization.queries.days import local_day
from organization.requests import StaffRequest


def _survey(request: StaffRequest, pk: int) -> Survey:
    return get_object_or_404(policies.surveys_visible_to(request.user).select_related("opened_by"), pk=pk)


@require_http_methods(["GET", "POST"])
def surveys(request: StaffRequest) -> HttpResponse:
    """List the surveys that concern the person; the centre begins a new one."""
    user, now = request.user, timezone.now()
    may_keep = policies.may_keep_surveys(user)
    is_rater = policies.rater_of(user) is not None
    if not (may_keep or policies.may_ask(user) or policies.may_read_surveys(user)):
        raise NotAllowed
    if request.method == "POST" and not may_keep:
        raise NotAllowed
    form = NewSurveyForm(request.POST if request.method == "POST" else None, user=user, now=now) if may_keep else None
    status = 200
    if form is not None and form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = actions.draft_survey(**form.cleaned_data, by=user, now=now)
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                return redirect("internal_clients:survey", made.pk)
    rows = policies.surveys_visible_to(user).order_by("-quarter")
    return render(request, "internal_clients/surveys/list.html", {"rows": rows, "form": form, "is_rater": is_rater}, status=status)


@require_http_methods(["GET", "POST"])
def survey(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a survey as it stands: a draft to be edited, an open one to be answered, a closed one with its results."""
    found = _survey(request, pk)
    if found.state == SurveyState.DRAFT:
        return _edited(request, found)
    if request.method == "POST":
        raise NotAllowed
    return _answers(request, found) if found.state == SurveyState.OPEN else _results(request, found)


def _edited(request: StaffRequest, found: Survey) -> HttpResponse:
    form = QuestionsForm(request.POST if request.method == "POST" else None, survey=found)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("name", "ends_on", "least")}
        try:
            actions.change_survey(survey=found, items=form.items(), **given, by=request.user, now=timezone.now())
        except DomainError as error:
            status = show_refusal(form, error)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("internal_clients:survey", found.pk)
    return render(request, "internal_clients/surveys/draft.html", {"survey": found, "form": form}, status=status)


def _answers(request: StaffRequest, found: Survey) -> HttpResponse:
    rater = policies.rater_of(request.user)
    may_keep = policies.may_keep_surveys(request.user)
    context = {
        "survey": found,
        "tasks": tasks_of(found, rater) if rater else None,
        "may_keep": may_keep,
        "turnout": turnout(found) if may_keep else None,
        "over": local_day(timezone.now()) > found.ends_on,
    }
    return render(request, "internal_clients/surveys/open.html", context)


def _results(request: StaffRequest, found: Survey) -> HttpResponse:
    if not policies.may_read_surveys(request.user):
        raise Http404
    user = request.user
    sees_all = policies.may_see_card(user, 0)
    own = Department.objects.all() if sees_all else Department.objects.filter(pk=user.department_id)
    rows = results(found, own)
    context = {"survey": found, "results": rows, "mean": overall(rows), "sees_all": sees_all}
    return render(request, "internal_clients/surveys/results.html", context)


STEPS = {"open": actions.open_survey, "close": actions.close_survey, "discard": actions.discard_survey}


@require_POST
def survey_step(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Open, close or discard a survey."""
    found = _survey(request, pk)
    if name not in STEPS:
        raise Http404
    if not policies.may_keep_surveys(request.user):
        raise NotAllowed
    try:
        STEPS[name](survey=found, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error.detail))
    else:
        if name == "discard":
            return redirect("internal_clients:surveys")
    return redirect("internal_clients:survey", pk)


@require_http_methods(["GET", "POST"])
def sheet(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Let a unit answer about one department; what is typed is kept as a draft until it is sent."""
    found, rater = _survey(request, pk), policies.rater_of(request.user)
    if rater is None or found.state != SurveyState.OPEN:
        raise Http404
    department = get_object_or_404(departments_of(found, rater), code=code)
    kept = SurveySheet.objects.filter(survey=found, rater=rater, department=department).prefetch_related("marks").first()
    form = SheetForm(request.POST if request.method == "POST" else None, survey=found, sheet=kept)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            answer = _taken(request, found, department, form)
            if answer is not None:
                return answer
    context = {"survey": found, "department": department, "form": form, "sheet": kept}
    if request.htmx:
        context["problem"] = next(iter(form.errors.values()))[0]
    template = "internal_clients/surveys/sheet.html#kept" if request.htmx else "internal_clients/surveys/sheet.html"
    return render(request, template, context, status=status)


def _taken(request: StaffRequest, found: Survey, department: Department, form: SheetForm) -> HttpResponse | None:
    """Keep or send what the form holds; None where it stays on the screen with what is wrong."""
    sent = "send" in request.POST
    act = actions.send_sheet if sent else actions.keep_draft
    given = {"marks": form.marks, "facts": form.cleaned_data["facts"], "by": request.user, "now": timezone.now()}
    try:
        act(survey=found, department=department, **given)
    except DomainError as error:
        show_refusal(form, error)
        return None
    if request.htmx:
        return render(request, "internal_clients/surveys/sheet.html#kept", {"kept_at": timezone.now()})
    words = _("%(department)s: your answer is sent. Thank you.") if sent else _("%(department)s: the draft is kept.")
    messages.success(request, words % {"department": department})
    return redirect("internal_clients:survey", found.pk)
