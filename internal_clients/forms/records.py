"""What each record and each of its steps asks for."""

import datetime as dt
import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Alert
from internal_clients import policies
from internal_clients.enums import FaultSeverity, RequestKind, RequirementState, Verdict
from internal_clients.forms.base import DateTimeInput, OfDepartment, RecordForm, mark, supporting
from internal_clients.models import Fault, Milestone, Release, Requirement, System
from internal_clients.months import month_of, months_before
from internal_clients.queries.causes import without_cause
from internal_clients.queries.rating import departments_dealt_with
from knowledge.enums import ArticleState
from knowledge.models import Article
from organization.models import Department
from organization.queries.days import local_day
from workorders.filters import DateInput
from workorders.forms import LongText, OneOf


class FaultForm(RecordForm):
    """A fault as it is noticed."""

    system = forms.ModelChoiceField(System.objects.none(), label=gettext_lazy("system"))
    severity = OneOf(choices=FaultSeverity, label=gettext_lazy("severity"))
    what = forms.CharField(max_length=200, label=gettext_lazy("what fails"))
    share = forms.DecimalField(
        min_value=0, max_value=1, decimal_places=4, label=gettext_lazy("share of users hit"), help_text=gettext_lazy("From 0 to 1.")
    )
    started_at = forms.DateTimeField(label=gettext_lazy("began at"), widget=DateTimeInput)

    def prepare(self) -> None:
        """Offer the systems of the person's department."""
        self.fields["system"].queryset = self.own(System.objects.filter(is_active=True)).order_by("code")


class RestoreForm(RecordForm):
    """When service was back, and why it was gone."""

    restored_at = forms.DateTimeField(label=gettext_lazy("restored at"), widget=DateTimeInput)
    cause = LongText(label=gettext_lazy("cause and repair"))


class TellForm(RecordForm):
    """A notice to the front line."""

    title = forms.CharField(max_length=120, label=gettext_lazy("title"))
    text = LongText(label=gettext_lazy("text"))


class OutageForm(RecordForm):
    """A plan to interrupt a system."""

    system = forms.ModelChoiceField(System.objects.none(), label=gettext_lazy("system"))
    what = forms.CharField(max_length=200, label=gettext_lazy("what is done"))
    starts_at = forms.DateTimeField(label=gettext_lazy("window begins at"), widget=DateTimeInput)
    ends_at = forms.DateTimeField(label=gettext_lazy("window ends at"), widget=DateTimeInput)
    share = forms.DecimalField(
        min_value=0, max_value=1, decimal_places=4, label=gettext_lazy("share of users hit"), help_text=gettext_lazy("From 0 to 1.")
    )

    def prepare(self) -> None:
        """Offer the systems of the person's department."""
        self.fields["system"].queryset = self.own(System.objects.filter(is_active=True)).order_by("code")


class FinishForm(RecordForm):
    """When a planned outage was over in fact."""

    finished_at = forms.DateTimeField(label=gettext_lazy("finished at"), widget=DateTimeInput)


class AlertChoice(forms.ModelChoiceField):
    """A choice of alerts, which several of one kind and place differ in by their time."""

    def label_from_instance(self, obj: Alert) -> str:
        """Return when the alert came, how high it rose, and of what."""
        return f"{timezone.localtime(obj.opened_at):%Y-%m-%d %H:%M} {obj.get_level_display()} {obj}"


class FaultChoice(forms.ModelChoiceField):
    """A choice of faults, with when each began."""

    def label_from_instance(self, obj: Fault) -> str:
        """Return when it began, and what it was."""
        return f"{timezone.localtime(obj.started_at):%Y-%m-%d %H:%M} {obj}"


class ReleaseChoice(forms.ModelChoiceField):
    """A choice of releases, with when each was launched."""

    def label_from_instance(self, obj: Release) -> str:
        """Return the day of the launch, and what was launched."""
        day = timezone.localtime(obj.launched_at) if obj.launched_at else obj.planned_on
        return f"{day:%Y-%m-%d} {obj}"


class CauseForm(RecordForm):
    """What an alert that was concluded came from."""

    alert = AlertChoice(
        Alert.objects.none(),
        label=gettext_lazy("alert"),
        help_text=gettext_lazy("Those of the last 60 days that were concluded with a responsible department."),
    )
    fault = FaultChoice(Fault.objects.none(), label=gettext_lazy("fault"), required=False)
    release = ReleaseChoice(Release.objects.none(), label=gettext_lazy("release"), required=False)

    def prepare(self) -> None:
        """Offer the alerts without a cause, and the faults and releases, of the last 60 days."""
        since = self.now - dt.timedelta(days=60)
        self.fields["alert"].queryset = without_cause(since)
        if not self.fields["alert"].queryset:
            self.fields["alert"].help_text = _(
                "No alert waits for its cause: it is first concluded on its page, with the responsible department."
            )
        self.fields["fault"].queryset = Fault.objects.filter(started_at__gte=since).select_related("system").order_by("-started_at")
        self.fields["release"].queryset = Release.objects.filter(launched_at__gte=since).order_by("-launched_at")


class NoticeForm(OfDepartment):
    """Business information with the day it takes effect."""

    title = forms.CharField(max_length=120, label=gettext_lazy("title"))
    text = LongText(label=gettext_lazy("text"))
    effective_on = forms.DateField(label=gettext_lazy("takes effect on"), widget=DateInput)
    is_regulatory = forms.BooleanField(
        label=gettext_lazy("urgent order of the regulator"),
        required=False,
        help_text=gettext_lazy("Such a notice could not come earlier and is not counted."),
    )


class AuditForm(RecordForm):
    """Whether an article of the knowledge base is right."""

    article = forms.ModelChoiceField(Article.objects.none(), label=gettext_lazy("article"))
    is_wrong = forms.TypedChoiceField(
        choices=[("", gettext_lazy("choose …")), ("0", gettext_lazy("right")), ("1", gettext_lazy("wrong"))],
        coerce=lambda value: value == "1",
        label=gettext_lazy("result"),
    )
    finding = LongText(label=gettext_lazy("finding"), required=False)

    def prepare(self) -> None:
        """Offer what is published."""
        self.fields["article"].queryset = (
            Article.objects.filter(state=ArticleState.PUBLISHED).defer("terms").order_by("title", "pk")
        )


class AskForm(RecordForm):
    """A question to a department."""

    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"))
    text = LongText(label=gettext_lazy("question"))

    def prepare(self) -> None:
        """Offer the supporting departments."""
        self.fields["department"].queryset = supporting().select_related("calendar")


class AnswerForm(RecordForm):
    """The answer to a question."""

    answer = LongText(label=gettext_lazy("answer"))


class ProposeForm(RecordForm):
    """What a department should build, and why."""

    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"))
    title = forms.CharField(max_length=120, label=gettext_lazy("title"))
    text = LongText(label=gettext_lazy("what is needed, and why"))

    def prepare(self) -> None:
        """Offer the supporting departments."""
        self.fields["department"].queryset = supporting()


class DetailWantedForm(RecordForm):
    """What is missing."""

    question = LongText(label=gettext_lazy("what is missing"))


class DetailForm(RecordForm):
    """The detail that was wanted."""

    detail = LongText(label=gettext_lazy("detail"))


class ScheduleForm(RecordForm):
    """The date that a department commits to, with the steps on the way."""

    committed_on = forms.DateField(label=gettext_lazy("committed date"), widget=DateInput)
    milestones = LongText(
        label=gettext_lazy("steps on the way"),
        required=False,
        help_text=gettext_lazy("One a line: 2026-11-20 name of the step."),
    )

    def clean_milestones(self) -> list[tuple[str, dt.date]]:
        """Return the steps as names with days."""
        return [_milestone(line) for line in self.cleaned_data["milestones"].splitlines() if line.strip()]


def _milestone(line: str) -> tuple[str, dt.date]:
    day, _space, name = line.strip().partition(" ")
    try:
        found = dt.date.fromisoformat(day)
    except ValueError as error:
        raise forms.ValidationError(_("“%(line)s” does not begin with a day like 2026-11-20.") % {"line": line}) from error
    if not name.strip():
        raise forms.ValidationError(_("“%(line)s” does not name the step.") % {"line": line})
    return name.strip()[:80], found


class MoveForm(RecordForm):
    """Another date, with the reason."""

    moved_to = forms.DateField(label=gettext_lazy("moved to"), widget=DateInput)
    reason = LongText(label=gettext_lazy("reason"))


class ReachForm(RecordForm):
    """Which step is done."""

    milestone = forms.ModelChoiceField(Milestone.objects.none(), label=gettext_lazy("milestone"))

    def prepare(self) -> None:
        """Offer the steps that are not done."""
        self.fields["milestone"].queryset = self.row.milestones.filter(done_on=None).order_by("committed_on", "pk")


class AnnounceForm(OfDepartment):
    """What is to be put into use."""

    title = forms.CharField(max_length=120, label=gettext_lazy("title"))
    requirement = forms.ModelChoiceField(Requirement.objects.none(), label=gettext_lazy("requirement"), required=False)
    planned_on = forms.DateField(label=gettext_lazy("planned for"), widget=DateInput)

    def prepare(self) -> None:
        """Offer the department's scheduled requirements."""
        scheduled = Requirement.objects.filter(state=RequirementState.SCHEDULED)
        self.fields["requirement"].queryset = self.own(scheduled).order_by("committed_on", "pk")


class AssessForm(RecordForm):
    """The service department's word on a release."""

    verdict = forms.ChoiceField(
        choices=[("", gettext_lazy("choose …")), *((value, text) for value, text in Verdict.choices if value != Verdict.PENDING)],
        label=gettext_lazy("assessment of the effect on service"),
    )
    reason = LongText(label=gettext_lazy("reasons of the assessment"), required=False)


class ToldForm(RecordForm):
    """Since when the front line knows."""

    knowledge_on = forms.DateField(label=gettext_lazy("in the knowledge base since"), widget=DateInput, required=False)
    trained_on = forms.DateField(label=gettext_lazy("front line trained on"), widget=DateInput, required=False)


class RequestForm(RecordForm):
    """What the front line asks of a department."""

    kind = OneOf(choices=RequestKind, label=gettext_lazy("kind"))
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"))
    system = forms.ModelChoiceField(System.objects.none(), label=gettext_lazy("system"), required=False)
    subject = forms.CharField(max_length=120, label=gettext_lazy("subject"))
    text = LongText(label=gettext_lazy("what is needed, and why"))
    filing_key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Offer departments and systems, and give the form a key so that it counts once."""
        self.fields["department"].queryset = supporting().select_related("calendar")
        self.fields["system"].queryset = System.objects.filter(is_active=True).order_by("code")
        self.fields["filing_key"].initial = f"request-{uuid.uuid4()}"


class ConfirmForm(RecordForm):
    """How the requester found the answer."""

    timeliness = mark(gettext_lazy("timeliness"))
    quality = mark(gettext_lazy("quality"))
    attitude = mark(gettext_lazy("attitude"))
    remark = LongText(label=gettext_lazy("remark"), required=False)


class RateForm(RecordForm):
    """A month's mark for a department."""

    month = forms.TypedChoiceField(label=gettext_lazy("month"), coerce=dt.date.fromisoformat)
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"))
    score = mark(gettext_lazy("mark"))
    facts = LongText(
        label=gettext_lazy("facts"), required=False, help_text=gettext_lazy("What happened; needed for a mark of 1 or 2.")
    )

    def prepare(self) -> None:
        """Offer this month and the last, and the departments dealt with in either."""
        this = month_of(local_day(self.now))
        months = [this, months_before(this, 1)]
        self.fields["month"].choices = [(f"{month}", f"{month:%Y-%m}") for month in months]
        dealt = departments_dealt_with(self.user, months[0]) | departments_dealt_with(self.user, months[1])
        self.fields["department"].queryset = dealt if policies.rater_of(self.user) else Department.objects.none()
