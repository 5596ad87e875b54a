"""Faults, planned outages, causes of alerts."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.policies import may_read_alerts
from internal_clients import forms, policies
from internal_clients.actions import systems, telling
from internal_clients.menu.kinds import Kind, Step, own_department, recorder
from internal_clients.models import AlertCause, Fault, PlannedOutage


def _open_outage(row: PlannedOutage) -> bool:
    return not row.cancelled_at and not row.finished_at


FAULTS = Kind(
    name="fault",
    label=_("Faults"),
    icon="plug-connected-x",
    model=Fault,
    rows=lambda _user: Fault.objects.select_related("system", "department").order_by("-started_at", "-pk"),
    columns=("system", "what", "severity", "department", "started_at", "restored_at"),
    more=("share", "cause", "logged_by", "logged_at"),
    add_label=_("Log a fault"),
    add_form=forms.FaultForm,
    add=systems.log_fault,
    may_add=own_department,
    steps=(
        Step(
            name="tell",
            label=_("Tell the front line"),
            icon="speakerphone",
            run=telling.tell_fault,
            may=recorder,
            fits=lambda _row: True,
            form=forms.TellForm,
        ),
        Step(
            name="restore",
            label=_("Service is back"),
            icon="plug-connected",
            run=systems.restore_fault,
            may=recorder,
            fits=lambda row: row.restored_at is None,
            form=forms.RestoreForm,
        ),
    ),
)
OUTAGES = Kind(
    name="outage",
    label=_("Planned outages"),
    icon="calendar-off",
    model=PlannedOutage,
    rows=lambda _user: PlannedOutage.objects.select_related("system", "department").order_by("-starts_at", "-pk"),
    columns=("system", "what", "department", "starts_at", "ends_at", "finished_at"),
    more=("share", "planned_by", "planned_at", "approved_by", "approved_at", "cancelled_at"),
    add_label=_("Plan an outage"),
    add_form=forms.OutageForm,
    add=systems.plan_outage,
    may_add=own_department,
    steps=(
        Step(
            name="approve",
            label=_("Approve the plan"),
            icon="circle-check",
            run=systems.approve_outage,
            may=policies.may_approve_outage,
            fits=lambda row: _open_outage(row) and row.approved_at is None,
        ),
        Step(
            name="tell",
            label=_("Tell the front line"),
            icon="speakerphone",
            run=telling.tell_outage,
            may=recorder,
            fits=_open_outage,
            form=forms.TellForm,
        ),
        Step(
            name="finish",
            label=_("Service is back"),
            icon="plug-connected",
            run=systems.finish_outage,
            may=recorder,
            fits=_open_outage,
            form=forms.FinishForm,
        ),
        Step(
            name="cancel",
            label=_("Cancel the plan"),
            icon="ban",
            run=systems.cancel_outage,
            may=recorder,
            fits=_open_outage,
            danger=True,
        ),
    ),
)
_CAUSES = AlertCause.objects.select_related("alert__category", "alert__region", "fault__system", "release", "fixed_by")
CAUSES = Kind(
    name="cause",
    label=_("Causes of alerts"),
    icon="alert-triangle",
    model=AlertCause,
    rows=lambda user: (_CAUSES if may_read_alerts(user) else _CAUSES.none()).order_by("-fixed_at", "-pk"),
    columns=("alert", "fault", "release", "fixed_at"),
    more=("fixed_by",),
    link=lambda cause: reverse("complaints:alert", args=[cause.alert_id]),
    link_label=_("To the alert"),
    add_label=_("Fix a cause"),
    add_form=forms.CauseForm,
    add=systems.fix_cause,
    may_add=policies.may_fix_causes,
)
