"""Queue pages: one view for all of them, its bulk actions and its exports."""

from collections import defaultdict
from typing import NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import DomainError
from foundation.sheets import csv_response, xlsx_response
from organization.models import Staff
from organization.requests import StaffRequest
from workorders import policies
from workorders.exports import header, sheet_rows
from workorders.filters import OrderFilter, TicketFilter
from workorders.menu import item_named, perform
from workorders.models import Ticket, WorkOrder
from workorders.queries.counting import COUNT_CAP, capped_counts
from workorders.queries.queues import Place, Queue, page, queue_named, queues_for
from workorders.wording import DONE

#: More rows than a page shows cannot have been ticked.
MAX_BULK = 200
#: Of the rows that one reason stood against, so many are named.
MOST_NAMED = 10

type Refused = dict[str, list[str]]


def home(request: StaffRequest) -> HttpResponse:
    """Send each person to where their day begins."""
    queues = queues_for(request.user)
    if request.user.has_role("manager"):
        return redirect("complaints:dashboard")
    if request.user.has_role("agent"):
        return redirect("complaints:intake")
    if request.user.has_role("duty"):
        return redirect("workorders:queue", "returns")
    if queues:
        return redirect("workorders:queue", queues[0].name)
    return redirect("admin:index") if request.user.is_staff else render(request, "workorders/nothing.html")


def _queue(user: Staff, name: str) -> Queue:
    queue = queue_named(user, name)
    if queue is None:
        raise Http404
    return queue


def _filtered(request: HttpRequest, queue: Queue) -> TicketFilter:
    kind = OrderFilter if queue.kind == "order" else TicketFilter
    return kind(request.GET, queryset=queue.rows(request.user))


@require_GET
def queue(request: StaffRequest, name: str) -> HttpResponse:
    """Show a queue; htmx asks for its rows alone, to keep them current."""
    own = _queue(request.user, name)
    filters = _filtered(request, own)
    rows, following = page(own, filters.qs, Place.parse(request.GET.get("after", "")))
    address = request.GET.copy()
    address.pop("after", None)
    context = {
        "queue": own,
        "rows": rows,
        "following": following,
        "filters": filters,
        "now": timezone.now(),
        "address": address.urlencode(),
        "bulk": [item_named(_model(own), action) for action in own.bulk],
        "is_first": "after" not in request.GET,
        "active": sum(bool(request.GET.get(name, "").strip()) for name in filters.form.fields),
    }
    if request.htmx and request.htmx.target == "rows":
        return render(request, "workorders/queue.html#rows", context)
    everything = {each.name: each.rows(request.user) for each in queues_for(request.user) if not each.newest_first}
    return render(request, "workorders/queue.html", context | {"tabs": _tabs(request, capped_counts(everything))})


class Tab(NamedTuple):
    """A queue beside the one shown."""

    queue: Queue
    count: str


def _tabs(request: StaffRequest, counts: dict[str, int]) -> list[Tab]:
    return [Tab(own, _shown(counts.get(own.name))) for own in queues_for(request.user)]


def _shown(count: int | None) -> str:
    if count is None:
        return ""
    return f"{COUNT_CAP - 1}+" if count >= COUNT_CAP else str(count)


def _model(queue: Queue) -> type[Ticket | WorkOrder]:
    return WorkOrder if queue.kind == "order" else Ticket


@require_GET
def export(request: StaffRequest, name: str, kind: str) -> HttpResponseBase:
    """Send exactly the filtered rows as CSV or XLSX."""
    own = _queue(request.user, name)
    rows = sheet_rows(own, _filtered(request, own).qs)
    send = csv_response if kind == "csv" else xlsx_response
    return send(f"{name}-{timezone.localtime():%Y%m%d-%H%M}", header(own), rows)


@require_POST
def bulk(request: StaffRequest, name: str) -> HttpResponse:
    """Run one action on every ticked row, each by itself: what cannot be done does not stop the rest, and says why."""
    own, action = _queue(request.user, name), request.POST.get("action", "")
    if action not in own.bulk:
        raise Http404
    done, refused = _run_all(request, own, action)
    level = messages.SUCCESS if not refused else messages.WARNING if done else messages.ERROR
    messages.add_message(request, level, _told(action, done, refused))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else request.path.removesuffix("bulk/"))


def _told(action: str, done: int, refused: Refused) -> SafeString:
    """Say in one line what became of the ticked rows, with the reasons to fold out."""
    reasons = [
        {"reason": reason, "named": subjects[:MOST_NAMED], "count": len(subjects), "more": len(subjects) - MOST_NAMED}
        for reason, subjects in sorted(refused.items(), key=lambda each: -len(each[1]))
    ]
    count = sum(map(len, refused.values()))
    return render_to_string("workorders/_bulk.html", {"words": DONE[action], "done": done, "refused": count, "reasons": reasons})


def _run_all(request: StaffRequest, own: Queue, action: str) -> tuple[int, Refused]:
    """Return how many were done, and the others by the reason that stood against them."""
    done, refused = 0, defaultdict(list)
    for subject in _ticked(request, own):
        try:
            perform(request.user, subject, action, data=request.POST, now=timezone.now())
            done += 1
        except DomainError as error:
            # Without the row's own number, equal reasons are equal words.
            refused[str(error.detail).replace(str(subject), _("the order"))].append(str(subject))
    return done, refused


def _ticked(request: StaffRequest, own: Queue) -> QuerySet:
    pks = [int(value) for value in request.POST.getlist("row")[:MAX_BULK] if value.isdecimal() and len(value) < 19]
    if own.kind == "order":
        return (
            policies.orders_visible_to(request.user)
            .filter(pk__in=pks)
            .select_related(
                "ticket__category",
                "ticket__region",
                "department",
                "assignee",
            )
            .order_by("pk")
        )
    return policies.visible_to(request.user).filter(pk__in=pks).select_related("category", "region").order_by("pk")
