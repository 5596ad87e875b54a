"""Inspection: the inspectors' queue, one inspection beside its evidence, and what they came to."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from complaints import policies
from complaints.actions.inspecting import inspect
from complaints.enums import Answer
from complaints.models import ChecklistItem, Inspection
from complaints.queries.inspections import RELATED, agreements, proposed_deductions, results
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from organization.requests import StaffRequest
from workorders.enums import OrderState

PAGE, DAYS = 50, 365


class InspectionForm(forms.Form):
    """An answer for each item, and what follows."""

    remark = forms.CharField(
        label=gettext_lazy("finding"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    sends_back = forms.BooleanField(label=gettext_lazy("send the order back for rework"), required=False)
    deduction = forms.DecimalField(
        label=gettext_lazy("propose to deduct points"), required=False, min_value=0.1, max_digits=4, decimal_places=1
    )

    def __init__(self, *arguments: object, items: list[ChecklistItem], may_send_back: bool, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.items = items
        answers = {f"item_{item.pk}": self._answer(item) for item in items}
        self.fields = {**answers, **self.fields}
        if not may_send_back:
            del self.fields["sends_back"]

    @staticmethod
    def _answer(item: ChecklistItem) -> forms.ChoiceField:
        told = _("fatal") if item.is_fatal else ""
        help_text = " · ".join(part for part in (_("weight %(n)s") % {"n": item.weight}, told) if part)
        return forms.ChoiceField(label=item.text, choices=[("", "–"), *Answer.choices], help_text=help_text)

    def given(self) -> dict[int, str]:
        """Return the answers by item."""
        return {item.pk: self.cleaned_data[f"item_{item.pk}"] for item in self.items}


@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """List what waits for this inspector, the longest drawn first."""
    if not policies.may_read_inspections(request.user):
        raise NotAllowed(_("Inspections are made by reviewers."))
    rows = policies.to_inspect(request.user).select_related(*RELATED).order_by("drawn_at", "pk")[:PAGE]
    return render(request, "complaints/inspections.html", {"rows": rows})


def _get(request: StaffRequest, pk: int) -> Inspection:
    if not policies.may_read_inspections(request.user):
        raise NotAllowed(_("Inspections are made by reviewers."))
    found = Inspection.objects.select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    if not found.inspected_at and not policies.may_inspect(request.user, found):
        raise NotAllowed(_("Nobody inspects their own work, or the same work twice."))
    return found


@require_http_methods(["GET", "POST"])
def inspection(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one inspection with its evidence, and record what was found."""
    found = _get(request, pk)
    if found.inspected_at:
        return _page(request, found, None)
    items = list(found.checklist.items.all())
    may_send_back = found.order.state == OrderState.REPLIED
    form = InspectionForm(request.POST or None, items=items, may_send_back=may_send_back)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, form, status=200 if request.method == "GET" else 422)
    named = {name: form.cleaned_data[name] for name in ("remark", "sends_back", "deduction") if name in form.fields}
    try:
        inspect(inspection=found, answers=form.given(), by=request.user, now=timezone.now(), **named)
    except Invalid as error:
        for name, why in error.errors.items():
            form.add_error(name if name in form.fields else None, str(why))
        return _page(request, found, form, status=error.status)
    except Conflict as error:
        messages.error(request, str(error.detail))
        return redirect("complaints:inspections")
    messages.success(request, _("The inspection is recorded."))
    return redirect("complaints:inspections")


def _page(request: StaffRequest, found: Inspection, form: InspectionForm | None, status: int = 200) -> HttpResponse:
    events = Event.objects.filter(stream=found.order.ticket.stream).order_by("seq")
    context = {
        "inspection": found,
        "order": found.order,
        "ticket": found.order.ticket,
        "form": form,
        "marks": found.marks.select_related("item").order_by("item__position") if form is None else [],
        "events": events.count(),
    }
    return render(request, "complaints/inspection.html", context, status=status)


@require_GET
def figures(request: StaffRequest) -> HttpResponse:
    """Show the results of a year by department and by inspector, how far inspectors agree, and the proposed deductions."""
    if not policies.may_read_inspections(request.user):
        raise NotAllowed(_("The results are for the complaint centre and for managers."))
    now = timezone.now()
    start = now - dt.timedelta(days=DAYS)
    context = {
        "tables": [
            (_("By department"), results(start, now, "order__department__name")),
            (_("By inspector"), results(start, now, "inspector__name")),
        ],
        "pairs": agreements(start, now),
        "deductions": proposed_deductions()[:PAGE],
    }
    return render(request, "complaints/inspection_results.html", context)
