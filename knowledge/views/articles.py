"""The list of articles, one article, writing, and the steps it takes; the report."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.errors import Conflict, DomainError, Invalid, NotAllowed
from foundation.forms import show_refusal
from knowledge import policies
from knowledge.actions import writing
from knowledge.enums import ArticleState, VersionState
from knowledge.forms import ListForm, NewForm, RevisionForm
from knowledge.keys import page_key
from knowledge.menu import Step, step_named, steps_for
from knowledge.models import Article, Version
from knowledge.queries.listing import TO_REVIEW, Chosen, listed, waiting_count
from knowledge.queries.pages import differences, readable, remarks, tally, versions_of
from knowledge.queries.prefilling import beginnings
from knowledge.queries.reporting import report as reported
from knowledge.story import told
from organization.requests import StaffRequest
from workorders import policies as ticket_policies
from workorders.models import Ticket


@require_GET
def articles(request: StaffRequest) -> HttpResponse:
    """List the articles, narrowed by words, category and what they wait for."""
    now, form = timezone.now(), ListForm(request.GET)
    chosen, after = form.chosen(), request.GET.get("after", "")[:40]
    rows, following = listed(
        request.user, Chosen(text=chosen["text"] or "", category=chosen["category"], show=chosen["show"] or ""), now, after
    )
    context = {
        "form": form,
        "rows": [(row, row.standing(now.astimezone(timezone.get_current_timezone()).date(), row.open_state)) for row in rows],
        "following": following,
        "is_first": not after,
        "is_narrowed": any(chosen.values()),
        "waiting": 0 if chosen["show"] == TO_REVIEW else waiting_count(request.user),
        "may_write": policies.may_write(request.user),
        "may_read_report": policies.may_read_report(request.user),
    }
    return render(request, "knowledge/articles.html", context)


@require_GET
def article(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one article: what it says, its versions, what it did."""
    return _page(request, policies.get_article(request.user, pk))


def _page(
    request: StaffRequest, found: Article, *, form: forms.Form | None = None, failed: str = "", status: int = 200
) -> HttpResponse:
    user, now = request.user, timezone.now()
    is_worker = policies.may_revise(user, found) or policies.may_keep(user, found)
    versions = versions_of(found, is_worker=is_worker)
    version = next((each for each in versions if each.is_open), None)
    said = remarks(found)
    steps = steps_for(user, found, version)
    context: dict[str, Any] = {
        "article": found,
        "standing": found.standing(timezone.localdate(now), version.state if version else None),
        "version": version,
        "changes": _compared(versions, request.GET.get("version", "")),
        "versions": versions,
        "may_revise": _may_write_in(user, found, version),
        "steps": [(step, form if form and step.name == failed else _asked(step, version)) for step in steps],
        "failed": failed,
        "tally": tally(found, now),
        "remarks": said,
        "readable": readable(user, said),
        "source": _source(request, found),
        "story": told(found) if is_worker else [],
    }
    return render(request, "knowledge/article.html", context, status=status)


def _asked(step: Step, version: Version | None) -> forms.Form:
    return step.form(auto_id=f"{step.name}_%s", initial={"handed_in": version.handed_in if version else ""})


def _may_write_in(user: Any, found: Article, version: Version | None) -> bool:
    is_reviewed = version is not None and version.state == VersionState.IN_REVIEW
    return found.state != ArticleState.WITHDRAWN and not is_reviewed and policies.may_revise(user, found)


def _source(request: StaffRequest, found: Article) -> Ticket | None:
    """Return the ticket that the article was made from, where this person may read it."""
    return ticket_policies.visible_to(request.user).filter(pk=found.source_id).first() if found.source_id else None


def _compared(versions: list[Version], asked: str) -> dict[str, Any] | None:
    """Return what is new in the version asked for, or in the open one, against the one before it."""
    by_number = {version.number: version for version in versions}
    opened = next((version.number for version in versions if version.is_open), 0)
    number = int(asked) if asked.isdecimal() and len(asked) < 5 else opened
    before = max((each for each in by_number if each < number), default=0)
    if number not in by_number or not before:
        return None
    return {"old": by_number[before], "new": by_number[number], "texts": differences(by_number[before], by_number[number])}


@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write an article from nothing."""
    if not policies.may_write(request.user):
        raise NotAllowed
    return _write(request, None)


@require_http_methods(["GET", "POST"])
def make(request: StaffRequest, pk: int) -> HttpResponse:
    """Make an article of a solved ticket: everything is filled in, and one step hands it in for review."""
    ticket = ticket_policies.get_ticket(request.user, pk)
    if not policies.may_make_from(request.user, ticket):
        raise NotAllowed(_("An article is made of a ticket whose customer has the answer."))
    return _write(request, ticket)


def _write(request: StaffRequest, ticket: Ticket | None) -> HttpResponse:
    initial = beginnings(ticket, request.user) if ticket else {"department": request.user.department_id}
    form = NewForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    status = 200
    if request.method == "POST":
        status = Invalid.status
        if form.is_valid():
            try:
                made = writing.write_article(
                    department=form.cleaned_data["department"],
                    words=form.words(),
                    source=ticket,
                    filing_key=page_key(request.user, form.cleaned_data["filing_key"]),
                    submit=_submits(request),
                    by=request.user,
                    now=timezone.now(),
                )
            except DomainError as error:
                status = show_refusal(form, error)
            else:
                return _kept(request, made)
    return render(request, "knowledge/write.html", {"form": form, "ticket": ticket}, status=status)


def _submits(request: StaffRequest) -> bool:
    return request.POST.get("then") == "submit"


def _kept(request: StaffRequest, made: Article) -> HttpResponse:
    handed_in = _("“%(title)s” is in review; you are told what comes of it.")
    is_handed_in = made.versions.filter(state=VersionState.IN_REVIEW).exists()
    messages.success(request, (handed_in if is_handed_in else _("“%(title)s” is kept as a draft.")) % {"title": made.title})
    return redirect("knowledge:article", made.pk)


@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the next version of an article, or in its draft; what is published is shown until that is, too."""
    found = policies.get_article(request.user, pk)
    last = versions_of(found, is_worker=True)[0]
    version = last if last.is_open else None
    if not policies.may_revise(request.user, found):
        raise NotAllowed
    if request.method == "GET" and not _may_write_in(request.user, found, version):
        return redirect("knowledge:article", pk)
    form = RevisionForm(request.POST if request.method == "POST" else None, article=found, last=last)
    status, overtaken = 200, None
    if request.method == "POST":
        status = Invalid.status
        if form.is_valid():
            try:
                _revise(request, found, form)
            except DomainError as error:
                overtaken = _overtaken(found, form)
                status = show_refusal(form, error)
            else:
                return _kept(request, found)
    context = {"form": form, "article": found, "version": version, "overtaken": overtaken}
    return render(request, "knowledge/write.html", context, status=status)


def _revise(request: StaffRequest, found: Article, form: RevisionForm) -> None:
    change, base = form.cleaned_data.get("change", ""), form.cleaned_data["base"]
    now, submit = timezone.now(), _submits(request)
    writing.revise(article=found, words=form.words(), change=change, base=base, submit=submit, by=request.user, now=now)


def _overtaken(found: Article, form: RevisionForm) -> dict[str, Any] | None:
    """Return what was typed against what others have written since; the form may be sent again by who has seen that."""
    last = versions_of(found, is_worker=True)[0]
    if form.cleaned_data["base"] == last.stamp:
        return None
    form.begin_from(last)
    typed = Version()
    form.words().written_in(typed)
    return {"last": last, "texts": differences(last, typed)}


@require_POST
def step(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Take one of the steps."""
    found, chosen = policies.get_article(request.user, pk), step_named(name)
    if chosen is None:
        raise Http404
    form = chosen.form(request.POST, auto_id=f"{name}_%s")
    if not form.is_valid():
        return _page(request, found, form=form, failed=name, status=Invalid.status)
    return _taken(request, found, chosen, form)


def _taken(request: StaffRequest, found: Article, chosen: Step, form: forms.Form) -> HttpResponse:
    try:
        chosen.run(article=found, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Conflict as error:
        messages.warning(request, str(error.detail))
    except Invalid as error:
        return _page(request, found, form=form, failed=chosen.name, status=show_refusal(form, error))
    else:
        messages.success(request, _("%(subject)s: %(action)s – done.") % {"subject": found, "action": chosen.label})
    if not policies.visible_to(request.user).filter(pk=found.pk).exists():
        return redirect("knowledge:articles")
    return redirect("knowledge:article", found.pk)


@require_GET
def report(request: StaffRequest) -> HttpResponse:
    """Report which articles are used, which are not, and which categories have complaints and no article."""
    if not policies.may_read_report(request.user):
        raise NotAllowed(_("The report is for departments, the complaint centre, managers and the front line's supervisors."))
    return render(request, "knowledge/report.html", {"report": reported(timezone.now())})
