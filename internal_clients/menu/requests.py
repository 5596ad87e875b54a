"""Internal requests."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internal_clients import forms, policies
from internal_clients.actions import requests
from internal_clients.menu.kinds import Kind, Step
from internal_clients.models import InternalRequest
from internal_clients.queries.requests import visible_to
from organization.models import Staff
from workorders.enums import TicketState


def _requester(user: Staff, row: InternalRequest) -> bool:
    return row.ticket.filed_by_id == user.pk


def _answered(row: InternalRequest) -> bool:
    return row.ticket.state == TicketState.AWAITING_CALLBACK


REQUESTS = Kind(
    name="request",
    label=_("Internal requests"),
    icon="lifebuoy",
    model=InternalRequest,
    rows=visible_to,
    columns=("ticket", "kind", "department", "subject", "state", "filed_at", "due_at"),
    more=("system", "requirement", "confirmed_at", "timeliness", "quality", "attitude", "remark"),
    add_label=_("File a request"),
    add_form=forms.RequestForm,
    add=requests.file_request,
    may_add=policies.may_file_requests,
    link=lambda row: reverse("workorders:ticket", args=[row.pk]),
    link_label=_("Open the ticket"),
    steps=(
        Step(
            name="confirm",
            label=_("Confirm and rate"),
            icon="circle-check",
            run=requests.confirm,
            may=_requester,
            fits=_answered,
            form=forms.ConfirmForm,
        ),
        Step(
            name="doubt",
            label=_("Not solved"),
            icon="rotate",
            run=requests.doubt,
            may=_requester,
            fits=_answered,
            form=forms.ReasonForm,
        ),
    ),
)
