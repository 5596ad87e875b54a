"""The ranking of a month, one department's scorecard, and the rows behind each of its figures."""

import datetime as dt
from collections import Counter
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
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import Conflict, Invalid, NotAllowed
from foundation.pdf import pdf_response
from foundation.sheets import workbook_response, xlsx_response
from internal_clients import exports, policies
from internal_clients.actions import scoring
from internal_clients.enums import AppealSubject, EvidenceKind, PeriodState
from internal_clients.models import Appeal, Period, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.months import month_of, months_before, parsed
from internal_clients.queries import appeals, scorecards
from internal_clients.queries.behind import behind
from internal_clients.queries.rulings import key_of
from internal_clients.queries.scorecards import Place
from organization.models import Staff
from organization.queries.days import local_day
from organization.requests import StaffRequest

P = PeriodState


@dataclass(frozen=True, kw_only=True)
class MonthStep:
    """What the scorer can do with a month."""

    name: str
    label: Promise
    icon: str
    run: Callable[..., ScoreRun]
    states: tuple[str, ...]
    needs_reason: bool = False


STEPS = (
    MonthStep(name="try_out", label=gettext_lazy("Trial run"), icon="calculator", run=scoring.try_out, states=(P.OPEN,)),
    MonthStep(name="show", label=gettext_lazy("Show to departments"), icon="eye", run=scoring.show, states=(P.OPEN,)),
    MonthStep(name="rescore", label=gettext_lazy("Score anew"), icon="refresh", run=scoring.rescore, states=(P.PROVISIONAL,)),
    MonthStep(name="publish", label=gettext_lazy("Publish"), icon="lock", run=scoring.publish, states=(P.PROVISIONAL,)),
    MonthStep(
        name="amend", label=gettext_lazy("Amend"), icon="pencil", run=scoring.amend, states=(P.PUBLISHED,), needs_reason=True
    ),
)


#: What a page is also sent as.
FILES = ("xlsx", "pdf")

#: Months of other years are typing errors.
YEARS = range(2000, 2100)


def _month(text: str) -> dt.date:
    try:
        month = parsed(text)
    except ValueError as error:
        raise Http404 from error
    if month.year not in YEARS:
        raise Http404
    return month


def _address(month: dt.date) -> str:
    return reverse("internal_clients:scores", args=[f"{month:%Y-%m}"])


@require_GET
def latest(request: StaffRequest) -> HttpResponse:
    """Go to the newest month that was scored, else to the last one."""
    if not policies.may_see_scores(request.user):
        raise NotAllowed
    scored = scorecards.months_scored(trials=policies.may_score(request.user))
    return redirect(_address(scored[0] if scored else months_before(month_of(local_day(timezone.now())), 1)))


def _run(request: StaffRequest, month: dt.date) -> ScoreRun | None:
    """Return the month's run that counts for this person: a trial is only for scorers to look at."""
    return scorecards.newest_run(month, trials=policies.may_score(request.user))


@require_GET
def ranking(request: StaffRequest, month: str) -> HttpResponse:
    """Show every department's total, with the parts, the change and the months before."""
    if not policies.may_see_scores(request.user):
        raise NotAllowed
    day = _month(month)
    run = _run(request, day)
    places = scorecards.ranking(run) if run else []
    codes = sorted({code for place in places for code in place.parts})
    kind = request.GET.get("as", "")
    if kind in FILES and run:
        return _ranking_file(request, kind, run, places, codes)
    period, today = Period.objects.filter(month=day).first(), local_day(timezone.now())
    state = period.state if period else P.OPEN
    held = appeals.pending(period) if period and state == P.PROVISIONAL else None
    until = appeals.contested_until(period) if period and state == P.PROVISIONAL else None
    if until is not None and until < today:
        until = None
    context = {
        "waiting": [] if held is None else list(held.filter(pk__in=policies.appeals_visible_to(request.user))[:WAITING_SHOWN]),
        "today": today,
        "month": day,
        "months": scorecards.months_scored(trials=policies.may_score(request.user)),
        "run": run,
        "period": period,
        "codes": codes,
        "lines": [_line(request, place, codes) for place in places],
        "until": until,
        "steps": _month_steps(request.user, state, held, until),
    }
    return render(request, "internal_clients/ranking.html", context)


#: So many appeals that keep a month from being published are listed.
WAITING_SHOWN = 20


def _month_steps(user: Staff, state: str, waiting: QuerySet[Appeal] | None, until: dt.date | None) -> list[MonthStep]:
    """Return what the person can do with the month; one that anybody contests, or still can contest, is not published."""
    if not policies.may_score(user):
        return []
    held = until is not None or (waiting is not None and waiting.exists())
    return [step for step in STEPS if state in step.states and not (held and step.name == "publish")]


def _line(request: StaffRequest, place: Place, codes: list[str]) -> dict[str, Any]:
    return {
        "place": place,
        "parts": [place.parts.get(code) for code in codes],
        "may_open": policies.may_see_card(request.user, place.card.department_id),
    }


def _ranking_file(request: StaffRequest, kind: str, run: ScoreRun, places: list[Place], codes: list[str]) -> HttpResponse:
    name = f"scores-{run.period.month:%Y-%m}-v{run.version}"
    if kind == "pdf":
        document = exports.ranking_document(run, places, codes)
        return pdf_response(name, document, printed_by=str(request.user), at=timezone.now())
    return xlsx_response(name, exports.ranking_header(codes), (exports.ranking_row(place, codes) for place in places))


def card_of(request: StaffRequest, month: str, code: str) -> Scorecard:
    """Return a department's card of a month as this person sees it, or answer 404."""
    run = scorecards.newest_runs([_month(month)], trials=policies.may_score(request.user)).order_by().values("pk")
    found = policies.cards_visible_to(request.user).filter(run__in=run, department__code=code)
    return get_object_or_404(found.select_related("run__period", "run__scheme", "department"))


@require_GET
def card(request: StaffRequest, month: str, code: str) -> HttpResponse:
    """Show one department's score from its total down to every indicator."""
    found = card_of(request, month, code)
    day = found.run.period.month
    parts = scorecards.parts_of(found)
    names = {shown.line.indicator.code: str(shown.line.indicator) for part in parts for shown in part.lines}
    lifts = [(names[gain.code], gain) for gain in scorecards.lifts(parts)[:3]]
    page = exports.CardPage(card=found, parts=parts, items=list(scorecards.items_of(found)), lifts=lifts)
    kind = request.GET.get("as", "")
    if kind in FILES:
        return _card_file(request, kind, page)
    context = {
        "card": found,
        "month": day,
        "grade": exports.grade_text(found.grade),
        "parts": parts,
        "items": page.items,
        "versions": scorecards.versions_of(found),
        "lifts": lifts,
        **_contested(request, found, page.items),
    }
    return render(request, "internal_clients/card.html", context)


def _contested(request: StaffRequest, found: Scorecard, items: list[ScoreItem]) -> dict[str, Any]:
    """Return what of the card is contested, and what its department's head can contest until when."""
    now, raised = timezone.now(), appeals.of_card(found)
    leads = policies.may_contest(request.user, found.department_id)
    lines, own = appeals.filings(found, items, now) if leads else (None, {})
    return {
        "leads": leads,
        "filing": lines,
        "filings": own,
        "whole": {each.formula: each for each in raised if each.about == AppealSubject.LINE},
        "about": {item.pk: each for item in items for each in raised if each.item and key_of(each.item) == key_of(item)},
        "rows": Counter(each.formula for each in raised if each.about == AppealSubject.ROW),
        "appeals": raised,
    }


def _card_file(request: StaffRequest, kind: str, page: exports.CardPage) -> HttpResponse:
    name = f"score-{page.card.department.code}-{page.card.run.period.month:%Y-%m}"
    if kind == "pdf":
        return pdf_response(name, exports.card_document(page), printed_by=str(request.user), at=timezone.now())
    return workbook_response(name, exports.card_sheets(page))


@require_GET
def line(request: StaffRequest, month: str, code: str, indicator: str) -> HttpResponse:
    """Show the very rows behind one figure."""
    found = card_of(request, month, code)
    lines = ScoreLine.objects.filter(part_score__card=found, indicator__code=indicator)
    chosen = get_object_or_404(lines.select_related("indicator"))
    after = request.GET.get("after", "")
    only = request.GET.get("only", "")
    rows, following = behind(chosen, after=int(after) if after.isdecimal() and len(after) < 19 else 0, only=only)
    context = {"card": found, "month": found.run.period.month, "line": chosen, "rows": rows, "following": following, "only": only}
    leads = policies.may_contest(request.user, found.department_id)
    context |= {
        "uncontested": EvidenceKind.UNCONTESTED,
        "leads": leads,
        "filing": appeals.filing(found, timezone.now()) if leads else None,
        "whole": appeals.of_line(found, chosen),
        "contested": appeals.of_rows(found, chosen, [row.evidence for row in rows]),
    }
    return render(request, "internal_clients/line.html", context)


@require_POST
def month_step(request: StaffRequest, month: str, name: str) -> HttpResponse:
    """Score a month, show it, publish it or amend it."""
    day = _month(month)
    step = next((each for each in STEPS if each.name == name), None)
    if step is None:
        raise Http404
    reason = {"reason": request.POST.get("reason", "")} if step.needs_reason else {}
    try:
        run = step.run(month=day, by=request.user, now=timezone.now(), **reason)
    except (Conflict, Invalid) as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("%(subject)s: %(action)s – done.") % {"subject": run, "action": step.label})
    return redirect(_address(day))
