"""What the target tree asks for."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from internal_clients.actions.kpi import Target
from internal_clients.enums import KpiLevel, KpiMeasure
from internal_clients.forms.base import RecordForm, supporting
from internal_clients.models import KpiItem, KpiNode, KpiSheet
from internal_clients.months import month_of, next_month
from organization.enums import Role
from organization.models import Department, Staff
from organization.queries.days import local_day
from workorders.forms import LongText

#: Rows there are at the least, and empty ones below what there is.
ROWS, MORE_ROWS = 5, 2
MONTHS_AHEAD = 6
COLUMNS = ("measure", "name", "target", "limit", "weight")


class TargetsForm(forms.Form):
    """The targets of a place, a row each; a row without a measure is left out."""

    starts_on = forms.TypedChoiceField(label=gettext_lazy("in force from"), coerce=dt.date.fromisoformat)

    def __init__(self, data: Any = None, *, sheet: KpiSheet | None, items: list[KpiItem], now: dt.datetime) -> None:
        super().__init__(data)
        month = month_of(local_day(now))
        months = [month]
        for _number in range(MONTHS_AHEAD):
            months.append(next_month(months[-1]))
        self.fields["starts_on"].choices = [(f"{each}", f"{each:%Y-%m}") for each in months]
        self.fields["starts_on"].initial = f"{sheet.starts_on if sheet and sheet.is_editable else months[1]}"
        self.count = max(ROWS, len(items) + MORE_ROWS)
        for number in range(1, self.count + 1):
            self._add_row(number, items[number - 1] if number <= len(items) else None)

    def _add_row(self, number: int, item: KpiItem | None) -> None:
        words = {"number": number}
        rows = {
            "measure": forms.ChoiceField(
                choices=[("", _("none")), *KpiMeasure.choices], required=False, label=_("Measure %(number)d") % words
            ),
            "name": forms.CharField(max_length=80, required=False, label=_("What is judged %(number)d") % words),
            "target": _number(_("Target %(number)d") % words, 9),
            "limit": _number(_("Scores nothing at %(number)d") % words, 5),
            "weight": _number(_("Weight %(number)d") % words, 5),
        }
        for name, field in rows.items():
            field.initial = _plain(getattr(item, name)) if item and (name != "limit" or item.limit) else ""
            self.fields[f"{name}-{number}"] = field

    def clean(self) -> dict[str, Any]:
        """Ask of each row what its measure needs, and bring the rows together."""
        data = super().clean() or {}
        for number in range(1, self.count + 1):
            if data.get(f"measure-{number}"):
                self._clean_row(data, number)
        return data

    def _clean_row(self, data: dict[str, Any], number: int) -> None:
        measure, target, limit = (data.get(f"{name}-{number}") for name in ("measure", "target", "limit"))
        for name in ("target", "weight"):
            if data.get(f"{name}-{number}") is None and not self.has_error(f"{name}-{number}"):
                self.add_error(f"{name}-{number}", _("Needed."))
        if data.get(f"weight-{number}") == 0:
            self.add_error(f"weight-{number}", _("More than 0."))
        if measure == KpiMeasure.PROCESS and not data.get(f"name-{number}"):
            self.add_error(f"name-{number}", _("Name what is judged."))
        if measure in KpiMeasure.RATES and target is not None:
            self._clean_rate(number, measure, target, limit)
        elif target == 0:
            self.add_error(f"target-{number}", _("More than 0."))

    def _clean_rate(self, number: int, measure: str, target: Decimal, limit: Decimal | None) -> None:
        if target > 100:
            self.add_error(f"target-{number}", _("A rate is at most 100."))
        if limit is None or limit > 100:
            self.add_error(f"limit-{number}", _("A rate needs the percentage at which it scores nothing."))
        elif measure in KpiMeasure.LESS and limit <= target:
            self.add_error(f"limit-{number}", _("The less the better: this lies above the target."))
        elif measure not in KpiMeasure.LESS and limit >= target:
            self.add_error(f"limit-{number}", _("The more the better: this lies below the target."))

    def numbers(self) -> list[int]:
        """Return the numbers of the rows that are filled in; the action counts its rows from 1 among them."""
        return [number for number in range(1, self.count + 1) if self.cleaned_data.get(f"measure-{number}")]

    def targets(self) -> list[Target]:
        """Return the rows as targets."""
        found = []
        for number in self.numbers():
            given = {name: self.cleaned_data.get(f"{name}-{number}") for name in COLUMNS}
            process = given["measure"] == KpiMeasure.PROCESS
            found.append(
                Target(
                    measure=given["measure"],
                    name=given["name"] if process else "",
                    target=given["target"],
                    limit=given["limit"] or Decimal(0),
                    weight=given["weight"],
                )
            )
        return found

    def field_of(self, name: str) -> str | None:
        """Return the field that an action's error (weight-3) is about; None for what has no field here."""
        column, _dash, place = name.partition("-")
        rows = self.numbers()
        if place.isdecimal() and column in COLUMNS:
            return f"{column}-{rows[int(place) - 1] if int(place) <= len(rows) else 1}"
        return name if name in self.fields else None

    def table(self) -> list[list[forms.BoundField]]:
        """Return the rows, each with its five fields."""
        return [[self[f"{name}-{number}"] for name in COLUMNS] for number in range(1, self.count + 1)]


def _number(label: str, digits: int) -> forms.DecimalField:
    return forms.DecimalField(min_value=0, max_digits=digits, decimal_places=2, required=False, label=label)


def _plain(value: object) -> object:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class PlaceForm(RecordForm):
    """A place below another: which department, which post, or which employee, and who answers for it."""

    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"))
    name = forms.CharField(max_length=60, label=gettext_lazy("post"))
    speaker = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("answers for it"))

    def prepare(self) -> None:
        """Keep what the level needs, and offer who and what is not in the tree yet."""
        parent: KpiNode = self.row
        level = KpiLevel.BELOW[parent.level]
        people = Staff.objects.filter(is_active=True, department__isnull=False).order_by("department__code", "username")
        if level != KpiLevel.POST:
            del self.fields["name"]
        if level == KpiLevel.DEPARTMENT:
            taken = KpiNode.objects.filter(level=level).values("department")
            self.fields["department"].queryset = supporting().exclude(pk__in=taken)
            self.fields["speaker"].queryset = people.filter(roles__contains=[Role.HEAD])
            return
        del self.fields["department"]
        people = people.filter(department=parent.department_id)
        if level == KpiLevel.EMPLOYEE:
            self.fields["speaker"].label = gettext_lazy("employee")
            people = people.exclude(pk__in=KpiNode.objects.filter(level=level, is_active=True).values("speaker"))
        self.fields["speaker"].queryset = people


class ObjectionForm(RecordForm):
    """Why somebody does not agree."""

    objection = LongText(label=gettext_lazy("objection"))


class JudgeForm(RecordForm):
    """How many points of a checklist were passed, and why."""

    passed = forms.DecimalField(min_value=0, max_digits=9, decimal_places=2, label=gettext_lazy("points passed"))
    reason = LongText(label=gettext_lazy("reason"))

    def prepare(self) -> None:
        """Say how many points there are."""
        points = f"{self.row.target.normalize():f}"
        self.fields["passed"].help_text = _("Of %(points)s points.") % {"points": points}
