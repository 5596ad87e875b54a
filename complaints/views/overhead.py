"""Over-the-head complaints (越级投诉): the register, and one entry of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints import policies
from complaints.actions.overhead import decide_fault, enter_overhead
from complaints.enums import Fault
from complaints.forms import FaultForm, PapersForm
from complaints.models import Complaint
from complaints.queries.overhead import OPEN, UNDECIDED, days_left, header, papers, registered, sheet_rows, wanted_on
from foundation.errors import Conflict, Invalid, NotAllowed
from foundation.forms import show_refusal
from foundation.sheets import xlsx_response
from organization.requests import StaffRequest
from workorders.enums import Channel

PAGE = 30


def _require(request: StaffRequest) -> None:
    if not policies.may_read_overhead(request.user):
        raise NotAllowed(_("The register is kept by the complaint centre and read by managers."))


@require_GET
def register(request: StaffRequest) -> HttpResponse:
    """List the complaints that came over our head, newest first; with `format=xlsx`, as a workbook."""
    _require(request)
    channel, show, after = (request.GET.get(name, "") for name in ("channel", "show", "after"))
    rows = registered(request.user, channel, show)
    if request.GET.get("format") == "xlsx":
        return xlsx_response("over-the-head", header(), sheet_rows(rows))
    page = list((rows.filter(pk__lt=int(after)) if after.isdecimal() and len(after) < 19 else rows)[: PAGE + 1])
    today = timezone.localdate()
    context = {
        "rows": [(each, papers(each), wanted_on(each), days_left(each, today)) for each in page[:PAGE]],
        "after": page[PAGE - 1].pk if len(page) > PAGE else None,
        "channel": channel,
        "show": show,
        "channels": [choice for choice in Channel.choices if choice[0] in Channel.OVERHEAD],
        "shows": [(OPEN, _("open")), (UNDECIDED, _("liability undecided")), *Fault.choices],
    }
    return render(request, "complaints/overheads.html", context)


@require_http_methods(["GET", "POST"])
def entry(request: StaffRequest, pk: int) -> HttpResponse:
    """Show one entry; enter its papers, or decide the liability."""
    _require(request)
    complaint = policies.get_overhead(request.user, pk)
    deciding = request.POST.get("step") == "fault"
    form = (FaultForm if deciding else PapersForm)(request.POST, complaint=complaint) if request.method == "POST" else None
    if form is None:
        return _page(request, complaint)
    if not form.is_valid():
        return _page(request, complaint, form, status=Invalid.status)
    try:
        (decide_fault if deciding else enter_overhead)(
            complaint=complaint, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except (Invalid, Conflict) as error:
        return _page(request, policies.get_overhead(request.user, pk), form, status=show_refusal(form, error))
    if deciding:
        messages.success(request, _("Liability decided: %(fault)s.") % {"fault": Fault(form.cleaned_data["fault"]).label})
    else:
        messages.success(request, _("Kept in the register."))
    return redirect("complaints:overhead", pk)


def _page(
    request: StaffRequest, complaint: Complaint, form: PapersForm | FaultForm | None = None, status: int = 200
) -> HttpResponse:
    kept = papers(complaint)
    open_papers = policies.may_enter_overhead(request.user) and not kept.decided_by_id
    may_decide = policies.may_decide_fault(request.user, complaint) and not kept.decided_by_id
    context = {
        "complaint": complaint,
        "ticket": complaint.ticket,
        "kept": kept,
        "wanted_on": wanted_on(complaint),
        "days_left": days_left(complaint, timezone.localdate()),
        "papers_form": (form if isinstance(form, PapersForm) else PapersForm(complaint=complaint)) if open_papers else None,
        "fault_form": (form if isinstance(form, FaultForm) else FaultForm(complaint=complaint)) if may_decide else None,
        "refused": form if form and form.non_field_errors() and not open_papers and not may_decide else None,
    }
    return render(request, "complaints/overhead.html", context, status=status)
