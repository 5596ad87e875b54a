"""The bulletins' pages: the list, one bulletin as it is read and edited, its files, and the rows behind each number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints import exports, policies
from complaints.actions import bulletins as actions
from complaints.actions.subscribers import enter_users
from complaints.enums import BulletinState
from complaints.forms import BulletinForm, ReasonForm, TextsForm, UsersForm
from complaints.models import Bulletin, BulletinRows
from complaints.models.bulletin import TEXTS
from complaints.queries.bulletins import reading
from complaints.queries.bulletins.document import Document, Table, document, title_of
from complaints.queries.bulletins.measures import CALLBACK, KINDS
from complaints.queries.bulletins.words import MEASURES
from complaints.queries.satisfaction import callback_page
from foundation.errors import Conflict, Invalid, NotAllowed
from foundation.forms import show_refusal
from foundation.pdf import pdf_response
from foundation.sheets import XLSX
from organization.models import Staff
from organization.requests import StaffRequest
from workorders.queries.queues import Place, Queue, page

S = BulletinState


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that can be done with a bulletin by a button."""

    name: str
    label: Promise
    icon: str
    run: Callable[..., object]
    states: tuple[str, ...]
    may: Callable[[Staff, Bulletin], bool]
    needs_reason: bool = False
    #: Asked before it is done, where it cannot be undone.
    confirm: Promise | str = ""


def _writes(user: Staff, _bulletin: Bulletin) -> bool:
    return policies.may_write_bulletins(user)


def _signs(user: Staff, _bulletin: Bulletin) -> bool:
    return policies.may_sign_bulletins(user)


STEPS = (
    Step(
        name="submit", label=gettext_lazy("Hand in for approval"), icon="send", run=actions.submit, states=(S.DRAFT,), may=_writes
    ),
    Step(
        name="sign", label=gettext_lazy("Approve"), icon="signature", run=actions.sign, states=(S.SUBMITTED,), may=policies.may_sign
    ),
    Step(
        name="publish",
        label=pgettext_lazy("bulletin", "Publish"),
        icon="speakerphone",
        run=actions.publish,
        states=(S.APPROVED,),
        may=_signs,
        confirm=gettext_lazy("A published bulletin is frozen and goes to every head and manager. Publish it?"),
    ),
    Step(
        name="send_back",
        label=gettext_lazy("Send back"),
        icon="arrow-back",
        run=actions.send_back,
        states=(S.SUBMITTED, S.APPROVED),
        may=_writes,
        needs_reason=True,
    ),
    Step(name="recount", label=gettext_lazy("Count anew"), icon="refresh", run=actions.recount, states=(S.DRAFT,), may=_writes),
    Step(
        name="discard",
        label=gettext_lazy("Discard"),
        icon="trash",
        run=actions.discard,
        states=(S.DRAFT,),
        may=_writes,
        confirm=gettext_lazy("Discard this draft? It cannot be taken up again."),
    ),
    Step(
        name="correct",
        label=gettext_lazy("Correct"),
        icon="pencil",
        run=actions.correct,
        states=(S.PUBLISHED,),
        may=_writes,
        needs_reason=True,
    ),
    Step(
        name="remind",
        label=gettext_lazy("Remind who has not read it"),
        icon="bell",
        run=actions.remind,
        states=(S.PUBLISHED,),
        may=_writes,
    ),
)


@require_http_methods(["GET", "POST"])
def bulletins(request: StaffRequest) -> HttpResponse:
    """List the bulletins, and begin one."""
    if not policies.may_read_bulletins(request.user):
        raise NotAllowed(_("Bulletins are for the complaint centre, managers, department heads and the front line's supervisors."))
    now = timezone.now()
    form = BulletinForm(request.POST or None, now=now)
    if request.method == "POST":
        made = _begun(request, form)
        if made is not None:
            return redirect("complaints:bulletin", made.pk)
    after = Place.parse(request.GET.get("after", ""))
    rows, following = reading.page(request.user, after)
    context = {
        "rows": [(row, title_of(row)) for row in rows],
        "following": following,
        "is_first": after is None,
        "form": form if policies.may_write_bulletins(request.user) else None,
        "may_keep_users": policies.may_keep_users(request.user),
    }
    return render(request, "complaints/bulletins.html", context, status=422 if form.errors else 200)


def _begun(request: StaffRequest, form: BulletinForm) -> Bulletin | None:
    """Begin a bulletin; refused, say why in the form."""
    if not form.is_valid():
        return None
    try:
        return actions.draft(**form.asked(), by=request.user, now=timezone.now())
    except (Invalid, Conflict) as error:
        show_refusal(form, error)
    return None


@require_GET
def bulletin(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one bulletin as it is read, with what can be done with it."""
    return _page(request, policies.get_bulletin(request.user, pk))


def _page(
    request: StaffRequest, found: Bulletin, status: int = 200, form: forms.Form | None = None, failed: str = ""
) -> HttpResponse:
    user, shown = request.user, document(found)
    steps = [step for step in STEPS if found.state in step.states and step.may(user, found)]
    readers = reading.readers(found)
    context: dict[str, Any] = {
        "bulletin": found,
        "document": shown,
        "steps": [(step, form if form and step.name == failed else ReasonForm()) for step in steps],
        "failed": failed,
        "may_edit": found.state == S.DRAFT and policies.may_write_bulletins(user),
        "may_see_alerts": policies.may_read_alerts(user),
        "visible": reading.visible_tickets(user, _tickets(shown)),
        "readers": readers if policies.may_write_bulletins(user) else [],
        "mine": next((each for each in readers if each.staff_id == user.pk), None),
        "unread": sum(each.read_at is None for each in readers),
        "story": reading.story(found) if policies.may_write_bulletins(user) else [],
        "corrections": reading.corrections(user, found),
    }
    return render(request, "complaints/bulletin.html", context, status=status)


def _tickets(shown: Document) -> set[int]:
    """Return the tickets that the document names."""
    cells = [cell for block in shown.blocks if isinstance(block, Table) for row in block.rows for cell in row]
    return {piece.ticket for cell in cells for piece in cell.pieces if piece.ticket}


@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the centre's words of a draft, its figures beside them."""
    found = policies.get_bulletin(request.user, pk)
    if not policies.may_write_bulletins(request.user):
        raise NotAllowed
    if found.state != S.DRAFT:
        return redirect("complaints:bulletin", pk)
    form = TextsForm(request.POST or None, initial={name: getattr(found, name) for name in TEXTS}, bulletin=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(bulletin=found, texts=form.cleaned_data, by=request.user, now=timezone.now())
        except Conflict as error:
            messages.warning(request, str(error.detail))
        else:
            messages.success(request, _("Saved."))
        return redirect("complaints:bulletin", pk)
    context = {"bulletin": found, "document": document(found), "form": form}
    return render(request, "complaints/bulletin_edit.html", context, status=422 if form.errors else 200)


@require_POST
def step(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Do one of the steps."""
    found, chosen = policies.get_bulletin(request.user, pk), next((each for each in STEPS if each.name == name), None)
    if chosen is None:
        raise Http404
    form = ReasonForm(request.POST)
    if chosen.needs_reason and not form.is_valid():
        return _page(request, found, 422, form, name)
    reason = {"reason": form.cleaned_data["reason"]} if chosen.needs_reason else {}
    try:
        done = chosen.run(bulletin=found, by=request.user, now=timezone.now(), **reason)
    except (Conflict, Invalid) as error:
        messages.warning(request, str(error.detail))
        return redirect("complaints:bulletin", pk)
    messages.success(request, _("%(subject)s: %(action)s – done.") % {"subject": title_of(found), "action": chosen.label})
    return redirect("complaints:bulletin", done.pk if isinstance(done, Bulletin) else pk)


@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that one has read it (已阅)."""
    actions.confirm_read(bulletin=policies.get_bulletin(request.user, pk), by=request.user, now=timezone.now())
    messages.success(request, _("Thank you. The complaint centre sees that you have read it."))
    return redirect("complaints:bulletin", pk)


@require_GET
def export(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """Send the bulletin as a PDF or as a workbook: the same document as the page."""
    found = policies.get_bulletin(request.user, pk)
    shown, name = document(found), f"bulletin-{found.kind}-{found.start:%Y%m%d}-{found.pk}"
    if kind == "pdf":
        return pdf_response(name, exports.printed(shown), printed_by=str(request.user), at=timezone.now())
    disposition = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(exports.workbook(shown), content_type=XLSX, headers=disposition)


@require_GET
def rows(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    """Show the very rows behind one number, as far as the person may see them."""
    found = policies.get_bulletin(request.user, pk)
    group, key, measure = reading.parsed(name)
    kept = get_object_or_404(BulletinRows, bulletin=found, group=group, key=key, measure=measure)
    kind = KINDS[measure]
    listed = reading.rows_behind(request.user, kept)
    after = Place.parse(request.GET.get("after", ""))
    behind = Queue(
        name=measure,
        label=MEASURES[measure],
        icon="list",
        kind=kind,
        roles=(),
        rows=lambda _user: listed,
        empty=gettext_lazy("None of these is yours to see."),
        newest_first=True,
    )
    shown, following = callback_page(listed, after) if kind == CALLBACK else page(behind, listed, after)
    seen = listed.count()
    context = {
        "bulletin": found,
        "title": title_of(found),
        "whose": reading.whose(found, group, key),
        "figure": {"label": MEASURES[measure], "kind": kind},
        "queue": behind,
        "rows": shown,
        "following": following,
        "now": timezone.now(),
        "total": len(kept.ids),
        "seen": seen,
        "hidden": len(kept.ids) - seen,
        "is_first": after is None,
        "address": "",
    }
    return render(request, "complaints/bulletin_rows.html", context)


@require_http_methods(["GET", "POST"])
def users(request: StaffRequest) -> HttpResponse:
    """Show the regions' numbers of users of the last months, and take new ones."""
    if not policies.may_keep_users(request.user):
        raise NotAllowed
    form = UsersForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        changed = enter_users(entered=form.cleaned_data["entered"], by=request.user, now=timezone.now())
        messages.success(request, ngettext("%(n)d number entered.", "%(n)d numbers entered.", changed) % {"n": changed})
        return redirect("complaints:bulletin_users")
    months, lines = reading.users_table()
    context = {"form": form, "months": months, "lines": lines}
    return render(request, "complaints/bulletin_users.html", context, status=422 if form.errors else 200)
