"""Appeals: contested from the card, listed by who has to do something, shown with what a ruling does to the score."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from foundation.errors import Conflict, DomainError, NotAllowed
from foundation.forms import show_refusal
from internal_clients import policies
from internal_clients.actions import appealing
from internal_clients.enums import AppealStage, AppealSubject
from internal_clients.forms import ContestForm, RecordForm
from internal_clients.menu.judging import APPEAL_STEPS
from internal_clients.menu.kinds import Step
from internal_clients.models import Appeal, Evidence, Scorecard, ScoreItem, ScoreLine
from internal_clients.queries import appeals as queries
from internal_clients.queries import outlook
from internal_clients.queries.behind import told as read
from internal_clients.queries.sanctions import title_of_item
from internal_clients.story import told
from internal_clients.views.scores import card_of
from organization.enums import Role
from organization.models import Staff
from organization.queries.days import local_day
from organization.requests import StaffRequest

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One view of the list: for whom, and which appeals."""

    name: str
    label: Promise
    empty: Promise
    may: Callable[[Staff], bool]
    rows: Callable[[Staff], QuerySet[Appeal]]


TABS = (
    Tab(
        name="rule",
        label=gettext_lazy("To rule on"),
        empty=gettext_lazy("No appeal waits for your ruling"),
        may=lambda user: user.has_role(*policies.SCORERS),
        rows=policies.appeals_to_rule,
    ),
    Tab(
        name="committee",
        label=gettext_lazy("Before the committee"),
        empty=gettext_lazy("No appeal waits for the assessment committee"),
        may=lambda user: user.has_role(Role.MANAGER),
        rows=policies.appeals_to_rule_finally,
    ),
    Tab(
        name="state",
        label=gettext_lazy("To state on"),
        empty=gettext_lazy("No appeal waits for a statement"),
        may=policies.may_ask,
        rows=policies.appeals_to_state,
    ),
    Tab(
        name="ours",
        label=gettext_lazy("My department's"),
        empty=gettext_lazy("My department has contested nothing"),
        may=lambda user: user.department_id is not None and user.has_role(*Role.DEPARTMENT),
        rows=lambda user: policies.appeals_visible_to(user).filter(policies.concerning(user.department_id or 0)),
    ),
    Tab(
        name="all",
        label=gettext_lazy("All"),
        empty=gettext_lazy("Nobody has contested anything"),
        may=lambda user: user.has_role(*Role.CENTRE, Role.MANAGER, Role.AGENT, Role.PATROL),
        rows=policies.appeals_visible_to,
    ),
)


@require_GET
def appeals(request: StaffRequest) -> HttpResponse:
    """List the appeals of one tab, the newest first, each with its stage and the days left."""
    tabs = [tab for tab in TABS if tab.may(request.user)]
    if not tabs:
        raise NotAllowed
    chosen = next((tab for tab in tabs if tab.name == request.GET.get("tab")), tabs[0])
    found = queries.appeals(chosen.rows(request.user)).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and before.isascii() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE_SIZE + 1])
    context = {
        "tabs": tabs,
        "chosen": chosen,
        "rows": rows[:PAGE_SIZE],
        "today": local_day(timezone.now()),
        "following": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
    }
    return render(request, "internal_clients/appeals/list.html", context)


def _appeal(request: StaffRequest, pk: int) -> Appeal:
    found = queries.appeals(policies.appeals_visible_to(request.user))
    return get_object_or_404(found.select_related(*PEOPLE), pk=pk)


#: Who is named on the page.
PEOPLE = ("statement_by", "belongs_to", "ruled_by", "escalated_by", "final_belongs_to", "final_by")


@require_GET
def appeal(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one appeal: what is contested, what was said and ruled, and what that does to the score."""
    found = _appeal(request, pk)
    today = local_day(timezone.now())
    context = {
        **_about(request, found),
        "today": today,
        "steps": (steps := _steps(request.user, found, today)),
        "is_barred": found.stage == AppealStage.FIRST
        and request.user.has_role(*policies.SCORERS)
        and all(step.name != "rule" for step in steps),
        "may_escalate": found.stage == AppealStage.RULED and found.escalate_by is not None and today <= found.escalate_by,
        "story": told(found),
    }
    return render(request, "internal_clients/appeals/appeal.html", context)


def _steps(user: Staff, found: Appeal, today: dt.date) -> list[Step]:
    over = found.escalate_by is not None and today > found.escalate_by
    stated = found.statement_by_id not in {None, user.pk}
    closed = {name for name, shut in (("escalate", over), ("state", stated)) if shut}
    return [step for step in APPEAL_STEPS if step.name not in closed and step.fits(found) and step.may(user, found)]


def _about(request: StaffRequest, found: Appeal) -> dict[str, Any]:
    """Return what is contested, where it is shown, and the score before and after; the score for those who see the card."""
    context: dict[str, Any] = {"appeal": found, "month": found.card.run.period.month}
    if not policies.may_see_card(request.user, found.department_id):
        return context
    versions = outlook.versions(found)
    counted = outlook.counted(found, versions)
    waits = found.stage in {AppealStage.FIRST, AppealStage.SECOND}
    since = found.stands_since
    late = since is not None and found.changes_scores and bool(versions) and versions[-1].card.run.computed_at <= since
    return context | {
        "sees_card": True,
        "subject": _subject(found),
        "effects": counted,
        "coming": [each] if late and (each := outlook.preview_of(found, versions)) else [],
        "previews": outlook.previews(found, versions) if waits else [],
    }


def _subject(found: Appeal) -> str:
    """Return the address of what is contested."""
    month, code = f"{found.card.run.period.month:%Y-%m}", found.department.code
    if found.about == AppealSubject.ITEM or found.line is None:
        return reverse("internal_clients:card", args=[month, code]) + "#beside"
    if found.about == AppealSubject.LINE:
        return reverse("internal_clients:line", args=[month, code, found.line.indicator.code])
    row = read(list(Evidence.objects.filter(line=found.line, kind=found.kind, object_id=found.object_id)[:1]))
    return row[0].url if row and row[0].address else reverse("internal_clients:line", args=[month, code, found.line.indicator.code])


@require_http_methods(["GET", "POST"])
def step(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Ask for what a step needs, with what each ruling would do to the score, and take it."""
    found = _appeal(request, pk)
    chosen = next((each for each in APPEAL_STEPS if each.name == name), None)
    if chosen is None:
        raise Http404
    if not chosen.may(request.user, found):
        raise NotAllowed
    if not chosen.fits(found):
        raise Conflict(_("This has been done in the meantime, or is no longer possible; load the page again."))
    form = chosen.form(request.POST if request.method == "POST" else None, user=request.user, row=found, now=timezone.now())
    context = {
        **_about(request, found),
        "form": form,
        "label": chosen.label,
        "icon": chosen.icon,
        "back": reverse("internal_clients:appeal", args=[found.pk]),
    }
    return _filled(request, form, context, lambda given: chosen.run(appeal=found, by=request.user, now=timezone.now(), **given))


def _filled(request: StaffRequest, form: RecordForm, context: dict[str, Any], run: Callable[..., Appeal]) -> HttpResponse:
    """Show the form with what is wrong, or run the action and go to the appeal."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = run(form.cleaned_data)
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                messages.success(request, _("%(subject)s: %(action)s – done.") % {"subject": done, "action": context["label"]})
                return redirect("internal_clients:appeal", done.pk)
    return render(request, "internal_clients/appeals/form.html", context, status=status)


def _contested(request: StaffRequest, card: Scorecard, what: str, run: Callable[..., Appeal], back: str) -> HttpResponse:
    """Ask the department's head for grounds and evidence, and contest."""
    if not policies.may_contest(request.user, card.department_id):
        raise NotAllowed
    form = ContestForm(request.POST if request.method == "POST" else None, user=request.user, now=timezone.now())
    context = {"form": form, "label": _("Contest"), "icon": "scale", "what": what, "card": card, "back": back}
    return _filled(request, form, context, lambda given: run(by=request.user, now=timezone.now(), **given))


def _back(card: Scorecard, indicator: str = "") -> str:
    place = [f"{card.run.period.month:%Y-%m}", card.department.code]
    return reverse("internal_clients:line", args=[*place, indicator]) if indicator else reverse("internal_clients:card", args=place)


RELATED = ("line__part_score__card__run__period", "line__part_score__card__department", "line__indicator")


@require_http_methods(["GET", "POST"])
def contest(request: StaffRequest, month: str, code: str, pk: int) -> HttpResponse:
    """Contest one row behind a figure."""
    card = card_of(request, month, code)
    row = get_object_or_404(Evidence.objects.filter(line__part_score__card=card).select_related(*RELATED), pk=pk)
    what = f"{row.line.indicator.code} {row.line.indicator} · {read([row])[0].title}"
    back = _back(card, row.line.indicator.code)
    return _contested(request, card, what, lambda **given: appealing.contest(row=row, **given), back)


@require_http_methods(["GET", "POST"])
def contest_line(request: StaffRequest, month: str, code: str, indicator: str) -> HttpResponse:
    """Contest a whole line."""
    card = card_of(request, month, code)
    lines = ScoreLine.objects.filter(part_score__card=card, indicator__code=indicator)
    related = [name.removeprefix("line__") for name in RELATED]
    line = get_object_or_404(lines.select_related(*related))
    what = f"{line.indicator.code} {line.indicator}"
    back = _back(card, line.indicator.code)
    return _contested(request, card, what, lambda **given: appealing.contest_line(line=line, **given), back)


@require_http_methods(["GET", "POST"])
def contest_item(request: StaffRequest, month: str, code: str, pk: int) -> HttpResponse:
    """Contest a penalty or a veto."""
    card = card_of(request, month, code)
    items = ScoreItem.objects.filter(card=card)
    item = get_object_or_404(items.select_related("card__run__period", "card__department", "ticket", "release"), pk=pk)
    what = f"{item.get_kind_display()} {item.code} · {title_of_item(item)}"
    return _contested(request, card, what, lambda **given: appealing.contest_item(item=item, **given), _back(card))
