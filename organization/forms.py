"""Forms of the duty roster."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff

#: When a night or a weekend begins and ends, as the form proposes it.
EVENING, MORNING = dt.time(18), dt.time(8, 30)


class Moment(forms.DateTimeInput):
    """The browser's own field for a date and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class TurnForm(forms.Form):
    """Who is on duty, as what, from when to when."""

    role = forms.ChoiceField(label=_("acts as"))
    person = forms.ModelChoiceField(Staff.objects.none(), label=_("on duty"), empty_label="—")
    deputy = forms.ModelChoiceField(Staff.objects.none(), label=_("deputy"), required=False, empty_label="—")
    starts_at = forms.DateTimeField(label=_("duty begins"), widget=Moment())
    ends_at = forms.DateTimeField(label=_("duty ends"), widget=Moment())

    def __init__(self, *args: object, department: Department, now: dt.datetime, **kwargs: object) -> None:
        """Offer the department's own people and, for a start, tonight."""
        super().__init__(*args, **kwargs)
        roles = (Role.DUTY, Role.HEAD) if department.kind == DepartmentKind.CENTRE else (Role.HEAD, Role.CONTACT)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]
        people = Staff.objects.filter(department=department, is_active=True).order_by("username")
        for name in ("person", "deputy"):
            self.fields[name].queryset = people
        today = timezone.localtime(now)
        tonight = today.replace(hour=EVENING.hour, minute=0, second=0, microsecond=0)
        self.fields["starts_at"].initial = tonight
        self.fields["ends_at"].initial = (tonight + dt.timedelta(days=1)).replace(hour=MORNING.hour, minute=MORNING.minute)
