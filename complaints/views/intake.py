"""The intake page: find the customer, tell it once, see who must do what by when, file."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints.actions.taking import call_again, take_complaint
from complaints.enums import Next
from complaints.forms import CaseForm, IntakeForm, WordsForm, new_key
from complaints.models import Customer
from complaints.policies import callable_again
from complaints.views.parts import Who, advice, likely, told, who_asked, who_posted
from foundation.errors import Conflict, Invalid, NotAllowed
from foundation.forms import show_refusal
from knowledge.keys import page_key
from organization.enums import RegionKind
from organization.models import Staff
from organization.requests import StaffRequest
from workorders import policies
from workorders.enums import Channel, Tier, Urgency
from workorders.models import Ticket

#: What may be done with an existing ticket instead of filing another.
INSTEAD = ("urge_ticket", "note")
#: Levels of the region tree that are no place where a customer lives or a hall stands.
WIDE = (RegionKind.PROVINCE, RegionKind.REGION)


@require_http_methods(["GET", "POST"])
def intake(request: StaffRequest) -> HttpResponse:
    """Show the page, or file what it brings."""
    _require_front_line(request)
    if request.method == "POST":
        return _file(request)
    who = _who(request)
    return _page(request, IntakeForm(user=request.user, now=timezone.now(), initial=_initial(request, who)), who)


@require_GET
def customer(request: StaffRequest) -> HttpResponse:
    """Answer the search box: the customer and their history, several to choose from, or fields for a new one."""
    _require_front_line(request)
    who = _who(request)
    form = IntakeForm(user=request.user, now=timezone.now(), initial=_initial(request, who))
    return render(request, "complaints/intake.html#customer", {"who": who, "form": form})


@require_GET
def proposal(request: StaffRequest) -> HttpResponse:
    """Show who must do what by when, for what has been chosen so far."""
    _require_front_line(request)
    case = CaseForm(request.GET, user=request.user)
    return render(request, "complaints/intake.html#proposal", {"advice": advice(case, timezone.now())})


@require_GET
def duplicates(request: StaffRequest) -> HttpResponse:
    """Warn of tickets that are likely the same matter."""
    _require_front_line(request)
    case = CaseForm(request.GET, user=request.user)
    return render(request, "complaints/intake.html#duplicates", {"likely": likely(request.user, case, timezone.now())})


@require_http_methods(["GET", "POST"])
def instead(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Urge an existing ticket, or add this call's words to it, instead of filing another.

    Whoever had to log in meanwhile comes back here without them: to the page, which has kept them.
    """
    _require_front_line(request)
    if name not in INSTEAD:
        raise Http404
    if request.method == "GET":
        return redirect("complaints:intake")
    number = request.POST.get("number", "").replace("\0", "")
    ticket = _called_about(request.user, pk, number)
    said = WordsForm(request.POST, request.FILES)
    if not said.is_valid():
        return _words_refused(request, {field: str(errors[0]) for field, errors in said.errors.items()}, 422)
    words, uploads = said.cleaned_data["description"], said.cleaned_data["uploads"]
    try:
        call_again(
            ticket=ticket,
            words=words,
            uploads=uploads,
            urging=name == "urge_ticket",
            number=number,
            by=request.user,
            now=timezone.now(),
        )
    except Invalid as error:
        return _words_refused(request, {"description": str(error.detail)}, error.status)
    except Conflict as error:
        return _words_refused(request, {"": str(error.detail)}, error.status)
    done = {
        "urge_ticket": _("%(ticket)s has been urged; no new ticket was filed."),
        "note": _("What the customer said was added to %(ticket)s; no new ticket was filed."),
    }
    messages.success(request, done[name] % {"ticket": ticket})
    if not policies.may_see(request.user, ticket):
        return redirect("complaints:intake")
    return redirect("workorders:ticket", ticket.pk)


def _called_about(user: Staff, pk: int, number: str) -> Ticket:
    """Return the ticket where the person has its customer on the line, or may read it; else raise Http404."""
    called = callable_again(user, number).select_related("ticket__region").filter(pk=pk).first() if number else None
    return called.ticket if called else policies.get_ticket(user, pk)


def _require_front_line(request: StaffRequest) -> None:
    if not policies.may_file(request.user):
        raise NotAllowed(_("Only the front line files complaints."))


def _file(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = IntakeForm(request.POST, request.FILES, user=request.user, now=now)
    if not form.is_valid():
        return _page(request, form, who_posted(request.user, form), status=422)
    data = form.cleaned_data
    try:
        complaint = take_complaint(
            facts=form.facts(),
            then=data["then"] or Next.DISPATCH,
            answer=data["answer"],
            uploads=data["uploads"],
            filing_key=page_key(request.user, data["filing_key"]),
            by=request.user,
            now=now,
        )
    except (Invalid, Conflict) as error:
        show_refusal(form, error)
        return _page(request, form, who_posted(request.user, form), status=error.status)
    if complaint.ticket.filed_at == now:
        messages.success(request, told(complaint))
    else:
        again = _("This page was filed as %(ticket)s already; nothing was filed again. Open a new page for another complaint.")
        messages.warning(request, again % {"ticket": complaint.ticket})
    return redirect("workorders:ticket", complaint.pk)


def _words_refused(request: StaffRequest, errors: Mapping[str, str], status: int) -> HttpResponse:
    """Show the page again with what was typed; only what was to be kept elsewhere is marked."""
    form = IntakeForm(request.POST, request.FILES, user=request.user, now=timezone.now())
    form.full_clean()
    form.errors.clear()
    for name, why in errors.items():
        form.add_error(name or None, why)
    return _page(request, form, who_posted(request.user, form), status=status)


def _page(request: StaffRequest, form: IntakeForm, who: Who, status: int = 200) -> HttpResponse:
    now = timezone.now()
    case = CaseForm(form.data if form.is_bound else form.initial, user=request.user)
    context = {
        "form": form,
        "who": who,
        "advice": advice(case, now),
        "likely": likely(request.user, case, now),
        "overhead": " ".join(Channel.OVERHEAD),
    }
    return render(request, "complaints/intake.html", context, status=status)


def _who(request: StaffRequest) -> Who:
    return who_asked(request.user, pk=request.GET.get("customer", ""), query=request.GET.get("find", ""))


def _initial(request: StaffRequest, who: Who) -> dict[str, object]:
    """Start from what is known: the customer's region or the branch where the agent sits, and the channel of that place.

    Whoever serves a whole province or region is at the hotline, and must ask where the customer is.
    """
    own = request.user.region
    branch = own if own and own.kind not in WIDE else None
    region = who.customer.region if who.customer else branch
    return {
        "filing_key": new_key(),
        "customer": None if who.is_elsewhere else _pk(who.customer),
        "number": who.query,
        "tier": Tier.STANDARD,
        "region": region.pk if region else None,
        "urgency": Urgency.NORMAL,
        "channel": Channel.HALL if branch else Channel.HOTLINE,
    }


def _pk(customer: Customer | None) -> int | None:
    return customer.pk if customer else None
