"""Callbacks: the queue, and the page on which one call is recorded before the next comes up."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints import policies
from complaints.actions.callbacks import MAX_ATTEMPTS
from complaints.enums import CallbackOutcome
from complaints.filters import LABELS, CallbackFilter
from complaints.forms import CallbackForm
from complaints.menu import call_back
from complaints.models import Callback, Complaint
from complaints.queries.callbacks import Place, awaiting, following, page_of, tab_counts
from foundation.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from organization.enums import Role
from organization.requests import StaffRequest
from workorders import policies as ticket_policies
from workorders.enums import OrderRole, OrderState, TicketState
from workorders.models import Ticket
from workorders.queries.counting import COUNT_CAP

PAGE = 30
FILTERS = ("urgency", "region", "category", "show")


@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """List who is to be called back, the first due first."""
    if not request.user.has_role(Role.VISITOR, Role.AGENT):
        raise NotAllowed(_("Callbacks are made by callback officers and by the front line."))
    now = timezone.now()
    everything = awaiting(request.user, now)
    chosen = CallbackFilter(request.GET, everything, now=now)
    page = page_of(chosen.qs, Place.parse(request.GET.get("after", "")), PAGE + 1)
    counted = tab_counts(CallbackFilter(_without(request.GET, "show"), everything, now=now).qs, now)
    context = {
        "filter": chosen,
        "rows": page[:PAGE],
        "now": now,
        "most": MAX_ATTEMPTS,
        "kept": _kept(request),
        "tabs": [(key, label, counted[key]) for key, label in {"": _("all"), **LABELS}.items()],
        "cap": COUNT_CAP,
        "show": request.GET.get("show", ""),
        "after": _place(page[PAGE - 1]) if len(page) > PAGE else None,
        "is_filtered": bool(_kept(request)),
        "is_later": bool(request.GET.get("after")),
    }
    return render(request, "complaints/callbacks.html", context)


@require_http_methods(["GET", "POST"])
def callback(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one case as the caller needs it, and record how the call went."""
    waiting = awaiting(request.user, timezone.now())
    complaint = waiting.filter(pk=pk).first()
    if complaint is None:
        return _not_waiting(request, pk)
    if request.method == "POST":
        return _record(request, waiting, complaint)
    return _page(request, waiting, complaint, CallbackForm(initial={"seen": _last_event(complaint.ticket)}))


def _not_waiting(request: StaffRequest, pk: int) -> HttpResponse:
    """Tell what the person may know of a ticket that is not theirs to call back, or no longer awaits it."""
    ticket = policies.get_complaint(request.user, pk).ticket
    ticket_policies.require(request.user, "call_back", ticket)
    messages.info(request, _("%(ticket)s no longer awaits a callback.") % {"ticket": ticket})
    return redirect("workorders:ticket", pk)


def _record(request: StaffRequest, waiting: QuerySet[Complaint], complaint: Complaint) -> HttpResponse:
    try:
        made = call_back(request.user, complaint, data=request.POST, now=timezone.now())
    except Invalid as error:
        return _page(request, waiting, complaint, _refused(CallbackForm(request.POST), error), status=error.status)
    except Conflict as error:
        if not waiting.filter(pk=complaint.pk).exists():
            messages.error(request, str(error.detail))
            return redirect("workorders:ticket", complaint.pk)
        data = request.POST.copy()
        data["seen"] = str(_last_event(complaint.ticket))
        return _page(request, waiting, complaint, _refused(CallbackForm(data), error), status=error.status)
    messages.success(request, told(made))
    return redirect(_next(request, waiting, complaint))


def _refused(form: CallbackForm, error: Invalid | Conflict) -> CallbackForm:
    """Put what the action refuses beside its field; what the form itself refuses is there already."""
    form.is_valid()
    by_field = error.errors if isinstance(error, Invalid) else {}
    for name, why in by_field.items():
        if name not in form.errors:
            form.add_error(name, str(why))
    if not by_field:
        form.add_error(None, str(error.detail))
    return form


def _page(
    request: StaffRequest,
    waiting: QuerySet[Complaint],
    complaint: Complaint,
    form: CallbackForm,
    status: int = 200,
) -> HttpResponse:
    ticket = complaint.ticket
    context = {
        "complaint": complaint,
        "ticket": ticket,
        "form": form,
        "now": timezone.now(),
        "most": MAX_ATTEMPTS,
        "attempt": complaint.attempts + 1,
        "kept": _kept(request),
        "left": _narrowed(request, waiting)[:COUNT_CAP].count(),
        "cap": COUNT_CAP,
        "orders": ticket.orders.exclude(state=OrderState.VOIDED).select_related("department").order_by("seq"),
    }
    return render(request, "complaints/callback.html", context, status=status)


def _next(request: StaffRequest, waiting: QuerySet[Complaint], done: Complaint) -> str:
    """Return the address of the next call in the same view of the queue, or of the queue when nobody is left."""
    upcoming = following(_narrowed(request, waiting), _place(done), but=done.pk)
    address = reverse("complaints:callback", args=[upcoming.pk]) if upcoming else reverse("complaints:callbacks")
    kept = _kept(request)
    return f"{address}?{kept}" if kept else address


def told(made: Callback) -> str:
    """Return what came of the call."""
    complaint = Complaint.objects.select_related("ticket").get(pk=made.complaint_id)
    ticket = complaint.ticket
    closed = ticket.state == TicketState.CLOSED
    match made.outcome:
        case CallbackOutcome.REFUSED:
            what = _("closed; the customer declined to answer.")
        case CallbackOutcome.NO_ANSWER if closed:
            what = _("closed after three attempts without an answer.")
        case CallbackOutcome.NO_ANSWER:
            what = _("no answer, attempt %(attempt)s of %(most)s.") % {"attempt": made.attempt, "most": MAX_ATTEMPTS}
        case _ if closed and complaint.for_joint_meeting:
            what = _("closed and listed for the joint meeting; the customer is still not satisfied.")
        case _ if closed:
            what = _("closed; the customer is satisfied.")
        case _:
            what = _told_again(ticket)
    return f"{ticket}: {what}"


def _told_again(ticket: Ticket) -> str:
    lead = ticket.orders.filter(role=OrderRole.LEAD, round=ticket.round).select_related("department").first()
    if lead is None:
        return _("not satisfied; it waits for the complaint centre to dispatch it anew.")
    return _("not satisfied; %(department)s handles it anew.") % {"department": lead.department}


def _narrowed(request: StaffRequest, waiting: QuerySet[Complaint]) -> QuerySet[Complaint]:
    return CallbackFilter(request.GET, waiting, now=timezone.now()).qs


def _place(complaint: Complaint) -> Place:
    return Place(complaint.is_resting, complaint.turn_at, complaint.pk)


def _last_event(ticket: Ticket) -> int:
    return Event.objects.filter(stream=ticket.stream).aggregate(last=Max("seq"))["last"] or 0


def _kept(request: StaffRequest) -> str:
    """Return the filters of the queue as they stand in the address."""
    return urlencode({name: value for name in FILTERS if (value := request.GET.get(name))})


def _without(query: QueryDict, name: str) -> QueryDict:
    copy = query.copy()
    copy.pop(name, None)
    return copy
