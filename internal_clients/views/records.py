"""The records of the scheme: one list, one page, one form for every kind."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from foundation.errors import DomainError, NotAllowed
from foundation.forms import show_refusal
from foundation.pagination import behind
from internal_clients.forms import RecordForm
from internal_clients.menu import KINDS, Kind, step_of, steps_for
from internal_clients.story import told
from organization.requests import StaffRequest

PAGE_SIZE = 50


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def label_of(model: type[Model], name: str) -> str:
    """Return a field's words."""
    try:
        return str(model._meta.get_field(name).verbose_name)  # noqa: SLF001 -- Django's documented way to a field's name
    except FieldDoesNotExist:
        return str(WORDS.get(name, name))


#: The words of what a record only passes on.
WORDS = {
    "subject": gettext_lazy("subject"),
    "state": gettext_lazy("state"),
    "filed_at": gettext_lazy("filed at"),
    "due_at": gettext_lazy("due at"),
}


def shown(row: Any, name: str) -> Any:
    """Return what a field shows: a choice as its words, a month without a day."""
    display = getattr(row, f"get_{name}_display", None)
    if name == "month":
        return f"{row.month:%Y-%m}"
    return display() if display else getattr(row, name)


@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """Begin with the first kind."""
    return redirect("internal_clients:records", next(iter(KINDS)))


@require_GET
def records(request: StaffRequest, kind: str) -> HttpResponse:
    """List the records of one kind, the newest first."""
    found = _kind(kind)
    after, rows = request.GET.get("after", ""), found.rows(request.user)
    page = list((behind(rows, int(after)) if after.isdecimal() else rows)[: PAGE_SIZE + 1])
    context = {
        "kind": found,
        "kinds": KINDS.values(),
        "labels": [label_of(found.model, name) for name in found.columns],
        "rows": [{"pk": row.pk, "cells": [shown(row, name) for name in found.columns]} for row in page[:PAGE_SIZE]],
        "following": page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else None,
        "may_add": found.may_add(request.user),
    }
    return render(request, "internal_clients/records.html", context)


@require_GET
def record(request: StaffRequest, kind: str, pk: int) -> HttpResponse:
    """Show one record with what happened to it and what may be done now."""
    found = _kind(kind)
    row = get_object_or_404(found.rows(request.user), pk=pk)
    names = (*found.columns, *found.more)
    context = {
        "kind": found,
        "row": row,
        "facts": [(label_of(found.model, name), shown(row, name)) for name in names],
        "steps": steps_for(found, request.user, row),
        "story": told(row),
        "link": found.link(row) if found.link else "",
        "milestones": row.milestones.order_by("committed_on", "pk") if hasattr(row, "milestones") else None,
    }
    return render(request, "internal_clients/record.html", context)


@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, kind: str) -> HttpResponse:
    """Ask for what a new record needs, and add it."""
    found = _kind(kind)
    if not found.may_add(request.user):
        raise NotAllowed
    form = found.add_form(request.POST or None, user=request.user, now=timezone.now(), asked=request.GET)
    context = {"kind": found, "form": form, "label": found.add_label, "icon": "plus"}
    return filled(request, form, found, context, lambda given: found.add(by=request.user, now=timezone.now(), **given))


@require_http_methods(["GET", "POST"])
def step(request: StaffRequest, kind: str, pk: int, name: str) -> HttpResponse:
    """Ask for what a step needs, and take it."""
    found = _kind(kind)
    row = get_object_or_404(found.rows(request.user), pk=pk)
    try:
        chosen = step_of(found, name, request.user, row)
    except KeyError as error:
        raise Http404 from error
    form = chosen.form(request.POST if request.method == "POST" else None, user=request.user, row=row, now=timezone.now())
    context = {"kind": found, "row": row, "form": form, "label": chosen.label, "icon": chosen.icon, "danger": chosen.danger}

    def run(given: dict[str, Any]) -> Model:
        chosen.run(**{found.name: row}, by=request.user, now=timezone.now(), **given)
        return row

    return filled(request, form, found, context, run)


def filled(request: StaffRequest, form: RecordForm, kind: Kind, context: dict[str, Any], run: Any) -> HttpResponse:
    """Show the form again with what is wrong, or run the action and go to the record."""
    if request.method == "GET":
        return render(request, "internal_clients/form.html", context)
    status = 422
    if form.is_valid():
        try:
            row = run(form.cleaned_data)
        except DomainError as error:
            status = show_refusal(form, error)
        else:
            messages.success(request, _("%(subject)s: %(action)s – done.") % {"subject": row, "action": context["label"]})
            return redirect("internal_clients:record", kind.name, row.pk)
    return render(request, "internal_clients/form.html", context, status=status)
