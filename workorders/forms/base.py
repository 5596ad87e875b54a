"""What the action forms are made of."""

import datetime as dt

from django import forms
from django.db.models import Choices, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.text import clean_text
from organization.enums import DepartmentKind
from organization.models import Department, Staff
from workorders.models import Category, Ticket, WorkOrder

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
