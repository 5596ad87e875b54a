"""The target tree: one's own targets and what they add up to, the places below, versions agreed by both sides, judged process."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.errors import DomainError, Invalid, NotAllowed
from internal_clients import policies
from internal_clients.actions import kpi as actions
from internal_clients.enums import KpiLevel, KpiMeasure, KpiState
from internal_clients.forms.base import RecordForm
from internal_clients.forms.kpi import JudgeForm, ObjectionForm, PlaceForm, TargetsForm
from internal_clients.models import KpiItem, KpiNode, KpiSheet
from internal_clients.months import month_of, months_before, parsed
from internal_clients.queries import kpi as queries
from internal_clients.queries.evidence.base import Window
from internal_clients.queries.figures import legs_behind
from organization.enums import Role
from organization.queries.days import local_day
from organization.requests import StaffRequest
from workorders.models import WorkOrder
from workorders.policies import orders_visible_to

PAGE_SIZE, MONTHS_SHOWN = 50, 6


def _month(request: StaffRequest) -> dt.date:
    """Return the month asked for, which has begun; this one by default."""
    this = month_of(local_day(timezone.now()))
    try:
        asked = parsed(request.GET.get("month", "") or f"{this:%Y-%m}")
    except ValueError:
        raise Http404 from None
    if asked > this:
        raise Http404
    return asked


def _node(request: StaffRequest, pk: int) -> KpiNode:
    rows = policies.nodes_visible_to(request.user).select_related(*queries.ABOVE)
    return get_object_or_404(rows, pk=pk)


def _errors_of(form: Any, error: DomainError) -> int:
    """Put an action's error by its field, or above the form; return the status."""
    for name, reason in (error.errors if isinstance(error, Invalid) and error.errors else {"": error.detail}).items():
        field = form.field_of(name) if isinstance(form, TargetsForm) else name
        form.add_error(field if field in form.fields else None, str(reason))
    return int(error.status)


@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """Go to one's own place, the nearest to oneself; who has none is told what this is."""
    places = (KpiLevel.EMPLOYEE, KpiLevel.POST, KpiLevel.DEPARTMENT, KpiLevel.COMPANY)
    near = Case(*(When(level=level, then=Value(place)) for place, level in enumerate(places)), output_field=IntegerField())
    seen = policies.nodes_visible_to(request.user).filter(is_active=True)
    own = seen.filter(speaker=request.user.pk).order_by(near, "pk").first() or seen.order_by(-near, "pk").first()
    if own:
        return redirect("internal_clients:kpi_node", own.pk)
    if not request.user.has_role(Role.MANAGER, *Role.DEPARTMENT):
        raise NotAllowed
    return render(request, "internal_clients/kpi/none.html", {"may_plant": request.user.has_role(Role.MANAGER)})


@require_POST
def plant(request: StaffRequest) -> HttpResponse:
    """Begin the tree."""
    if not request.user.has_role(Role.MANAGER):
        raise NotAllowed
    try:
        return redirect("internal_clients:kpi_node", actions.plant(by=request.user, now=timezone.now()).pk)
    except DomainError as error:
        messages.error(request, str(error.detail))
        return redirect("internal_clients:kpi")


@require_GET
def node(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a place in a month: its targets and what was reached, how it adds up, the version under way, and who is below."""
    found, month, user = _node(request, pk), _month(request), request.user
    chain, children = queries.upwards(found), queries.below(found)
    board = queries.board([*chain, *children], month)
    standing, latest = board.standings, board.latest
    newest = latest.get(found.pk)
    context = {
        "node": found,
        "month": month,
        "months": [months_before(month_of(local_day(timezone.now())), back) for back in range(MONTHS_SHOWN)],
        "standing": standing[0],
        "chain": [(each, policies.may_see_node(user, each.node)) for each in standing[: len(chain)]],
        "sums": queries.adding_up(standing[: len(chain)]),
        "children": [(each, latest.get(each.node.pk)) for each in standing[len(chain) :]],
        "gaps": queries.gaps_below(newest, children, latest) if newest and children else [],
        "newest": newest if newest and newest.state != KpiState.AGREED else None,
        "counted_at": board.counted_at,
        "may_set": policies.may_set_targets(user, found),
        "may_answer": policies.may_answer_targets(user, found),
        "may_judge": policies.may_judge(user, found),
        "may_add": policies.may_add_below(user, found),
        "may_retire": found.parent is not None and policies.may_add_below(user, found.parent) and not children,
        "has_links": found.level == KpiLevel.EMPLOYEE,
    }
    return render(request, "internal_clients/kpi/node.html", context)


@require_http_methods(["GET", "POST"])
def targets(request: StaffRequest, pk: int) -> HttpResponse:
    """Edit a place's draft, save it or put it forward."""
    found, now = _node(request, pk), timezone.now()
    if not policies.may_set_targets(request.user, found):
        raise NotAllowed
    newest = queries.latest_sheets([found]).get(found.pk)
    form = TargetsForm(
        request.POST if request.method == "POST" else None, sheet=newest, items=list(newest.items.all()) if newest else [], now=now
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            sheet = _saved(request, found, form, now)
        except DomainError as error:
            status = _errors_of(form, error)
        else:
            done = _("Put forward.") if sheet.state == KpiState.PROPOSED else _("The draft is saved.")
            messages.success(request, done)
            return redirect("internal_clients:kpi_node", pk)
    parent = queries.sheets_in_force([found.parent], dt.date.max).get(found.parent.pk) if found.parent else None
    context = {"node": found, "form": form, "above": list(parent.items.all()) if parent else [], "newest": newest}
    return render(request, "internal_clients/kpi/targets.html", context, status=status)


def _saved(request: StaffRequest, found: KpiNode, form: TargetsForm, now: dt.datetime) -> KpiSheet:
    given = {"starts_on": form.cleaned_data["starts_on"], "targets": form.targets()}
    act = actions.propose if "put_forward" in request.POST else actions.draft_targets
    return act(node=found, **given, by=request.user, now=now)


@require_POST
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    """Agree to what was put forward."""
    found = _node(request, pk)
    if not policies.may_answer_targets(request.user, found):
        raise NotAllowed
    sheet = get_object_or_404(KpiSheet.objects.select_related("node"), node=found, state=KpiState.PROPOSED)
    try:
        actions.agree(sheet=sheet, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("You have agreed to these targets."))
    return redirect("internal_clients:kpi_node", pk)


@require_http_methods(["GET", "POST"])
def object_to(request: StaffRequest, pk: int) -> HttpResponse:
    """Object to what was put forward, with the reason."""
    found = _node(request, pk)
    if not policies.may_answer_targets(request.user, found):
        raise NotAllowed
    sheet = get_object_or_404(KpiSheet.objects.select_related("node"), node=found, state=KpiState.PROPOSED)
    form = ObjectionForm(request.POST if request.method == "POST" else None, user=request.user, now=timezone.now())
    context = {"node": found, "form": form, "label": _("Object to the targets"), "danger": True}
    return _filled(request, context, lambda given: actions.object_to(sheet=sheet, by=request.user, now=timezone.now(), **given))


def _filled(request: StaffRequest, context: dict[str, Any], run: Any) -> HttpResponse:
    """Show a form again with what is wrong, or run its action and go to the place."""
    form, status = context["form"], 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                run(form.cleaned_data)
            except DomainError as error:
                status = _errors_of(form, error)
            else:
                return redirect("internal_clients:kpi_node", context["node"].pk)
    return render(request, "internal_clients/kpi/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a place below."""
    found = _node(request, pk)
    if not policies.may_add_below(request.user, found):
        raise NotAllowed
    data = request.POST if request.method == "POST" else None
    form = PlaceForm(data, user=request.user, row=found, now=timezone.now())
    context = {"node": found, "form": form, "label": _("Add below")}
    return _filled(request, context, lambda given: actions.add_place(parent=found, by=request.user, now=timezone.now(), **given))


@require_POST
def retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a place out of the tree."""
    found = _node(request, pk)
    try:
        actions.retire_place(node=found, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error.detail))
        return redirect("internal_clients:kpi_node", pk)
    return redirect("internal_clients:kpi_node", found.parent_id)


@require_http_methods(["GET", "POST"])
def judge(request: StaffRequest, pk: int, item: int) -> HttpResponse:
    """Judge a target that cannot be counted, for the month in the address."""
    found, month = _node(request, pk), _month(request)
    if not policies.may_judge(request.user, found):
        raise NotAllowed
    rows = KpiItem.objects.select_related("sheet__node")
    chosen = get_object_or_404(rows, pk=item, sheet__node=found, measure=KpiMeasure.PROCESS)
    form: RecordForm = JudgeForm(
        request.POST if request.method == "POST" else None, user=request.user, row=chosen, now=timezone.now()
    )
    label = _("Judge “%(item)s” in %(month)s") % {"item": chosen, "month": f"{month:%Y-%m}"}
    context = {"node": found, "form": form, "label": label}
    return _filled(
        request, context, lambda given: actions.judge(item=chosen, month=month, by=request.user, now=timezone.now(), **given)
    )


@require_GET
def behind(request: StaffRequest, pk: int, measure: str) -> HttpResponse:
    """List the work orders behind an employee's counted measure in a month."""
    found, month = _node(request, pk), _month(request)
    if measure not in KpiMeasure.COUNTED or found.level != KpiLevel.EMPLOYEE:
        raise Http404
    window, after = Window(month=month, months=1, now=timezone.now()), request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 18 else 0
    legs = legs_behind(measure, window, department=found.department_id, staff=found.speaker_id, after=start, size=PAGE_SIZE + 1)
    page = dict(legs[:PAGE_SIZE])
    orders = WorkOrder.objects.filter(pk__in=page).select_related("ticket").order_by("pk")
    context = {
        "node": found,
        "month": month,
        "label": KpiMeasure(measure).label,
        "rows": [(order, page[order.pk]) for order in orders],
        "following": legs[PAGE_SIZE - 1][0] if len(legs) > PAGE_SIZE else None,
        "seen": set(orders_visible_to(request.user).filter(pk__in=page).values_list("pk", flat=True)),
    }
    return render(request, "internal_clients/kpi/behind.html", context)
