"""The ticket page, its actions, and its files."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.errors import Conflict, Invalid
from foundation.forms import show_refusal
from organization.requests import StaffRequest
from workorders import policies
from workorders.menu import FormInvalid, Item, item_named, perform
from workorders.models import Attachment, Clock, Ticket, WorkOrder
from workorders.queries.changes import last_event, refuse_stale
from workorders.queries.explaining import explanation
from workorders.story import story
from workorders.targets import ALWAYS
from workorders.wording import DONE

type Subject = Ticket | WorkOrder


@require_GET
def ticket(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell the ticket's story, with the actions that this person may take now and no others."""
    found = policies.get_ticket(request.user, pk)
    now = timezone.now()
    return render(request, "workorders/ticket.html", {"ticket": found, "story": story(request.user, found, now), "now": now})


def _item(request: StaffRequest, subject: Subject, name: str) -> Item:
    item = item_named(subject, name)
    if item is None:
        raise Http404
    policies.require(request.user, name, subject)
    return item


def _seen(request: StaffRequest) -> int | None:
    value = (request.POST or request.GET).get("seen", "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


@require_http_methods(["GET", "POST"])
def ticket_action(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Ask for what an action on a ticket needs, or run it."""
    return _act(request, policies.get_ticket(request.user, pk), name)


@require_http_methods(["GET", "POST"])
def order_action(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Ask for what an action on an order needs, or run it."""
    return _act(request, policies.get_order(request.user, pk), name)


def _act(request: StaffRequest, subject: Subject, name: str) -> HttpResponse:
    item, now = _item(request, subject, name), timezone.now()
    ticket_pk = subject.pk if isinstance(subject, Ticket) else subject.ticket_id
    context = {"item": item, "subject": subject, "seen": _seen(request), "ticket_pk": ticket_pk, "address": request.path}
    if request.method == "GET":
        form = item.form(subject=subject, user=request.user, now=now)
        return _asked(request, context | {"form": form})
    try:
        result = perform(request.user, subject, name, data=request.POST, files=request.FILES, seen=_seen(request), now=now)
    except FormInvalid as error:
        return _dialog(request, context | {"form": error.form}, 422)
    except Conflict as error:
        form = item.form(request.POST, request.FILES, subject=subject, user=request.user, now=now)
        return _dialog(request, context | {"form": form, "error": error}, 409)
    except Invalid as error:
        form = item.form(request.POST, request.FILES, subject=subject, user=request.user, now=now)
        return _dialog(request, context | {"form": form}, show_refusal(form, error))
    messages.success(request, _("%(subject)s: %(done)s") % {"subject": subject, "done": DONE[name]})
    return _done(request, result if name == "reopen" else None, ticket_pk)


def _asked(request: StaffRequest, context: dict[str, object]) -> HttpResponse:
    """Show the dialog; say first what changed since the page was shown, and whether it is still possible."""
    subject, item = context["subject"], context["item"]
    try:
        refuse_stale(subject, context["seen"])
    except Conflict as error:
        told = {"error": error, "seen": last_event(subject), "is_gone": subject.state not in item.states}
        return _dialog(request, context | told, error.status)
    return _dialog(request, context, 200)


def _dialog(request: StaffRequest, context: dict[str, object], status: int) -> HttpResponse:
    template = "workorders/action.html#dialog" if request.htmx else "workorders/action.html"
    return render(request, template, context, status=status)


def _done(request: StaffRequest, new: object, ticket_pk: int) -> HttpResponse:
    """Go to the new ticket where the action made one, else back to the page that asked: the ticket's own, or a list."""
    page = _list_behind(request)
    if isinstance(new, Ticket):
        target = redirect("workorders:ticket", new.pk)
    elif page:
        target = redirect(page)
    elif policies.visible_to(request.user).filter(pk=ticket_pk).exists():
        target = redirect("workorders:ticket", ticket_pk)
    else:
        target = redirect("home")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": target["Location"]})
    return target


def _list_behind(request: StaffRequest) -> str | None:
    """Return the page of ours over which the dialog was opened, unless it is a ticket's."""
    page = request.htmx.current_url_abs_path
    if not page:
        return None
    try:
        name = resolve(urlsplit(page).path).view_name
    except Resolver404:
        return None
    return None if name.startswith("workorders:ticket") else page


@require_GET
def why(request: StaffRequest, pk: int) -> HttpResponse:
    """Explain a deadline in words, in the dialog or on a page of its own."""
    related = ("ticket", "order__department", "calendar", "ola_rule__department", "ola_rule__category", "ola_rule__region")
    clocks = Clock.objects.select_related(*related, "sla_rule__category").filter(ticket__in=policies.visible_to(request.user))
    clock = get_object_or_404(clocks, pk=pk)
    context = {"clock": clock, "why": explanation(clock), "always": ALWAYS}
    return render(request, "workorders/why.html#dialog" if request.htmx else "workorders/why.html", context)


@require_GET
def attachment(request: StaffRequest, pk: int) -> FileResponse:
    """Send a file to those who may see its ticket, always as a download."""
    found = get_object_or_404(Attachment, pk=pk, ticket__in=policies.visible_to(request.user))
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
