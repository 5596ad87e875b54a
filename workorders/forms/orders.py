"""What the actions on a department's leg ask for. Forms only validate and clean; the actions decide."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from foundation.durations import local_text
from organization.models import Department, Staff
from workorders.actions.holding import MAX_WAIT
from workorders.enums import Cause, ClockKind, Decision, HoldReason, Liability, ReturnReason
from workorders.forms.base import ActionForm, LongText, OneOf, departments
from workorders.models.extension import MAX_EXTENSIONS


class SuperviseForm(ActionForm):
    """Why the centre watches the order, and how often it wants to hear."""

    reason = LongText(label=_("reason"))
    every_hours = forms.IntegerField(label=_("report every, hours"), min_value=1, max_value=72, initial=4)


class ProgressForm(ActionForm):
    """How far it is."""

    text = LongText(label=_("what was done, what comes next"))


class HeadAnswerForm(ActionForm):
    """The head's written answer on an overdue order."""

    answer = LongText(label=_("why it is late, and by when it will be done"))


class EndSupervisionForm(ActionForm):
    """Why the supervision is no longer needed."""

    reason = LongText(label=_("reason"))


class AssignForm(ActionForm):
    """A colleague of the department."""

    assignee = forms.ModelChoiceField(Staff.objects.none(), label=_("assignee"))

    def prepare(self) -> None:
        """Offer the people of the order's department."""
        self.fields["assignee"].queryset = Staff.objects.filter(
            department=self.subject.department_id,
            is_active=True,
        ).order_by("username")


class ReplyForm(ActionForm):
    """The department's result."""

    result = LongText(label=_("what was found and done"))
    cause = OneOf(choices=Cause, label=_("cause"))
    liability = OneOf(choices=Liability, label=_("liability"))
    customer_contacted = forms.BooleanField(label=_("The customer has been told this result"), required=False)


class ReturnForm(ActionForm):
    """Why the order is not this department's."""

    reason = OneOf(choices=ReturnReason, label=_("reason"))
    proposed = forms.ModelChoiceField(Department.objects.none(), label=_("whose it is"), required=False)
    evidence = LongText(label=_("facts that show it"))

    def prepare(self) -> None:
        """Offer the departments without an open order here."""
        self.fields["proposed"].queryset = departments(self.subject)


class UpholdForm(ActionForm):
    """A remark on the ruling."""

    ruling_reason = LongText(label=_("remark"), required=False)


class DenyForm(ActionForm):
    """The reason for the ruling."""

    ruling_reason = LongText(label=_("reason for the ruling"))


class TransferForm(ActionForm):
    """Where to, and why."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("department"))
    reason = LongText(label=_("reason"))

    def prepare(self) -> None:
        """Offer the departments without an open order here."""
        self.fields["department"].queryset = departments(self.subject)


class HoldForm(ActionForm):
    """What is awaited, the proof, and until when."""

    reason = OneOf(choices=HoldReason, label=_("reason"))
    until = forms.DateTimeField(
        label=_("until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    evidence = LongText(label=_("proof: who was contacted, when, what is awaited"))

    def prepare(self) -> None:
        """Propose tomorrow at this time; 72 hours is the most."""
        self.fields["until"].initial = timezone.localtime(self.now + MAX_WAIT / 3).replace(second=0, microsecond=0)


class ExtensionForm(ActionForm):
    """Until when, why, with what proof, and what the customer was told."""

    until = forms.DateTimeField(
        label=_("new deadline asked for"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = LongText(label=_("reason"))
    evidence = LongText(label=_("facts that show it"))
    contact = LongText(label=_("when and how the customer was told meanwhile"))
    customer_agreed = forms.BooleanField(
        label=_("The customer agreed to the later date"),
        required=False,
        help_text=_("Only then does the promise to the customer move too."),
    )

    def prepare(self) -> None:
        """Propose a day after the present deadline, and say what it is."""
        clock = self.subject.clocks.filter(kind=ClockKind.RESOLVE).first()
        due_at = (clock and clock.due_at) or self.now
        told = {"due": local_text(due_at, self.now), "times": MAX_EXTENSIONS}
        self.fields["until"].help_text = (
            _("Due now: %(due)s. At most %(times)d extensions, together no longer than the limit itself.") % told
        )
        self.fields["until"].initial = timezone.localtime(due_at + dt.timedelta(days=1)).replace(second=0, microsecond=0)


class DecideExtensionForm(ActionForm):
    """What is asked for, before the eyes of whoever decides."""

    def prepare(self) -> None:
        """Say what is asked for."""
        request = self.subject.extensions.filter(decision=Decision.PENDING).first()
        if request:
            before, until = local_text(request.due_before, self.now), local_text(request.until, self.now)
            # Help texts are HTML.
            told = {"before": before, "until": until, "reason": escape(request.reason)}
            self.fields["decision_reason"].help_text = _("Asked for: %(until)s instead of %(before)s. %(reason)s") % told


class GrantExtensionForm(DecideExtensionForm):
    """A remark on the decision."""

    decision_reason = LongText(label=_("remark"), required=False)


class RefuseExtensionForm(DecideExtensionForm):
    """Why the time is not given."""

    decision_reason = LongText(label=_("reason"))


class SendBackForm(ActionForm):
    """What is wrong with the reply."""

    defects = LongText(label=_("what is wrong with the reply"))
