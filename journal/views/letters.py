"""What could not be delivered, for administrators."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from journal.actions.running import resend, resend_all
from journal.backoff import MOST_TRIES
from journal.enums import Channel, DeliveryState
from journal.kinds import kinds
from journal.models import Delivery
from journal.views.access import administrators, number

PAGE = 50
TABS = (DeliveryState.DEAD, DeliveryState.FAILED, DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.WITHHELD)


@require_GET
@administrators
def letters(request: HttpRequest) -> HttpResponse:
    """Show the outbox by state, given-up messages first. Message texts are not shown: they are for their readers."""
    state, channel = request.GET.get("state", DeliveryState.DEAD), request.GET.get("channel", "")
    if state not in DeliveryState.values or (channel and channel not in Channel.values):
        raise Http404
    rows = Delivery.objects.filter(Q(state=state) & (Q(channel=channel) if channel else Q()))
    before = number(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows.select_related("notice", "recipient", "gateway").order_by("-pk")[: PAGE + 1])
    context = {
        "rows": [(row, kinds().get(row.notice.kind)) for row in page[:PAGE]],
        "state": state,
        "channel": channel,
        "tabs": TABS,
        "channels": Channel.choices,
        "following": page[PAGE - 1].pk if len(page) > PAGE else None,
        "most_tries": MOST_TRIES,
    }
    return render(request, "journal/letters.html", context)


@require_POST
@administrators
def resend_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue one message again."""
    row = Delivery.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    resend(delivery=row, by=request.user, now=timezone.now())
    messages.success(request, _("The message is queued again."))
    return redirect("journal:letters")


@require_POST
@administrators
def resend_every(request: HttpRequest) -> HttpResponse:
    """Queue everything that was given up again."""
    channel = request.POST.get("channel", "")
    done = resend_all(channel=channel if channel in Channel.values else "", by=request.user, now=timezone.now())
    text = ngettext("%(count)d message is queued again.", "%(count)d messages are queued again.", done)
    messages.success(request, text % {"count": done})
    return redirect("journal:letters")
