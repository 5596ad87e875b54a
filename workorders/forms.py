"""What each action asks for. Forms only validate and clean; the actions decide."""

import datetime as dt
import uuid

from django import forms
from django.db.models import Case, Choices, QuerySet, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from foundation.text import clean_text
from organization.enums import DepartmentKind
from organization.models import Department, Region, Staff
from workorders import policies
from workorders.actions.holding import MAX_WAIT
from workorders.enums import Cause, HoldReason, Liability, OrderRole, ReturnReason, Urgency
from workorders.models import Category, ReturnRequest, Ticket, WorkOrder
from workorders.queries.routes import route_for
from workorders.queries.rulings import upheld_returns
from workorders.queries.siblings import merge_targets

MAX_TEXT = 5000

type Subject = Ticket | WorkOrder


class OneOf(forms.ChoiceField):
    """One of several words, none of them chosen for the person: what is judged must be looked at."""

    def __init__(self, *, choices: type[Choices], **kwargs: object) -> None:
        asked = {"required": _("Please choose."), "invalid_choice": _("Please choose again.")}
        super().__init__(choices=[("", _("choose …")), *choices.choices], error_messages=asked, **kwargs)


class LongText(forms.CharField):
    """Several lines of at most 5,000 characters; control characters are left out."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=MAX_TEXT, **kwargs)

    def to_python(self, value: str | None) -> str:
        """Return the text as kept, with line ends made one kind."""
        return super().to_python(clean_text(value) if value else value)


class ActionForm(forms.Form):
    """A form that knows what it acts on and who fills it in."""

    def __init__(self, *args: object, subject: Subject, user: Staff, now: dt.datetime, **kwargs: object) -> None:
        self.subject, self.user, self.now = subject, user, now
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Narrow the choices to what fits the subject."""


class NoInput(ActionForm):
    """Asks for nothing."""


def departments(subject: Subject) -> QuerySet[Department]:
    """Return the departments that may take an order of this ticket."""
    ticket = subject if isinstance(subject, Ticket) else subject.ticket
    busy = ticket.orders.exclude(state__in=("completed", "voided", "transferred")).values("department")
    return Department.objects.filter(is_active=True, kind=DepartmentKind.SUPPORT).exclude(pk__in=busy).order_by("code")


class CategoryChoice(forms.ModelChoiceField):
    """A choice among the categories of the third level, each told with what is above it."""

    def __init__(self, **kwargs: object) -> None:
        leaves = Category.objects.filter(children=None, is_active=True).select_related("parent__parent")
        super().__init__(leaves.order_by("path"), **kwargs)

    def label_from_instance(self, obj: Category) -> str:
        """Return the whole path in words: 网络质量 / 覆盖 / 室内."""
        second = obj.parent
        first = second.parent if second else None
        return " / ".join(str(node) for node in (first, second, obj) if node)


class PrepareForm(ActionForm):
    """Triage passes the ticket on, with category, region and urgency corrected where needed."""

    category = CategoryChoice(label=_("category"), required=False)
    region = forms.ModelChoiceField(Region.objects.order_by("path"), label=_("region"), required=False)
    urgency = forms.ChoiceField(choices=Urgency, label=_("urgency"), required=False, help_text=_("It can only be raised."))
    remark = LongText(label=_("remark"), required=False)

    def prepare(self) -> None:
        """Start from what the front line chose."""
        for name in ("category", "region"):
            self.fields[name].initial = getattr(self.subject, f"{name}_id")
        self.fields["urgency"].choices = [(self.subject.urgency, self.subject.get_urgency_display()), *higher(self.subject)]
        self.fields["urgency"].initial = self.subject.urgency


class SolveForm(ActionForm):
    """The answer given at the first point."""

    answer = LongText(label=_("what the customer was told"))


class DispatchForm(ActionForm):
    """Who leads, who assists, and what they are asked; proposed by the category's route."""

    lead = forms.ModelChoiceField(Department.objects.none(), label=_("lead department"))
    question = LongText(label=_("what the lead is asked"), required=False)
    assists = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("assisting departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        """Propose what the route says; after an upheld return, whom the returner named, and never the returner."""
        returns = upheld_returns(self.subject)
        choices = departments(self.subject)
        foreign = {each.order.department_id for each in returns if each.reason == ReturnReason.NOT_OURS}
        choices = choices.exclude(pk__in=foreign)
        route = route_for(self.subject.category)
        proposed = [assist.department_id for assist in route.assists.all()] if route else []
        self.fields["lead"].queryset = choices
        self.fields["lead"].initial = route.lead_id if route else None
        self.fields["assists"].initial = proposed
        # The proposed ones stand first, so that nothing is sent along unseen.
        first = Case(When(pk__in=proposed, then=Value(0)), default=Value(1))
        self.fields["assists"].queryset = choices.order_by(first, "code")
        if returns:
            self._after_return(returns)

    def _after_return(self, returns: list[ReturnRequest]) -> None:
        """Say who returned it and why; propose whom the lead's latest return named, or nobody."""
        lead = self.fields["lead"]
        last = next((each for each in returns if each.order.role == OrderRole.LEAD), None)
        if last:
            lead.initial = last.proposed_id
        told = {each.order.department: each.get_reason_display() for each in reversed(returns)}
        lead.help_text = format_html_join(
            " ",
            "{}",
            [
                (_("%(department)s returned this and was right: %(reason)s.") % {"department": who, "reason": why},)
                for who, why in told.items()
            ],
        )
        lead.error_messages["invalid_choice"] = _("This department has an order here, or returned it as not its own.")

    def clean(self) -> dict[str, object]:
        """Turn the ticked departments into asks, each with the route's question or the lead's."""
        data = super().clean() or {}
        if data.get("lead") in list(data.get("assists") or []):
            self.add_error("assists", _("The lead department does not assist itself."))
        route = route_for(self.subject.category)
        questions = {assist.department_id: assist.question for assist in route.assists.all()} if route else {}
        data["assists"] = [
            (department, questions.get(department.pk, data.get("question", ""))) for department in data.get("assists") or []
        ]
        return data


class ForwardForm(DispatchForm, PrepareForm):
    """Triage and dispatch in one step: the facts corrected where needed, and who leads and assists."""

    field_order = ("lead", "question", "assists", "category", "region", "urgency", "remark")

    def prepare(self) -> None:
        """Propose what the route says; correcting is for those who may also pass it on from triage."""
        PrepareForm.prepare(self)
        DispatchForm.prepare(self)
        if not policies.may(self.user, "prepare", self.subject):
            for name in ("category", "region", "urgency", "remark"):
                del self.fields[name]


class AssistForm(ActionForm):
    """Another department and what it is asked."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("department"))
    question = LongText(label=_("what is asked"))

    def prepare(self) -> None:
        """Offer the departments without an open order here."""
        self.fields["department"].queryset = departments(self.subject)


class AnswerForm(ActionForm):
    """The answer to the customer."""

    text = LongText(label=_("what the customer was told"))

    def prepare(self) -> None:
        """Start from the lead's result."""
        lead = self.subject.orders.filter(role="lead", state="completed").order_by("-seq").first()
        self.fields["text"].initial = lead.result if lead else ""


class UrgeForm(ActionForm):
    """What the customer said, if anything."""

    remark = LongText(label=_("remark"), required=False)


def higher(ticket: Ticket) -> list[tuple[str, str]]:
    """Return the urgencies above the ticket's present one, as choices."""
    rank = Urgency.RANK[ticket.urgency]
    return [choice for choice in Urgency.choices if Urgency.RANK[choice[0]] > rank]


class EscalateForm(ActionForm):
    """The higher urgency and why."""

    urgency = forms.ChoiceField(choices=Urgency, label=_("urgency"))
    reason = LongText(label=_("reason"))

    def prepare(self) -> None:
        """Offer only what is higher than now."""
        self.fields["urgency"].choices = higher(self.subject)


class NoteForm(ActionForm):
    """An internal note."""

    text = LongText(label=_("note (staff only)"))


class AttachForm(ActionForm):
    """A file."""

    upload = forms.FileField(label=_("file"))


class TicketChoice(forms.ModelChoiceField):
    """A choice among tickets, each told by number, subject, state and filing; sent by number."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(Ticket.objects.none(), to_field_name="number", **kwargs)

    def label_from_instance(self, obj: Ticket) -> str:
        """Return what tells the tickets apart."""
        at = date_format(timezone.localtime(obj.filed_at), "m-d H:i")
        return f"{obj.number} · {obj.subject} · {obj.get_state_display()} · {at}"


class MergeForm(ActionForm):
    """The ticket that goes on: an open one of the same customer and category."""

    into = TicketChoice(
        label=_("ticket that goes on"),
        error_messages={"invalid_choice": _("“%(value)s” is no open ticket of the same customer and category.")},
    )

    def prepare(self) -> None:
        """Offer the customer's other open tickets of this category."""
        targets = merge_targets(self.subject)
        self.fields["into"].queryset = targets
        if not targets.exists():
            self.fields["into"].help_text = _("This customer has no other open ticket of this category.")


class CancelForm(ActionForm):
    """How the customer withdrew the complaint."""

    reason = LongText(label=_("how the customer withdrew it"))


class ReopenForm(ActionForm):
    """Why it is taken up again."""

    reason = LongText(label=_("reason"))
    filing_key = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        """Give the form a token, so that a double click files one ticket."""
        self.fields["filing_key"].initial = uuid.uuid4().hex

    def clean_filing_key(self) -> str:
        """Return the form's token; a caller without one gets one."""
        return self.cleaned_data["filing_key"] or uuid.uuid4().hex


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


class SendBackForm(ActionForm):
    """What is wrong with the reply."""

    defects = LongText(label=_("what is wrong with the reply"))
