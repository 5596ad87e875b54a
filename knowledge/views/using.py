"""Articles where they are needed: suggested while a case is entered and on its ticket, and what they did."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import Invalid, NotAllowed
from knowledge import policies
from knowledge.actions.using import say_use
from knowledge.enums import ArticleState
from knowledge.forms import CaseForm, UseForm
from knowledge.keys import page_key
from knowledge.models import ArticleUse
from knowledge.queries.suggesting import suggested as suggestions
from organization.requests import StaffRequest
from workorders import policies as ticket_policies
from workorders.models import Ticket


@require_POST
def suggested(request: StaffRequest) -> HttpResponse:
    """Suggest articles for the case that is being entered; 204 where these are shown already."""
    if not policies.may_use(request.user, None):
        raise NotAllowed
    form = CaseForm(request.POST)
    form.is_valid()
    key, now = form.cleaned_data.get("filing_key"), timezone.now()
    found = suggestions(
        form.cleaned_data.get("category"),
        form.cleaned_data.get("description") or "",
        now=now,
        filing_key=page_key(request.user, key) if key else "",
    )
    shown = ",".join(str(each.article.pk) for each in found)
    if shown == request.POST.get("articles", ""):
        return HttpResponse(status=204)
    return render(request, "knowledge/_suggested.html", {"found": found, "shown": shown, "key": key})


@require_GET
def for_ticket(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what the knowledge base has for a ticket: what may help, what was made from it, and the step to make an article."""
    ticket = ticket_policies.get_ticket(request.user, pk)
    found = suggestions(ticket.category, f"{ticket.subject} {ticket.description}", now=timezone.now(), filing_key=ticket.filing_key)
    context = {
        "ticket": ticket,
        "found": found,
        "made": list(policies.visible_to(request.user).filter(source=ticket).exclude(state=ArticleState.WITHDRAWN).defer("terms")),
        "may_make": policies.may_make_from(request.user, ticket),
    }
    return render(request, "knowledge/_for_ticket.html", context)


@require_POST
def say(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep whether an article helped with the case that is being entered."""
    return _said(request, pk, None)


@require_POST
def say_for(request: StaffRequest, pk: int, ticket: int) -> HttpResponse:
    """Keep whether an article helped with a ticket."""
    return _said(request, pk, ticket_policies.get_ticket(request.user, ticket))


def _said(request: StaffRequest, pk: int, ticket: Ticket | None) -> HttpResponse:
    article, form = policies.get_article(request.user, pk), UseForm(request.POST)
    if not form.is_valid() or (ticket is None and not form.cleaned_data["key"]):
        raise Invalid(_("Say whether the article helped."))
    key = ticket.filing_key if ticket else page_key(request.user, form.cleaned_data["key"])
    use: ArticleUse = say_use(
        article=article,
        version=form.cleaned_data["version"],
        filing_key=key,
        has_helped=form.cleaned_data["helped"],
        remark=form.cleaned_data["remark"],
        ticket=ticket,
        by=request.user,
        now=timezone.now(),
    )
    context = {"article": article, "use": use, "ticket": ticket, "key": form.cleaned_data["key"], "version": use.version}
    return render(request, "knowledge/_use.html", context)
