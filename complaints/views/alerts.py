"""The early warning's pages: the alerts, one alert, and the rules with their previews."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from complaints import policies
from complaints.actions import answering, ending, incidents
from complaints.actions.rehearsing import ask_for_rehearsal
from complaints.enums import AlertLevel, Outcome
from complaints.models import Alert, AlertRule, Incident, IncidentLink
from complaints.queries import alerts as shown
from complaints.queries.incidents import incident_of, progress
from complaints.queries.labels import labels_of
from complaints.queries.series import Trees
from foundation.errors import Conflict, Invalid, NotAllowed
from foundation.forms import show_refusal
from organization.enums import DepartmentKind
from organization.models import Department
from organization.requests import StaffRequest
from workorders.queries.queues import Place


class ConclusionForm(forms.Form):
    """What an alert turned out to be."""

    outcome = forms.ChoiceField(label=gettext_lazy("it was"), choices=Outcome, widget=forms.RadioSelect)
    cause = forms.CharField(label=gettext_lazy("cause"), required=False, max_length=200)
    department = forms.ModelChoiceField(
        Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).order_by("code"),
        label=gettext_lazy("responsible department"),
        required=False,
    )


class IncidentForm(forms.Form):
    """What turns an alert into an incident."""

    lead = forms.ModelChoiceField(
        Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).order_by("code"),
        label=gettext_lazy("department to act"),
    )
    announcement = forms.CharField(
        label=gettext_lazy("what agents tell the customers"), max_length=300, widget=forms.Textarea({"rows": 3})
    )
    expected_at = forms.DateTimeField(
        label=gettext_lazy("expected back at"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class EndForm(forms.Form):
    """The one answer for all."""

    answer = forms.CharField(label=gettext_lazy("answer to the customers"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    sample_percent = forms.IntegerField(
        label=gettext_lazy("customers called back, %"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Drawn in each region; the others are told by SMS."),
    )


class DetachForm(forms.Form):
    """Why a complaint does not belong to the incident."""

    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200)


def _require(request: StaffRequest) -> None:
    if not policies.may_read_alerts(request.user):
        raise NotAllowed


def _alert(pk: int) -> Alert:
    found = shown.found_alert(pk)
    if found is None:
        raise Http404
    return found


@require_GET
def alerts(request: StaffRequest) -> HttpResponse:
    """Show the surges that go on, or those that are over."""
    _require(request)
    is_open = request.GET.get("show") != "past"
    rows, following = shown.page(is_open=is_open, after=Place.parse(request.GET.get("after", "")))
    if rows:
        _label(policies.departments_told(rows), timezone.now())
    context = {"rows": rows, "following": following, "is_open": is_open, "is_first": "after" not in request.GET}
    return render(request, "complaints/alerts.html", context)


def _label(concerned: Mapping[Alert, Collection[int]], now: dt.datetime) -> None:
    """Give the alerts the labels of what was planned while they went on."""
    labels = labels_of(concerned, now)
    for each in concerned:
        each.labels = labels.get(each.pk, [])


@require_GET
def alert(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one alert: its course against the expectation, where it is, what is in it, and what such alerts turned out to be."""
    _require(request)
    return _page(request, _alert(pk))


def _page(request: StaffRequest, found: Alert, status: int = 200, **forms: forms.Form) -> HttpResponse:
    incident, now = incident_of(found), timezone.now()
    course, told = shown.course(found, now), policies.told_departments(found)
    _label({found: told}, now)
    context: dict[str, Any] = {
        "alert": found,
        "course": course,
        "chart": _chart(course),
        "complaints": shown.latest(request.user, found),
        "in_it": sum(hour.seen for hour in course.hours if hour.is_surge),
        "similar": shown.similar(found),
        "form": forms.get("form", ConclusionForm()),
        "incident": incident,
        "progress": progress(incident) if incident else None,
        "incident_form": forms.get("incident_form", IncidentForm(initial={"lead": found.department_id})),
        "end_form": forms.get("end_form", EndForm(initial=_proposed_ending(found, incident))),
        "may_run_incident": policies.may_run_incident(request.user, found),
        "is_finished": incident is not None and incident.ticket.state in ending.FINISHED,
        "may_answer": policies.may_answer_alert(request.user, found, told),
        "now": now,
    }
    return render(request, "complaints/alert.html", context, status=status)


def _proposed_ending(found: Alert, incident: Incident | None) -> dict[str, Any]:
    """Return the answer that the master ticket already has, and the sample that the rule asks for."""
    return {"answer": incident.ticket.answer if incident else "", "sample_percent": found.rule.callback_percent}


def _chart(course: shown.Course) -> dict[str, list[Any]]:
    local = [timezone.localtime(hour.at) for hour in course.hours]
    return {
        "labels": [f"{at:%m-%d %H:%M}" for at in local],
        "seen": [hour.seen for hour in course.hours],
        "normal": [None if hour.normal is None else round(hour.normal, 2) for hour in course.hours],
        "surge": [index for index, hour in enumerate(course.hours) if hour.is_surge],
    }


@require_POST
def acknowledge(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the alert in hand."""
    _require(request)
    try:
        answering.acknowledge(alert=_alert(pk), by=request.user, now=timezone.now())
    except Conflict as error:
        messages.warning(request, str(error.detail))
    else:
        messages.success(request, _("The alert is in your hands; it climbs by size only from here."))
    return redirect("complaints:alert", pk)


@require_POST
def conclude(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what the alert turned out to be."""
    _require(request)
    found, form = _alert(pk), ConclusionForm(request.POST)
    return _done(
        request, found, form, "form", lambda said: answering.conclude(alert=found, by=request.user, now=timezone.now(), **said)
    )


def _done(
    request: StaffRequest, found: Alert, form: forms.Form, name: str, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Act on what the form says and return to the alert's page; refused, show it again with what was typed."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as error:
            show_refusal(form, error)
        except Conflict as error:
            messages.warning(request, str(error.detail))
    if form.errors:
        return _page(request, found, 422, **{name: form})
    return redirect("complaints:alert", found.pk)


@require_POST
def open_incident(request: StaffRequest, pk: int) -> HttpResponse:
    """Turn the alert into an incident."""
    _require(request)
    found, form = _alert(pk), IncidentForm(request.POST)
    now = timezone.now()
    return _done(
        request, found, form, "incident_form", lambda said: incidents.open_incident(alert=found, by=request.user, now=now, **said)
    )


@require_POST
def end_incident(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer once for all."""
    _require(request)
    found, form = _alert(pk), EndForm(request.POST)
    incident = incident_of(found)
    if incident is None:
        raise Http404
    now = timezone.now()
    return _done(
        request, found, form, "end_form", lambda said: ending.end_incident(incident=incident, by=request.user, now=now, **said)
    )


@require_POST
def detach_complaint(request: StaffRequest, pk: int, complaint: int) -> HttpResponse:
    """Take a complaint out of the incident."""
    _require(request)
    found, form = _alert(pk), DetachForm(request.POST)
    link = IncidentLink.objects.select_related("incident__alert__region").filter(pk=complaint, incident__alert=found).first()
    if link is None:
        raise Http404
    now = timezone.now()
    return _done(request, found, form, "detach_form", lambda said: incidents.detach(link=link, by=request.user, now=now, **said))


@require_GET
def alert_count(request: StaffRequest) -> HttpResponse:
    """Answer with the number beside the menu's line: the surges that go on, red from orange on."""
    _require(request)
    levels = list(shown.open_alerts().values_list("level", flat=True)[:100])
    context = {"counted": len(levels), "is_grave": any(level >= AlertLevel.ORANGE for level in levels)}
    return render(request, "complaints/_alert_count.html", context)


@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    """Show the rules, and each one's own record."""
    _require(request)
    return render(request, "complaints/alert_rules.html", {"rules": shown.rules_with_record()})


@require_GET
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what a rule would have told in the last 12 months."""
    _require(request)
    found = _rule(pk)
    context = {"rule": found, "may_preview": policies.may_keep_rules(request.user, found), **_rehearsal(found)}
    return render(request, "complaints/alert_rule.html", context)


def _rule(pk: int) -> AlertRule:
    found = AlertRule.objects.select_related("owner", "category", "region").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _rehearsal(found: AlertRule) -> dict[str, Any]:
    told = found.rehearsal
    if told is None:
        return {"told": None}
    trees = Trees()
    firings = [
        {
            **each,
            "category": trees.categories.get(each["category"]),
            "region": trees.regions.get(each["region"]),
            "opened": _instant(each["opened"]),
            "cleared": _instant(each["cleared"]),
            "label": AlertLevel(each["level"]).label,
            "name": AlertLevel(each["level"]).name.lower(),
        }
        for each in told["firings"]
    ]
    return {"told": told, "firings": firings}


def _instant(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@require_POST
def rehearse(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a job replay the rule."""
    _require(request)
    ask_for_rehearsal(rule=_rule(pk), by=request.user, now=timezone.now())
    messages.info(request, _("The preview is being worked out; this page will show it."))
    return redirect("complaints:alert_rule", pk)
