"""The triage desk: what waits for a decision, and beside it all that is needed to decide without leaving the page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints.queries.desk import may_use_desk, others, to_decide, waiting
from complaints.queries.suggesting import suggestions
from foundation.errors import Conflict, Invalid, NotAllowed
from organization.requests import StaffRequest
from workorders import policies
from workorders.menu import FormInvalid, Item, menu_for, perform
from workorders.models import Ticket
from workorders.queries.changes import last_event
from workorders.wording import DONE

#: What is decided on the desk itself, the furthest step first; everything else opens the usual dialog.
STEPS = ("forward", "dispatch", "prepare")
#: So many of the customer's other complaints are told.
OTHERS = 6


def _require_desk(request: StaffRequest) -> None:
    if not may_use_desk(request.user):
        raise NotAllowed(_("The desk is for those who triage, dispatch, review and rule on returns."))


@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """List what waits for this person's decision, the most pressing first, with the first or the chosen one beside it."""
    _require_desk(request)
    now, chosen = timezone.now(), request.GET.get("ticket", "")
    rows, left = waiting(request.user, now)
    current = next((row for row in rows if str(row.ticket.pk) == chosen), rows[0] if rows else None)
    context = {"rows": rows, "current": current, "now": now, "left": left, "is_chosen": bool(chosen)}
    return render(request, "complaints/desk.html", context)


@require_http_methods(["GET", "POST"])
def case(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one ticket as whoever decides needs it, or take the decision and bring up the next."""
    _require_desk(request)
    ticket = policies.get_ticket(request.user, pk)
    if request.method == "POST":
        return _decide(request, ticket)
    return _shown(request, ticket)


def _step(items: list[Item]) -> Item | None:
    """Return the furthest of these that is taken on the desk itself."""
    offered = {item.name: item for item in items}
    return next((offered[name] for name in STEPS if name in offered), None)


def _decide(request: StaffRequest, ticket: Ticket) -> HttpResponse:
    name, seen = request.POST.get("step", ""), request.POST.get("seen", "")
    if name not in STEPS:
        raise NotAllowed(_("This is not decided on the desk."))
    try:
        perform(request.user, ticket, name, data=request.POST, seen=int(seen) if seen.isdecimal() else None, now=timezone.now())
    except FormInvalid as error:
        return _shown(request, ticket, form=error.form, status=error.status)
    except Conflict as error:
        ticket.refresh_from_db()
        return _shown(request, ticket, error=error.detail, status=error.status)
    except Invalid as error:
        return _shown(request, ticket, error=" ".join(map(str, error.errors.values())), status=error.status)
    messages.success(request, _("%(subject)s: %(done)s") % {"subject": ticket, "done": DONE[name]})
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": redirect("complaints:desk")["Location"]})
    return redirect("complaints:desk")


def _shown(request: StaffRequest, ticket: Ticket, *, form: object = None, error: object = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    items = menu_for(request.user, ticket, now)
    step = _step(items)
    if step and form is None:
        form = step.form(subject=ticket, user=request.user, now=now, initial=_taken(request))
    context = {
        "ticket": ticket,
        "step": step,
        "form": form,
        "error": error,
        "now": now,
        "story": {"seen": last_event(ticket)},
        "others": others(ticket, request.user)[:OTHERS],
        "actions": [item for item in items if item.name not in STEPS],
        "orders": [(order, menu_for(request.user, order, now)) for order in to_decide(ticket)],
    }
    template = "complaints/desk_case.html#case" if request.htmx else "complaints/desk_case.html"
    return render(request, template, context, status=status)


def _taken(request: StaffRequest) -> dict[str, str]:
    """Return the suggestion that was taken, as the form's beginnings; what does not fit is refused by the form later."""
    return {name: request.GET[name] for name in ("category", "lead") if request.GET.get(name, "").isdecimal()}


@require_GET
def suggested(request: StaffRequest, pk: int) -> HttpResponse:
    """Suggest category and department by what was done about tickets like this one."""
    _require_desk(request)
    ticket = policies.get_ticket(request.user, pk)
    offers, alike = suggestions(ticket, request.user)
    can_take = _step(menu_for(request.user, ticket, timezone.now())) is not None
    context = {"ticket": ticket, "offers": offers, "alike": alike[:5], "can_take": can_take}
    return render(request, "complaints/_suggested.html", context)
