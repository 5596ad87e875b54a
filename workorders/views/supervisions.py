"""The supervision list, and its number beside the menu."""

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from foundation.errors import NotAllowed
from organization.enums import DepartmentKind
from organization.models import Department
from organization.requests import StaffRequest
from workorders.enums import Urgency
from workorders.models import Supervision
from workorders.queries.counting import COUNT_CAP
from workorders.queries.queues import Place
from workorders.queries.supervisions import READERS, owing, page, supervisions_visible_to


class SupervisionFilter(forms.Form):
    """Narrows the list."""

    show = forms.ChoiceField(
        label=_("show"),
        required=False,
        choices=[("", _("open")), ("owed", _("report or answer owed")), ("ended", _("ended"))],
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(kind=DepartmentKind.SUPPORT).order_by("code"),
        label=_("department"),
        required=False,
        empty_label=_("every department"),
    )
    urgency = forms.ChoiceField(label=_("urgency"), required=False, choices=[("", _("every urgency")), *Urgency.choices])
    number = forms.CharField(label=_("number"), required=False, max_length=24)

    def narrowed(self, rows: QuerySet[Supervision]) -> QuerySet[Supervision]:
        """Return the rows that fit; what was not understood narrows nothing."""
        self.full_clean()
        wanted = self.cleaned_data
        if wanted.get("department"):
            rows = rows.filter(order__department=wanted["department"])
        if wanted.get("urgency"):
            rows = rows.filter(order__ticket__urgency=wanted["urgency"])
        if wanted.get("number"):
            rows = rows.filter(order__ticket__number__startswith=wanted["number"].replace("\0", ""))
        if wanted.get("show") == "ended":
            return rows.exclude(ended_at=None)
        return owing(rows, timezone.now()) if wanted.get("show") == "owed" else rows.filter(ended_at=None)


def _require(request: StaffRequest) -> None:
    if not request.user.has_role(*READERS):
        raise NotAllowed


@require_GET
def supervisions(request: StaffRequest) -> HttpResponse:
    """Show what is under supervision: what is owed first."""
    _require(request)
    filters = SupervisionFilter(request.GET)
    rows = filters.narrowed(supervisions_visible_to(request.user))
    is_ended = filters.cleaned_data.get("show") == "ended"
    found, following = page(rows, Place.parse(request.GET.get("after", "")), newest_first=is_ended)
    context = {
        "rows": found,
        "following": following,
        "filters": filters,
        "now": timezone.now(),
        "is_ended": is_ended,
        "is_first": "after" not in request.GET,
        "is_filtered": bool(request.GET),
    }
    return render(request, "workorders/supervisions.html", context)


@require_GET
def supervision_count(request: StaffRequest) -> HttpResponse:
    """Answer with the number beside the menu's line: those of which something is owed, else all that are open."""
    _require(request)
    rows = supervisions_visible_to(request.user).filter(ended_at=None)
    owed = owing(rows, timezone.now())[:COUNT_CAP].count()
    counted = owed or rows[:COUNT_CAP].count()
    shown = f"{COUNT_CAP - 1}+" if counted >= COUNT_CAP else str(counted)
    return render(request, "workorders/_supervision_count.html", {"owed": owed, "counted": counted, "shown": shown})
