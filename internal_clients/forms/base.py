"""What the forms share."""

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from organization.enums import DepartmentKind
from organization.models import Department, Staff
from workorders.forms import LongText


class DateTimeInput(forms.DateTimeInput):
    """The browser's own field for a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def supporting() -> QuerySet[Department]:
    """Return the departments that support the front line."""
    return Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).order_by("code")


def mark(label: Promise) -> forms.TypedChoiceField:
    """Return a field for a mark from 5, the best, to 1, none of them chosen for the person."""
    choices = [("", gettext_lazy("choose …")), *((str(each), str(each)) for each in (5, 4, 3, 2, 1))]
    return forms.TypedChoiceField(choices=choices, coerce=int, label=label, help_text=gettext_lazy("5 is the best."))


class RecordForm(forms.Form):
    """A form that knows who fills it in, what the address asks for and, for a step, which record it is about."""

    def __init__(
        self,
        data: object = None,
        *,
        user: Staff,
        row: Model | None = None,
        now: dt.datetime,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        self.user, self.row, self.now, self.asked = user, row, now, asked or {}
        super().__init__(data)
        self.prepare()

    def prepare(self) -> None:
        """Narrow the choices to what fits."""

    def own(self, rows: QuerySet) -> QuerySet:
        """Return only rows of the person's own department, unless they may record for all."""
        return rows.filter(department=self.user.department_id)


class NoInput(RecordForm):
    """Asks for nothing."""


class OfDepartment(RecordForm):
    """Something that a department records about itself."""

    def clean(self) -> dict[str, object]:
        """Add the department, which is the person's own."""
        return {**(super().clean() or {}), "department": self.user.department}


class ReasonForm(RecordForm):
    """Why."""

    reason = LongText(label=gettext_lazy("reason"))
