"""The inbox."""

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from journal.actions.reading import mark_all_read, mark_read
from journal.kinds import Kind, kinds, readable
from journal.models import Notice, Template
from journal.texts import Text, Wording
from journal.views.access import number

PAGE = 30
#: The count in the top bar stops here.
MOST_COUNTED = 99


class Shown(NamedTuple):
    """A notice with its words; without an address the person may no longer read what it is about."""

    notice: Notice
    kind: Kind | None
    text: Text
    address: str


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the person's notices, newest first; htmx asks for the rows alone."""
    rows = Notice.objects.filter(recipient=request.user.pk).order_by("-pk")
    unread_only, before = request.GET.get("unread") == "1", number(request.GET.get("before", ""))
    if unread_only:
        rows = rows.filter(read_at=None)
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    shown = _worded(request, page[:PAGE])
    context = {
        "rows": shown,
        "unread_only": unread_only,
        "is_first": before is None,
        "following": page[PAGE - 1].pk if len(page) > PAGE else None,
        "newest": page[0].pk if page else 0,
        "now": timezone.now(),
    }
    part = "#rows" if request.htmx and request.htmx.target == "rows" else ""
    return render(request, f"journal/inbox.html{part}", context)


def _worded(request: HttpRequest, notices: list[Notice]) -> list[Shown]:
    wording, language, now = Wording(), get_language() or "", timezone.now()
    addresses = readable(request.user, {notice.stream for notice in notices})
    found = []
    for notice in notices:
        kind, address = kinds().get(notice.kind), addresses.get(notice.stream, "")
        text = Text("", "")
        if kind and (address or not notice.stream):
            text = wording.text(notice.kind, Template.INBOX, language, {**notice.data, "name": str(request.user)}, now=now)
        found.append(Shown(notice, kind, text, address))
    return found


@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """Answer with the bell of the top bar and its count."""
    counted = Notice.objects.filter(recipient=request.user.pk, read_at=None)[: MOST_COUNTED + 1].count()
    shown = f"{MOST_COUNTED}+" if counted > MOST_COUNTED else str(counted)
    return render(request, "journal/bell.html", {"unread": counted, "shown": shown})


@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    own = Notice.objects.filter(pk=pk, recipient=request.user.pk).first()
    if own is None:
        raise Http404
    mark_read(notice=own, by=request.user, now=timezone.now())
    return redirect(readable(request.user, {own.stream}).get(own.stream) or "journal:inbox")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read that the page showed or that came before."""
    mark_all_read(by=request.user, now=timezone.now(), up_to=number(request.POST.get("up_to", "")) or 0)
    return redirect("journal:inbox")
